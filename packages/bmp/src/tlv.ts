/**
 * TLVs of BMP (RFC 7854 §4.4): | type, 2 octets | length, 2 | value … |. In Route Monitoring of version 4 an index follows the length, and a type with
 * its highest bit set begins with a Private Enterprise Number, which is kept as part of the value.
 */
import { type ByteWriter, readU16 } from '@tsbgp/wire';

/** One TLV. `value` is a view of the message that was decoded. */
export interface BmpTlv {
  type: number;
  value: Uint8Array;
}

/** One TLV of Route Monitoring in version 4. */
export interface BmpIndexedTlv extends BmpTlv {
  /** The NLRI that it is about, from 1 on; 0: all of them. With the highest bit set, a group. */
  index: number;
}

const utf8 = new TextDecoder('utf-8');
const toUtf8 = new TextEncoder();

/** All TLVs in `bytes[start, end)`; undefined when they do not end there. */
export function decodeTlvs(bytes: Uint8Array, start: number, end: number): BmpTlv[] | undefined {
  const tlvs: BmpTlv[] = [];
  for (let at = start; at < end; ) {
    if (at + 4 > end) return undefined;
    const next = at + 4 + readU16(bytes, at + 2);
    if (next > end) return undefined;
    tlvs.push({ type: readU16(bytes, at), value: bytes.subarray(at + 4, next) });
    at = next;
  }
  return tlvs;
}

/** As `decodeTlvs`, with an index in each. */
export function decodeIndexedTlvs(bytes: Uint8Array, start: number, end: number): BmpIndexedTlv[] | undefined {
  const tlvs: BmpIndexedTlv[] = [];
  for (let at = start; at < end; ) {
    if (at + 6 > end) return undefined;
    const next = at + 6 + readU16(bytes, at + 2);
    if (next > end) return undefined;
    tlvs.push({ type: readU16(bytes, at), index: readU16(bytes, at + 4), value: bytes.subarray(at + 6, next) });
    at = next;
  }
  return tlvs;
}

export function encodeTlv(out: ByteWriter, { type, value }: BmpTlv): void {
  out.u16(type);
  out.counted16(() => out.raw(value), `TLV ${type}`);
}

export function encodeIndexedTlv(out: ByteWriter, { type, index, value }: BmpIndexedTlv): void {
  out.u16(type);
  out.u16(value.length);
  out.u16(index);
  out.raw(value);
}

/** The text of a TLV that holds text. */
export function bmpText({ value }: BmpTlv): string {
  return utf8.decode(value);
}

/** A TLV with text, e.g. `bmpTextTlv(BmpInformation.SysName, 'rs1.example')`. */
export function bmpTextTlv(type: number, text: string): BmpTlv {
  return { type, value: toUtf8.encode(text) };
}
