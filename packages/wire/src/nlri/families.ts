/** The families beyond plain prefixes, one line each, and the union of their NLRI. */
import { ByteWriter, readU32 } from '../bytes.ts';
import { type Family, formatFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
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

/** NLRI of any of these families, to be told apart by `type`. */
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

/** The table of families whose NLRI are more than plain prefixes. */
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
  appendTypedNlri(out, nlri, false);
  return out.take();
}

/** What a field of such NLRI says. */
export interface TypedNlriList {
  nlri: TypedNlri[];
  /** How many were framed but make no sense; they are left out. The routes they meant are not known. */
  malformed: number;
  /** Where the rest does not even frame (RFC 7606 §5.3: nothing behind it can be found); absent when all did. */
  cutAt?: number;
}

/** All NLRI of a family in `bytes[start, end)`, as in MP_REACH_NLRI; undefined when the family has no codec here. Borrows nothing. */
export function decodeTypedNlriList(
  bytes: Uint8Array,
  start: number,
  end: number,
  of: Family,
  addPath: boolean,
): TypedNlriList | undefined {
  const codec = familyCodec(of);
  if (codec === undefined) return undefined;
  const list: TypedNlriList = { nlri: [], malformed: 0 };
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = from < end ? codec.next(bytes, from, end) : -1;
    if (next < 0) return { ...list, cutAt: at };
    const nlri = codec.decode(bytes, from, next, of);
    if (nlri === undefined) list.malformed++;
    else list.nlri.push(addPath ? { ...nlri, pathIdentifier: readU32(bytes, at) } : nlri);
    at = next;
  }
  return list;
}

/** Appends one NLRI, behind its path identifier where ADD-PATH is in use (0 when it has none). Throws ValueError. */
export function appendTypedNlri(out: ByteWriter, nlri: TypedNlri, addPath: boolean): void {
  const codec = familyCodec(nlri.family);
  if (codec === undefined) throw new ValueError(`family ${formatFamily(nlri.family)} has no codec`);
  if (addPath) out.u32(nlri.pathIdentifier ?? 0);
  codec.encode(out, nlri);
}
