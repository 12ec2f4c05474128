/** Commands about sessions and tables of neighbors. */
import { parseFamilyText } from '../text/families.ts';
import { type Command, CommandError, type Outcome } from './outcome.ts';
import { extensiveLines, neighborJson, summaryHeader, summaryLine } from './show-neighbor.ts';
import { ribLines } from './show-rib.ts';
import { writeLines } from './write-lines.ts';

export const teardown: Command = ({ neighbors, rest }) => {
  const code = /^\d{1,3}$/.test(rest.trim()) ? Number(rest) : Number.NaN;
  if (!(code <= 255)) throw new CommandError(`found "${rest}", allowed is a subcode of Cease, e.g. "teardown 4"`);
  const established = neighbors.filter(({ isEstablished }) => isEstablished);
  if (established.length === 0) throw new CommandError('no selected neighbor is established');
  for (const neighbor of established) neighbor.teardown(code);
  return 'done';
};

export const flushOut: Command = ({ neighbors }) => {
  if (neighbors.filter((neighbor) => neighbor.resend()).length === 0) throw new CommandError('no selected neighbor is established');
  return 'done';
};

export const clearOut: Command = ({ neighbors, control, source }) => {
  control.clearOut(neighbors, source);
  return 'done';
};

export const clearIn: Command = ({ neighbors }) => {
  for (const neighbor of neighbors) neighbor.clearIn();
  return 'done';
};

/** `words` of a command, without those that choose a form. */
function formOf(rest: string): { readonly words: Set<string>; readonly address: string | undefined } {
  const words = rest.split(/\s+/).filter(Boolean);
  return { words: new Set(words), address: words.find((word) => /[.:]/.test(word)) };
}

export const showNeighbor: Command = async (context): Promise<Outcome> => {
  const { words, address } = formOf(context.rest);
  const version = context.control.apiVersion;
  const chosen = context.neighbors.filter(({ peerAddress }) => address === undefined || peerAddress === address);
  if (words.has('json') || (version === 6 && !words.has('summary') && !words.has('extensive') && !words.has('configuration'))) {
    await writeLines([JSON.stringify(chosen.map((neighbor) => neighborJson(neighbor.view(), version)))], context);
  } else if (words.has('configuration')) {
    await writeLines(
      chosen.flatMap((neighbor) => neighbor.configurationLines()),
      context,
    );
  } else if (words.has('extensive')) {
    await writeLines(
      chosen.flatMap((neighbor) => extensiveLines(neighbor.view(), version)),
      context,
    );
  } else {
    await writeLines([summaryHeader(version), ...chosen.map((neighbor) => summaryLine(neighbor.view(), version))], context);
  }
  return 'done';
};

/** `in` or `out`, then words. */
export const showRib: Command = async (context): Promise<Outcome> => {
  const { words, address } = formOf(context.rest);
  if (!words.has('in') && !words.has('out')) throw new CommandError(`found "${context.rest}", allowed is "in" or "out"`);
  const { apiVersion: version, showRoutesFormat: format } = context.control;
  const chosen = context.neighbors.filter(({ peerAddress }) => address === undefined || peerAddress === address);
  const kinds = new Set(['inet', 'flow', 'l2vpn'].filter((kind) => words.has(kind)));
  const json = words.has('json') || (version === 6 && !words.has('text'));
  const direction = words.has('in') ? 'in' : 'out';
  await writeLines(ribLines(chosen, { direction, extensive: words.has('extensive'), json, kinds, version, format }), context);
  return 'done';
};

const CREATE_KEYS = new Set(['local-address', 'local-ip', 'local-as', 'peer-as', 'router-id', 'group-updates']);

/** `IP local-address A local-as N peer-as N [router-id R] [family-allowed F] [graceful-restart S] [api PROCESS] …` */
export const createNeighbor: Command = ({ rest, control }) => {
  const [address = '', ...words] = rest.replace(/^neighbor\s+/, '').split(/\s+/);
  let body = '';
  let families = 'ipv4 unicast;';
  const processes: string[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [key = '', value] = [words[i], words[i + 1]];
    if (value === undefined || /[;{}]/.test(value)) throw new CommandError(`${key}: found "${value ?? ''}", allowed is a value`);
    if (CREATE_KEYS.has(key)) body += `${key === 'local-ip' ? 'local-address' : key} ${value};\n`;
    else if (key === 'graceful-restart') body += `capability { graceful-restart ${value}; }\n`;
    else if (key === 'api') processes.push(value);
    else if (key === 'family-allowed') families = value === 'in-open' ? 'all;' : familiesText(value);
    else throw new CommandError(`found "${key}", allowed is one of ${[...CREATE_KEYS].join(', ')}, family-allowed, graceful-restart, api`);
  }
  if (processes.length > 0) body += `api { processes [ ${processes.join(' ')} ]; }\n`;
  control.createNeighbor(address, `${body}family { ${families} }`);
  return 'done';
};

function familiesText(value: string): string {
  return value
    .split('/')
    .map((name) => {
      const text = name.replace('-', ' ');
      if (parseFamilyText(text) === undefined)
        throw new CommandError(`family-allowed: found "${name}", allowed is e.g. "ipv4-unicast/ipv6-unicast"`);
      return `${text};`;
    })
    .join(' ');
}

export const deleteNeighbor: Command = ({ neighbors, hasSelector, control }): Outcome => {
  if (!hasSelector || neighbors.length === 0) throw new CommandError('no neighbor is selected');
  for (const neighbor of neighbors) control.deleteNeighbor(neighbor);
  return 'done';
};
