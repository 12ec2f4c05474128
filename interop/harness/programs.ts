/**
 * Where the programs of a daemon are. `INTEROP_BIRD=/opt/bird3/sbin/bird`, for example, names another daemon than Debian's. Its clients (birdc,
 * vtysh, gobgp, bgpctl) are taken from the same folder, or from the `bin` or `sbin` beside it.
 */
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import type { DaemonKind } from './daemons/daemon-kind.ts';

/** The environment variable of each kind. */
const VARIABLES: Readonly<Record<string, string>> = {
  bird: 'INTEROP_BIRD',
  frr: 'INTEROP_FRR',
  gobgp: 'INTEROP_GOBGPD',
  openbgpd: 'INTEROP_OPENBGPD',
  exabgp: 'INTEROP_EXABGP',
  stayrtr: 'INTEROP_STAYRTR',
  rtrlib: 'INTEROP_RTRCLIENT',
};

/** `command`, with its program replaced if it belongs to the kind and an environment variable names another daemon. */
export function located(kind: Pick<DaemonKind, 'name' | 'debian'>, command: readonly string[]): string[] {
  const [program = '', ...args] = command;
  const daemon = process.env[VARIABLES[kind.name] ?? ''];
  const programs = kind.debian?.programs ?? [];
  if (daemon === undefined || daemon === '' || !programs.includes(program)) return [...command];
  if (program === programs[0]) return [daemon, ...args];
  const folder = dirname(daemon);
  const places = [folder, join(folder, '../bin'), join(folder, '../sbin')].map((place) => join(place, basename(program)));
  return [places.find(existsSync) ?? program, ...args];
}

/** The absolute path of a program, or undefined when there is none. */
export function programPath(program: string): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find(existsSync);
}
