/**
 * UPDATE messages of a batch of routes, whole, with their headers.
 *
 *     ipv4 unicast with an IPv4 next hop    the fields of RFC 4271; with group-updates many routes of one attribute set a message
 *     mcast-vpn                             MP_REACH_NLRI; grouped as well
 *     everything else                       MP_REACH_NLRI, one route a message
 *
 * MP_REACH_NLRI and MP_UNREACH_NLRI come last, as ExaBGP 5 writes them.
 */
import type { Route } from '@tsbgp/process-api';
import {
  Afi,
  addressBytes,
  afiOf,
  ByteWriter,
  EXTENDED_MESSAGE_LENGTH_MAX,
  type Family,
  HEADER_LENGTH,
  IPV4_UNICAST,
  IPV6_UNICAST,
  MESSAGE_LENGTH_MAX,
  MessageType,
  parseIpv4,
  Safi,
  safiOf,
  writeHeader,
} from '@tsbgp/wire';
import { attributeOctets } from './encode-attributes.ts';
import type { SessionForm } from './session-form.ts';

/** What the messages of one session need. */
export interface UpdateContext {
  readonly form: SessionForm;
  readonly families: ReadonlySet<Family>;
  /** Families whose NLRI have a path identifier. */
  readonly addPath: ReadonlySet<Family>;
  readonly extendedMessage: boolean;
  readonly groupUpdates: boolean;
  /** Our link-local address, where it follows the next hop of IPv6 (link-local-nexthop). */
  readonly linkLocal: string | undefined;
  /** For `next-hop self`. */
  readonly localAddress: string;
}

const FIXED_LENGTH = HEADER_LENGTH + 4;
const MP_FLAGS = 0x80;
const EXTENDED = 0x10;
/** Flags, code, length of two octets. */
const MP_HEAD_LENGTH = 4;

export function nextHopOf({ set }: Route, context: UpdateContext): string | undefined {
  return set.nextHop === 'self' ? context.localAddress : set.nextHop;
}

/** Whether routes of the family share messages. */
function isGrouped(family: Family, context: UpdateContext): boolean {
  return context.groupUpdates && (family === IPV4_UNICAST || safiOf(family) === Safi.McastVpn);
}

/** Whether the route is in the fields of RFC 4271, not in an attribute. */
function isClassic(route: Route, nextHop: string | undefined): boolean {
  return route.family === IPV4_UNICAST && nextHop !== undefined && parseIpv4(nextHop) !== undefined;
}

/** Messages that announce the routes. Routes of families that the peer does not have are left out. */
export function* announcements(routes: Iterable<Route>, context: UpdateContext): Generator<Uint8Array> {
  for (const group of groups(routes, context)) {
    const [first] = group;
    if (first === undefined) continue;
    const nextHop = nextHopOf(first, context);
    const attributes = attributeOctets(first.set, first.family, nextHop, context.form);
    if (isClassic(first, nextHop)) yield* classicAnnouncements(group, attributes, context);
    else yield* mpMessages(group, attributes, context, nextHop);
  }
}

/** Messages that withdraw the routes. `isFirst`: of the first batch of a session, when the peer has no routes that could be withdrawn. */
export function* withdrawals(routes: Iterable<Route>, context: UpdateContext, isFirst: boolean): Generator<Uint8Array> {
  const classic: Route[] = [];
  const others: Route[] = [];
  for (const route of routes) {
    if (!context.families.has(route.family)) continue;
    (route.family === IPV4_UNICAST ? classic : others).push(route);
  }
  if (!isFirst) {
    if (context.groupUpdates) yield* classicWithdrawals(classic, context);
    else for (const route of classic) yield* classicWithdrawals([route], context);
  }
  for (const route of others) {
    const isPlain = route.family === IPV6_UNICAST;
    const attributes = isPlain ? NOTHING : attributeOctets(route.set, route.family, nextHopOf(route, context), context.form);
    if (!isFirst) yield mpMessage(MP_UNREACH, [route], attributes, context, NOTHING);
    // ExaBGP leaves the withdrawal out and sends the rest of the message. It does no harm, and labs compare octets.
    else if (!isPlain) yield message(NOTHING, attributes, NOTHING);
  }
}

/** RFC 4724 §2. */
export function endOfRibMessage(family: Family): Uint8Array {
  if (family === IPV4_UNICAST) return message(NOTHING, NOTHING, NOTHING);
  const out = new ByteWriter(8);
  out.u8(MP_FLAGS | EXTENDED);
  out.u8(MP_UNREACH);
  out.u16(3);
  out.u16(afiOf(family));
  out.u8(safiOf(family));
  return message(NOTHING, out.take(), NOTHING);
}

const NOTHING = new Uint8Array(0);
const MP_REACH = 14;
const MP_UNREACH = 15;

/** Routes of one set and family that share messages, in the order of the first of each. */
function groups(routes: Iterable<Route>, context: UpdateContext): Iterable<Route[]> {
  const grouped = new Map<string, Route[]>();
  let serial = 0;
  for (const route of routes) {
    if (!context.families.has(route.family)) continue;
    const key = isGrouped(route.family, context) ? `${route.family} ${route.set.key}` : String(serial++);
    const group = grouped.get(key);
    if (group === undefined) grouped.set(key, [route]);
    else group.push(route);
  }
  return grouped.values();
}

