/** OpenBGPD: `bgpd`, three processes, spoken to through `bgpctl`. The control socket's path stands in the configuration as @FOLDER@. */
import { chmodSync, mkdirSync } from 'node:fs';
import type { DaemonKind, Instance } from './daemon-kind.ts';

const socket = ({ folder }: Instance): string => `${folder}/bgpd.sock`;

export const openbgpd: DaemonKind = {
  name: 'openbgpd',
  configName: 'openbgpd.conf',
  debian: { package: 'openbgpd', programs: ['/usr/sbin/bgpd', 'bgpctl'] },
  version: ['/usr/sbin/bgpd', '-V'],
  prepare(it) {
    chmodSync(it.configFile, 0o600); // it refuses one that others may read
    mkdirSync('/run/openbgpd', { recursive: true }); // looked for even where the socket lies elsewhere
  },
  start: (it) => ['/usr/sbin/bgpd', '-d', '-v', '-f', it.configFile],
  addressing: { bgpctl: (it) => ['-s', socket(it)] },
  ready: () => ['bgpctl', 'show'],
};
