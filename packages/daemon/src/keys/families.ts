/** The address families that the daemon carries. */
import { type Family, formatFamily, IPV4_UNICAST, IPV6_UNICAST, parseFamily } from '@tsbgp/wire';
import { isIpv6 } from '../endpoint.ts';
import { type Field, field, isMapping, Refusal, text, type Words } from './fields.ts';

/** Families that the RIB holds. A new one is a line here. */
export const FAMILIES: readonly Family[] = [IPV4_UNICAST, IPV6_UNICAST];

/** The unicast family of an address or a prefix, which applies where no family is named. */
export function unicastFamily(address: string): Family {
  return isIpv6(address) ? IPV6_UNICAST : IPV4_UNICAST;
}

export const familyName: Field<Family> = text(
  {
    allowed: FAMILIES.map(formatFamily).join(' or '),
    example: 'families: [ipv4-unicast, ipv6-unicast]',
    about: 'The name of an address family.',
    standard: '',
  },
  (value) => {
    const family = parseFamily(value);
    if (family !== undefined && FAMILIES.includes(family)) return family;
    return new Refusal('invalid-value', family === undefined ? undefined : 'not supported yet');
  },
  'family',
);

/** A number for every family, or some families with a number each: `1000`, `{ ipv4-unicast: 1000 }`. By the name of the family. */
export function familyNumbers(words: Words, min: number, max: number): Field<Record<string, number>> {
  return field(words, { type: 'family-numbers', min, max }, (value) => {
    const numbers = typeof value === 'number' ? Object.fromEntries(FAMILIES.map((family) => [formatFamily(family), value])) : value;
    if (!isMapping(numbers)) return new Refusal('wrong-type');
    const read: Record<string, number> = {};
    for (const [name, number] of Object.entries(numbers)) {
      const family = familyName.check(name);
      if (family instanceof Refusal) return new Refusal('invalid-value', `"${name}" is no family that is carried here`);
      if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
        return new Refusal('invalid-value', `${formatFamily(family)} has ${JSON.stringify(number)}`);
      }
      read[formatFamily(family)] = number;
    }
    return Object.keys(read).length === 0 ? new Refusal('invalid-value', 'empty') : read;
  });
}
