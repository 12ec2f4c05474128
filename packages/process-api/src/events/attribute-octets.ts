/** The octets of an attribute's value, for what ExaBGP shows as octets or in forms of its own. */
import { encodeAttributes, type PathAttribute, STORED_CONTEXT } from '@tsbgp/wire';

const EXTENDED_LENGTH = 0x10;

export function valueOctets(attribute: PathAttribute): Uint8Array {
  if (attribute.type === 'unknown') return attribute.bytes;
  const octets = encodeAttributes([attribute], STORED_CONTEXT);
  return octets.subarray((octets[0]! & EXTENDED_LENGTH) === 0 ? 3 : 4);
}

export function hexText(bytes: Uint8Array): string {
  return `0x${rawHex(bytes)}`;
}

export function rawHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex').toUpperCase();
}

export interface TlvSpan {
  readonly code: number;
  readonly value: Uint8Array;
}

/** TLVs whose type and length have the given octets; ends at the first that is cut short. */
export function* tlvs(bytes: Uint8Array, codeOctets: 1 | 2, lengthOctets: (code: number) => 1 | 2): Generator<TlvSpan> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + codeOctets < bytes.length; ) {
    const code = codeOctets === 2 ? view.getUint16(at) : view.getUint8(at);
    const size = lengthOctets(code);
    const from = at + codeOctets + size;
    if (from > bytes.length) return;
    const to = from + (size === 2 ? view.getUint16(from - 2) : view.getUint8(from - 1));
    if (to > bytes.length) return;
    yield { code, value: bytes.subarray(from, to) };
    at = to;
  }
}
