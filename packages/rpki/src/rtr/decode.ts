/**
 * Decodes PDUs of the RPKI-to-router protocol. All begin with the same header (RFC 8210 §5):
 *
 *     0         8         16                  32
 *     | version |  type   | depends on type   |
 *     |        length, header included        |
 */
import { formatAddress, readU16, readU32 } from '@tsbgp/wire';
import { isRtrVersion, PduType, RtrError, type RtrVersion } from './codes.ts';
import { ANNOUNCE, type Pdu, RtrFault } from './pdu.ts';

export const HEADER_LENGTH = 8;
/** Longer PDUs are refused. 16,000 providers of one customer fit. */
export const PDU_LENGTH_MAX: number = 1 << 16;
/** Octets of a wrong PDU that an Error Report repeats. */
const REPEATED_MAX = 1024;

/** Where the address of a prefix PDU begins. */
export const PREFIX_ADDRESS_OFFSET = 12;
const SKI_LENGTH = 20;
const ROUTER_KEY_OFFSET = HEADER_LENGTH + SKI_LENGTH + 4;
const ASPA_PROVIDERS_OFFSET = 12;

/**
 * Length of the PDU that begins at `start`; undefined when the octets up to `end` do not say yet; a fault when no PDU can be so long or short.
 * A PDU of an unknown version has a length too.
 */
export function pduLength(bytes: Uint8Array, start: number, end: number): number | RtrFault | undefined {
  if (end - start < HEADER_LENGTH) return undefined;
  const length = readU32(bytes, start + 4);
  if (length >= HEADER_LENGTH && length <= PDU_LENGTH_MAX) return length;
  const reason = `a PDU of ${length} octets, allowed ${HEADER_LENGTH} to ${PDU_LENGTH_MAX}`;
  return fault(RtrError.CorruptData, reason, bytes, start, start + HEADER_LENGTH);
}

/** The PDU in `bytes[start, end)`, or what is wrong with it. Copies what it keeps. */
export function decodePdu(bytes: Uint8Array, start: number, end: number): Pdu | RtrFault {
  const problem = headerProblem(bytes, start, end);
  if (problem !== undefined) return problem;
  const version = bytes[start] as RtrVersion;
  const sessionId = readU16(bytes, start + 2);
  switch (bytes[start + 1]) {
    case PduType.SerialNotify:
      return { version, type: 'serial-notify', sessionId, serial: readU32(bytes, start + 8) };
    case PduType.SerialQuery:
      return { version, type: 'serial-query', sessionId, serial: readU32(bytes, start + 8) };
    case PduType.ResetQuery:
      return { version, type: 'reset-query' };
    case PduType.CacheResponse:
      return { version, type: 'cache-response', sessionId };
    case PduType.Ipv4Prefix:
    case PduType.Ipv6Prefix:
      return decodePrefix(bytes, start, version) ?? corrupt('prefix length and maximum length out of order', bytes, start, end);
    case PduType.EndOfData:
      return { version, type: 'end-of-data', sessionId, serial: readU32(bytes, start + 8), ...intervals(bytes, start, version) };
    case PduType.CacheReset:
      return { version, type: 'cache-reset' };
    case PduType.RouterKey:
      return {
        version,
        type: 'router-key',
        flags: bytes[start + 2]!,
        subjectKeyIdentifier: copied(bytes, start + HEADER_LENGTH, start + HEADER_LENGTH + SKI_LENGTH),
        asn: readU32(bytes, start + HEADER_LENGTH + SKI_LENGTH),
        subjectPublicKeyInfo: copied(bytes, start + ROUTER_KEY_OFFSET, end),
      };
    case PduType.ErrorReport:
      return decodeErrorReport(bytes, start, end, version);
    default:
      return {
        version,
        type: 'aspa',
        flags: bytes[start + 2]!,
        customer: readU32(bytes, start + 8),
        providers: Array.from({ length: (end - start - ASPA_PROVIDERS_OFFSET) / 4 }, (_, i) =>
          readU32(bytes, start + ASPA_PROVIDERS_OFFSET + 4 * i),
        ),
      };
  }
}

/** What is wrong with the version, the type or the length of a PDU; undefined when they fit together. */
export function headerProblem(bytes: Uint8Array, start: number, end: number): RtrFault | undefined {
  if (end - start < HEADER_LENGTH) return corrupt(`a PDU of ${end - start} octets has no header`, bytes, start, end);
  const version = bytes[start]!;
  if (!isRtrVersion(version)) {
    return fault(RtrError.UnsupportedVersion, `version ${version}, allowed 0, 1 and 2`, bytes, start, end);
  }
  const type = bytes[start + 1]!;
  const since = SINCE[type];
  if (since === undefined || version < since) {
    const known =
      since === undefined ? `unknown PDU type ${type}` : `PDU type ${type} in version ${version}, allowed from version ${since} on`;
    return fault(RtrError.UnsupportedPduType, known, bytes, start, end);
  }
  const length = readU32(bytes, start + 4);
  if (length !== end - start || !lengthFits(type, version, length)) {
    return corrupt(`PDU type ${type} with a length of ${length} octets`, bytes, start, end);
  }
  return undefined;
}

