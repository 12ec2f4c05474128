/**
 * BGP4MP and BGP4MP_ET (RFC 6396 §4.4, with ADD-PATH RFC 8050 §4.1): BGP messages and changes of state.
 *
 *     | peer AS, 2 or 4 octets | local AS, 2 or 4 | interface, 2 | AFI, 2 | peer address, 4 or 16 | local address, 4 or 16 |
 *     then a BGP message, or | old state, 2 | new state, 2 |
 *
 * In _LOCAL subtypes the collector sent the message; peer and local AS keep their places (§4.4.4).
 */
import {
  Afi,
  afiOf,
  type ByteWriter,
  canonicalPrefix,
  formatAddress,
  makeFamily,
  maskAddress,
  parsePrefix,
  readU16,
  readU32,
  safiOf,
  ValueError,
} from '@tsbgp/wire';
import { MrtType, Bgp4mpSubtype as Subtype } from '../codes.ts';
import { isIpv6, readAs, readText, writeAddress, writeAs, writeText } from './fields.ts';
import { type MrtKind, TOO_SHORT } from './kind.ts';
import type { Bgp4mpEntryRecord, Bgp4mpPeer, BgpMessageRecord, SnapshotRecord, StateChangeRecord } from './values.ts';

const FOUR_OCTET_AS: ReadonlySet<number> = new Set([
  Subtype.MessageAs4,
  Subtype.StateChangeAs4,
  Subtype.MessageAs4Local,
  Subtype.MessageAs4AddPath,
  Subtype.MessageAs4LocalAddPath,
]);
const MESSAGE_SUBTYPES = [
  Subtype.Message,
  Subtype.MessageAs4,
  Subtype.MessageLocal,
  Subtype.MessageAs4Local,
  Subtype.MessageAddPath,
  Subtype.MessageAs4AddPath,
  Subtype.MessageLocalAddPath,
  Subtype.MessageAs4LocalAddPath,
] as const;

/** Zebra wrote changes of state without interface, AFI and addresses for a while: two AS numbers and two states. */
const SHORT_STATE_CHANGE = 8;

/** Whether AS numbers have four octets in the subtype. */
export function isFourOctetAs(subtype: number): boolean {
  return FOUR_OCTET_AS.has(subtype);
}

/** Whether the subtype holds a BGP message. */
export function isMessage(subtype: number): boolean {
  return subtype === Subtype.Message || subtype === Subtype.MessageAs4 || (subtype >= Subtype.MessageLocal && subtype <= 11);
}

/** Whether the collector sent the message in a record of the subtype. */
export function isLocal(subtype: number): boolean {
  return (
    subtype === Subtype.MessageLocal ||
    subtype === Subtype.MessageAs4Local ||
    subtype === Subtype.MessageLocalAddPath ||
    subtype === Subtype.MessageAs4LocalAddPath
  );
}

/** Whether NLRI have path identifiers in a record of the subtype. */
export function isAddPath(subtype: number): boolean {
  return subtype >= Subtype.MessageAddPath;
}

/** Where the fields before the addresses end, and where those after them begin; -1 when the body is too short or the AFI is not known. */
export function afterPeer(bytes: Uint8Array, start: number, end: number, fourOctetAs: boolean): number {
  const afiAt = start + (fourOctetAs ? 10 : 6);
  if (afiAt + 2 > end) return -1;
  const afi = readU16(bytes, afiAt);
  const after = afiAt + 2 + (afi === Afi.Ipv4 ? 8 : 32);
  return (afi === Afi.Ipv4 || afi === Afi.Ipv6) && after <= end ? after : -1;
}

function decodePeer(bytes: Uint8Array, start: number, after: number, fourOctetAs: boolean): Bgp4mpPeer {
  const asSize = fourOctetAs ? 4 : 2;
  const interfaceAt = start + 2 * asSize;
  const peerAt = interfaceAt + 4;
  const localAt = (peerAt + after) / 2;
  return {
    peerAs: readAs(bytes, start, fourOctetAs),
    localAs: readAs(bytes, start + asSize, fourOctetAs),
    interfaceIndex: readU16(bytes, interfaceAt),
    peerAddress: formatAddress(bytes, peerAt, localAt),
    localAddress: formatAddress(bytes, localAt, after),
    fourOctetAs,
  };
}

