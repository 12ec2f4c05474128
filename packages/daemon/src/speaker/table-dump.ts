/**
 * The tables as MRT, TABLE_DUMP_V2 (RFC 6396 §4.3; with path identifiers RFC 8050 §4.3): every path of every Adj-RIB-In as it was received, and our
 * own routes as those of peer 0.
 *
 *     PEER_INDEX_TABLE, then for each prefix   | header, 12 octets | sequence, 4 | [AFI, SAFI] | NLRI | count, 2 | entries … |
 *
 * It is made in slices of the background's budget, from columns into one buffer: no object for a route. A walk is in the order of ids. A route that
 * is there all the time is in it exactly once; what comes, goes or changes meanwhile may be in it or not. Sessions that begin meanwhile are not.
 */
import { appendMrt, MrtType, TableDumpV2Subtype as Subtype } from '@tsbgp/mrt';
import { type NlriId, NONE, type PathId, PeerKind, type Rib, type RibPeer, type RibTable } from '@tsbgp/rib';
import { Afi, AttributeCode, ByteWriter, type Family, formatAddress, makeFamily, Safi, writeU16, writeU32 } from '@tsbgp/wire';
import { attributeHeaderLength, attributeValueLength } from '@tsbgp/wire/scan';
import type { Background } from './background.ts';

/** Octets that are handed on at a time, about. */
const CHUNK_OCTETS = 256 * 1024;
/** Ids looked at between two looks at the clock. */
const STEP_IDS = 64;
/** A path whose peer is not in the peer index table. */
const NOWHERE = -1;
/** The count of entries is a field of two octets. */
const ENTRIES_MAX = 0xffff;

/** Without and with path identifiers; families that are not here have RIB_GENERIC. */
const SUBTYPES: ReadonlyMap<Family, readonly [plain: number, addPath: number]> = new Map([
  [makeFamily(Afi.Ipv4, Safi.Unicast), [Subtype.RibIpv4Unicast, Subtype.RibIpv4UnicastAddPath]],
  [makeFamily(Afi.Ipv4, Safi.Multicast), [Subtype.RibIpv4Multicast, Subtype.RibIpv4MulticastAddPath]],
  [makeFamily(Afi.Ipv6, Safi.Unicast), [Subtype.RibIpv6Unicast, Subtype.RibIpv6UnicastAddPath]],
  [makeFamily(Afi.Ipv6, Safi.Multicast), [Subtype.RibIpv6Multicast, Subtype.RibIpv6MulticastAddPath]],
]);

/** Who we are, as the file says it. */
export interface Collector {
  readonly routerId: string;
  readonly localAs: number;
}

export class TableDump {
  /** What is in the dump so far. `peers` includes peer 0, ourselves. */
  peers = 1;
  records = 0;
  routes = 0;
  octets = 0;
  readonly #background: Background;
  readonly #out: ByteWriter = new ByteWriter(CHUNK_OCTETS + 4096);
  readonly #nlri: Uint8Array = new Uint8Array(0x10000);
  readonly #timestamp: number;
  /** By the RIB's index of a peer: the peer when the dump began, and its place in the peer index table. */
  readonly #known: readonly (RibPeer | undefined)[];
  readonly #places: Uint16Array;
  readonly #tables: readonly RibTable[];
  #table = 0;
  #id = 1;

