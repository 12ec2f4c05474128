/** tsbgpd, run from its sources and asked through its API. */
import { join } from 'node:path';
import { createTsbgpClient, type Neighbor, type Route, SessionState, StalePhase, type TsbgpClient } from '@tsbgp/api';
import { type CommandResult, runCommand } from '../run-command.ts';
import type { DaemonKind, Instance } from './daemon-kind.ts';
import { attributeLine, parseAttribute } from './tsbgpd-attributes.ts';

const PROGRAM = join(import.meta.dirname, '../../../packages/daemon/src/bin.ts');
const CLI = join(import.meta.dirname, '../../../packages/cli/src/bin.ts');
const COMMAND = [process.execPath, '--conditions=tsbgp-source', PROGRAM] as const;
const BGP_PORT = 179;

const clients = new WeakMap<Instance, TsbgpClient>();

export const tsbgpd: DaemonKind = {
  name: 'tsbgpd',
  configName: 'tsbgpd.yaml',
  version: [...COMMAND, '--version'],
  start: (it) => [...COMMAND, it.configFile],
  ready: (it) => () =>
    clientOf(it)
      .global.getGlobal({}, { timeoutMs: 1000 })
      .then(
        () => true,
        () => false, // not yet
      ),
  words: {
    neighbor: answer(async (it, [address = '']) => {
      const { neighbor } = await clientOf(it).neighbors.getNeighbor({ address });
      return neighbor === undefined ? [] : neighborLines(neighbor);
    }),
    route: answer(async (it, [table = '', prefix = '', neighbor]) => {
      const { routes } = await listing(clientOf(it), table)({ filter: { prefix }, ...(neighbor === undefined ? {} : { neighbor }) });
      return routes.length === 0 ? ['no route'] : routes.flatMap((route) => [...routeLines(route), '']);
    }),
    announce: answer(async (it, [prefix = '', ...words]) => {
      let nextHop = '';
      const attributes = [];
      for (let index = 0; index + 1 < words.length; index += 2) {
        if (words[index] === 'next-hop') nextHop = words[index + 1]!;
        else attributes.push(parseAttribute(words[index]!, words[index + 1]!));
      }
      await clientOf(it).injection.addRoutes({ routes: [{ prefix, nextHop, attributes }] });
      return [];
    }),
    withdraw: answer(async (it, [prefix = '']) => {
      const { deleted } = await clientOf(it).injection.deleteRoutes({ routes: [{ prefix }] });
      if (deleted !== 1n) throw new Error(`${deleted} routes were deleted`);
      return [];
    }),
    async tsbgp(it, args) {
      const { code, output } = await runCommand(
        it.on([process.execPath, '--conditions=tsbgp-source', CLI, '--address', `unix:${it.folder}/api.sock`, ...args]),
      );
      return { code, output };
    },
    async connections(it, [address = '']) {
      const { code, output } = await runCommand(
        it.on(['ss', '-Htn', 'state', 'established', `( sport = :${BGP_PORT} or dport = :${BGP_PORT} )`]),
      );
      const ours = output.split('\n').filter((line) => line.includes(address));
      return { code, output: `${ours.length}\n` };
    },
  },
};

function clientOf(instance: Instance): TsbgpClient {
  let client = clients.get(instance);
  if (client === undefined) clients.set(instance, (client = createTsbgpClient({ address: `unix://${instance.folder}/api.sock` })));
  return client;
}

function answer(ask: (instance: Instance, args: readonly string[]) => Promise<string[]>) {
  return async (instance: Instance, args: readonly string[]): Promise<CommandResult> => {
    try {
      return { code: 0, output: `${(await ask(instance, args)).join('\n')}\n` };
    } catch (error) {
      return { code: 1, output: String(error) };
    }
  };
}

function listing({ rib }: TsbgpClient, table: string) {
  switch (table) {
    case 'best':
      return rib.listBest;
    case 'received':
      return rib.listReceived;
    case 'advertised':
      return rib.listAdvertised;
    default:
      throw new Error(`no table called "${table}", allowed are best, received and advertised`);
  }
}

function neighborLines({ state, session, counters, flapCount, lastError, prefixes }: Neighbor): string[] {
  const lines = [`state ${stateName(state)}`];
  if (session !== undefined) {
    lines.push(`type ${session.internal ? 'ibgp' : 'ebgp'}`, `families ${session.families.join(' ')}`, `hold-time ${session.holdTime}`);
    lines.push(`local-port ${session.localPort}`, `remote-port ${session.remotePort}`);
  }
  lines.push(`flaps ${flapCount}`, `notifications-sent ${counters?.notificationsSent ?? 0}`);
  lines.push(`notifications-received ${counters?.notificationsReceived ?? 0}`, `last-error ${lastError === '' ? 'none' : lastError}`);
  for (const { family, received, advertised, withdrawalsSent, stale, stalePhase } of prefixes) {
    lines.push(`${family} received ${received} sent ${advertised} withdrawals-sent ${withdrawalsSent}`);
    lines.push(`${family} stale ${stale} ${STALE_PHASES[stalePhase]}`);
  }
  return lines;
}

const STALE_PHASES: Readonly<Record<StalePhase, string>> = {
  [StalePhase.UNSPECIFIED]: 'no restart',
  [StalePhase.RESTART]: 'restart',
  [StalePhase.LONG_LIVED]: 'long-lived',
  [StalePhase.RESYNC]: 'resync',
};

/** The name of a state in RFC 4271 §8.2.2. */
function stateName(state: SessionState): string {
  switch (state) {
    case SessionState.IDLE:
      return 'Idle';
    case SessionState.CONNECT:
      return 'Connect';
    case SessionState.ACTIVE:
      return 'Active';
    case SessionState.OPEN_SENT:
      return 'OpenSent';
    case SessionState.OPEN_CONFIRM:
      return 'OpenConfirm';
    case SessionState.ESTABLISHED:
      return 'Established';
    default:
      return `state ${state}`;
  }
}

function routeLines({ neighbor, pathIdentifier, nextHop, attributes }: Route): string[] {
  const lines = attributes.map(attributeLine).filter((line) => !line.startsWith('next-hop '));
  const identifier = pathIdentifier === 0 ? [] : [`path-identifier ${pathIdentifier}`];
  return [`from ${neighbor === '' ? 'here' : neighbor}`, ...identifier, `next-hop ${nextHop}`, ...lines];
}
