/** BIRD 2: one process, controlled with `birdc`. */
import type { DaemonKind, Instance } from './daemon-kind.ts';

const socket = ({ folder }: Instance): string => `${folder}/bird.ctl`;

export const bird: DaemonKind = {
  name: 'bird',
  configName: 'bird.conf',
  debian: { package: 'bird2', programs: ['bird', 'birdc'] },
  version: ['bird', '--version'],
  start: (it) => ['bird', '-f', '-c', it.configFile, '-s', socket(it), '-P', `${it.folder}/bird.pid`],
  addressing: { birdc: (it) => ['-s', socket(it)] },
  // BIRD 3 prints attributes with the names of its filters.
  olderWords: [
    [/\bbgp_path:/g, 'BGP.as_path:'],
    [/\bbgp_(origin|next_hop|med|local_pref|community|ext_community|large_community|originator_id|cluster_list):/g, 'BGP.$1:'],
  ],
  ready: () => ['birdc', 'show', 'status'],
};
