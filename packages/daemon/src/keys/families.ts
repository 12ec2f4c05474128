/** The address families that the daemon carries. */
import { FAMILY_CODECS, type Family, formatFamily, IPV4_UNICAST, IPV6_UNICAST, parseFamily } from '@tsbgp/wire';
import { rowOf } from '@tsbgp/wire/scan';
import { isIpv6 } from '../endpoint.ts';
import { type Field, field, isMapping, Refusal, text, type Words } from './fields.ts';

/** The families of prefixes that traffic is sent by: those with aggregates, default routes, and limits that name no family. */
export const UNICAST_FAMILIES: readonly Family[] = [IPV4_UNICAST, IPV6_UNICAST];

/** The families that have a name. Others are carried too, as octets. */
const NAMED_FAMILIES: readonly Family[] = FAMILY_CODECS.flatMap(({ families }) => families);
export const FAMILY_NAMES: string = NAMED_FAMILIES.map(formatFamily).join(', ');

/** Whether the NLRI of the family are prefixes, which a filter of prefixes can select. */
export function hasPrefixes(family: Family): boolean {
  return rowOf(family)?.type === 'ip-prefix';
}

/** Whether one NLRI of the family can be told from the next, so that a path identifier may precede it. */
export function hasKnownNlri(family: Family): boolean {
  return rowOf(family) !== undefined;
}

/** The unicast family of an address or a prefix, which applies where no family is named. */
export function unicastFamily(address: string): Family {
  return isIpv6(address) ? IPV6_UNICAST : IPV4_UNICAST;
}

export const familyName: Field<Family> = text(
  {
    allowed: `${FAMILY_NAMES}, or by number, afi-9/safi-200`,
    example: 'families: [ipv4-unicast, ipv6-unicast]',
    about: 'The name of an address family.',
    standard: '',
  },
  (value) => {
    const family = parseFamily(value);
    return family ?? new Refusal('invalid-value');
  },
  'family',
);

/** A number for IPv4 and IPv6 unicast, or some families with a number each: `1000`, `{ ipv4-unicast: 1000 }`. By the name of the family. */
export function familyNumbers(words: Words, min: number, max: number): Field<Record<string, number>> {
  return field(words, { type: 'family-numbers', min, max }, (value) => {
    const numbers = typeof value === 'number' ? Object.fromEntries(UNICAST_FAMILIES.map((family) => [formatFamily(family), value])) : value;
    if (!isMapping(numbers)) return new Refusal('wrong-type');
    const read: Record<string, number> = {};
    for (const [name, number] of Object.entries(numbers)) {
      const family = familyName.check(name);
      if (family instanceof Refusal) return new Refusal('invalid-value', `"${name}" is no family`);
      if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
        return new Refusal('invalid-value', `${formatFamily(family)} has ${JSON.stringify(number)}`);
      }
      read[formatFamily(family)] = number;
    }
    return Object.keys(read).length === 0 ? new Refusal('invalid-value', 'empty') : read;
  });
}
