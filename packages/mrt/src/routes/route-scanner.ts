/**
 * Finds the routes in MRT records without decoding them: those of tables, and those of UPDATEs in the order withdrawn routes, MP_UNREACH_NLRI,
 * announced routes, MP_REACH_NLRI, as bgpdump prints them. No object per route.
 */
import {
  Afi,
  afiOf,
  type Family,
  familyCodec,
  HEADER_LENGTH,
  IPV4_UNICAST,
  MessageType,
  makeFamily,
  messageLength,
  messageType,
  readU16,
  readU32,
  Safi,
  safiOf,
} from '@tsbgp/wire';
import { Bgp4mpSubtype, MrtType, OldBgpSubtype, TableDumpSubtype, TableDumpV2Subtype } from '../codes.ts';
import { MrtDamage } from '../damage.ts';
import { afterPeer, isAddPath, isFourOctetAs, isMessage } from '../kinds/bgp4mp.ts';
import { oldAddressSize } from '../kinds/old-bgp.ts';
import { RibParts, ribParts } from '../kinds/rib.ts';
import { tableDumpAddressSize } from '../kinds/table-dump.ts';
import type { MrtRecord } from '../record.ts';
import { AttributeFacts } from './attribute-facts.ts';
import { OctetCache } from './octet-cache.ts';
import { NextHopPlace, RouteKind, RoutePeer, type RouteSink, RouteView } from './route-view.ts';

/** Some collectors wrote SAFI 3, "unicast and multicast", before RFC 4760 took it away. */
const SAFI_BOTH = 3;
/** The address of a TABLE_DUMP record, with the length in front as in an NLRI. */
const PREFIX_OCTETS_MAX = 17;
/** Peers that are remembered at a time. */
const PEERS_MAX = 1 << 13;
const TOO_SHORT = 'the body is too short';

/** Whether NLRI of the family are plain prefixes. */
export function isPlainPrefix(family: Family): boolean {
  const afi = afiOf(family);
  const safi = safiOf(family);
  return (afi === Afi.Ipv4 || afi === Afi.Ipv6) && (safi === Safi.Unicast || safi === Safi.Multicast || safi === SAFI_BOTH);
}

/** Gives the routes of records to a sink. Remembers the peer index table between records, so it needs the records in their order. */
export class RouteScanner {
  readonly #sink: RouteSink;
  readonly #facts = new AttributeFacts();
  readonly #view = new RouteView(this.#facts);
  readonly #parts = new RibParts();
  readonly #prefix = new Uint8Array(PREFIX_OCTETS_MAX);
  /** Peers by the octets that name them in a record of BGP4MP and the old types. */
  readonly #peerCache = new OctetCache(PEERS_MAX);
  readonly #peers: RoutePeer[] = [];
  /** Of the last peer index table. */
  #table: readonly RoutePeer[] = [];

  constructor(sink: RouteSink) {
    this.#sink = sink;
  }

  /** Finds the routes of a record; says what is wrong when it cannot be read. Routes before that place were given to the sink. */
  scan(record: MrtRecord): MrtDamage | undefined {
    const problem = this.#scan(record);
    return problem === undefined ? undefined : new MrtDamage(record.offset, record.end - record.start, `${record.typeName}: ${problem}`);
  }

