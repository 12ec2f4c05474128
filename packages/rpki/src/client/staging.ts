/**
 * Data PDUs -> the transfer of a cache. Prefixes are read without an object each: a full table is a million of them. Errors are those of
 * RFC 8210 §12 and 8210bis §12.
 */
import { readU16, readU32 } from '@tsbgp/wire';
import { PduType, RtrError } from '../rtr/codes.ts';
import { announces, decodePdu, fault, headerProblem, PREFIX_ADDRESS_OFFSET, prefixLengthsFit } from '../rtr/decode.ts';
import { ANNOUNCE, type Pdu, RtrFault } from '../rtr/pdu.ts';
import type { SourceTransfer } from '../source/source-data.ts';
import type { VrpOctets } from '../table/vrp.ts';

/** VRPs of one cache. Ten times as many as there are today; a cache that sends more is broken. */
export const VRPS_MAX = 8_000_000;
/** ASPAs of one cache: there is one per AS at most. */
export const ASPAS_MAX = 500_000;

/** Whether PDUs of this type carry data. */
export function carriesData(type: number): boolean {
  return type === PduType.Ipv4Prefix || type === PduType.Ipv6Prefix || type === PduType.RouterKey || type === PduType.Aspa;
}

/** Takes the data PDU in `bytes[start, end)` into a transfer, or says what is wrong with it. */
export function stage(transfer: SourceTransfer, bytes: Uint8Array, start: number, end: number): RtrFault | undefined {
  const problem = headerProblem(bytes, start, end);
  if (problem !== undefined) return problem;
  switch (bytes[start + 1]) {
    case PduType.Ipv4Prefix:
    case PduType.Ipv6Prefix:
      return stagePrefix(transfer, bytes, start, end);
    case PduType.Aspa: {
      if (isEarlierAspa(bytes, start, end)) {
        return fault(RtrError.UnsupportedVersion, 'ASPAs of an earlier draft of version 2 (8210bis-10)', bytes, start, end);
      }
      const pdu = decodePdu(bytes, start, end);
      return pdu instanceof RtrFault ? pdu : stageAspa(transfer, pdu as Pdu & { type: 'aspa' }, bytes, start, end);
    }
    default:
      // Keys of BGPsec routers are for those who verify BGPsec_PATH.
      return undefined;
  }
}

/**
 * Up to draft 10, the flags of an ASPA came after the length, with the address family and the number of providers; StayRTR 0.5 sends it. In today's
 * form the octets would be a withdrawal with providers, which no cache sends.
 *
 *     | version | type |    0    | length | flags | family | number of providers | customer | providers |
 */
function isEarlierAspa(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start + 2] === 0 && end - start >= 16 && end - start === 16 + 4 * readU16(bytes, start + 10);
}

/** One object for all prefixes. The tables keep nothing of it. */
const vrp: { -readonly [K in keyof VrpOctets]: VrpOctets[K] } = {
  bytes: new Uint8Array(0),
  offset: 0,
  ipv6: false,
  length: 0,
  maxLength: 0,
  asn: 0,
};

function stagePrefix({ vrps }: SourceTransfer, bytes: Uint8Array, start: number, end: number): RtrFault | undefined {
  if (!prefixLengthsFit(bytes, start)) {
    const reason = `prefix of ${bytes[start + 9]} bits with a maximum length of ${bytes[start + 10]}`;
    return fault(RtrError.CorruptData, reason, bytes, start, end);
  }
  vrp.bytes = bytes;
  vrp.offset = start + PREFIX_ADDRESS_OFFSET;
  vrp.ipv6 = bytes[start + 1] === PduType.Ipv6Prefix;
  vrp.length = bytes[start + 9]!;
  vrp.maxLength = bytes[start + 10]!;
  vrp.asn = readU32(bytes, end - 4);
  if (announces(bytes, start)) {
    if (vrps.count.ipv4 + vrps.count.ipv6 >= VRPS_MAX) return tooMuch(`${VRPS_MAX} VRPs`, bytes, start, end);
    return vrps.announce(vrp) ? undefined : fault(RtrError.DuplicateAnnouncement, 'a VRP that we have', bytes, start, end);
  }
  return vrps.withdraw(vrp) ? undefined : fault(RtrError.WithdrawalOfUnknownRecord, 'a VRP that we do not have', bytes, start, end);
}

/**
 * 8210bis §5.12. The order of the providers does not matter to us, and earlier drafts allowed providers in a withdrawal, so both are accepted.
 */
function stageAspa(
  { aspas }: SourceTransfer,
  pdu: Pdu & { type: 'aspa' },
  bytes: Uint8Array,
  start: number,
  end: number,
): RtrFault | undefined {
  const { flags, customer, providers } = pdu;
  if ((flags & ANNOUNCE) === 0) {
    if (aspas.withdraw(customer)) return undefined;
    return fault(RtrError.WithdrawalOfUnknownRecord, `an ASPA of AS${customer}, which we do not have`, bytes, start, end);
  }
  if (providers.length === 0 || (providers.length > 1 && providers.includes(0))) {
    const reason = `an ASPA of AS${customer} with ${providers.length === 0 ? 'no provider' : 'AS 0 among other providers'}`;
    return fault(RtrError.AspaProviderList, reason, bytes, start, end);
  }
  if (aspas.count >= ASPAS_MAX) return tooMuch(`${ASPAS_MAX} ASPAs`, bytes, start, end);
  aspas.announce(customer, providers);
  return undefined;
}

function tooMuch(what: string, bytes: Uint8Array, start: number, end: number): RtrFault {
  return fault(RtrError.InternalError, `more than ${what}`, bytes, start, end);
}
