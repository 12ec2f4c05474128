/** OpenBGPD: `bgpd`, three processes, controlled with `bgpctl`. Its configuration names the control socket, below @FOLDER@. */
import { chmodSync, mkdirSync } from 'node:fs';
import type { DaemonKind, Instance } from './daemon-kind.ts';

const socket = ({ folder }: Instance): string => `${folder}/bgpd.sock`;

export const openbgpd: DaemonKind = {
  name: 'openbgpd',
  configName: 'openbgpd.conf',
  debian: { package: 'openbgpd', programs: ['/usr/sbin/bgpd', 'bgpctl'] },
  version: ['/usr/sbin/bgpd', '-V'],
  prepare(it) {
    chmodSync(it.configFile, 0o600); // bgpd refuses a file that others may read
    mkdirSync('/run/openbgpd', { recursive: true }); // bgpd needs it even when the socket is elsewhere
  },
  start: (it) => ['/usr/sbin/bgpd', '-d', '-v', '-f', it.configFile],
  addressing: { bgpctl: (it) => ['-s', socket(it)] },
  ready: () => ['bgpctl', 'show'],
};
