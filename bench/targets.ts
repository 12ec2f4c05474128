/** The daemons to measure: how to start each in the foreground with a folder of configurations. */
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchScenario } from './scenarios.ts';

export interface Target {
  readonly name: string;
  readonly programs: readonly string[];
  readonly version: readonly string[];
  /** `confs` holds bird.conf, frr.conf, gobgp.toml and openbgpd.conf; `folder` is for sockets and pid files. */
  readonly start: (scenario: BenchScenario, confs: string, folder: string) => readonly string[];
  /** The command for the shell that makes the running daemon add the large community 64512:2000:1 to everything it sends; absent: none is known. */
  readonly reload?: (scenario: BenchScenario, confs: string, folder: string) => string;
}

const TARGET_SCRIPT = join(import.meta.dirname, 'target.sh');
const RELOAD_SCRIPT = join(import.meta.dirname, 'reload.sh');
const NODE = join(import.meta.dirname, '../node_modules/.bin/node');

export const targets: readonly Target[] = [
  {
    name: 'tsbgpd',
    programs: [],
    version: [NODE, join(import.meta.dirname, '../packages/daemon/dist/bin.js'), '--version'],
    start: ({ senders, mesh, ipv6, paths }) =>
      [TARGET_SCRIPT, String(senders), String(mesh)].concat(ipv6 === true ? ['ipv6'] : [], paths === undefined ? [] : ['add-path']),
    reload: ({ senders, mesh }) => `${RELOAD_SCRIPT} ${senders} ${mesh}`,
  },
  {
    name: 'bird',
    programs: ['bird'],
    version: ['bird', '--version'],
    start: (_, confs, folder) => ['bird', '-f', '-c', `${confs}/bird.conf`, '-s', `${folder}/bird.ctl`],
    reload: (_, confs, folder) => `birdc -s ${folder}/bird.ctl configure '"${confs}/bird-after.conf"' >/dev/null`,
  },
  {
    name: 'frr',
    programs: ['/usr/lib/frr/bgpd'],
    version: ['/usr/lib/frr/bgpd', '--version'],
    start: (_, confs, folder) =>
      ['/usr/lib/frr/bgpd', '-Z', '-S', '-n', '-u', 'root', '-g', 'root', '-f', `${confs}/frr.conf`].concat([
        '-i',
        `${folder}/bgpd.pid`,
        '--vty_socket',
        folder,
        '-P',
        '0',
      ]),
  },
  {
    name: 'gobgp',
    programs: ['gobgpd'],
    version: ['gobgpd', '--version'],
    start: (_, confs) => ['gobgpd', '-f', `${confs}/gobgp.toml`, '--log-level=error', '--api-hosts', '127.0.0.1:50051', '--pprof-disable'],
  },
  {
    name: 'openbgpd',
    programs: ['/usr/sbin/bgpd'],
    version: ['/usr/sbin/bgpd', '-V'],
    start(_, confs) {
      mkdirSync('/run/openbgpd', { recursive: true });
      chownSync(`${confs}/openbgpd.conf`, 0, 0);
      return ['/usr/sbin/bgpd', '-d', '-f', `${confs}/openbgpd.conf`];
    },
  },
];

export function installed({ programs }: Target): boolean {
  const folders = (process.env['PATH'] ?? '').split(':');
  return programs.every((program) =>
    program.startsWith('/') ? existsSync(program) : folders.some((folder) => existsSync(join(folder, program))),
  );
}
