/**
 * CLUSTER_LIST, path attribute 10 (RFC 4456 §8): identifiers of the clusters whose route reflectors the route has passed, last one first.
 *
 * From an external peer: discarded. From an internal one a length that is not a positive multiple of 4: treat-as-withdraw (RFC 7606 §7.10).
 */
import { formatIpv4 } from '../address.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { decodeEntries, notFromExternal, OPTIONAL_NON_TRANSITIVE, treatAsWithdraw } from './fields.ts';
import { ipv4Octets, parseIpv4Text } from './ipv4.ts';

export const clusterList: AttributeCodec<string[]> = {
  code: AttributeCode.ClusterList,
  type: 'cluster-list',
  name: 'CLUSTER_LIST',
  flags: OPTIONAL_NON_TRANSITIVE,
  check(_bytes, start, end, context) {
    if (context.peerType === 'ebgp') return notFromExternal('CLUSTER_LIST');
    const length = end - start;
    if (length > 0 && length % 4 === 0) return undefined;
    return treatAsWithdraw(UpdateError.AttributeLength, `CLUSTER_LIST of ${length} octets, allowed are multiples of 4`);
  },
  decode: (bytes, start, end, context) => decodeEntries(start, end, 4, 'cluster-id', (at) => formatIpv4(bytes, at), context),
  encode(out, clusters) {
    for (const cluster of clusters) out.raw(ipv4Octets(cluster));
  },
  format: (clusters) => clusters.join(' '),
  parse: (text) => text.split(/\s+/).filter(Boolean).map(parseIpv4Text),
};