function whyNoPeer(bytes: Uint8Array, start: number, end: number, fourOctetAs: boolean): string {
  const afiAt = start + (fourOctetAs ? 10 : 6);
  const afi = afiAt + 2 <= end ? readU16(bytes, afiAt) : Afi.Ipv4;
  return afi === Afi.Ipv4 || afi === Afi.Ipv6 ? TOO_SHORT : `found AFI ${afi}, allowed are 1 and 2`;
}

function encodePeer(out: ByteWriter, peer: Bgp4mpPeer): void {
  writeAs(out, peer.peerAs, peer.fourOctetAs);
  writeAs(out, peer.localAs, peer.fourOctetAs);
  out.u16(peer.interfaceIndex);
  const ipv6 = isIpv6(peer.peerAddress);
  out.u16(ipv6 ? Afi.Ipv6 : Afi.Ipv4);
  writeAddress(out, peer.peerAddress, ipv6 ? 16 : 4);
  writeAddress(out, peer.localAddress, ipv6 ? 16 : 4);
}

export const bgpMessage: MrtKind<BgpMessageRecord> = {
  type: 'bgp-message',
  records: MESSAGE_SUBTYPES.map((subtype) => [MrtType.Bgp4mp, subtype] as const),
  decode(bytes, start, end, subtype) {
    const fourOctetAs = isFourOctetAs(subtype);
    if (isBareOpen(bytes, start, end, fourOctetAs)) return bareOpen(bytes, start, end);
    const after = afterPeer(bytes, start, end, fourOctetAs);
    if (after < 0) return whyNoPeer(bytes, start, end, fourOctetAs);
    const peer = decodePeer(bytes, start, after, fourOctetAs);
    return { type: 'bgp-message', ...peer, local: isLocal(subtype), addPath: isAddPath(subtype), message: bytes.subarray(after, end) };
  },
  header({ fourOctetAs, local, addPath }) {
    const subtype = MESSAGE_SUBTYPES.find(
      (each) => isFourOctetAs(each) === fourOctetAs && isLocal(each) === local && isAddPath(each) === addPath,
    )!;
    return [MrtType.Bgp4mp, subtype];
  },
  encode(out, value) {
    encodePeer(out, value);
    out.raw(value.message);
  },
};

/** Zebra wrote OPENs without interface, AFI and addresses for a while: the marker of the message comes after the AS numbers. */
function isBareOpen(bytes: Uint8Array, start: number, end: number, fourOctetAs: boolean): boolean {
  return !fourOctetAs && start + 8 <= end && readU32(bytes, start + 4) === 0xffff_ffff;
}

function bareOpen(bytes: Uint8Array, start: number, end: number): BgpMessageRecord {
  return { type: 'bgp-message', ...bare(bytes, start), local: false, addPath: false, message: bytes.subarray(start + 4, end) };
}

function bare(bytes: Uint8Array, start: number): Bgp4mpPeer {
  const peer = { peerAs: readU16(bytes, start), localAs: readU16(bytes, start + 2), interfaceIndex: 0, fourOctetAs: false };
  return { ...peer, peerAddress: '0.0.0.0', localAddress: '0.0.0.0' };
}

export const stateChange: MrtKind<StateChangeRecord> = {
  type: 'state-change',
  records: [
    [MrtType.Bgp4mp, Subtype.StateChange],
    [MrtType.Bgp4mp, Subtype.StateChangeAs4],
  ],
  decode(bytes, start, end, subtype) {
    const fourOctetAs = isFourOctetAs(subtype);
    if (!fourOctetAs && end - start === SHORT_STATE_CHANGE) return shortStateChange(bytes, start);
    const after = afterPeer(bytes, start, end, fourOctetAs);
    if (after < 0) return whyNoPeer(bytes, start, end, fourOctetAs);
    if (after + 4 > end) return TOO_SHORT;
    const peer = decodePeer(bytes, start, after, fourOctetAs);
    return { type: 'state-change', ...peer, oldState: readU16(bytes, after), newState: readU16(bytes, after + 2) };
  },
  header: ({ fourOctetAs }) => [MrtType.Bgp4mp, fourOctetAs ? Subtype.StateChangeAs4 : Subtype.StateChange],
  encode(out, value) {
    encodePeer(out, value);
    out.u16(value.oldState);
    out.u16(value.newState);
  },
};

