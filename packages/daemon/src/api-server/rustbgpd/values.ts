/** Addresses, prefixes and families as rustbgpd.v1 writes them. */
import { rustbgpd } from '@tsbgp/api';
import { type Family, formatAddress, formatFamily, IPV4_UNICAST, IPV6_UNICAST, maskAddress, parseAddress, parseFamily } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import { quote } from '../../quote.ts';

/** Canonical text of an address without port, zone or mask. Throws ControlError `invalid-argument`. */
export function bareAddress(text: string): string {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw invalidArgument('', `invalid address: ${quote(text)}, allowed is an IPv4 or IPv6 address`);
  return formatAddress(bytes);
}

/** Canonical text of a prefix; bits after the length are cleared. Throws ControlError `invalid-argument`. */
export function prefixText(address: string, length: number, field: string): string {
  const bytes = parseAddress(address);
  if (bytes === undefined) throw invalidArgument(field, `found ${quote(address)}, allowed is an IPv4 or IPv6 address`);
  const longest = 8 * bytes.length;
  if (length > longest) throw invalidArgument(`${field}_length`, `found ${length}, allowed 0 to ${longest}`);
  return `${formatAddress(maskAddress(bytes, length))}/${length}`;
}

/** `192.0.2.0/24` in its two fields. */
export function prefixParts(prefix: string): { readonly prefix: string; readonly prefixLength: number } {
  const slash = prefix.lastIndexOf('/');
  return { prefix: prefix.slice(0, slash), prefixLength: Number(prefix.slice(slash + 1)) };
}

const FAMILIES = ['ipv4_unicast', 'ipv6_unicast', 'ipv4_flowspec', 'ipv6_flowspec'] as const;

function ownName(name: string): string {
  return name.replace('_', '-');
}

/** Each once. Throws ControlError `invalid-argument`. */
export function namedFamilies(names: readonly string[]): Family[] {
  const families = names.map((name) => {
    const family = FAMILIES.some((known) => known === name) ? parseFamily(ownName(name)) : undefined;
    if (family === undefined) throw invalidArgument('families', `found ${quote(name)}, allowed are ${FAMILIES.join(', ')}`);
    return family;
  });
  return [...new Set(families)];
}

/** Families that this API has no name for have the daemon's. */
export function familyName(family: Family): string {
  const own = formatFamily(family);
  return FAMILIES.find((name) => ownName(name) === own) ?? own;
}

const { AddressFamily } = rustbgpd;

/** Undefined for both unicast families; `none` for those of flow specifications, which no listing of prefixes has. */
export function familyOf(family: rustbgpd.AddressFamily): Family | 'none' | undefined {
  switch (family) {
    case AddressFamily.UNSPECIFIED:
      return undefined;
    case AddressFamily.IPV4_UNICAST:
      return IPV4_UNICAST;
    case AddressFamily.IPV6_UNICAST:
      return IPV6_UNICAST;
    case AddressFamily.IPV4_FLOWSPEC:
    case AddressFamily.IPV6_FLOWSPEC:
      return 'none';
    default:
      throw invalidArgument('afi_safi', `found ${String(family)}, allowed 0 to 4`);
  }
}
