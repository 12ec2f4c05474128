/**
 * ORIGIN, path attribute 1 (RFC 4271 §4.3 a, §5.1.1): how the originating AS came to know the route. One octet: 0 IGP, 1 EGP, 2 INCOMPLETE.
 *
 * Another length or value: treat-as-withdraw (RFC 7606 §7.1).
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import type { AttributeCodec } from './codec.ts';
import { exactLength, treatAsWithdraw, WELL_KNOWN } from './fields.ts';

/** How a route came into BGP (RFC 4271 §5.1.1); earlier ones are preferred. */
export type Origin = 'igp' | 'egp' | 'incomplete';

const VALUES: readonly Origin[] = ['igp', 'egp', 'incomplete'];

export const origin: AttributeCodec<Origin> = {
  code: AttributeCode.Origin,
  type: 'origin',
  name: 'ORIGIN',
  flags: WELL_KNOWN,
  check(bytes, start, end) {
    if (end - start !== 1) return exactLength('ORIGIN', end - start, 1);
    if (bytes[start]! > 2) return treatAsWithdraw(UpdateError.InvalidOrigin, `ORIGIN ${bytes[start]}, allowed is 0 to 2`);
    return undefined;
  },
  decode: (bytes, start) => VALUES[bytes[start]!]!,
  encode(out, value) {
    out.u8(VALUES.indexOf(parseOrigin(value)));
  },
  format: (value) => value,
  parse: (text) => parseOrigin(text.toLowerCase()),
};

function parseOrigin(text: string): Origin {
  const found = VALUES.find((value) => value === text);
  if (found === undefined) throw new ValueError(`origin: found "${text}", allowed is ${VALUES.join(', ')}`);
  return found;
}
