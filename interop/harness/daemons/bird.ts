/** BIRD 2: one process, spoken to through `birdc`. */
import type { DaemonKind, Instance } from './daemon-kind.ts';

const socket = ({ folder }: Instance): string => `${folder}/bird.ctl`;

export const bird: DaemonKind = {
  name: 'bird',
  configName: 'bird.conf',
  debian: { package: 'bird2', programs: ['bird', 'birdc'] },
  version: ['bird', '--version'],
  start: (it) => ['bird', '-f', '-c', it.configFile, '-s', socket(it), '-P', `${it.folder}/bird.pid`],
  addressing: { birdc: (it) => ['-s', socket(it)] },
  ready: () => ['birdc', 'show', 'status'],
};
