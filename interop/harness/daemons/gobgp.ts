/** GoBGP: `gobgpd`, controlled with `gobgp` on the same host. Commands add its routes, since its configuration cannot. */
import type { DaemonKind } from './daemon-kind.ts';

export const gobgp: DaemonKind = {
  name: 'gobgp',
  configName: 'gobgp.toml',
  debian: { package: 'gobgpd', programs: ['gobgpd', 'gobgp'] },
  version: ['gobgpd', '--version'],
  start: (it) => ['gobgpd', '-f', it.configFile, '-t', 'toml', '--log-plain', '--api-hosts', '127.0.0.1:50051', '--pprof-disable'],
  olderWords: [[/\bSESSION_STATE_(?=[A-Z])/g, '']],
  ready: () => ['gobgp', 'global'],
};
