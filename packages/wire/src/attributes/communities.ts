/**
 * COMMUNITIES, path attribute 8 (RFC 1997): 32-bit labels, by custom an AS number and a value of that AS's own.
 *
 *     | community, 4 octets | community | …
 *
 * A length that is not a multiple of 4, or 0: treat-as-withdraw (RFC 7606 §7.8).
 */
import { type ByteWriter, readU32 } from '../bytes.ts';
import { AttributeCode, AttributeFlag, NotificationCode, UpdateError } from '../codes.ts';
import { formatCommunity, parseCommunity } from '../communities/standard.ts';
import { Fault } from '../fault.ts';
import type { AttributeCodec } from './codec.ts';
import { decodeEntries } from './fields.ts';

export const communities: AttributeCodec<number[]> = {
  code: AttributeCode.Communities,
  type: 'communities',
  name: 'COMMUNITIES',
  flags: AttributeFlag.Optional | AttributeFlag.Transitive,
  check: (_bytes, start, end) => wholeEntries('COMMUNITIES', end - start, 4),
  decode: (bytes, start, end, context) => decodeEntries(start, end, 4, 'community', (at) => readU32(bytes, at), context),
  encode(out: ByteWriter, values) {
    for (const value of values) out.u32(value);
  },
  format: (values) => values.map(formatCommunity).join(' '),
  parse: (text) => text.split(/\s+/).filter(Boolean).map(parseCommunity),
};

/** RFC 7606 §7.8, §7.14, RFC 8092 §6: a list of entries of one size holds at least one, and no part of one. */
export function wholeEntries(name: string, length: number, size: number): Fault | undefined {
  if (length > 0 && length % size === 0) return undefined;
  return new Fault(
    'withdraw',
    NotificationCode.UpdateMessageError,
    UpdateError.OptionalAttribute,
    `${name} of ${length} octets, allowed are multiples of ${size}`,
  );
}
