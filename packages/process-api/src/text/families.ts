/** ExaBGP's names of address families. */
import { Afi, afiOf, type Family, makeFamily, Safi, safiOf } from '@tsbgp/wire';
import type { Words } from './words.ts';

const AFIS: Readonly<Record<string, number>> = { ipv4: Afi.Ipv4, ipv6: Afi.Ipv6, l2vpn: Afi.L2vpn, 'bgp-ls': Afi.BgpLs };

const SAFIS: Readonly<Record<string, number>> = {
  unicast: Safi.Unicast,
  multicast: Safi.Multicast,
  'nlri-mpls': Safi.LabeledUnicast,
  'mcast-vpn': Safi.McastVpn,
  vpls: Safi.Vpls,
  evpn: Safi.Evpn,
  'bgp-ls': Safi.BgpLs,
  'bgp-ls-vpn': Safi.BgpLsVpn,
  'sr-policy': Safi.SrPolicy,
  mup: Safi.Mup,
  'mpls-vpn': Safi.MplsVpn,
  rtc: Safi.RouteTarget,
  flow: Safi.Flowspec,
  'flow-vpn': Safi.FlowspecVpn,
};

const IP = ['unicast', 'multicast', 'nlri-mpls', 'mcast-vpn', 'sr-policy', 'mup', 'mpls-vpn', 'flow', 'flow-vpn'];

/** What each address family has. */
const SAFIS_OF: Readonly<Record<string, readonly string[]>> = {
  ipv4: [...IP, 'rtc'],
  ipv6: IP,
  l2vpn: ['vpls', 'evpn'],
  'bgp-ls': ['bgp-ls', 'bgp-ls-vpn'],
};

const AFI_NAMES = new Map(Object.entries(AFIS).map(([name, code]) => [code, name]));
const SAFI_NAMES = new Map(Object.entries(SAFIS).map(([name, code]) => [code, name]));

/** Every family that a neighbor without `family` has, by AFI and SAFI. SR Policy must be asked for. */
export const ALL_FAMILIES: readonly Family[] = Object.entries(SAFIS_OF)
  .flatMap(([afi, safis]) => safis.filter((safi) => safi !== 'sr-policy').map((safi) => makeFamily(AFIS[afi]!, SAFIS[safi]!)))
  .toSorted((a, b) => a - b);

export function afiName(family: Family): string {
  return AFI_NAMES.get(afiOf(family)) ?? `undefined-afi-${afiOf(family)}`;
}

export function safiName(family: Family): string {
  return SAFI_NAMES.get(safiOf(family)) ?? `undefined-safi-${safiOf(family)}`;
}

/** `ipv4 unicast` */
export function familyName(family: Family, divider = ' '): string {
  return `${afiName(family)}${divider}${safiName(family)}`;
}

/** Reads `ipv4 unicast`. */
export function readFamily(words: Words): Family {
  const afi = words.next(`one of ${Object.keys(AFIS).join(', ')}`);
  const safis = Object.hasOwn(SAFIS_OF, afi) ? SAFIS_OF[afi]! : undefined;
  if (safis === undefined) throw words.wrong(afi, `one of ${Object.keys(AFIS).join(', ')}`);
  return makeFamily(AFIS[afi]!, readSafi(words, safis));
}

function readSafi(words: Words, allowed: readonly string[]): number {
  const text = words.next(`one of ${allowed.join(', ')}`);
  const name = text === 'labeled-unicast' ? 'nlri-mpls' : text;
  if (!allowed.includes(name)) throw words.wrong(text, `one of ${allowed.join(', ')}`);
  return SAFIS[name]!;
}

export function parseFamilyText(text: string): Family | undefined {
  const [afi = '', safi = ''] = text.trim().split(/[\s/]+/);
  const name = safi === 'labeled-unicast' ? 'nlri-mpls' : safi;
  const known = Object.hasOwn(SAFIS_OF, afi) && SAFIS_OF[afi]!.includes(name);
  return known ? makeFamily(AFIS[afi]!, SAFIS[name]!) : undefined;
}
