/** TLVs of the BGP-LS attribute that tell of a candidate path of an SR Policy (RFC 9857 §5). */
import { IPV4, U8, U16, U32 } from '../parts/fields.ts';
import { HEX_TO_END, IPV6, LABEL, listToEnd, reserved, reservedBits, TEXT_TO_END } from '../parts/tlv-fields.ts';
import { AFFINITIES, BINDING_SIDS, F32 } from './bgp-ls-fields.ts';
import type { TlvHeader, TlvRow, TlvTable } from './tlv.ts';

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
    code: 1206,
    name: `segment-${letter}`,
    tag: index + 1,
    fields: { reserved: reserved(1), flags: U16, ...descriptor },
    holds,
  }));
}

/** `srv6` are the TLVs that say how an SRv6 SID behaves and what its parts are. */
export function srPolicyRows(header: TlvHeader, srv6: readonly TlvRow[]): TlvRow[] {
  const srv6Sid: TlvTable = { header, rows: srv6 };
  const constraints: TlvTable = {
    header,
    rows: [
      {
        code: 1208,
        name: 'affinity-constraint',
        fields: { affinities: AFFINITIES, reserved: reservedBits((index) => (index === 3 ? 0xff : 0)) },
      },
      { code: 1209, name: 'srlg-constraint', fields: { values: listToEnd(U32) } },
      { code: 1210, name: 'bandwidth-constraint', fields: { octetsPerSecond: F32 } },
      // A number, or a PCEP association object where a number does not say it.
      {
        code: 1211,
        name: 'disjoint-group-constraint',
        fields: { requestFlags: U8, statusFlags: U8, reserved: reserved(2), group: HEX_TO_END },
      },
      { code: 1214, name: 'bidirectional-group-constraint', fields: { flags: U16, reserved: reserved(2), group: HEX_TO_END } },
      { code: 1215, name: 'metric-constraint', fields: { metricType: U8, flags: U8, reserved: reserved(2), margin: U32, bound: U32 } },
    ],
  };
  const segments: TlvTable = {
    header,
    rows: [
      ...segmentRows(srv6Sid),
      {
        code: 1207,
        name: 'segment-list-metric',
        fields: { metricType: U8, flags: U8, reserved: reserved(2), margin: U32, bound: U32, value: U32 },
      },
      { code: 1216, name: 'segment-list-bandwidth', fields: { octetsPerSecond: F32 } },
      { code: 1217, name: 'segment-list-identifier', fields: { identifier: U32 } },
    ],
  };
  return [
    { code: 1201, name: 'binding-sid', fields: { flags: U16, reserved: reserved(2), sids: BINDING_SIDS } },
    { code: 1202, name: 'candidate-path-state', fields: { priority: U8, reserved: reserved(1), flags: U16, preference: U32 } },
    { code: 1203, name: 'candidate-path-name', fields: { text: TEXT_TO_END } },
    {
      code: 1204,
      name: 'candidate-path-constraints',
      fields: { flags: U16, reserved1: reserved(2), multiTopology: U16, algorithm: U8, reserved2: reserved(1) },
      holds: constraints,
    },
    {
      code: 1205,
      name: 'segment-list',
      fields: { flags: U16, reserved1: reserved(2), multiTopology: U16, algorithm: U8, reserved2: reserved(1), weight: U32 },
      holds: segments,
    },
    { code: 1212, name: 'srv6-binding-sid', fields: { flags: U16, reserved: reserved(2), sid: IPV6, specifiedSid: IPV6 }, holds: srv6Sid },
    { code: 1213, name: 'policy-name', fields: { text: TEXT_TO_END } },
  ];
}
