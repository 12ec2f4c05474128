/** Commands about sessions and tables of neighbors. */
import { type NotificationMessage, notificationSubcodeName } from '@tsbgp/wire';
import { finishNeighbor } from '../config/neighbor.ts';
import { NeighborDraft } from '../config/neighbor-draft.ts';
import { readNeighborBody } from '../config/neighbor-section.ts';
import { ceaseMessage } from '../session/neighbor.ts';
import { parseFamilyText } from '../text/families.ts';
import { parseStatements } from '../text/lexer.ts';
import { type Command, type CommandContext, CommandError, type Outcome } from './outcome.ts';
import { configurationLines, extensiveLines, neighborJson, summaryHeader, summaryLine, viewOf } from './show-neighbor.ts';
import { ribLines } from './show-rib.ts';

const CEASE = 6;
/** Subcodes whose data is a text with its length before it (RFC 9003). */
const WITH_LENGTH = new Set([2, 4]);

/** NOTIFICATION 6/N with the name of the subcode as its text. */
export function teardownMessage(subcode: number): NotificationMessage {
  const text = new TextEncoder().encode(notificationSubcodeName(CEASE, subcode) ?? 'Unspecified');
  return ceaseMessage(subcode, WITH_LENGTH.has(subcode) ? Uint8Array.of(text.length, ...text) : text);
}

export const teardown: Command = ({ neighbors, rest }) => {
  const code = /^\d{1,3}$/.test(rest.trim()) ? Number(rest) : Number.NaN;
  if (!(code <= 255)) throw new CommandError(`found "${rest}", allowed is a subcode of Cease, e.g. "teardown 4"`);
  const established = neighbors.filter(({ session }) => session !== undefined);
  if (established.length === 0) throw new CommandError('no selected neighbor is established');
  for (const neighbor of established) neighbor.teardown(teardownMessage(code));
  return 'done';
};

export const flushOut: Command = ({ neighbors }) => {
  if (neighbors.filter((neighbor) => neighbor.resend()).length === 0) throw new CommandError('no selected neighbor is established');
  return 'done';
};

export const clearOut: Command = ({ neighbors }) => {
  for (const neighbor of neighbors) neighbor.clearOut();
  return 'done';
};

export const clearIn: Command = ({ neighbors }) => {
  for (const neighbor of neighbors) neighbor.ribIn.clear();
  return 'done';
};

/** `words` of a command, without those that choose a form. */
function formOf(rest: string): { readonly words: Set<string>; readonly address: string | undefined } {
  const words = rest.split(/\s+/).filter(Boolean);
  return { words: new Set(words), address: words.find((word) => /[.:]/.test(word)) };
}

/** Octets that may wait in front of a reader before a listing pauses. */
const AHEAD_BYTES_MAX = 1_048_576;

/** Writes lines as fast as they are read. */
async function write(lines: Iterable<string>, { source }: CommandContext): Promise<void> {
  for (const line of lines) {
    source.write(line);
    while (source.backlogBytes() > AHEAD_BYTES_MAX) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const showNeighbor: Command = async (context): Promise<Outcome> => {
  const { words, address } = formOf(context.rest);
  const version = context.control.apiVersion;
  const chosen = context.neighbors.filter(({ config }) => address === undefined || config.peerAddress === address);
  if (words.has('json') || (version === 6 && !words.has('summary') && !words.has('extensive') && !words.has('configuration'))) {
    await write([JSON.stringify(chosen.map((neighbor) => neighborJson(viewOf(neighbor), version)))], context);
  } else if (words.has('configuration')) {
    await write(chosen.flatMap(configurationLines), context);
  } else if (words.has('extensive')) {
    await write(
      chosen.flatMap((neighbor) => extensiveLines(viewOf(neighbor), version)),
      context,
    );
  } else {
    await write([summaryHeader(version), ...chosen.map((neighbor) => summaryLine(viewOf(neighbor), version))], context);
  }
  return 'done';
};

/** `in` or `out`, then words. */
export const showRib: Command = async (context): Promise<Outcome> => {
  const { words, address } = formOf(context.rest);
  if (!words.has('in') && !words.has('out')) throw new CommandError(`found "${context.rest}", allowed is "in" or "out"`);
  const { apiVersion: version, showRoutesFormat: format } = context.control;
  const chosen = context.neighbors.filter(({ config }) => address === undefined || config.peerAddress === address);
  const kinds = new Set(['inet', 'flow', 'l2vpn'].filter((kind) => words.has(kind)));
  const json = words.has('json') || (version === 6 && !words.has('text'));
  const direction = words.has('in') ? 'in' : 'out';
  await write(ribLines(chosen, { direction, extensive: words.has('extensive'), json, kinds, version, format }), context);
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
  const draft = new NeighborDraft();
  readNeighborBody(parseStatements(`${body}family { ${families} }`), draft, new Map());
  control.createNeighbor(finishNeighbor(address, undefined, draft, 1));
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
