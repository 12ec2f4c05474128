/**
 * BGP, BGP4PLUS and BGP4PLUS_01, the records of the old MRT (RFC 6396, Appendix B.2), which routing collectors wrote before 2001.
 *
 *     message:         | peer AS, 2 octets | peer address, 4 or 16 | local AS, 2 | local address, 4 or 16 | body of a BGP message … |
 *     change of state: | peer AS, 2 | peer address, 4 or 16 | old state, 2 | new state, 2 |
 *     sync:            | view, 2 | name of a file … |
 */
import { formatAddress, readU16 } from '@tsbgp/wire';
import { MrtType, OldBgpSubtype as Subtype } from '../codes.ts';
import { readText, writeAddress, writeAs, writeText } from './fields.ts';
import { type MrtKind, TOO_SHORT } from './kind.ts';
import type { OldMessageRecord, OldStateChangeRecord, OldSyncRecord } from './values.ts';

const TYPES = [MrtType.Bgp, MrtType.Bgp4Plus, MrtType.Bgp4Plus01] as const;
const MESSAGE_SUBTYPES = [Subtype.Update, Subtype.PrefUpdate, Subtype.Open, Subtype.Notify, Subtype.Keepalive] as const;

/** Octets of an address in a record of the type. */
export function oldAddressSize(type: number): 4 | 16 {
  return type === MrtType.Bgp ? 4 : 16;
}

export const oldMessage: MrtKind<OldMessageRecord> = {
  type: 'old-message',
  records: TYPES.flatMap((type) => MESSAGE_SUBTYPES.map((subtype) => [type, subtype] as const)),
  decode(bytes, start, end, subtype, type) {
    const size = oldAddressSize(type);
    const localAt = start + 2 + size;
    const bodyAt = localAt + 2 + size;
    if (bodyAt > end) return TOO_SHORT;
    return {
      type: 'old-message',
      recordType: type,
      subtype,
      peerAs: readU16(bytes, start),
      peerAddress: formatAddress(bytes, start + 2, localAt),
      localAs: readU16(bytes, localAt),
      localAddress: formatAddress(bytes, localAt + 2, bodyAt),
      body: bytes.subarray(bodyAt, end),
    };
  },
  header: ({ recordType, subtype }) => [recordType, subtype],
  encode(out, value) {
    const size = oldAddressSize(value.recordType);
    writeAs(out, value.peerAs, false);
    writeAddress(out, value.peerAddress, size);
    writeAs(out, value.localAs, false);
    writeAddress(out, value.localAddress, size);
    out.raw(value.body);
  },
};

export const oldStateChange: MrtKind<OldStateChangeRecord> = {
  type: 'old-state-change',
  records: TYPES.map((type) => [type, Subtype.StateChange] as const),
  decode(bytes, start, end, _subtype, type) {
    const statesAt = start + 2 + oldAddressSize(type);
    if (statesAt + 4 > end) return TOO_SHORT;
    return {
      type: 'old-state-change',
      recordType: type,
      peerAs: readU16(bytes, start),
      peerAddress: formatAddress(bytes, start + 2, statesAt),
      oldState: readU16(bytes, statesAt),
      newState: readU16(bytes, statesAt + 2),
    };
  },
  header: ({ recordType }) => [recordType, Subtype.StateChange],
  encode(out, value) {
    writeAs(out, value.peerAs, false);
    writeAddress(out, value.peerAddress, oldAddressSize(value.recordType));
    out.u16(value.oldState);
    out.u16(value.newState);
  },
};

export const oldSync: MrtKind<OldSyncRecord> = {
  type: 'old-sync',
  records: TYPES.map((type) => [type, Subtype.Sync] as const),
  decode(bytes, start, end, _subtype, type) {
    if (start + 2 > end) return TOO_SHORT;
    const fileName = readText(bytes, start + 2, end).replace(/\0+$/, '');
    return { type: 'old-sync', recordType: type, view: readU16(bytes, start), fileName };
  },
  header: ({ recordType }) => [recordType, Subtype.Sync],
  encode(out, value) {
    out.u16(value.view);
    writeText(out, `${value.fileName}\0`);
  },
};
