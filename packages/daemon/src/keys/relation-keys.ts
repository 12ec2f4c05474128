/** The keys of a neighbor about what it is to us: a client of our route reflector, a customer, a provider. Part of the rows of neighbor-keys.ts. */
import { Role } from '@tsbgp/wire';
import { choice, flag, text } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';
import { readRouterId } from './values.ts';

/** What we are to the neighbor (RFC 9234 §4.1), in the words of wire's `formatRole`. */
export type RoleName = 'provider' | 'customer' | 'peer' | 'rs' | 'rs-client';
export const ROLES: readonly RoleName[] = ['provider', 'customer', 'peer', 'rs', 'rs-client'];

/** Their numbers in OPEN. */
export const ROLE_CODES: Readonly<Record<RoleName, number>> = {
  provider: Role.Provider,
  customer: Role.Customer,
  peer: Role.Peer,
  rs: Role.RouteServer,
  'rs-client': Role.RouteServerClient,
};

export interface RelationConfig {
  /** We are its route reflector (RFC 4456). */
  readonly routeReflectorClient: boolean;
  /** Undefined: the global one. */
  readonly clusterId?: string | undefined;
  readonly clientToClientReflection: boolean;
  /** Undefined: no role is negotiated, and ONLY_TO_CUSTOMER is not looked at. */
  readonly role?: RoleName | undefined;
  /** A neighbor without a role is refused. */
  readonly strictRole: boolean;
}

const IBGP = 'iBGP only: route reflection is a matter of one AS (RFC 4456)';

export const RELATION_KEYS: {
  readonly [Name in keyof RelationConfig]-?: NeighborKey<RelationConfig[Name], keyof RelationConfig>;
} = {
  routeReflectorClient: {
    key: 'route-reflector-client',
    value: flag({
      example: 'route-reflector-client: true',
      about:
        'RFC 4456: this iBGP neighbor is a client of our route reflector. Its routes go to all iBGP neighbors, and it gets those of all. In `defaults` it applies to iBGP neighbors only.',
    }),
    default: false,
    ibgpOnly: IBGP,
    onChange: 'session',
    option: { flags: '--route-reflector-client', help: 'RFC 4456' },
    foreign: 'rr-client route-reflector reflector-client reflect-client',
  },
  clusterId: {
    key: 'cluster-id',
    value: text(
      {
        allowed: 'four octets such as 192.0.2.254, not 0.0.0.0 (RFC 4456 §7)',
        example: 'cluster-id: 192.0.2.254',
        about:
          'The cluster of this iBGP neighbor, where it differs from `global.cluster-id`. A route from one cluster to another gets both in CLUSTER_LIST. A route with any of our clusters in it is rejected.',
        standard: '`global.cluster-id`',
      },
      readRouterId,
    ),
    ibgpOnly: IBGP,
    onChange: 'session',
    option: { flags: '--cluster-id <id>', help: 'its cluster, where it differs' },
    foreign: 'rr-cluster-id route-reflector-cluster-id cluster',
  },
  clientToClientReflection: {
    key: 'client-to-client-reflection',
    value: flag({
      example: 'client-to-client-reflection: false',
      about: 'false: this client is sent no routes of other clients of its cluster, because they have sessions with each other.',
    }),
    default: true,
    ibgpOnly: IBGP,
    requires: {
      name: 'routeReflectorClient',
      because: 'the neighbor is no client of a route reflector',
      allowed: 'only with route-reflector-client: true',
    },
    onChange: 'stream',
    option: { flags: '--without-client-to-client', help: 'no routes of other clients of its cluster', negated: true },
    foreign: 'no-client-reflect client-to-client',
  },
  role: {
    key: 'role',
    value: choice(
      {
        example: 'role: customer',
        about:
          'RFC 9234: what we are to this eBGP neighbor, which must say the opposite: provider and customer, rs and rs-client, peer and peer. ONLY_TO_CUSTOMER then keeps routes from leaking.',
        standard: 'none',
      },
      ROLES,
    ),
    ebgpOnly: 'eBGP only, with a neighbor outside our confederation (RFC 9234 §4)',
    outsideOnly: true,
    onChange: 'session',
    option: { flags: '--role <role>', help: 'what we are to it (RFC 9234)' },
    foreign: 'local-role bgp-role',
  },
  strictRole: {
    key: 'strict-role',
    value: flag({
      example: 'strict-role: true',
      about: 'A neighbor that says no role is refused (RFC 9234 §4.2).',
    }),
    default: false,
    requires: { name: 'role', because: 'the neighbor has no role', allowed: 'only with role' },
    onChange: 'session',
    option: { flags: '--strict-role', help: 'refuse it where it says no role' },
    foreign: 'require-roles role-strict local-role-strict',
  },
};
