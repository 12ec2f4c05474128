/** GoBGP: `gobgpd`, spoken to through `gobgp` on the same host. Its routes are added by command: its configuration has none. */
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
