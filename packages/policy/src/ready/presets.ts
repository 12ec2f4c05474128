/**
 * What exchange points do differently. A preset is options of `routeServerPolicies`; what a configuration says goes before it.
 *
 *     euro-ix        large communities of Euro-IX's registry and the old 16-bit ones; paths up to 32
 *     arouteserver   the same as arouteserver's `configure`, with its list of transit-free networks
 *     ixp-manager    IXP Manager 7: paths up to 64, next hops of the same AS, a valid ROA needs no route object, no check of bogon AS numbers
 *     de-cix         IPv6 from /19 on
 *     equinix        RS:RS with RS:PEER keeps a route from PEER; RS:0:RS is "to nobody"
 */
import type { Overrides } from './checks.ts';
import type { RouteServerOptions } from './route-server.ts';

const AROUTESERVER_TRANSIT_FREE = [174, 701, 1299, 2914, 3257, 3320, 3356, 5511, 6453, 6461, 6762, 6830, 7018, 12_956];
const IXP_MANAGER_TRANSIT_FREE = [174, 701, 1299, 2914, 3257, 3320, 3356, 3491, 4134, 5511, 6453, 6461, 6762, 6830, 7018];

function transitFree(asns: readonly number[]): Overrides {
  return { 'transit-free-as': { match: { 'any-as': [...asns], not: { neighbor: { as: [...asns] } } } } };
}

/** An exchange point, or a tool, whose ways are known. */
export type Preset = 'euro-ix' | 'arouteserver' | 'ixp-manager' | 'de-cix' | 'equinix';

/** By the word that configurations have. */
export const PRESETS: Readonly<Record<Preset, RouteServerOptions>> = {
  'euro-ix': {},
  arouteserver: { blackhole: {}, overrides: transitFree(AROUTESERVER_TRANSIT_FREE) },
  'ixp-manager': {
    maxPathLength: 64,
    nextHop: 'same-as',
    rpkiValidNeedsNoIrr: true,
    overrides: { 'bogon-as': false, ...transitFree(IXP_MANAGER_TRANSIT_FREE) },
  },
  'de-cix': { blackhole: {}, prefixLengths: { ipv6: [19, 48] } },
  equinix: {
    overrides: {
      'not-to-peer': {
        match: {
          any: [
            { communities: '{local-as}:0:{peer-as}' },
            { all: [{ communities: '{local-as}:{local-as}' }, { communities: '{local-as}:{peer-as}' }] },
          ],
        },
      },
      'to-nobody': { match: { communities: '{local-as}:0:{local-as}', not: { communities: '{local-as}:1:{peer-as}' } } },
    },
  },
};