/** Version that brought the type. */
const SINCE: readonly (RtrVersion | undefined)[] = [0, 0, 0, 0, 0, undefined, 0, 0, 0, 1, 0, 2];

function lengthFits(type: number, version: RtrVersion, length: number): boolean {
  switch (type) {
    case PduType.SerialNotify:
    case PduType.SerialQuery:
      return length === 12;
    case PduType.Ipv4Prefix:
      return length === 20;
    case PduType.Ipv6Prefix:
      return length === 32;
    case PduType.EndOfData:
      return length === (version === 0 ? 12 : 24);
    case PduType.RouterKey:
      return length >= ROUTER_KEY_OFFSET;
    case PduType.ErrorReport:
      return length >= 16;
    case PduType.Aspa:
      return length >= ASPA_PROVIDERS_OFFSET && length % 4 === 0;
    default:
      return length === HEADER_LENGTH;
  }
}

/** Whether prefix length and maximum length of a prefix PDU are in order: length <= maximum length <= bits of an address (RFC 8210 §5.6). */
export function prefixLengthsFit(bytes: Uint8Array, start: number): boolean {
  const bitsMax = bytes[start + 1] === PduType.Ipv6Prefix ? 128 : 32;
  return bytes[start + 9]! <= bytes[start + 10]! && bytes[start + 10]! <= bitsMax;
}

function decodePrefix(bytes: Uint8Array, start: number, version: RtrVersion): Pdu | undefined {
  if (!prefixLengthsFit(bytes, start)) return undefined;
  const ipv6 = bytes[start + 1] === PduType.Ipv6Prefix;
  const address = start + PREFIX_ADDRESS_OFFSET;
  const after = address + (ipv6 ? 16 : 4);
  return {
    version,
    type: ipv6 ? 'ipv6-prefix' : 'ipv4-prefix',
    flags: bytes[start + 8]!,
    prefix: `${formatAddress(bytes, address, after)}/${bytes[start + 9]}`,
    maxLength: bytes[start + 10]!,
    asn: readU32(bytes, after),
  };
}

function intervals(bytes: Uint8Array, start: number, version: RtrVersion): Pick<Pdu & { type: 'end-of-data' }, 'intervals'> {
  if (version === 0) return {};
  return {
    intervals: { refresh: readU32(bytes, start + 12), retry: readU32(bytes, start + 16), expire: readU32(bytes, start + 20) },
  };
}

/**
 *     | header | length of the wrong PDU | wrong PDU | length of the text | text, UTF-8 |
 */
function decodeErrorReport(bytes: Uint8Array, start: number, end: number, version: RtrVersion): Pdu | RtrFault {
  const pduStart = start + HEADER_LENGTH + 4;
  const pduEnd = pduStart + readU32(bytes, start + HEADER_LENGTH);
  const textStart = pduEnd + 4;
  if (textStart > end || textStart + readU32(bytes, pduEnd) !== end) {
    return corrupt('an Error Report whose parts do not fill it', bytes, start, end);
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(textStart, end));
  return { version, type: 'error-report', code: readU16(bytes, start + 2), pdu: copied(bytes, pduStart, pduEnd), text };
}

/** Whether the flags octet announces. It is at a different place in prefix PDUs. */
export function announces(bytes: Uint8Array, start: number): boolean {
  const type = bytes[start + 1];
  const flags = type === PduType.Ipv4Prefix || type === PduType.Ipv6Prefix ? bytes[start + 8]! : bytes[start + 2]!;
  return (flags & ANNOUNCE) !== 0;
}

function corrupt(reason: string, bytes: Uint8Array, start: number, end: number): RtrFault {
  return fault(RtrError.CorruptData, reason, bytes, start, end);
}

/** Plain octets of their own. A Buffer's `slice` would share memory with what came in. */
export function copied(bytes: Uint8Array, start: number, end: number = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** A fault that repeats the beginning of the PDU. */
export function fault(code: number, reason: string, bytes: Uint8Array, start: number, end: number): RtrFault {
  return new RtrFault(code, reason, copied(bytes, start, Math.min(end, start + REPEATED_MAX)));
}
