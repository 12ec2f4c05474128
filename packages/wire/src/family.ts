/**
 * An address family as BGP speaks of it: AFI and SAFI in one number (`afi << 8 | safi`), so that a family is a cheap key.
 */
export type Family = number & { readonly __id: 'Family' };

/** Address family identifiers (IANA's registry Address Family Numbers). */
export const Afi = { Ipv4: 1, Ipv6: 2, L2vpn: 25, BgpLs: 16_388 } as const;

/** Subsequent address family identifiers (IANA's registry SAFI Values). */
export const Safi = {
  Unicast: 1,
  Multicast: 2,
  LabeledUnicast: 4,
  McastVpn: 5,
  Vpls: 65,
  Evpn: 70,
  BgpLs: 71,
  BgpLsVpn: 72,
  SrPolicy: 73,
  Mup: 85,
  MplsVpn: 128,
  MulticastVpn: 129,
  RouteTarget: 132,
  FlowSpec: 133,
  FlowSpecVpn: 134,
} as const;

/** The family of an AFI and a SAFI, as one number. */
export function family(afi: number, safi: number): Family {
  return ((afi << 8) | safi) as Family;
}

/** The AFI of a family. */
export function afiOf(of: Family): number {
  return of >>> 8;
}

/** The SAFI of a family. */
export function safiOf(of: Family): number {
  return of & 0xff;
}

/** For fields that are read the same in every family. */
export const NO_FAMILY: Family = family(0, 0);

/** AFI 1, SAFI 1. */
export const IPV4_UNICAST: Family = family(Afi.Ipv4, Safi.Unicast);
/** AFI 2, SAFI 1. */
export const IPV6_UNICAST: Family = family(Afi.Ipv6, Safi.Unicast);

const AFI_NAMES: Record<number, string> = { 1: 'ipv4', 2: 'ipv6', 25: 'l2vpn', 16_388: 'bgp-ls' };

const SAFI_NAMES: Record<number, string> = {
  1: 'unicast',
  2: 'multicast',
  4: 'labeled-unicast',
  5: 'mcast-vpn',
  65: 'vpls',
  70: 'evpn',
  71: 'bgp-ls',
  72: 'bgp-ls-vpn',
  73: 'sr-policy',
  85: 'mup',
  128: 'mpls-vpn',
  129: 'multicast-vpn',
  132: 'route-target',
  133: 'flowspec',
  134: 'flowspec-vpn',
};

/** `ipv4-unicast`, `l2vpn-evpn`, `bgp-ls`, `bgp-ls-vpn`; a family without a name is `afi-9/safi-200`. */
export function formatFamily(of: Family): string {
  const afi = AFI_NAMES[afiOf(of)];
  const safi = SAFI_NAMES[safiOf(of)];
  if (afi === undefined || safi === undefined) return `afi-${afiOf(of)}/safi-${safiOf(of)}`;
  // BGP-LS is an AFI and SAFIs of the same name.
  return safi === afi || safi.startsWith(`${afi}-`) ? safi : `${afi}-${safi}`;
}

const BY_NAME: Map<string, Family> = new Map(
  Object.keys(AFI_NAMES).flatMap((afi) =>
    Object.keys(SAFI_NAMES).map((safi) => {
      const of = family(Number(afi), Number(safi));
      return [formatFamily(of), of] as const;
    }),
  ),
);

/** The family that `formatFamily` calls `text`, or undefined. */
export function parseFamily(text: string): Family | undefined {
  const named = BY_NAME.get(text);
  if (named !== undefined) return named;
  const numbers = /^afi-(\d{1,5})\/safi-(\d{1,3})$/.exec(text);
  if (numbers === null) return undefined;
  const afi = Number(numbers[1]);
  const safi = Number(numbers[2]);
  return afi <= 0xffff && safi <= 0xff ? family(afi, safi) : undefined;
}
