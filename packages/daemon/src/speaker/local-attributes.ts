/** The attributes of a route of our own, in the form in which the RIB keeps them. */
import { checkLocal } from '@tsbgp/rib';
import {
  encodeAttributes,
  type Family,
  formatFamily,
  IPV4_UNICAST,
  type PathAttribute,
  parseAddress,
  STORED_CONTEXT,
  ValueError,
} from '@tsbgp/wire';
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
  const attributes: PathAttribute[] = given.filter(({ type }) => type !== 'next-hop' && type !== 'mp-reach-nlri');
  if (!attributes.some(({ type }) => type === 'origin')) attributes.push({ type: 'origin', flags: 0x40, value: 'igp' });
  if (!attributes.some(({ type }) => type === 'as-path')) attributes.push({ type: 'as-path', flags: 0x40, value: [] });
  attributes.push(
    size === 4
      ? { type: 'next-hop', flags: 0x40, value: nextHop }
      : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [nextHop], nlri: [] } },
  );
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