  /** `timestamp`: seconds since 1970, the same for all records. */
  constructor(rib: Rib, background: Background, { routerId, localAs }: Collector, timestamp: number) {
    this.#background = background;
    this.#timestamp = timestamp;
    this.#tables = [...rib.tables];
    this.#known = [...(this.#tables[0]?.peers ?? [])];
    this.#places = new Uint16Array(this.#known.length);
    const peers = [{ bgpId: routerId, address: '0.0.0.0', as: localAs, fourOctetAs: true }];
    for (const [index, peer] of this.#known.entries()) {
      if (peer === undefined || peer.kind === PeerKind.Local) continue;
      const { bgpIdentifier, address, remoteAs } = peer.options;
      this.#places[index] = peers.length;
      peers.push({ bgpId: dotted(bgpIdentifier), address: formatAddress(address, 0, address.length), as: remoteAs, fourOctetAs: true });
    }
    this.peers = peers.length;
    appendMrt(this.#out, { timestamp }, { type: 'peer-index-table', collectorBgpId: routerId, viewName: '', peers });
  }

  /** The octets in order. Each chunk is the reader's own. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const out = this.#out;
    let isDone = false;
    while (!isDone) {
      await this.#background.run((deadline) => {
        do isDone = this.#step();
        while (!isDone && out.length < CHUNK_OCTETS && performance.now() < deadline);
        return isDone || out.length >= CHUNK_OCTETS;
      });
      this.octets += out.length;
      const chunk = out.bytes.slice(0, out.length);
      out.length = 0;
      yield chunk;
    }
  }

  /** Looks at some ids. True when there are no more. */
  #step(): boolean {
    const table = this.#tables[this.#table];
    if (table === undefined) return true;
    const { index } = table;
    const end = Math.min(this.#id + STEP_IDS, index.top);
    for (let id = this.#id; id < end; id++) if (index.isLive(id)) this.#prefix(table, id as NlriId);
    this.#id = end;
    if (end < index.top) return false;
    this.#table++;
    this.#id = 1;
    return this.#table >= this.#tables.length;
  }

  #prefix(table: RibTable, nlri: NlriId): void {
    let path = table.firstPath(nlri);
    while (path !== NONE) path = this.#record(table, nlri, path);
  }

  /** A record with the paths from `first` on. Returns the first path that it has no room for. */
  #record(table: RibTable, nlri: NlriId, first: PathId): PathId {
    const out = this.#out;
    const start = out.length;
    const hasIdentifiers = table.hasPathIdentifiers;
    out.u32(this.#timestamp);
    out.u16(MrtType.TableDumpV2);
    out.u16(subtypeOf(table.family, hasIdentifiers));
    out.u32(0);
    out.u32(this.records);
    if (!SUBTYPES.has(table.family)) {
      out.u16(table.family >>> 8);
      out.u8(table.family & 0xff);
    }
    const { octets } = table;
    const nlriEnd = octets === undefined ? table.index.write(this.#nlri, 0, nlri) : octets.write(this.#nlri, 0, first, nlri);
    out.raw(this.#nlri, 0, nlriEnd);
    const countAt = out.length;
    out.u16(0);
    // Paths of one key may differ in octets that are no part of it, such as labels: each has a record of its own then.
    const max = octets === undefined ? ENTRIES_MAX : 1;
    let count = 0;
    let path = first;
    for (; path !== NONE && count < max; path = table.nextPath(path)) {
      const place = this.#placeOf(table, path);
      if (place === NOWHERE) continue;
      out.u16(place);
      out.u32(table.learnedSeconds(path));
      if (hasIdentifiers) out.u32(table.identifierOf(path));
      this.#attributes(table, path);
      count++;
    }
    if (count === 0) {
      out.length = start;
      return path;
    }
    writeU16(out.bytes, countAt, count);
    writeU32(out.bytes, start + 8, out.length - start - 12);
    this.records++;
    this.routes += count;
    return path;
  }

  /** The place of the path's peer in the peer index table; NOWHERE where it is not in it. */
  #placeOf(table: RibTable, path: PathId): number {
    const peer = table.peerOf(path);
    if (peer === undefined) return NOWHERE;
    if (peer.kind === PeerKind.Local) return 0;
    const index = table.peerIndexOf(path);
    return this.#known[index] === peer ? this.#places[index]! : NOWHERE;
  }

  /** Their length and octets. Of MP_REACH_NLRI, which comes first where there is one, the next hop alone (RFC 6396 §4.3.4). */
  #attributes(table: RibTable, path: PathId): void {
    const out = this.#out;
    const { arena, offset, length } = table.attributes;
    const attr = table.receivedAttrOf(path);
    const { data } = arena;
    const lengthAt = out.length;
    out.u16(0);
    let at = offset[attr]!;
    const end = at + length[attr]!;
    if (at < end && data[at + 1] === AttributeCode.MpReachNlri) {
      const value = at + attributeHeaderLength(data, at);
      const hopLength = data[value + 3]!;
      out.u8(0x80);
      out.u8(AttributeCode.MpReachNlri);
      out.u8(1 + hopLength);
      out.raw(data, value + 3, value + 4 + hopLength);
      at = value + attributeValueLength(data, at);
    }
    out.raw(data, at, end);
    writeU16(out.bytes, lengthAt, out.length - lengthAt - 2);
  }
}

function subtypeOf(family: Family, hasIdentifiers: boolean): number {
  const [plain, addPath] = SUBTYPES.get(family) ?? [Subtype.RibGeneric, Subtype.RibGenericAddPath];
  return hasIdentifiers ? addPath : plain;
}

function dotted(identifier: number): string {
  return `${identifier >>> 24}.${(identifier >>> 16) & 255}.${(identifier >>> 8) & 255}.${identifier & 255}`;
}
