/**
 * Routes injected through the control plane: checked as a whole, then announced by the RIB's local peer.
 */
import type { Rib } from '@tsbgp/rib';
import { DEFAULT_CONTEXT, encodeAttributes, formatFamily, IPV4_UNICAST, type PathAttribute, parseAddress, ValueError } from '@tsbgp/wire';
import { ControlError, type LocalRoute, type LocalRouteKey } from '../control-plane.ts';
import { parsePrefix } from './route-filter.ts';

const CONTEXT = { ...DEFAULT_CONTEXT, peerType: 'ibgp' } as const;

export interface EncodedRoute {
  readonly route: LocalRoute;
  readonly prefix: Uint8Array;
  readonly attributes: Uint8Array;
}

/** Throws ControlError that names `routes[index]` and the field. */
export function encodeLocalRoute(rib: Rib, route: LocalRoute, index: number): EncodedRoute {
  const place = `routes[${index}]`;
  const prefix = encodeLocalKey(rib, route, index);
  const nextHop = parseAddress(route.nextHop);
  const size = route.family === IPV4_UNICAST ? 4 : 16;
  if (nextHop === undefined || nextHop.length !== size) {
    const example = size === 4 ? '192.0.2.1' : '2001:db8::1';
    throw invalid(
      `${place}.next_hop`,
      `found "${route.nextHop}", allowed is an address of ${formatFamily(route.family)}, e.g. "${example}"`,
    );
  }
  const attributes: PathAttribute[] = route.attributes.filter(({ type }) => type !== 'next-hop' && type !== 'mp-reach-nlri');
  if (!attributes.some(({ type }) => type === 'origin')) attributes.push({ type: 'origin', flags: 0x40, value: 'igp' });
  if (!attributes.some(({ type }) => type === 'as-path')) attributes.push({ type: 'as-path', flags: 0x40, value: [] });
  attributes.push(
    size === 4
      ? { type: 'next-hop', flags: 0x40, value: route.nextHop }
      : { type: 'mp-reach-nlri', flags: 0x80, value: { family: route.family, nextHops: [route.nextHop], nlri: [] } },
  );
  try {
    return { route, prefix, attributes: encodeAttributes(attributes, CONTEXT) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw invalid(`${place}.attributes`, error.message, error);
  }
}

/** The prefix in wire form. */
export function encodeLocalKey(rib: Rib, key: LocalRouteKey, index: number): Uint8Array {
  const place = `routes[${index}]`;
  if (!rib.has(key.family)) {
    throw invalid(`${place}.family`, `found ${formatFamily(key.family)}, allowed are ipv4-unicast and ipv6-unicast`);
  }
  if ((key.pathIdentifier ?? 0) !== 0) {
    throw invalid(`${place}.path_identifier`, `found ${key.pathIdentifier}, allowed 0: a prefix has one local route`);
  }
  const { wire } = parsePrefix(key.prefix, `${place}.prefix`);
  if (wire.bitsMax !== rib.table(key.family).index.bitsMax) {
    throw invalid(`${place}.prefix`, `found "${key.prefix}", which is not of family ${formatFamily(key.family)}`);
  }
  return wire.octets;
}

export function invalid(field: string, message: string, cause?: unknown): ControlError {
  return new ControlError('invalid-argument', field, `${field}: ${message}`, { cause });
}
