/** FRR: only its bgpd, without zebra (no route goes to the kernel here), controlled with `vtysh`. */
import { spawnSync } from 'node:child_process';
import { located } from '../programs.ts';
import type { DaemonKind } from './daemon-kind.ts';

const BGPD = '/usr/lib/frr/bgpd';

/** Without zebra, FRR 10 does not know the interfaces, and refuses IPv6 sessions over them unless it has this option. */
function sessionsWithoutZebra(): string[] {
  const [program = BGPD] = located(frr, [BGPD]);
  const help = spawnSync(program, ['--help'], { encoding: 'utf8', timeout: 5000 });
  return /--v6-with-v4-nexthops?/.exec(help.stdout)?.slice(0, 1) ?? [];
}

export const frr: DaemonKind = {
  name: 'frr',
  configName: 'frr.conf',
  debian: { package: 'frr', programs: [BGPD, 'vtysh'] },
  version: [BGPD, '--version'],
  start: (it) =>
    [BGPD, '--no_kernel', '--no_zebra', '--skip_runas', '--user', 'root', '--group', 'root'].concat(
      ['--config_file', it.configFile, '--pid_file', `${it.folder}/bgpd.pid`, '--vty_socket', it.folder, '--vty_port', '0'],
      ['--log', 'stdout'],
      sessionsWithoutZebra(),
    ),
  addressing: { vtysh: (it) => ['--vty_socket', it.folder] },
  ready: () => ['vtysh', '-d', 'bgpd', '-c', 'show version'],
};
