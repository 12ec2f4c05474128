/**
 * Capabilities without a value: their presence says everything.
 *
 *   2 route-refresh (RFC 2918)           128 its predecessor, which some still send
 *   6 extended-message (RFC 8654)        70 enhanced-route-refresh (RFC 7313)
 *   74 bfd-strict (draft-ietf-idr-bgp-bfd-strict-mode)
 *   77 link-local-next-hop (draft-ietf-idr-linklocal-capability)
 *   185 operational (draft-ietf-idr-operational-message)
 *
 * When the value has octets, the capability is kept as unknown and has no effect, because its meaning is not defined.
 */
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { noMoreWords } from './text.ts';

/** A capability without a value: route refresh, extended messages, and others. */
export interface EmptyCapability<T extends string = string> {
  type: T;
}

type Empty<T extends string> = CapabilityCodec<EmptyCapability<T>>;

function empty<const T extends string>(code: number, type: T, name: string): Empty<T> {
  return {
    code,
    type,
    name,
    members: {},
    decode: (_bytes, start, end) => (start === end ? { type } : undefined),
    encode() {},
    format: () => '',
    parse(words) {
      noMoreWords(words);
      return { type };
    },
  };
}

export const routeRefresh: Empty<'route-refresh'> = empty(
  CapabilityCode.RouteRefresh,
  'route-refresh',
  'Route Refresh Capability for BGP-4',
);
export const routeRefreshCisco: Empty<'route-refresh-cisco'> = empty(
  CapabilityCode.RouteRefreshCisco,
  'route-refresh-cisco',
  'Prestandard Route Refresh',
);
export const extendedMessage: Empty<'extended-message'> = empty(CapabilityCode.ExtendedMessage, 'extended-message', 'BGP Extended Message');
export const enhancedRouteRefresh: Empty<'enhanced-route-refresh'> = empty(
  CapabilityCode.EnhancedRouteRefresh,
  'enhanced-route-refresh',
  'Enhanced Route Refresh Capability',
);
export const bfdStrict: Empty<'bfd-strict'> = empty(CapabilityCode.BfdStrict, 'bfd-strict', 'BFD Capability');
export const linkLocalNextHop: Empty<'link-local-next-hop'> = empty(
  CapabilityCode.LinkLocalNextHop,
  'link-local-next-hop',
  'Link-Local Next Hop Capability',
);
export const operational: Empty<'operational'> = empty(CapabilityCode.Operational, 'operational', 'Operational Message Capability');
