/**
 * ExaBGP has neither a routing table nor a client. It gives what it receives to a process that writes it to a file, and it takes what it
 * announces from a process that reads a file.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { DaemonKind, Instance } from './daemon-kind.ts';

const received = ({ folder }: Instance): string => `${folder}/received`;
const commands = ({ folder }: Instance): string => `${folder}/commands`;

export const exabgp: DaemonKind = {
  name: 'exabgp',
  configName: 'exabgp.conf',
  debian: { package: 'exabgp', programs: ['exabgp'] },
  version: ['exabgp', '--version'],
  prepare(it) {
    writeFileSync(commands(it), '');
    // ExaBGP leaves the pipe non-blocking, and then shells and cat fail.
    const append = `process.stdin.pipe(require('node:fs').createWriteStream(${JSON.stringify(received(it))}, { flags: 'a' }));`;
    writeFileSync(`${it.folder}/receive`, `#!${process.execPath}\n${append}\n`, { mode: 0o755 });
    writeFileSync(`${it.folder}/announce`, `#!/bin/sh\nexec tail -n 0 -f ${commands(it)}\n`, { mode: 0o755 });
  },
  start: (it) => ['exabgp', it.configFile],
  environment: {
    exabgp_daemon_user: 'root',
    exabgp_log_destination: 'stdout',
    exabgp_log_level: 'INFO',
    exabgp_api_cli: 'false',
    exabgp_api_ack: 'false',
  },
  words: {
    received: async (it) => ({
      code: 0,
      output: readFileSync(received(it), 'utf8').split('\n').filter(Boolean).flatMap(summaries).join('\n'),
    }),
    async say(it, words) {
      appendFileSync(commands(it), `${words.join(' ')}\n`);
      return { code: 0, output: '' };
    },
  },
  // ExaBGP does not report that it is ready. It is, when it has started its process.
  ready: (it) => async () => existsSync(received(it)),
};

/** Versions differ: `as-path` has AS numbers in version 4, segments in version 5. */
interface ReceivedMessage {
  readonly neighbor?: {
    readonly message?: {
      readonly update?: {
        readonly attribute?: Readonly<Record<string, unknown>>;
        readonly announce?: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
        readonly withdraw?: Readonly<Record<string, readonly unknown[]>>;
      };
    };
    readonly notification?: { readonly code: number; readonly subcode: number };
  };
  readonly notification?: unknown;
}

/** A line for each prefix or NOTIFICATION of one JSON message. */
function summaries(json: string): string[] {
  const { neighbor } = JSON.parse(json) as ReceivedMessage;
  const lines: string[] = [];
  const message = neighbor?.message as { notification?: { code: number; subcode: number } } | undefined;
  const notification = neighbor?.notification ?? message?.notification;
  if (notification !== undefined) lines.push(`notification ${notification.code}/${notification.subcode}`);
  const { attribute = {}, announce = {}, withdraw = {} } = neighbor?.message?.update ?? {};
  for (const [family, byNextHop] of Object.entries(announce)) {
    for (const [nextHop, routes] of Object.entries(byNextHop)) {
      for (const route of routes) lines.push(`announce ${family} ${prefixOf(route)} next-hop ${nextHop} ${attributesOf(attribute)}`);
    }
  }
  for (const [family, routes] of Object.entries(withdraw)) for (const route of routes) lines.push(`withdraw ${family} ${prefixOf(route)}`);
  return lines;
}

function prefixOf(route: unknown): string {
  return typeof route === 'string' ? route : String((route as { nlri: string }).nlri);
}

function attributesOf(attribute: Readonly<Record<string, unknown>>): string {
  const lists = (name: string): string => ((attribute[name] ?? []) as number[][]).map((parts) => parts.join(':')).join(' ');
  const texts = ((attribute['extended-community'] ?? []) as { string: string }[]).map(({ string }) => string).join(' ');
  return [
    `origin ${String(attribute['origin'])}`,
    `as-path ${asNumbers(attribute['as-path']).join(' ')}`,
    `med ${String(attribute['med'])}`,
    `local-pref ${String(attribute['local-preference'] ?? 'none')}`,
    `communities ${lists('community')}`,
    `extended ${texts}`,
    `large ${lists('large-community')}`,
  ].join(', ');
}

function asNumbers(path: unknown): unknown[] {
  if (Array.isArray(path)) return path;
  return Object.values((path ?? {}) as Record<string, { value: unknown[] }>).flatMap(({ value }) => value);
}
