/**
 * Routes injected here take part as those of a peer: same table, same decision process, their own index (RFC 4271 §9.4 leaves it to us).
 *
 * Many routes usually share few attribute sets. The caller interns each set once, announces any number of prefixes with its id, and then
 * gives the id back.
 */
import {
  AttributeCode,
  DEFAULT_CONTEXT,
  type Family,
  Fault,
  formatFamily,
  IPV4_UNICAST,
  makeFamily,
  NotificationCode,
  readU16,
  UpdateError,
} from '@tsbgp/wire';
import { AttributeScan } from '@tsbgp/wire/scan';
import type { AttrId } from './attributes/attribute-table.ts';
import { CanonicalBlock } from './attributes/canonical.ts';
import { NONE } from './columns.ts';
import { findPath } from './find-path.ts';
import { announceOctets, hasOctets } from './octet-routes.ts';
import { type LocalOrigin, PeerKind, type PeerOptions, type RibPeer } from './peer.ts';
import type { PathId, RibTable } from './table.ts';
import { Verdict } from './verdict.ts';

/** LOCAL_PREF is ours to set: attributes are judged as those of an internal peer. We belong to no confederation. */
const CONTEXT = { ...DEFAULT_CONTEXT, peerType: 'ibgp', confederation: false } as const;

/** Scratch of one call. */
const scan = new AttributeScan();
const canonical = new CanonicalBlock();
const verdict = new Verdict();

/** The peer that our routes of an origin come from. */
export function localPeerOptions(
  { localAs, bgpIdentifier }: { readonly localAs: number; readonly bgpIdentifier: number },
  families: readonly Family[],
  localOrigin: LocalOrigin,
  { owner, audience }: Pick<PeerOptions, 'owner' | 'audience'> = {},
): PeerOptions {
  const context = { fourOctetAs: true, addPath: new Set<Family>(), peerType: 'ibgp', extendedMessage: false } as const;
  return {
    name: '',
    kind: PeerKind.Local,
    remoteAs: localAs,
    localAs,
    bgpIdentifier,
    address: new Uint8Array(4),
    families,
    receive: context,
    send: context,
    nextHopSelf: new Map(),
    routeServerClient: false,
    nextHopSelfAlways: false,
    importAccept: true,
    exportAccept: false,
    localOrigin,
    owner,
    audience,
    port: { write: () => undefined, backlogBytes: 0 },
  };
}

/** The fault that keeps these attributes from being announced. */
export function checkLocal(attributes: Uint8Array): Fault | undefined {
  scan.scan(attributes, 0, attributes.length, CONTEXT);
  return scan.fault;
}

/** The id of the set, of which the caller then holds one reference, or the fault that keeps it from being announced. */
export function internLocal(table: RibTable, attributes: Uint8Array): AttrId | Fault {
  const fault = checkLocal(attributes) ?? missing(attributes, table.family);
  if (fault !== undefined) return fault;
  canonical.write(attributes, scan, table.family === IPV4_UNICAST ? 'next-hop' : 'mp-reach');
  const attr = table.attributes.intern(canonical.bytes, canonical.start, canonical.end);
  table.attributes.hold(attr);
  return attr;
}

/**
 * Announces the prefix in wire form at `offset` with a set that the caller holds; `identifier` tells several paths of one prefix apart. Returns
 * the path.
 */
export function announceLocal(
  table: RibTable,
  peer: RibPeer,
  prefixes: Uint8Array,
  offset: number,
  attr: AttrId,
  identifier: number,
  nowSeconds: number,
): PathId {
  if (identifier !== 0) table.keepPathIdentifiers();
  verdict.accept(attr);
  if (hasOctets(table)) {
    return findPath(table, announceOctets(table, peer, prefixes, offset, identifier, verdict, nowSeconds), peer, identifier);
  }
  const nlri = table.index.insertWire(prefixes, offset);
  table.announce(nlri, peer, identifier, verdict, nowSeconds);
  return findPath(table, nlri, peer, identifier);
}

/** Withdraws the local route of the prefix in wire form at `offset` with this path identifier. Returns whether there was one. */
export function withdrawLocal(table: RibTable, peer: RibPeer, prefixes: Uint8Array, offset: number, identifier: number): boolean {
  const nlri = table.index.findWire(prefixes, offset);
  return nlri !== NONE && table.withdraw(nlri, peer, identifier);
}

/** A route of our own, as it was announced. */
export interface LocalRoute {
  readonly family: Family;
  /** In wire form, for `announceLocal`. */
  readonly prefix: Uint8Array;
  readonly identifier: number;
  /** Held by the route alone. */
  readonly attr: AttrId;
}

/** The routes of a local peer, in no order: a walk over all paths of the family. */
export function* localRoutes(table: RibTable, peer: RibPeer): Generator<LocalRoute> {
  const { pathPeer } = table;
  for (let path = 1; path < table.pathTop; path++) {
    if (pathPeer[path] !== peer.index) continue;
    const prefix = new Uint8Array(17);
    table.index.write(prefix, 0, table.nlriOf(path as PathId));
    yield { family: table.family, prefix, identifier: table.identifierOf(path), attr: table.attrOf(path as PathId) };
  }
}

/** RFC 4271 §5: no message may go out without ORIGIN, AS_PATH and a next hop of the family. */
function missing(attributes: Uint8Array, wanted: Family): Fault | undefined {
  for (const code of [AttributeCode.Origin, AttributeCode.AsPath]) {
    if (scan.find(code) === -1) return missingFault(`mandatory attribute ${code} is missing`);
  }
  return hasNextHop(attributes, wanted) ? undefined : missingFault(`there is no next hop for ${formatFamily(wanted)}`);
}

function hasNextHop(attributes: Uint8Array, wanted: Family): boolean {
  if (wanted === IPV4_UNICAST) return scan.find(AttributeCode.NextHop) !== -1;
  const reach = scan.find(AttributeCode.MpReachNlri);
  if (reach === -1) return false;
  const value = scan.valueStart[reach]!;
  return makeFamily(readU16(attributes, value), attributes[value + 2]!) === wanted;
}

function missingFault(reason: string): Fault {
  return new Fault('withdraw', NotificationCode.UpdateMessageError, UpdateError.MissingWellKnownAttribute, reason);
}
