/** Every kind of daemon that a scenario may put on a host. */
import { bird } from './bird.ts';
import type { DaemonKind } from './daemon-kind.ts';
import { exabgp } from './exabgp.ts';
import { frr } from './frr.ts';
import { gobgp } from './gobgp.ts';
import { openbgpd } from './openbgpd.ts';
import { rpki } from './rpki.ts';
import { rtrCache } from './rtr-cache.ts';
import { rtrlib } from './rtrlib.ts';
import { stayrtr } from './stayrtr.ts';
import { tsbgpd } from './tsbgpd.ts';

export const daemonKinds: readonly DaemonKind[] = [tsbgpd, bird, frr, gobgp, openbgpd, exabgp, stayrtr, rtrlib, rpki, rtrCache];