  #scan(record: MrtRecord): string | undefined {
    this.#view.record = record;
    switch (record.type) {
      case MrtType.TableDumpV2:
        return this.#tableDumpV2(record);
      case MrtType.Bgp4mp:
      case MrtType.Bgp4mpEt:
        return this.#bgp4mp(record);
      case MrtType.TableDump:
        return this.#tableDump(record);
      case MrtType.Bgp:
      case MrtType.Bgp4Plus:
      case MrtType.Bgp4Plus01:
        return this.#oldBgp(record);
      default:
        return undefined;
    }
  }

  #tableDumpV2(record: MrtRecord): string | undefined {
    if (record.subtype === TableDumpV2Subtype.PeerIndexTable || record.subtype === TableDumpV2Subtype.GeoPeerTable)
      return this.#peerTable(record);
    const parts = this.#parts;
    const { bytes, end } = record;
    if (record.subtype > TableDumpV2Subtype.RibGenericAddPath) return undefined;
    const problem = ribParts(parts, bytes, record.bodyStart, end, record.subtype);
    if (problem !== undefined) return problem;
    const view = this.#view;
    view.kind = RouteKind.InTable;
    view.family = parts.family;
    view.nlriBytes = bytes;
    view.nlriStart = parts.nlriStart;
    view.nlriEnd = parts.nlriEnd;
    view.fourOctetAs = true;
    view.nextHopPlace = NextHopPlace.Table;
    const fixed = parts.addPath ? 12 : 8;
    let at = parts.entriesStart;
    for (let i = 0; i < parts.count; i++) {
      const attributes = at + fixed;
      const next = attributes <= end ? attributes + readU16(bytes, attributes - 2) : attributes;
      if (next > end) return `the record ends at entry ${i} of ${parts.count}`;
      const peer = this.#table[readU16(bytes, at)];
      if (peer === undefined) return `entry ${i} has peer ${readU16(bytes, at)}, the peer index table has ${this.#table.length}`;
      view.peer = peer;
      view.originatedTime = readU32(bytes, at + 2);
      view.pathIdentifier = parts.addPath ? readU32(bytes, at + 6) : -1;
      view.attributesStart = attributes;
      view.attributesEnd = next;
      this.#sink.route(view);
      at = next;
    }
    return undefined;
  }

  #peerTable(record: MrtRecord): string | undefined {
    const table = record.decode();
    if (table instanceof MrtDamage) {
      // The routes after it would get the peers of another table.
      this.#table = [];
      return table.reason;
    }
    if (table.type !== 'peer-index-table') return undefined;
    // Addresses again as octets: the table is read once per file.
    const { bytes } = record;
    let at = record.bodyStart + 6 + readU16(bytes, record.bodyStart + 4) + 2;
    this.#table = table.peers.map(({ as, fourOctetAs }) => {
      const size = (bytes[at]! & 1) === 0 ? 4 : 16;
      const address = bytes.slice(at + 5, at + 5 + size);
      at += 5 + size + (fourOctetAs ? 4 : 2);
      return new RoutePeer(address, as);
    });
    return undefined;
  }

  #tableDump(record: MrtRecord): string | undefined {
    const { bytes, bodyStart, end, subtype } = record;
    if (subtype < TableDumpSubtype.Ipv4 || subtype > TableDumpSubtype.Ipv6FourOctetAs) return undefined;
    const size = tableDumpAddressSize(subtype);
    const asSize = subtype >= TableDumpSubtype.Ipv4FourOctetAs ? 4 : 2;
    const bitsAt = bodyStart + 4 + size;
    const peerAt = bitsAt + 6;
    const attributes = peerAt + size + asSize + 2;
    if (attributes > end) return TOO_SHORT;
    const attributesEnd = attributes + readU16(bytes, attributes - 2);
    if (attributesEnd > end) return 'the path attributes run past the end';
    const view = this.#view;
    view.kind = RouteKind.InTable;
    view.family = makeFamily(size === 4 ? Afi.Ipv4 : Afi.Ipv6, Safi.Unicast);
    const bits = bytes[bitsAt]!;
    if (bits > 8 * size) return `found a prefix of ${bits} bits`;
    this.#prefix[0] = bits;
    for (let i = 0; i < size; i++) this.#prefix[1 + i] = bytes[bodyStart + 4 + i]!;
    view.nlriBytes = this.#prefix;
    view.nlriStart = 0;
    view.nlriEnd = 1 + size;
    view.pathIdentifier = -1;
    view.originatedTime = readU32(bytes, bitsAt + 2);
    view.peer = this.#peer(bytes, peerAt, peerAt + size + asSize, peerAt, size, peerAt + size, asSize);
    view.fourOctetAs = asSize === 4;
    view.attributesStart = attributes;
    view.attributesEnd = attributesEnd;
    view.nextHopPlace = NextHopPlace.Table;
    this.#sink.route(view);
    return undefined;
  }

  #bgp4mp(record: MrtRecord): string | undefined {
    const { bytes, bodyStart, end, subtype } = record;
    const isState = subtype === Bgp4mpSubtype.StateChange || subtype === Bgp4mpSubtype.StateChangeAs4;
    if (!isState && !isMessage(subtype)) return undefined;
    const asSize = isFourOctetAs(subtype) ? 4 : 2;
    const after = afterPeer(bytes, bodyStart, end, asSize === 4);
    if (after < 0) return record.decode() instanceof MrtDamage ? 'the peer cannot be read' : this.#oddities(record);
    const peerAt = bodyStart + 2 * asSize + 4;
    const peer = this.#peer(bytes, bodyStart, after, peerAt, (after - peerAt) / 2, bodyStart, asSize);
    if (isState) {
      if (after + 4 > end) return TOO_SHORT;
      this.#sink.stateChange(record, peer, readU16(bytes, after), readU16(bytes, after + 2));
      return undefined;
    }
    if (after + HEADER_LENGTH > end) return 'the message has no whole header';
    if (messageType(bytes, after) !== MessageType.Update) return undefined;
    // A message may be shorter than the record, or cut off: then its routes are read as far as they go.
    const messageEnd = Math.min(end, after + messageLength(bytes, after));
    return this.#update(record, peer, after + HEADER_LENGTH, messageEnd, asSize === 4, isAddPath(subtype));
  }

  /** Records of old Zebra without addresses: an OPEN, which has no routes, or a change of state. */
  #oddities(record: MrtRecord): undefined {
    const value = record.decode();
    if (value instanceof MrtDamage || value.type !== 'state-change') return undefined;
    this.#sink.stateChange(record, new RoutePeer(new Uint8Array(4), value.peerAs), value.oldState, value.newState);
    return undefined;
  }

  #oldBgp(record: MrtRecord): string | undefined {
    const { bytes, bodyStart, end, subtype } = record;
    const isState = subtype === OldBgpSubtype.StateChange;
    if (!isState && subtype !== OldBgpSubtype.Update && subtype !== OldBgpSubtype.PrefUpdate) return undefined;
    const size = oldAddressSize(record.type);
    const after = bodyStart + (isState ? 2 + size : 2 * (2 + size));
    if (after + 4 > end) return TOO_SHORT;
    const peer = this.#peer(bytes, bodyStart, after, bodyStart + 2, size, bodyStart, 2);
    if (!isState) return this.#update(record, peer, after, end, false, false);
    this.#sink.stateChange(record, peer, readU16(bytes, after), readU16(bytes, after + 2));
    return undefined;
  }

  #update(record: MrtRecord, peer: RoutePeer, start: number, end: number, fourOctetAs: boolean, addPath: boolean): string | undefined {
    const { bytes } = record;
    if (start + 4 > end) return 'the UPDATE is too short';
    const withdrawnEnd = start + 2 + readU16(bytes, start);
    if (withdrawnEnd + 2 > end) return 'the withdrawn routes run past the end';
    const attributes = withdrawnEnd + 2;
    const attributesEnd = attributes + readU16(bytes, withdrawnEnd);
    if (attributesEnd > end) return 'the path attributes run past the end';
    const view = this.#view;
    view.peer = peer;
    view.nlriBytes = bytes;
    view.fourOctetAs = fourOctetAs;
    view.originatedTime = 0;
    const facts = this.#facts;
    facts.scan(bytes, attributes, attributesEnd);

    view.kind = RouteKind.Withdrawn;
    view.attributesStart = attributes;
    view.attributesEnd = attributes;
    view.family = IPV4_UNICAST;
    this.#nlri(view, start + 2, withdrawnEnd, addPath);
    if (facts.mpUnreachStart !== -1 && facts.mpUnreachStart + 3 <= facts.mpUnreachEnd) {
      view.family = makeFamily(readU16(bytes, facts.mpUnreachStart), bytes[facts.mpUnreachStart + 2]!);
      this.#nlri(view, facts.mpUnreachStart + 3, facts.mpUnreachEnd, addPath);
    }

    view.kind = RouteKind.Announced;
    view.attributesEnd = attributesEnd;
    view.family = IPV4_UNICAST;
    view.nextHopPlace = NextHopPlace.Attribute;
    this.#nlri(view, attributesEnd, end, addPath);
    const reach = facts.mpReachStart;
    if (reach === -1 || reach + 5 > facts.mpReachEnd) return undefined;
    view.family = makeFamily(readU16(bytes, reach), bytes[reach + 2]!);
    view.nextHopPlace = NextHopPlace.MpReach;
    const nlri = reach + 5 + bytes[reach + 3]!;
    if (nlri <= facts.mpReachEnd) this.#nlri(view, nlri, facts.mpReachEnd, addPath);
    return undefined;
  }

  /** Each NLRI in `record.bytes[start, end)`, as far as they can be told apart. */
  #nlri(view: RouteView, start: number, end: number, addPath: boolean): void {
    const { nlriBytes: bytes, family } = view;
    const isPlain = isPlainPrefix(family);
    const codec = isPlain ? undefined : familyCodec(family);
    if (!isPlain && codec === undefined) return;
    for (let at = start; at < end; ) {
      const from = addPath ? at + 4 : at;
      if (from >= end) return;
      const next = codec === undefined ? from + 1 + ((bytes[from]! + 7) >>> 3) : codec.next(bytes, from, end);
      if (next < 0 || next > end) return;
      view.pathIdentifier = addPath ? readU32(bytes, at) : -1;
      view.nlriStart = from;
      view.nlriEnd = next;
      this.#sink.route(view);
      at = next;
    }
  }

  /** The peer that the octets `[keyStart, keyEnd)` name. */
  #peer(bytes: Uint8Array, keyStart: number, keyEnd: number, address: number, size: number, as: number, asSize: 2 | 4): RoutePeer {
    const found = this.#peerCache.intern(bytes, keyStart, keyEnd, asSize);
    if (found >= 0) return this.#peers[found]!;
    const peer = new RoutePeer(bytes.slice(address, address + size), asSize === 4 ? readU32(bytes, as) : readU16(bytes, as));
    this.#peers[-1 - found] = peer;
    return peer;
  }
}
