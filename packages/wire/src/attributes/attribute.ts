/**
 * A decoded path attribute: one shape for each `type`, with the flags octet as it came. What has no row in the table, or did not pass its
 * row's check, is `unknown` with its octets.
 */
import type { LargeCommunity } from '../communities/index.ts';
import type { AggregatorValue } from './aggregator.ts';
import type { AsPathSegment } from './as-path.ts';
import type { AttributeSet } from './attribute-set.ts';
import type { BgpsecPath } from './bgpsec-path.ts';
import type { Domain } from './d-path.ts';
import type { MpReachNlri } from './mp-reach-nlri.ts';
import type { MpUnreachNlri } from './mp-unreach-nlri.ts';
import type { Origin } from './origin.ts';
import type { PeDistinguisherLabel } from './pe-distinguisher-labels.ts';
import type { PmsiTunnel } from './pmsi-tunnel.ts';
import type { Tlv } from './tlv.ts';

/** An attribute that a row of the table knows: `type` names the row and so the shape of `value`. */
export interface Attribute<Type extends string, Value> {
  type: Type;
  /** The flags octet; only its Partial bit is the sender's choice, the rest follows from `type` and length. */
  flags: number;
  value: Value;
}

/** An attribute without a row, or whose value is malformed: kept whole, so that it can be passed on. */
export interface UnknownAttribute {
  type: 'unknown';
  code: number;
  flags: number;
  bytes: Uint8Array;
}

/** All that the table knows, to be told apart by `type`. */
export type KnownAttribute =
  | Attribute<'origin', Origin>
  | Attribute<'as-path', AsPathSegment[]>
  | Attribute<'next-hop', string>
  | Attribute<'multi-exit-disc', number>
  | Attribute<'local-pref', number>
  | Attribute<'atomic-aggregate', true>
  | Attribute<'aggregator', AggregatorValue>
  | Attribute<'communities', number[]>
  | Attribute<'originator-id', string>
  | Attribute<'cluster-list', string[]>
  | Attribute<'mp-reach-nlri', MpReachNlri>
  | Attribute<'mp-unreach-nlri', MpUnreachNlri>
  | Attribute<'extended-communities', Uint8Array[]>
  | Attribute<'ipv6-extended-communities', Uint8Array[]>
  | Attribute<'as4-path', AsPathSegment[]>
  | Attribute<'as4-aggregator', AggregatorValue>
  | Attribute<'pmsi-tunnel', PmsiTunnel>
  | Attribute<'tunnel-encapsulation', Tlv[]>
  | Attribute<'aigp', Tlv[]>
  | Attribute<'pe-distinguisher-labels', PeDistinguisherLabel[]>
  | Attribute<'bgp-ls', Tlv[]>
  | Attribute<'large-communities', LargeCommunity[]>
  | Attribute<'bgpsec-path', BgpsecPath>
  | Attribute<'only-to-customer', number>
  | Attribute<'d-path', Domain[][]>
  | Attribute<'prefix-sid', Tlv[]>
  | Attribute<'attribute-set', AttributeSet>;

/** Any path attribute (RFC 4271 §5). */
export type PathAttribute = KnownAttribute | UnknownAttribute;

/** The attribute of that type, or undefined. */
export function findAttribute<Type extends PathAttribute['type']>(
  attributes: readonly PathAttribute[],
  type: Type,
): Extract<PathAttribute, { type: Type }> | undefined {
  return attributes.find((attribute): attribute is Extract<PathAttribute, { type: Type }> => attribute.type === type);
}
