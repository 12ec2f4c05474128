/**
 * An address family as one number (`afi << 8 | safi`), so that it is a cheap key. `Afi` and `Safi` are the table of all families: a family's
 * text is made of their keys, in kebab-case.
 */
import { type ByteWriter, readU16 } from './bytes.ts';
import { kebab } from './words.ts';

/** An AFI and SAFI in one number. */
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
  Flowspec: 133,
  FlowspecVpn: 134,
} as const;

/** The family whose AFI and SAFI are the three octets at `offset`. */
export function readFamily(bytes: Uint8Array, offset: number): Family {
  return makeFamily(readU16(bytes, offset), bytes[offset + 2]!);
}

/** Appends AFI and SAFI, three octets. */
export function writeFamily(out: ByteWriter, family: Family): void {
  out.u16(afiOf(family));
  out.u8(safiOf(family));
}

/** The family of an AFI and a SAFI. */
export function makeFamily(afi: number, safi: number): Family {
  return ((afi << 8) | safi) as Family;
}

/** The AFI of a family. */
export function afiOf(family: Family): number {
  return family >>> 8;
}

/** The SAFI of a family. */
export function safiOf(family: Family): number {
  return family & 0xff;
}

/** For fields that are read the same way in every family. */
export const NO_FAMILY: Family = makeFamily(0, 0);

/** AFI 1, SAFI 1. */
export const IPV4_UNICAST: Family = makeFamily(Afi.Ipv4, Safi.Unicast);
/** AFI 2, SAFI 1. */
export const IPV6_UNICAST: Family = makeFamily(Afi.Ipv6, Safi.Unicast);

const AFI_NAMES: ReadonlyMap<number, string> = namesOf(Afi);
const SAFI_NAMES: ReadonlyMap<number, string> = namesOf(Safi);

function namesOf(codes: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(Object.entries(codes).map(([key, code]) => [code, kebab(key)]));
}

/** `ipv4-unicast`, `l2vpn-evpn`, `bgp-ls`, `bgp-ls-vpn`; a family without a name is `afi-9/safi-200`. */
export function formatFamily(family: Family): string {
  const afi = AFI_NAMES.get(afiOf(family));
  const safi = SAFI_NAMES.get(safiOf(family));
  if (afi === undefined || safi === undefined) return `afi-${afiOf(family)}/safi-${safiOf(family)}`;
  // BGP-LS is the name of an AFI and of its SAFIs.
  return safi === afi || safi.startsWith(`${afi}-`) ? safi : `${afi}-${safi}`;
}

const BY_NAME: ReadonlyMap<string, Family> = new Map(
  [...AFI_NAMES.keys()].flatMap((afi) =>
    [...SAFI_NAMES.keys()].map((safi) => [formatFamily(makeFamily(afi, safi)), makeFamily(afi, safi)] as const),
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
  return afi <= 0xffff && safi <= 0xff ? makeFamily(afi, safi) : undefined;
}
