/** The families beyond plain prefixes, one line each, and the union of their NLRI. */
import { ByteWriter } from '../bytes.ts';
import type { Family } from '../family.ts';
import { type BgpLsNlri, bgpLs } from './bgp-ls.ts';
import { type EvpnNlri, evpn } from './evpn.ts';
import type { FamilyCodec } from './family-codec.ts';
import { type FlowSpecNlri, flowspec } from './flowspec.ts';
import { type LabeledUnicastNlri, labeledUnicast } from './labeled-unicast.ts';
import { type McastVpnNlri, mcastVpn } from './mcast-vpn.ts';
import { type MupNlri, mup } from './mup.ts';
import { type RouteTargetNlri, routeTarget } from './route-target.ts';
import { type SrPolicyNlri, srPolicy } from './sr-policy.ts';
import { type VplsNlri, vpls } from './vpls.ts';
import { type VpnNlri, vpn } from './vpn.ts';

export type TypedNlri =
  | LabeledUnicastNlri
  | VpnNlri
  | RouteTargetNlri
  | VplsNlri
  | McastVpnNlri
  | EvpnNlri
  | FlowSpecNlri
  | MupNlri
  | SrPolicyNlri
  | BgpLsNlri;

/** A row whose value type is known only by its `type`; the table below is what makes that sound. */
type AnyCodec = FamilyCodec<TypedNlri>;

function row<T extends TypedNlri>(codec: FamilyCodec<T>): AnyCodec {
  return codec as unknown as AnyCodec;
}

export const FAMILY_CODECS: readonly AnyCodec[] = [
  row(labeledUnicast),
  row(vpn),
  row(routeTarget),
  row(vpls),
  row(mcastVpn),
  row(evpn),
  row(flowspec),
  row(mup),
  row(srPolicy),
  row(bgpLs),
];

const BY_FAMILY: ReadonlyMap<Family, AnyCodec> = new Map(
  FAMILY_CODECS.flatMap((codec) => codec.families.map((of) => [of, codec] as const)),
);

/** The codec of a family beyond plain prefixes, or undefined. */
export function familyCodec(of: Family): FamilyCodec<TypedNlri> | undefined {
  return BY_FAMILY.get(of);
}

/** Canonical octets of one NLRI, without path identifier: equal routes have equal octets. */
export function encodeTypedNlri(nlri: TypedNlri): Uint8Array {
  const out = new ByteWriter(64);
  familyCodec(nlri.family)?.encode(out, nlri);
  return out.take();
}
