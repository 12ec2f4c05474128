/** GoBGP: `gobgpd`, controlled with `gobgp` on the same host. Commands add its routes, since its configuration cannot. */
import { readFileSync } from 'node:fs';
import type { DaemonKind } from './daemon-kind.ts';

export const gobgp: DaemonKind = {
  name: 'gobgp',
  configName: 'gobgp.toml',
  debian: { package: 'gobgpd', programs: ['gobgpd', 'gobgp'] },
  version: ['gobgpd', '--version'],
  start: (it) => {
    // With -r, GoBGP says that it has restarted and kept its forwarding state.
    const restarts = readFileSync(it.configFile, 'utf8').includes('[neighbors.graceful-restart.config]') ? ['-r'] : [];
    const options = ['-t', 'toml', '--log-plain', '--api-hosts', '127.0.0.1:50051', '--pprof-disable'];
    return ['gobgpd', '-f', it.configFile, ...restarts, ...options];
  },
  olderWords: [[/\bSESSION_STATE_(?=[A-Z])/g, '']],
  ready: () => ['gobgp', 'global'],
};
