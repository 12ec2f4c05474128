/**
 * Path attributes and messages in MRT records, as @tsbgp/wire reads them.
 *
 * In TABLE_DUMP_V2 an MP_REACH_NLRI has only the length of the next hop and the next hop (RFC 6396 §4.3.4). Many programs write the whole attribute
 * instead; the first octet tells them apart: a length of 4 to 48, or the 0 of an AFI below 256 (all of IPv4 and IPv6).
 */
import {
  AttributeCode,
  AttributeFlag,
  afiOf,
  ByteWriter,
  type DecodedAttributes,
  decodeAttributes,
  decodeMessage,
  decodeUpdate,
  encodeAttributes,
  FAMILY_CODECS,
  type Family,
  type Fault,
  type Message,
  type PathAttribute,
  readU16,
  safiOf,
  type UpdateMessage,
  ValueError,
  type WireContext,
} from '@tsbgp/wire';
import { OldBgpSubtype } from './codes.ts';
import type { BgpMessageRecord, OldMessageRecord, TableDumpRecord } from './kinds/values.ts';

const NO_FAMILIES: ReadonlySet<Family> = new Set();
/** The families whose NLRI can carry a path identifier: a record with ADD-PATH does not say which of them do. */
const ALL_FAMILIES: ReadonlySet<Family> = new Set(FAMILY_CODECS.flatMap(({ families }) => families));

/** As from an internal peer, so that every attribute is accepted. */
const TWO_OCTETS: WireContext = { fourOctetAs: false, addPath: NO_FAMILIES, peerType: 'ibgp', extendedMessage: true };
const FOUR_OCTETS: WireContext = { ...TWO_OCTETS, fourOctetAs: true };

/** How to read the message of a record, and how to write one. */
export function mrtContext(record: { readonly fourOctetAs: boolean; readonly addPath?: boolean }): WireContext {
  const context = record.fourOctetAs ? FOUR_OCTETS : TWO_OCTETS;
  return record.addPath === true ? { ...context, addPath: ALL_FAMILIES } : context;
}

/** The message of a BGP4MP record, or what is wrong with it. Borrows nothing. */
export function decodeMrtMessage(record: BgpMessageRecord): Message | Fault {
  return decodeMessage(record.message, 0, record.message.length, mrtContext(record), { lenient: true });
}

/** The UPDATE of a record of the old types; undefined for other messages. Borrows nothing. */
export function decodeOldUpdate({ subtype, body }: OldMessageRecord): UpdateMessage | Fault | undefined {
  const isUpdate = subtype === OldBgpSubtype.Update || subtype === OldBgpSubtype.PrefUpdate;
  return isUpdate ? decodeUpdate(body, 0, body.length, TWO_OCTETS) : undefined;
}

/** The path attributes of a TABLE_DUMP record. Borrows nothing. */
export function decodeTableDumpAttributes({ attributes, fourOctetAs }: TableDumpRecord): DecodedAttributes {
  return decodeAttributes(attributes, 0, attributes.length, mrtContext({ fourOctetAs }));
}

/**
 * The path attributes of an entry of a RIB record. A MP_REACH_NLRI in the short form gets the family of the record, and no NLRI: the record has
 * it. Borrows nothing.
 */
export function decodeRibAttributes(attributes: Uint8Array, family: Family): DecodedAttributes {
  const whole = withWholeMpReach(attributes, family) ?? attributes;
  return decodeAttributes(whole, 0, whole.length, FOUR_OCTETS);
}

/** Path attributes as an entry of a RIB record has them, with MP_REACH_NLRI in the short form. Throws ValueError. */
export function encodeRibAttributes(attributes: readonly PathAttribute[]): Uint8Array {
  const out = new ByteWriter(256);
  for (const attribute of attributes) {
    const octets = encodeAttributes([attribute], FOUR_OCTETS);
    if (attribute.type !== 'mp-reach-nlri') out.raw(octets);
    else appendShortMpReach(out, octets);
  }
  if (out.length > 0xffff) throw new ValueError(`path attributes: found ${out.length} octets, allowed are 65535`);
  return out.take();
}

/** Writes the attribute in `octets` with the next hop alone. */
function appendShortMpReach(out: ByteWriter, octets: Uint8Array): void {
  const extended = (octets[0]! & AttributeFlag.ExtendedLength) !== 0;
  const hopAt = (extended ? 4 : 3) + 3;
  const length = octets[hopAt]! + 1;
  out.u8(octets[0]! & ~AttributeFlag.ExtendedLength);
  out.u8(AttributeCode.MpReachNlri);
  out.u8(length);
  out.raw(octets, hopAt, hopAt + length);
}

/** Whether the value of an MP_REACH_NLRI at `[start, end)` is the next hop alone. */
export function isShortMpReach(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && bytes[start] === end - start - 1;
}

/** A copy of the attributes with MP_REACH_NLRI in its whole form; undefined when nothing needs to change. */
function withWholeMpReach(attributes: Uint8Array, family: Family): Uint8Array | undefined {
  for (let at = 0; at + 3 <= attributes.length; ) {
    const extended = (attributes[at]! & AttributeFlag.ExtendedLength) !== 0;
    const start = at + (extended ? 4 : 3);
    if (start > attributes.length) return undefined;
    const end = start + (extended ? readU16(attributes, at + 2) : attributes[at + 2]!);
    if (end > attributes.length) return undefined;
    if (attributes[at + 1] === AttributeCode.MpReachNlri) {
      if (!isShortMpReach(attributes, start, end)) return undefined;
      const out = new ByteWriter(attributes.length + 8);
      out.raw(attributes, 0, at);
      const length = end - start + 4;
      const long = extended || length > 0xff;
      out.u8(attributes[at]! | (long ? AttributeFlag.ExtendedLength : 0));
      out.u8(AttributeCode.MpReachNlri);
      if (long) out.u16(length);
      else out.u8(length);
      out.u16(afiOf(family));
      out.u8(safiOf(family));
      out.raw(attributes, start, end);
      out.u8(0);
      out.raw(attributes, end);
      return out.take();
    }
    at = end;
  }
  return undefined;
}
