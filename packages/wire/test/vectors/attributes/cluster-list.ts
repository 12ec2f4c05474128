/** CLUSTER_LIST. */
import { ipv4, some } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, IBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'cluster-list'> = {
  type: 'cluster-list',
  examples: [['c0000201c0000202', '192.0.2.1 192.0.2.2']],
  verdicts: [
    ['RFC 7606 §7.10', 'from an external peer', 'c0000201', EBGP, 'discard'],
    ['RFC 7606 §7.10', 'empty', '', IBGP, 'withdraw', 5],
    ['RFC 7606 §7.10', 'of six octets', 'c00002010000', IBGP, 'withdraw', 5],
  ],
  values: () => some(ipv4),
  line: { message: { ids: ['192.0.2.1', '192.0.2.2'] }, name: 'cluster list', text: '192.0.2.1 192.0.2.2' },
};
