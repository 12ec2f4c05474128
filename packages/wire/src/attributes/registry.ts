/** The path attributes, one line each. */
import { aggregator } from './aggregator.ts';
import { aigp } from './aigp.ts';
import { asPath } from './as-path.ts';
import { as4Aggregator } from './as4-aggregator.ts';
import { as4Path } from './as4-path.ts';
import { atomicAggregate } from './atomic-aggregate.ts';
import { attributeSet } from './attribute-set.ts';
import { bgpLsAttribute } from './bgp-ls.ts';
import { bgpsecPath } from './bgpsec-path.ts';
import { clusterList } from './cluster-list.ts';
import type { AttributeCodec } from './codec.ts';
import { communities } from './communities.ts';
import { dPath } from './d-path.ts';
import { extendedCommunities } from './extended-communities.ts';
import { ipv6ExtendedCommunities } from './ipv6-extended-communities.ts';
import { largeCommunities } from './large-communities.ts';
import { localPref } from './local-pref.ts';
import { mpReachNlri } from './mp-reach-nlri.ts';
import { mpUnreachNlri } from './mp-unreach-nlri.ts';
import { multiExitDisc } from './multi-exit-disc.ts';
import { nextHop } from './next-hop.ts';
import { onlyToCustomer } from './only-to-customer.ts';
import { origin } from './origin.ts';
import { originatorId } from './originator-id.ts';
import { peDistinguisherLabels } from './pe-distinguisher-labels.ts';
import { pmsiTunnel } from './pmsi-tunnel.ts';
import { prefixSid } from './prefix-sid.ts';
import { tunnelEncapsulation } from './tunnel-encapsulation.ts';

const ROWS: readonly AttributeCodec<unknown>[] = [
  origin,
  asPath,
  nextHop,
  multiExitDisc,
  localPref,
  atomicAggregate,
  aggregator,
  communities,
  originatorId,
  clusterList,
  mpReachNlri,
  mpUnreachNlri,
  extendedCommunities,
  as4Path,
  as4Aggregator,
  pmsiTunnel,
  tunnelEncapsulation,
  ipv6ExtendedCommunities,
  aigp,
  peDistinguisherLabels,
  bgpLsAttribute,
  largeCommunities,
  bgpsecPath,
  onlyToCustomer,
  dPath,
  prefixSid,
  attributeSet,
];

/** code -> row, for each of the 256 codes; undefined where we know no such attribute. */
export const ATTRIBUTE_CODECS: readonly (AttributeCodec<unknown> | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  ROWS.find((row) => row.code === code),
);

/** The row for a type code, undefined for one that is not known. */
export function attributeCodec(code: number): AttributeCodec<unknown> | undefined {
  return ATTRIBUTE_CODECS[code];
}

const BY_NAME: ReadonlyMap<string, AttributeCodec<unknown>> = new Map(
  ROWS.flatMap((row) => [
    [row.name, row],
    [row.type, row],
  ]),
);

/** The row with that RFC name or `type`, e.g. "AS_PATH" or "as-path". */
export function attributeCodecByName(name: string): AttributeCodec<unknown> | undefined {
  return BY_NAME.get(name);
}
