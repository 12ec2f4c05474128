/** BIRD 2: one process, controlled with `birdc`. */
import { readFileSync } from 'node:fs';
import type { DaemonKind, Instance } from './daemon-kind.ts';

const socket = ({ folder }: Instance): string => `${folder}/bird.ctl`;

export const bird: DaemonKind = {
  name: 'bird',
  configName: 'bird.conf',
  debian: { package: 'bird2', programs: ['bird', 'birdc'] },
  version: ['bird', '--version'],
  start: (it) => {
    // Without -R, BIRD does not say after its start that it kept its forwarding state.
    const restarts = readFileSync(it.configFile, 'utf8').includes('graceful restart on') ? ['-R'] : [];
    return ['bird', '-f', ...restarts, '-c', it.configFile, '-s', socket(it), '-P', `${it.folder}/bird.pid`];
  },
  addressing: { birdc: (it) => ['-s', socket(it)] },
  // BIRD 3 prints attributes with the names of its filters.
  olderWords: [
    [/\bbgp_path:/g, 'BGP.as_path:'],
    [/\bbgp_(origin|next_hop|med|local_pref|community|ext_community|large_community|originator_id|cluster_list):/g, 'BGP.$1:'],
  ],
  ready: () => ['birdc', 'show', 'status'],
};
