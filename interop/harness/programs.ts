/**
 * Where the programs of a daemon lie. `INTEROP_BIRD=/opt/bird3/sbin/bird` and its like name another daemon than Debian's. Its client programs
 * (birdc, vtysh, gobgp, bgpctl) are looked for beside it first, and in one folder up's `bin` and `sbin`.
 */
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import type { DaemonKind } from './daemons/daemon-kind.ts';

/** Name of the environment variable, by kind. */
const VARIABLES: Readonly<Record<string, string>> = {
  bird: 'INTEROP_BIRD',
  frr: 'INTEROP_FRR',
  gobgp: 'INTEROP_GOBGPD',
  openbgpd: 'INTEROP_OPENBGPD',
  exabgp: 'INTEROP_EXABGP',
};

/** `command` with its program replaced, where it is one of the kind's own and an environment variable names another one. */
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

/** The absolute path of a program, or undefined where there is none. */
export function programPath(program: string): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find(existsSync);
}
