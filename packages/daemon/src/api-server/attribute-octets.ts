import { DEFAULT_CONTEXT, encodeAttributes, type PathAttribute } from '@tsbgp/wire';
import { attributeHeaderLength } from '@tsbgp/wire/scan';

/** The value of an attribute, without flags, code and length. */
export function octetsOf(attribute: PathAttribute): Uint8Array<ArrayBuffer> {
  const bytes = encodeAttributes([attribute], DEFAULT_CONTEXT);
  return Uint8Array.from(bytes.subarray(attributeHeaderLength(bytes, 0)));
}
