/** TLVs of the BGP-LS attribute that tell of a candidate path of an SR Policy (RFC 9857 §5). */
import { IPV4, U8, U16, U32 } from '../parts/fields.ts';
import { HEX_TO_END, IPV6, LABEL, listToEnd, reserved, reservedBits, TEXT_TO_END } from '../parts/tlv-fields.ts';
import { AFFINITIES, BINDING_SIDS, F32 } from './bgp-ls-fields.ts';
import { type TlvHeader, type TlvRow, type TlvTable, tlvRow } from './tlv.ts';

/** RFC 9857 §5.7.1: types 1 to 11 are called A to K, as in RFC 9256 §4. They differ in their SID and in what it identifies. */
function segmentRows(holds: TlvTable): TlvRow[] {
  const interfaces = { local: IPV6, localInterface: U32, remote: IPV6, remoteInterface: U32 };
  const kinds = {
    a: { sid: LABEL, algorithm: U8 },
    b: { sid: IPV6, algorithm: U8 },
    c: { sid: LABEL, algorithm: U8, node: IPV4 },
    d: { sid: LABEL, algorithm: U8, node: IPV6 },
    e: { sid: LABEL, node: IPV4, interface: U32 },
    f: { sid: LABEL, local: IPV4, remote: IPV4 },
    g: { sid: LABEL, ...interfaces },
    h: { sid: LABEL, local: IPV6, remote: IPV6 },
    i: { sid: IPV6, algorithm: U8, node: IPV6 },
    j: { sid: IPV6, ...interfaces },
    k: { sid: IPV6, local: IPV6, remote: IPV6 },
  };
  return Object.entries(kinds).map(([letter, descriptor], index) => ({
    ...tlvRow(1206, `segment-${letter}`, { reserved: reserved(1), flags: U16, ...descriptor }, holds),
    tag: index + 1,
  }));
}

/** `srv6` are the TLVs that say how an SRv6 SID behaves and what its parts are. */
export function srPolicyRows(header: TlvHeader, srv6: readonly TlvRow[]): TlvRow[] {
  const srv6Sid: TlvTable = { header, rows: srv6 };
  const constraints: TlvTable = {
    header,
    rows: [
      tlvRow(1208, 'affinity-constraint', { affinities: AFFINITIES, reserved: reservedBits((index) => (index === 3 ? 0xff : 0)) }),
      tlvRow(1209, 'srlg-constraint', { values: listToEnd(U32) }),
      tlvRow(1210, 'bandwidth-constraint', { octetsPerSecond: F32 }),
      // A number, or a PCEP association object where a number does not say it.
      tlvRow(1211, 'disjoint-group-constraint', { requestFlags: U8, statusFlags: U8, reserved: reserved(2), group: HEX_TO_END }),
      tlvRow(1214, 'bidirectional-group-constraint', { flags: U16, reserved: reserved(2), group: HEX_TO_END }),
      tlvRow(1215, 'metric-constraint', { metricType: U8, flags: U8, reserved: reserved(2), margin: U32, bound: U32 }),
    ],
  };
  const segments: TlvTable = {
    header,
    rows: [
      ...segmentRows(srv6Sid),
      tlvRow(1207, 'segment-list-metric', { metricType: U8, flags: U8, reserved: reserved(2), margin: U32, bound: U32, value: U32 }),
      tlvRow(1216, 'segment-list-bandwidth', { octetsPerSecond: F32 }),
      tlvRow(1217, 'segment-list-identifier', { identifier: U32 }),
    ],
  };
  const topology = { flags: U16, reserved1: reserved(2), multiTopology: U16, algorithm: U8, reserved2: reserved(1) };
  return [
    tlvRow(1201, 'binding-sid', { flags: U16, reserved: reserved(2), sids: BINDING_SIDS }),
    tlvRow(1202, 'candidate-path-state', { priority: U8, reserved: reserved(1), flags: U16, preference: U32 }),
    tlvRow(1203, 'candidate-path-name', { text: TEXT_TO_END }),
    tlvRow(1204, 'candidate-path-constraints', topology, constraints),
    tlvRow(1205, 'segment-list', { ...topology, weight: U32 }, segments),
    tlvRow(1212, 'srv6-binding-sid', { flags: U16, reserved: reserved(2), sid: IPV6, specifiedSid: IPV6 }, srv6Sid),
    tlvRow(1213, 'policy-name', { text: TEXT_TO_END }),
  ];
}
