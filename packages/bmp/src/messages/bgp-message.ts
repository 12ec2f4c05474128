/** BGP messages inside of BMP. */
import { HEADER_LENGTH, messageLength } from '@tsbgp/wire';

/** Where the BGP message at `at` ends; undefined when it is not whole within `end`. */
export function bgpMessageEnd(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (at + HEADER_LENGTH > end) return undefined;
  const length = messageLength(bytes, at);
  return length < HEADER_LENGTH || at + length > end ? undefined : at + length;
}
