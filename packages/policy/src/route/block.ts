/**
 * Attributes in a canonical block: octets of path attributes (RFC 4271 §4.3) in ascending order of type codes, each once, AS numbers of
 * four octets. Routes with MP_REACH_NLRI have it first, abbreviated to AFI, SAFI, next hop length and next hop (as in RFC 6396 §4.3.4, with
 * the family kept). The block was checked when it was made: nothing is checked here.
 */
import { AttributeCode, AttributeFlag, ByteWriter, formatAddress } from '@tsbgp/wire';
import { attributeHeaderLength, attributeValueLength } from '@tsbgp/wire/scan';

/** No set of attributes is longer: the RIB holds their lengths in 16 bits. */
export const SET_LENGTH_MAX = 0xffff;

/** There is no such attribute. */
export const ABSENT = -1;

/** Offset of the header of an attribute in `bytes[start, end)`, or ABSENT. */
export function findHeader(bytes: Uint8Array, start: number, end: number, code: number): number {
  for (let at = start; at < end; at = nextHeader(bytes, at)) if (bytes[at + 1] === code) return at;
  return ABSENT;
}

export function nextHeader(bytes: Uint8Array, at: number): number {
  return at + attributeHeaderLength(bytes, at) + attributeValueLength(bytes, at);
}

/** Offset of the value of the attribute whose header is at `at`. */
export function valueStart(bytes: Uint8Array, at: number): number {
  return at + attributeHeaderLength(bytes, at);
}

/** Where an attribute belongs in the order of a canonical block: MP_REACH_NLRI first, then by code. */
function orderOf(code: number): number {
  return code === AttributeCode.MpReachNlri ? 0 : code;
}

/**
 * The octets of `bytes[start, end)` with some attributes replaced, added or (undefined) taken out. The order stays canonical. The flags of
 * an attribute that was there stay, but for Extended Length; a new one gets `flags`.
 */
export function withAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  values: ReadonlyMap<number, AttributeValue | undefined>,
): Uint8Array {
  const out = new ByteWriter(end - start + 64);
  const waiting = [...values.keys()].sort((a, b) => orderOf(a) - orderOf(b));
  let next = 0;
  const writeUpTo = (order: number): void => {
    for (; next < waiting.length && orderOf(waiting[next]!) < order; next++)
      writeAttribute(out, waiting[next]!, values.get(waiting[next]!));
  };
  for (let at = start; at < end; at = nextHeader(bytes, at)) {
    const code = bytes[at + 1]!;
    writeUpTo(orderOf(code));
    if (!values.has(code)) {
      out.raw(bytes, at, nextHeader(bytes, at));
      continue;
    }
    next++;
    const value = values.get(code);
    writeAttribute(out, code, value === undefined ? undefined : { ...value, flags: bytes[at]! });
  }
  writeUpTo(256);
  return out.bytes.slice(0, out.length);
}

export interface AttributeValue {
  readonly flags: number;
  readonly octets: Uint8Array;
}

function writeAttribute(out: ByteWriter, code: number, value: AttributeValue | undefined): void {
  if (value === undefined) return;
  const { flags, octets } = value;
  const isLong = octets.length > 0xff;
  out.u8(isLong ? flags | AttributeFlag.ExtendedLength : flags & ~AttributeFlag.ExtendedLength);
  out.u8(code);
  if (isLong) out.u16(octets.length);
  else out.u8(octets.length);
  out.raw(octets, 0, octets.length);
}

/** The next hop: NEXT_HOP, or the first address of MP_REACH_NLRI; undefined where a family has none. */
export function nextHopOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  const reach = findHeader(bytes, start, end, AttributeCode.MpReachNlri);
  if (reach !== ABSENT) {
    const value = valueStart(bytes, reach);
    const length = bytes[value + 3]!;
    // 24 and 48 octets: a route distinguisher of eight octets comes before each address (RFC 4364 §4.3.2, RFC 4659 §3.2.1).
    const offset = value + 4 + (length === 12 || length === 24 || length === 48 ? 8 : 0);
    if (length === 4 || length === 12) return formatAddress(bytes, offset, offset + 4);
    return length === 16 || length === 24 || length === 32 || length === 48 ? formatAddress(bytes, offset, offset + 16) : undefined;
  }
  const header = findHeader(bytes, start, end, AttributeCode.NextHop);
  if (header === ABSENT) return undefined;
  const value = valueStart(bytes, header);
  return formatAddress(bytes, value, value + 4);
}