/** The octets of the route in an NLRI field, one character each. */
function fieldText(route: Route, context: UpdateContext): string {
  if (!context.addPath.has(route.family)) return route.nlri;
  const id = route.pathId ?? 0;
  return String.fromCharCode((id >>> 24) & 0xff, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff) + route.nlri;
}

/** NLRI fields of at most `room` octets each, sorted inside the group. */
function* fields(group: readonly Route[], room: number, context: UpdateContext): Generator<Uint8Array> {
  const texts = group.map((route) => fieldText(route, context));
  if (texts.length > 1) texts.sort();
  const out = new ByteWriter(Math.min(room, 4096));
  for (const text of texts) {
    if (out.length > 0 && out.length + text.length > room) {
      yield out.take();
      out.length = 0;
    }
    for (let i = 0; i < text.length; i++) out.u8(text.charCodeAt(i));
  }
  if (out.length > 0) yield out.take();
}

function lengthMax({ extendedMessage }: UpdateContext): number {
  return extendedMessage ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX;
}

function* classicAnnouncements(group: readonly Route[], attributes: Uint8Array, context: UpdateContext): Generator<Uint8Array> {
  const room = lengthMax(context) - FIXED_LENGTH - attributes.length;
  for (const nlri of fields(group, room, context)) yield message(NOTHING, attributes, nlri);
}

function* classicWithdrawals(group: readonly Route[], context: UpdateContext): Generator<Uint8Array> {
  for (const withdrawn of fields(group, lengthMax(context) - FIXED_LENGTH, context)) yield message(withdrawn, NOTHING, NOTHING);
}

function* mpMessages(
  group: readonly Route[],
  attributes: Uint8Array,
  context: UpdateContext,
  nextHop: string | undefined,
): Generator<Uint8Array> {
  yield mpMessage(MP_REACH, group, attributes, context, nextHopOctets(group[0]!.family, nextHop, context));
}

/** One message; a group of MCAST-VPN that does not fit is divided by the caller's `fields`. */
function mpMessage(code: number, group: readonly Route[], attributes: Uint8Array, context: UpdateContext, nextHop: Uint8Array): Uint8Array {
  const { family } = group[0]!;
  const head = new ByteWriter(64);
  head.u16(afiOf(family));
  head.u8(safiOf(family));
  if (code === MP_REACH) {
    head.u8(nextHop.length);
    head.raw(nextHop);
    head.u8(0);
  }
  const room = lengthMax(context) - FIXED_LENGTH - attributes.length - head.length - MP_HEAD_LENGTH;
  const parts = [...fields(group, room, context)].map((nlri) => {
    const out = new ByteWriter(attributes.length + head.length + nlri.length + MP_HEAD_LENGTH);
    out.raw(attributes);
    const length = head.length + nlri.length;
    out.u8(length > 0xff ? MP_FLAGS | EXTENDED : MP_FLAGS);
    out.u8(code);
    out.unsigned(length, length > 0xff ? 2 : 1);
    out.raw(head.bytes, 0, head.length);
    out.raw(nlri);
    return message(NOTHING, out.take(), NOTHING);
  });
  return parts.length === 1 ? parts[0]! : concat(parts);
}

/** RFC 4364 §4.3.2: VPN next hops have a route distinguisher of zero. MUP of IPv6 has IPv4-mapped ones. */
function nextHopOctets(family: Family, nextHop: string | undefined, context: UpdateContext): Uint8Array {
  if (nextHop === undefined) return NOTHING;
  const out = new ByteWriter(48);
  const safi = safiOf(family);
  const octets = addressBytes(nextHop);
  if (safi === Safi.MplsVpn) out.zeros(8);
  const isMapped = octets.length === 4 && afiOf(family) === Afi.Ipv6 && safi === Safi.Mup;
  if (isMapped) {
    out.zeros(10);
    out.u16(0xffff);
  }
  out.raw(octets);
  if (context.linkLocal !== undefined && octets.length === 16 && family === IPV6_UNICAST && nextHop !== context.linkLocal) {
    out.raw(addressBytes(context.linkLocal));
  }
  return out.take();
}

function message(withdrawn: Uint8Array, attributes: Uint8Array, nlri: Uint8Array): Uint8Array {
  const length = FIXED_LENGTH + withdrawn.length + attributes.length + nlri.length;
  const bytes = new Uint8Array(length);
  writeHeader(bytes, 0, length, MessageType.Update);
  let at = HEADER_LENGTH;
  bytes[at++] = withdrawn.length >>> 8;
  bytes[at++] = withdrawn.length;
  bytes.set(withdrawn, at);
  at += withdrawn.length;
  bytes[at++] = attributes.length >>> 8;
  bytes[at++] = attributes.length;
  bytes.set(attributes, at);
  bytes.set(nlri, at + attributes.length);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new ByteWriter(parts.reduce((sum, part) => sum + part.length, 0));
  for (const part of parts) out.raw(part);
  return out.take();
}