function shortStateChange(bytes: Uint8Array, start: number): StateChangeRecord {
  return { type: 'state-change', ...bare(bytes, start), oldState: readU16(bytes, start + 4), newState: readU16(bytes, start + 6) };
}

/** | view, 2 | status, 2 | time, 4 | AFI, 2 | SAFI, 1 | length, 1 | next hop … | bits, 1 | prefix … | length, 2 | path attributes … | */
export const bgp4mpEntry: MrtKind<Bgp4mpEntryRecord> = {
  type: 'bgp4mp-entry',
  records: [[MrtType.Bgp4mp, Subtype.Entry]],
  decode(bytes, start, end) {
    const after = afterPeer(bytes, start, end, false);
    if (after < 0) return whyNoPeer(bytes, start, end, false);
    const hopAt = after + 12;
    if (hopAt > end) return TOO_SHORT;
    const family = makeFamily(readU16(bytes, after + 8), bytes[after + 10]!);
    const size = afiOf(family) === Afi.Ipv6 ? 16 : 4;
    const bitsAt = hopAt + bytes[after + 11]!;
    if (bitsAt - hopAt !== 4 && bitsAt - hopAt !== 16) return `found a next hop of ${bitsAt - hopAt} octets, allowed are 4 and 16`;
    const bits = bitsAt < end ? bytes[bitsAt]! : 0;
    const lengthAt = bitsAt + 1 + ((bits + 7) >>> 3);
    if (lengthAt + 2 > end) return TOO_SHORT;
    if (bits > 8 * size) return `found a prefix of ${bits} bits`;
    const attributesEnd = lengthAt + 2 + readU16(bytes, lengthAt);
    if (attributesEnd > end) return 'the path attributes run past the end';
    const address = new Uint8Array(size);
    address.set(bytes.subarray(bitsAt + 1, lengthAt));
    return {
      type: 'bgp4mp-entry',
      ...decodePeer(bytes, start, after, false),
      view: readU16(bytes, after),
      status: readU16(bytes, after + 2),
      changedTime: readU32(bytes, after + 4),
      family,
      nextHop: formatAddress(bytes, hopAt, bitsAt),
      prefix: `${formatAddress(maskAddress(address, bits))}/${bits}`,
      attributes: bytes.subarray(lengthAt + 2, attributesEnd),
    };
  },
  header: () => [MrtType.Bgp4mp, Subtype.Entry],
  encode(out, value) {
    if (value.fourOctetAs) throw new ValueError('BGP4MP_ENTRY: found fourOctetAs true, allowed is false');
    encodePeer(out, value);
    out.u16(value.view);
    out.u16(value.status);
    out.u32(value.changedTime);
    out.u16(afiOf(value.family));
    out.u8(safiOf(value.family));
    const hopSize = isIpv6(value.nextHop) ? 16 : 4;
    out.u8(hopSize);
    writeAddress(out, value.nextHop, hopSize);
    const { address, bits } = parsePrefix(canonicalPrefix(value.prefix))!;
    out.u8(bits);
    out.raw(address, 0, (bits + 7) >>> 3);
    out.counted16(() => out.raw(value.attributes), 'path attributes');
  },
};

export const snapshot: MrtKind<SnapshotRecord> = {
  type: 'bgp4mp-snapshot',
  records: [[MrtType.Bgp4mp, Subtype.Snapshot]],
  decode(bytes, start, end) {
    if (start + 2 > end) return TOO_SHORT;
    return { type: 'bgp4mp-snapshot', view: readU16(bytes, start), fileName: readText(bytes, start + 2, end).replace(/\0+$/, '') };
  },
  header: () => [MrtType.Bgp4mp, Subtype.Snapshot],
  encode(out, value) {
    out.u16(value.view);
    writeText(out, `${value.fileName}\0`);
  },
};
