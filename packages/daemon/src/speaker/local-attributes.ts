/** The attributes of a route of our own, in the form in which the RIB keeps them. */
import { checkLocal } from '@tsbgp/rib';
import {
  encodeAttributes,
  type Family,
  formatFamily,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type PathAttribute,
  parseAddress,
  STORED_CONTEXT,
  ValueError,
} from '@tsbgp/wire';
import { nextHopForms, rowOf } from '@tsbgp/wire/scan';
import { ControlError } from '../control-plane.ts';
import { notANextHop } from '../keys/injectable.ts';
import { quote } from '../quote.ts';

export interface LocalAttributes {
  readonly family: Family;
  /** The unspecified address means our own towards each neighbor. */
  readonly nextHop: string;
  /** All but the next hop. ORIGIN defaults to IGP, AS_PATH to an empty one. */
  readonly attributes: readonly PathAttribute[];
}

/** `field` names the route in an error: `routes[0]`. Throws ControlError for what the RIB would not announce. */
export function encodeLocalAttributes({ family, nextHop, attributes: given }: LocalAttributes, field: string): Uint8Array {
  if (family !== IPV4_UNICAST && family !== IPV6_UNICAST) return encodeWithReach({ family, nextHop, attributes: given }, field);
  const address = parseAddress(nextHop);
  const size = family === IPV4_UNICAST ? 4 : 16;
  const example = size === 4 ? '192.0.2.1' : '2001:db8::1';
  if (address === undefined || address.length !== size) {
    throw invalid(`${field}.next_hop`, `found ${quote(nextHop)}, allowed is an address of ${formatFamily(family)}, e.g. "${example}"`);
  }
  const reason = notANextHop(address);
  if (reason !== undefined) {
    const own = size === 4 ? '0.0.0.0' : '::';
    throw invalid(
      `${field}.next_hop`,
      `found ${quote(nextHop)} (${reason}), allowed is the address of a router, or ${own} for our own, e.g. "${example}"`,
    );
  }
  return encode(
    given,
    size === 4
      ? { type: 'next-hop', flags: 0x40, value: nextHop }
      : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [nextHop], nlri: [] } },
    field,
  );
}

/** Of a family whose NLRI are no plain prefixes. Flow specifications have no next hop (RFC 8955 §4). */
function encodeWithReach({ family, nextHop, attributes }: LocalAttributes, field: string): Uint8Array {
  const place = `${field}.next_hop`;
  const address = parseAddress(nextHop);
  if (nextHop === '' ? rowOf(family)?.type !== 'flowspec' : address === undefined || address.every((octet) => octet === 0)) {
    const found = nextHop === '' ? 'is missing' : `found ${quote(nextHop)}`;
    throw invalid(place, `${found}, allowed for ${formatFamily(family)} is the address of a router, e.g. "192.0.2.1"`);
  }
  const forms = nextHopForms(family);
  if (address !== undefined && forms !== undefined && (address.length === 4 ? forms.ipv4 : forms.ipv6).length === 0) {
    throw invalid(
      place,
      `found ${quote(nextHop)}, which is of the wrong kind: ${formatFamily(family)} allows the address of the other one`,
    );
  }
  const reason = address === undefined ? undefined : notANextHop(address);
  if (reason !== undefined) throw invalid(place, `found ${quote(nextHop)} (${reason}), allowed is the address of a router`);
  const nextHops = nextHop === '' ? [] : [nextHop];
  return encode(attributes, { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops, nlri: [] } }, field);
}

/** The attributes in octets, with the next hop in `reach`, if the RIB would announce them. */
function encode(given: readonly PathAttribute[], reach: PathAttribute, field: string): Uint8Array {
  const attributes: PathAttribute[] = given.filter(({ type }) => type !== 'next-hop' && type !== 'mp-reach-nlri');
  if (!attributes.some(({ type }) => type === 'origin')) attributes.push({ type: 'origin', flags: 0x40, value: 'igp' });
  if (!attributes.some(({ type }) => type === 'as-path')) attributes.push({ type: 'as-path', flags: 0x40, value: [] });
  attributes.push(reach);
  let octets: Uint8Array;
  try {
    octets = encodeAttributes(attributes, STORED_CONTEXT);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw invalid(`${field}.attributes`, error.message, error);
  }
  const fault = checkLocal(octets);
  if (fault !== undefined) throw invalid(`${field}.attributes`, fault.reason);
  return octets;
}

function invalid(field: string, message: string, cause?: unknown): ControlError {
  return new ControlError('invalid-argument', field, message, { cause });
}
