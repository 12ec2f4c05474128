/**
 * ORIGIN, path attribute 1 (RFC 4271 §4.3 a, §5.1.1): how the originating AS came to know the route. One octet: 0 IGP, 1 EGP, 2 INCOMPLETE.
 *
 * Another length or value: treat-as-withdraw (RFC 7606 §7.1).
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { oneOf } from '../parts/json-form.ts';
import type { AttributeCodec } from './codec.ts';
import { treatAsWithdraw, WELL_KNOWN } from './fields.ts';
import { attribute } from './shapes.ts';

/** How a route came into BGP (RFC 4271 §5.1.1); earlier ones are preferred. */
export type Origin = 'igp' | 'egp' | 'incomplete';

const VALUES: readonly Origin[] = ['igp', 'egp', 'incomplete'];

export const origin: AttributeCodec<Origin, 'origin'> = attribute({
  code: AttributeCode.Origin,
  type: 'origin',
  name: 'ORIGIN',
  flags: WELL_KNOWN,
  exportRule: 'mandatory',
  fact: 'origin',
  length: 1,
  check(bytes, start) {
    if (bytes[start]! < VALUES.length) return undefined;
    return treatAsWithdraw(UpdateError.InvalidOrigin, `ORIGIN ${bytes[start]}, allowed is 0 to 2`);
  },
  decode: (bytes, start) => VALUES[bytes[start]!]!,
  encode: (out, value) => out.u8(VALUES.indexOf(parseOrigin(value))),
  format: (value) => value,
  parse: (text) => parseOrigin(text.toLowerCase()),
  fromJson: oneOf(...VALUES),
});

function parseOrigin(text: string): Origin {
  const found = VALUES.find((value) => value === text);
  if (found === undefined) throw new ValueError(`origin: found "${text}", allowed is ${VALUES.join(', ')}`);
  return found;
}
