/** What an UPDATE says, as events show it: attributes as values, NLRI with their octets. */
import {
  Afi,
  AttributeCode,
  afiOf,
  decodeUpdate,
  type Family,
  Fault,
  familyCodec,
  formatAddress,
  IPV4_UNICAST,
  makeFamily,
  type Nlri,
  type PathAttribute,
  readU16,
  readU32,
  Safi,
  safiOf,
  UpdateError,
  type WireContext,
} from '@tsbgp/wire';
import { fromExaBgpFlow } from './exabgp-flow.ts';

/** One route. */
export interface NlriView {
  readonly family: Family;
  /** Without path identifier. */
  readonly octets: Uint8Array;
  readonly pathId: number | undefined;
  readonly value: Nlri;
}

export interface AnnouncedRoutes {
  readonly family: Family;
  /** Undefined: there is none (flow). */
  readonly nextHop: string | undefined;
  readonly nlri: readonly NlriView[];
}

export interface UpdateView {
  /** By type code, without NEXT_HOP, MP_REACH_NLRI and MP_UNREACH_NLRI. */
  readonly attributes: readonly PathAttribute[];
  readonly announced: readonly AnnouncedRoutes[];
  readonly withdrawn: readonly { readonly family: Family; readonly nlri: readonly NlriView[] }[];
  readonly endOfRib: Family | undefined;
  /** The routes in `announced` are to be treated as withdrawn (RFC 7606). A next hop that cannot be used does not count: ExaBGP shows such routes. */
  readonly isWithdrawal: boolean;
}

const NOT_SHOWN: ReadonlySet<PathAttribute['type']> = new Set(['next-hop', 'mp-reach-nlri', 'mp-unreach-nlri']);

/** The UPDATE whose body is `bytes[start, end)`; a fault that ends the session. Borrows nothing. */
export function viewUpdate(bytes: Uint8Array, start: number, end: number, context: WireContext): UpdateView | Fault {
  const message = decodeUpdate(bytes, start, end, context);
  if (message instanceof Fault) return message;
  const announced: AnnouncedRoutes[] = [];
  const withdrawn: { family: Family; nlri: NlriView[] }[] = [];
  const attributesAt = start + 2 + readU16(bytes, start);
  const attributesEnd = attributesAt + 2 + readU16(bytes, attributesAt);
  const classicWithdrawn = nlriViews(bytes, start + 2, attributesAt, IPV4_UNICAST, context);
  const classicAnnounced = nlriViews(bytes, attributesEnd, end, IPV4_UNICAST, context);
  let classicNextHop: string | undefined;
  for (const { code, from, to } of attributeSpans(bytes, attributesAt + 2, attributesEnd)) {
    if (code === AttributeCode.NextHop && to - from === 4) classicNextHop = formatAddress(bytes, from, to);
    else if (code === AttributeCode.MpReachNlri) announced.push(readMpReach(bytes, from, to, context));
    else if (code === AttributeCode.MpUnreachNlri) {
      const family = familyAt(bytes, from);
      withdrawn.push({ family, nlri: nlriViews(bytes, from + 3, to, family, context) });
    }
  }
  if (classicWithdrawn.length > 0) withdrawn.unshift({ family: IPV4_UNICAST, nlri: classicWithdrawn });
  if (classicAnnounced.length > 0) announced.unshift({ family: IPV4_UNICAST, nextHop: classicNextHop, nlri: classicAnnounced });
  return {
    attributes: message.attributes.filter(({ type }) => !NOT_SHOWN.has(type)),
    announced: announced.filter(({ nlri }) => nlri.length > 0),
    withdrawn: withdrawn.filter(({ nlri }) => nlri.length > 0),
    endOfRib: message.endOfRib,
    isWithdrawal: message.fault?.action === 'withdraw' && message.fault.subcode !== UpdateError.InvalidNextHop && !isExaBgpFlow(announced),
  };
}

interface AttributeSpan {
  readonly code: number;
  readonly from: number;
  readonly to: number;
}

const EXTENDED_LENGTH = 0x10;

/** The values of the attributes, which `decodeUpdate` found whole. */
function* attributeSpans(bytes: Uint8Array, start: number, end: number): Generator<AttributeSpan> {
  for (let at = start; at + 3 <= end; ) {
    const isLong = (bytes[at]! & EXTENDED_LENGTH) !== 0;
    const from = at + (isLong ? 4 : 3);
    const to = from + (isLong ? readU16(bytes, at + 2) : bytes[at + 2]!);
    if (to > end) return;
    yield { code: bytes[at + 1]!, from, to };
    at = to;
  }
}

function familyAt(bytes: Uint8Array, at: number): Family {
  return makeFamily(readU16(bytes, at), bytes[at + 2]!);
}

function readMpReach(bytes: Uint8Array, from: number, to: number, context: WireContext): AnnouncedRoutes {
  const family = familyAt(bytes, from);
  const length = bytes[from + 3]!;
  const at = from + 4;
  return { family, nextHop: nextHopText(bytes, at, length, family), nlri: nlriViews(bytes, at + length + 1, to, family, context) };
}

/** The global address of a next hop; a route distinguisher and a link-local address are not shown. */
function nextHopText(bytes: Uint8Array, at: number, length: number, family: Family): string | undefined {
  if (length === 0) return undefined;
  const safi = safiOf(family);
  const skip = (safi === Safi.MplsVpn || safi === Safi.MulticastVpn) && (length === 12 || length === 24 || length === 48) ? 8 : 0;
  const size = length - skip >= 16 ? 16 : 4;
  return length - skip >= size ? formatAddress(bytes, at + skip, at + skip + size) : undefined;
}

/** The NLRI of a field; what cannot be divided is one NLRI of octets. */
export function nlriViews(bytes: Uint8Array, start: number, end: number, family: Family, context: WireContext): NlriView[] {
  const codec = familyCodec(family);
  const addPath = context.addPath.has(family);
  const views: NlriView[] = [];
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = codec === undefined || from >= end ? -1 : codec.next(bytes, from, end);
    const to = next < 0 ? end : next;
    const octets = bytes.slice(from, to);
    const value: Nlri = (next < 0 ? undefined : (codec?.decode(bytes, from, to, family) ?? decodeExaBgpFlow(octets, family))) ?? {
      type: 'unknown',
      family,
      bytes: octets,
    };
    views.push({ family, octets, pathId: addPath ? readU32(bytes, at) : undefined, value });
    at = to;
  }
  return views;
}

/** Whether the NLRI that @tsbgp/wire finds malformed are flows in ExaBGP's form. */
function isExaBgpFlow(announced: readonly AnnouncedRoutes[]): boolean {
  return announced.some(
    ({ family, nlri }) => afiOf(family) === Afi.Ipv6 && nlri.length > 0 && nlri.every(({ value }) => value.type === 'flowspec'),
  );
}

function decodeExaBgpFlow(octets: Uint8Array, family: Family): Nlri | undefined {
  const safi = safiOf(family);
  if (afiOf(family) !== Afi.Ipv6 || (safi !== Safi.Flowspec && safi !== Safi.FlowspecVpn)) return undefined;
  const converted = fromExaBgpFlow(octets, safi === Safi.FlowspecVpn ? 8 : 0);
  return converted && familyCodec(family)?.decode(converted, 0, converted.length, family);
}
