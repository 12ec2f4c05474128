/** The address families that the daemon carries. */
import { type Family, formatFamily, IPV4_UNICAST, IPV6_UNICAST, parseFamily } from '@tsbgp/wire';
import { isIpv6 } from '../endpoint.ts';
import { type Field, Refusal, text } from './fields.ts';

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
