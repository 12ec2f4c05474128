/**
 * CLUSTER_LIST, path attribute 10 (RFC 4456 §8): identifiers of the clusters whose route reflectors the route has passed, last one first.
 *
 * From an external peer: discarded. From an internal one a length that is not a positive multiple of 4: treat-as-withdraw (RFC 7606 §7.10).
 */
import { formatIpv4 } from '../address.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { ipv4Octets, parseIpv4Text } from '../parts/ipv4.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { listAttribute } from './shapes.ts';

export const clusterList: AttributeCodec<string[], 'cluster-list'> = listAttribute({
  code: AttributeCode.ClusterList,
  type: 'cluster-list',
  name: 'CLUSTER_LIST',
  flags: OPTIONAL_NON_TRANSITIVE,
  internalOnly: 'as',
  exportRule: 'cluster-list',
  fact: 'reflectors',
  entryLength: 4,
  entryName: 'cluster-id',
  lengthError: UpdateError.AttributeLength,
  read: formatIpv4,
  write: (out, cluster) => out.raw(ipv4Octets(cluster)),
  format: (cluster) => cluster,
  parse: parseIpv4Text,
});
