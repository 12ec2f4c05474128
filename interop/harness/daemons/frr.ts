/** FRR: its bgpd alone, without zebra (nothing goes to a kernel here), spoken to through `vtysh`. */
import type { DaemonKind } from './daemon-kind.ts';

export const frr: DaemonKind = {
  name: 'frr',
  configName: 'frr.conf',
  debian: { package: 'frr', programs: ['/usr/lib/frr/bgpd', 'vtysh'] },
  version: ['/usr/lib/frr/bgpd', '--version'],
  start: (it) =>
    ['/usr/lib/frr/bgpd', '--no_kernel', '--no_zebra', '--skip_runas', '--user', 'root', '--group', 'root'].concat(
      ['--config_file', it.configFile, '--pid_file', `${it.folder}/bgpd.pid`, '--vty_socket', it.folder, '--vty_port', '0'],
      ['--log', 'stdout'],
    ),
  addressing: { vtysh: (it) => ['--vty_socket', it.folder] },
  ready: () => ['vtysh', '-d', 'bgpd', '-c', 'show version'],
};
