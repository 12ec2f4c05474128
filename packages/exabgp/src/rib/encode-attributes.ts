/** The octets of a set's attributes for a form of session: what nobody said gets ExaBGP's default. */
import { type AttributeSet, type AttributeValue, toPathAttribute } from '@tsbgp/process-api';
import { Afi, AttributeCode, afiOf, encodeAttributes, type Family, parseIpv4, Safi, safiOf } from '@tsbgp/wire';
import type { SessionForm } from './session-form.ts';

const WELL_KNOWN = 0x40;
const LOCAL_PREF_DEFAULT = Uint8Array.of(0, 0, 0, 100);
const ORIGIN_IGP = Uint8Array.of(0);

/** Families whose UPDATEs have an IPv4 next hop in NEXT_HOP too, beside the one in MP_REACH_NLRI. */
const WITH_NEXT_HOP: ReadonlySet<number> = new Set([
  Safi.Unicast,
  Safi.Multicast,
  Safi.LabeledUnicast,
  Safi.MplsVpn,
  Safi.Mup,
  Safi.McastVpn,
]);

/** Ascending by code, without MP_REACH_NLRI and MP_UNREACH_NLRI. Throws ValueError for a value that cannot be written. */
export function attributeOctets(set: AttributeSet, family: Family, nextHop: string | undefined, form: SessionForm): Uint8Array {
  // MUP of IPv6 has IPv4 next hops in the form of IPv6.
  const isMapped = safiOf(family) === Safi.Mup && afiOf(family) === Afi.Ipv6;
  const hasNextHop = nextHop !== undefined && WITH_NEXT_HOP.has(safiOf(family)) && !isMapped && parseIpv4(nextHop) !== undefined;
  const slot = 2 * form.id + (hasNextHop ? 1 : 0);
  let octets = set.encoded[slot];
  if (octets === undefined) {
    octets = encode(set, hasNextHop ? parseIpv4(nextHop) : undefined, form);
    set.encoded[slot] = octets;
  }
  return octets;
}

function encode(set: AttributeSet, nextHop: Uint8Array | undefined, form: SessionForm): Uint8Array {
  const isInternal = form.peerType === 'ibgp';
  const values = new Map<number, AttributeValue>(set.attributes.map((value) => [value.code, value]));
  const byDefault = (value: AttributeValue): void => {
    if (!values.has(value.code)) values.set(value.code, value);
  };
  byDefault({ code: AttributeCode.Origin, flags: WELL_KNOWN, bytes: ORIGIN_IGP });
  byDefault({ code: AttributeCode.AsPath, asPath: isInternal ? [] : [{ type: 'sequence', asns: [form.localAs] }] });
  if (isInternal) byDefault({ code: AttributeCode.LocalPref, flags: WELL_KNOWN, bytes: LOCAL_PREF_DEFAULT });
  else values.delete(AttributeCode.LocalPref);
  if (!form.aigp) values.delete(AttributeCode.Aigp);
  if (nextHop !== undefined) values.set(AttributeCode.NextHop, { code: AttributeCode.NextHop, flags: WELL_KNOWN, bytes: nextHop });
  return encodeAttributes([...values.values()].map(toPathAttribute), form.context);
}
