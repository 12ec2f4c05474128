/** The commands of ExaBGP 6: `peer SELECTOR announce …`, `rib show out`, `daemon shutdown` … */

import { clearIn, clearOut, createNeighbor, deleteNeighbor, flushOut, showNeighbor, showRib, teardown } from './neighbor-commands.ts';
import { type Command, type CommandContext, CommandError, type Outcome, sentenceOf } from './outcome.ts';
import { routeCommand } from './route-commands.ts';
import { parseRoutes } from './route-parser.ts';
import { ribLines } from './show-rib.ts';
import {
  ack,
  apiVersion,
  bye,
  crash,
  help,
  ping,
  queueStatus,
  reload,
  reset,
  restart,
  shutdown,
  status,
  sync,
  version,
} from './system-commands.ts';
import { writeLines } from './write-lines.ts';

/** After `peer SELECTOR`. */
export const PEER_COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['show', showNeighbor],
  ['teardown', teardown],
  ['announce', routeCommand('announce')],
  ['withdraw', routeCommand('withdraw')],
  ['routes', routes],
  ['group', group],
]);

const ROWS: Readonly<Record<string, Command>> = {
  'daemon shutdown': shutdown,
  'daemon reload': reload,
  'daemon restart': restart,
  'daemon status': status,
  'session ack enable': ack('enable'),
  'session ack disable': ack('disable'),
  'session ack silence': ack('silence'),
  'session sync enable': sync(true),
  'session sync disable': sync(false),
  'session reset': reset,
  'session ping': ping,
  'session bye': bye,
  'system version': version,
  'system crash': crash,
  'system queue-status': queueStatus,
  'system api version': apiVersion,
  'rib show': showRib,
  'rib flush out': flushOut,
  'rib clear in': clearIn,
  'rib clear out': clearOut,
  'peer list': ({ source, neighbors }) => {
    source.write(JSON.stringify(neighbors.map(({ peerAddress, name }) => ({ 'peer-address': peerAddress, name }))));
    return 'done';
  },
  'peer create': createNeighbor,
  'peer show': showNeighbor,
};

export const COMMANDS_V6: ReadonlyMap<string, Command> = new Map([
  ...Object.entries(ROWS),
  [
    'system help',
    help([...Object.keys(ROWS), 'peer delete SELECTOR', ...[...PEER_COMMANDS.keys()].map((name) => `peer SELECTOR ${name}`)]),
  ],
]);

export const PEER_DELETE: Command = deleteNeighbor;

/** `routes [AFI [SAFI]] list`, `routes add …`, `routes remove …` */
async function routes(context: CommandContext): Promise<Outcome> {
  const { rest, neighbors, source, control } = context;
  const change = /^(?:ipv[46] \S+ )?(add|remove) +(.*)$/.exec(rest);
  if (change !== null) {
    const purpose = change[1] === 'add' ? 'announce' : 'withdraw';
    const text = change[2]!;
    const routes = parseRoutes(/^(route|ipv4|ipv6|flow|attributes?|vpls) /.test(text) ? text : `route ${text}`, purpose);
    control.changeRoutes(neighbors, routes, purpose, source);
    return 'done';
  }
  if (!/(^| )list$/.test(rest) && rest !== '') throw new CommandError(`found "routes ${rest}", allowed is list, add or remove`);
  const options = {
    direction: 'out',
    extensive: true,
    json: true,
    kinds: new Set<string>(),
    version: control.apiVersion,
    format: 'v2',
  } as const;
  await writeLines(ribLines(neighbors, options), context);
  return 'done';
}

/** `group CMD ; CMD ; …`; a first `attributes …` holds for all of them. */
function group(context: CommandContext): Outcome {
  const result = runGroup(context.rest.split(';'), context);
  context.source.write(JSON.stringify(result));
  return (result.errors?.length ?? 0) > 0 ? 'error' : 'done';
}

export interface GroupResult {
  readonly status: string;
  readonly announced: number;
  readonly withdrawn: number;
  readonly errors?: readonly string[];
}

export function runGroup(
  parts: readonly string[],
  { neighbors, control, source }: Pick<CommandContext, 'neighbors' | 'control' | 'source'>,
): GroupResult {
  let shared = '';
  const counts = { announce: 0, withdraw: 0 };
  const errors: string[] = [];
  for (const part of parts.map((each) => each.trim()).filter(Boolean)) {
    const attributes = /^attributes? +(.*)$/.exec(part);
    const change = /^(announce|withdraw) +(.*)$/.exec(part);
    if (attributes !== null) shared = ` ${attributes[1]}`;
    else if (change === null) errors.push(`found "${part}", allowed is announce, withdraw or attributes`);
    else {
      const purpose = change[1] as 'announce' | 'withdraw';
      try {
        const list = parseRoutes(`${change[2]}${shared}`, purpose);
        control.changeRoutes(neighbors, list, purpose, source);
        counts[purpose] += list.length;
      } catch (error) {
        errors.push(sentenceOf(error, control));
      }
    }
  }
  return { status: 'group processed', announced: counts.announce, withdrawn: counts.withdraw, ...(errors.length > 0 && { errors }) };
}
