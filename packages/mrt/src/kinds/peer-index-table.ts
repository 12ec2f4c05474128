/**
 * PEER_INDEX_TABLE (RFC 6396 §4.3.1), and GEO_PEER_TABLE with positions (RFC 6397 §3):
 *
 *     | collector's BGP identifier, 4 octets | length, 2 | view name … | [latitude, 4 | longitude, 4] | count of peers, 2 | peers … |
 *     peer: | type, 1 | BGP identifier, 4 | address, 4 or 16 | AS, 2 or 4 | [latitude, 4 | longitude, 4] |
 *
 * The two low bits of a peer's type say how long its address and its AS number are. Positions are floating-point numbers of four octets.
 */
import { type ByteWriter, formatAddress, formatIpv4, readU16, ValueError } from '@tsbgp/wire';
import { MrtType, TableDumpV2Subtype } from '../codes.ts';
import { isIpv6, readAs, readText, writeAddress, writeAs, writeText16 } from './fields.ts';
import { type MrtKind, TOO_SHORT } from './kind.ts';
import type { GeoPeerTable, GeoPosition, MrtPeer, PeerIndexTable } from './values.ts';

const PEER_IPV6 = 1;
const PEER_AS4 = 2;
const PEERS_MAX = 0xffff;

interface Table {
  collectorBgpId: string;
  viewName: string;
  collector: GeoPosition;
  peers: (MrtPeer & Partial<GeoPosition>)[];
}

export const peerIndexTable: MrtKind<PeerIndexTable> = {
  type: 'peer-index-table',
  records: [[MrtType.TableDumpV2, TableDumpV2Subtype.PeerIndexTable]],
  decode(bytes, start, end) {
    const table = decodeTable(bytes, start, end, false);
    if (typeof table === 'string') return table;
    const { collectorBgpId, viewName, peers } = table;
    return { type: 'peer-index-table', collectorBgpId, viewName, peers };
  },
  header: () => [MrtType.TableDumpV2, TableDumpV2Subtype.PeerIndexTable],
  encode(out, { collectorBgpId, viewName, peers }) {
    encodeTable(out, collectorBgpId, viewName, undefined, peers, () => {});
  },
};

export const geoPeerTable: MrtKind<GeoPeerTable> = {
  type: 'geo-peer-table',
  records: [[MrtType.TableDumpV2, TableDumpV2Subtype.GeoPeerTable]],
  decode(bytes, start, end) {
    const table = decodeTable(bytes, start, end, true);
    return typeof table === 'string' ? table : ({ type: 'geo-peer-table', ...table } as GeoPeerTable);
  },
  header: () => [MrtType.TableDumpV2, TableDumpV2Subtype.GeoPeerTable],
  encode(out, { collectorBgpId, viewName, collector, peers }) {
    encodeTable(out, collectorBgpId, viewName, collector, peers, (peer) => writePosition(out, peer));
  },
};

function decodeTable(bytes: Uint8Array, start: number, end: number, geo: boolean): Table | string {
  if (start + 6 > end) return TOO_SHORT;
  const nameEnd = start + 6 + readU16(bytes, start + 4);
  const countAt = nameEnd + (geo ? 8 : 0);
  if (countAt + 2 > end) return `the view name of ${nameEnd - start - 6} octets runs past the end`;
  const peers: Table['peers'] = [];
  const count = readU16(bytes, countAt);
  let at = countAt + 2;
  for (let i = 0; i < count; i++) {
    const addressSize = at < end && (bytes[at]! & PEER_IPV6) !== 0 ? 16 : 4;
    const fourOctetAs = (bytes[at]! & PEER_AS4) !== 0;
    const asAt = at + 5 + addressSize;
    const peerEnd = asAt + (fourOctetAs ? 4 : 2) + (geo ? 8 : 0);
    if (peerEnd > end) return `the table ends at peer ${i} of ${count}`;
    const peer: Table['peers'][number] = {
      bgpId: formatIpv4(bytes, at + 1),
      address: formatAddress(bytes, at + 5, asAt),
      as: readAs(bytes, asAt, fourOctetAs),
      fourOctetAs,
    };
    peers.push(geo ? { ...peer, ...readPosition(bytes, peerEnd - 8) } : peer);
    at = peerEnd;
  }
  return {
    collectorBgpId: formatIpv4(bytes, start),
    viewName: readText(bytes, start + 6, nameEnd),
    collector: geo ? readPosition(bytes, nameEnd) : { latitude: Number.NaN, longitude: Number.NaN },
    peers,
  };
}

function encodeTable<Peer extends MrtPeer>(
  out: ByteWriter,
  collectorBgpId: string,
  viewName: string,
  collector: GeoPosition | undefined,
  peers: readonly Peer[],
  writeRest: (peer: Peer) => void,
): void {
  if (peers.length > PEERS_MAX) throw new ValueError(`found ${peers.length} peers, allowed are ${PEERS_MAX}`);
  writeAddress(out, collectorBgpId, 4);
  writeText16(out, viewName, 'view name');
  if (collector !== undefined) writePosition(out, collector);
  out.u16(peers.length);
  for (const peer of peers) {
    const ipv6 = isIpv6(peer.address);
    out.u8((ipv6 ? PEER_IPV6 : 0) | (peer.fourOctetAs ? PEER_AS4 : 0));
    writeAddress(out, peer.bgpId, 4);
    writeAddress(out, peer.address, ipv6 ? 16 : 4);
    writeAs(out, peer.as, peer.fourOctetAs);
    writeRest(peer);
  }
}

function readPosition(bytes: Uint8Array, at: number): GeoPosition {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  return { latitude: view.getFloat32(0), longitude: view.getFloat32(4) };
}

function writePosition(out: ByteWriter, { latitude, longitude }: GeoPosition): void {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  view.setFloat32(0, latitude);
  view.setFloat32(4, longitude);
  out.raw(octets);
}
