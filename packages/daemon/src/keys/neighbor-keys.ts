/**
 * Every key of a neighbor: a field of `NeighborConfig` and its row in `NEIGHBOR_KEYS`.
 *
 * The rows make the schema of `neighbors` and `defaults` in the configuration file, the defaults, the field paths in errors, the reference in
 * docs/configuration.md, the mapping to tsbgp.v1.NeighborConfig, and the options of `tsbgp neighbor add`. A new key needs a field and a row
 * here, a field in neighbor.proto (then `npm run proto`), and the code that uses the value.
 */
import { CONNECT_RETRY_SECONDS_DEFAULT, HOLD_TIME_SECONDS_DEFAULT, REMOTE_PORT_DEFAULT } from '@tsbgp/session';
import type { Family } from '@tsbgp/wire';
import { AS_NUMBER_KEYS, type AsNumberConfig } from './as-number-keys.ts';
import { FAMILY_NAMES, familyName, unicastFamily } from './families.ts';
import { choice, field, flag, integer, list, text } from './fields.ts';
import { GROUP_KEYS, type GroupConfig } from './group-keys.ts';
import { LIMIT_KEYS, type LimitConfig } from './limit-keys.ts';
import type { NeighborKey, ReadValue } from './neighbor-key.ts';
import { OWN_ROUTE_KEYS } from './neighbor-own-keys.ts';
import { NEXT_HOP_KEYS, type NextHopConfig } from './next-hop-keys.ts';
import { POLICY_KEYS, type PolicyConfig } from './policy-keys.ts';
import { PROTECTION_KEYS, type ProtectionConfig } from './protection-keys.ts';
import { RELATION_KEYS, type RelationConfig } from './relation-keys.ts';
import { RESTART_KEYS, type RestartConfig } from './restart-keys.ts';
import { VALIDATION_KEYS, type ValidationConfig } from './validation-keys.ts';
import { readAs, readHostAddress, readLine, readRemoteAs } from './values.ts';
import { WELL_KNOWN_KEYS, type WellKnownConfig } from './well-known-keys.ts';

export type AddPathDirection = 'receive' | 'send' | 'both';
const ADD_PATH_DIRECTIONS: readonly AddPathDirection[] = ['receive', 'send', 'both'];

/** A neighbor as the operator configured it, with every default filled in. */
export interface NeighborConfig
  extends AsNumberConfig,
    RelationConfig,
    ValidationConfig,
    GroupConfig,
    LimitConfig,
    NextHopConfig,
    PolicyConfig,
    ProtectionConfig,
    RestartConfig,
    WellKnownConfig {
  readonly address: string;
  readonly remoteAs: number;
  /** Undefined: the global AS. */
  readonly localAs?: number | undefined;
  readonly description?: string | undefined;
  readonly families: readonly Family[];
  /** Never connects, only listens. */
  readonly passive: boolean;
  /** @default 179 */
  readonly remotePort: number;
  readonly localAddress?: string | undefined;
  /** IP TTL towards an external peer that is not on a connected network. Undefined: the operating system's TTL. */
  readonly multihopTtl?: number | undefined;
  readonly holdTimeSeconds: number;
  readonly connectRetrySeconds: number;
  /** RFC 7947: AS_PATH, NEXT_HOP and MULTI_EXIT_DISC are sent as they were received. */
  readonly routeServerClient: boolean;
  /** The client gets the best path of all or nothing, not the best path that it may have. */
  readonly bestPathOnly: boolean;
  /** The client gets routes of other clients of its own AS. */
  readonly ownAsRoutes: boolean;
  /** AS_PATH towards the client begins with the AS of the route server. */
  readonly prependOwnAs: boolean;
  /** NO_EXPORT, NO_EXPORT_SUBCONFED and NO_ADVERTISE are obeyed, not passed on. */
  readonly obeyWellKnownCommunities: boolean;
  /** Clients say by communities who may have their routes. */
  readonly controlCommunities: boolean;
  /** Our AS number in control communities that have no room for ours. */
  readonly controlCommunitiesAs?: number | undefined;
  /** Several paths of a prefix (RFC 7911): what we offer to do. Undefined: nothing. */
  readonly addPath?: AddPathDirection | undefined;
  /** The most paths of a prefix that are sent. Undefined: all. */
  readonly addPathMax?: number | undefined;
  /** The most paths of a prefix that the neighbor is asked to send. Undefined: it is not asked. */
  readonly pathsLimit?: number | undefined;
  /** AIGP is taken and sent (RFC 7311 §3.3). Undefined: on an iBGP session, but not on an eBGP session. */
  readonly aigp?: boolean | undefined;
  /** A default route of our own, to this neighbor only. */
  readonly defaultOriginate: boolean;
  /** Name of the condition while which it is sent. Undefined: always. */
  readonly defaultOriginateWhile?: string | undefined;
  /** The shortest time between two rounds of UPDATEs (RFC 4271 §9.2.1.1). Undefined: none. */
  readonly advertisementIntervalSeconds?: number | undefined;
  /** Routes that flap are suppressed (RFC 2439). */
  readonly flapDamping: boolean;
  readonly enabled: boolean;
}

export type NeighborField = keyof NeighborConfig;

/** Keys of the configuration file that set several fields. */
interface Shorthands {
  /** A chain in canonical text, for both directions. */
  readonly policy: string;
}

/** A neighbor as one section of the file has it, by field. Absent or refused keys are absent, refused items of a list are undefined. */
export type RawNeighbor = { -readonly [Name in NeighborField | keyof Shorthands]?: ReadValue<(NeighborConfig & Shorthands)[Name]> };

const REMOTE_AS_ALLOWED = 'an AS number of 1 to 4294967294, or asdot such as 1.10, but not 23456 (RFC 6793)';
const AS_ALLOWED = 'an AS number of 1 to 4294967294, or asdot such as 1.10, but not 23456 (RFC 6793) or 65535 (RFC 7300)';

type Rows = { readonly [Name in NeighborField | keyof Shorthands]-?: NeighborKey<(NeighborConfig & Shorthands)[Name], NeighborField> };

/** In the order of the reference. */
export const NEIGHBOR_KEYS: Rows = {
  address: {
    key: 'address',
    value: text(
      {
        allowed: 'an IPv4 or IPv6 address of one host',
        example: 'address: 192.0.2.1',
        about:
          "The neighbor's address. Only connections from it are accepted, and we connect to it. A link-local address carries its interface: `fe80::1%eth0`.",
      },
      readHostAddress,
      'address',
    ),
    scopes: ['neighbor'],
    onChange: 'session',
    foreign: 'ip peer peer-address neighbor neighbor-address neighbour remote-address remote-ip host',
  },
  remoteAs: {
    key: 'remote-as',
    // It may come from `defaults`, so the schema does not require it. config/neighbor-section.ts does.
    value: field(
      {
        allowed: REMOTE_AS_ALLOWED,
        example: 'remote-as: 64501',
        about: "The neighbor's AS number. If it equals ours, the session is iBGP. May be written in `defaults`.",
        standard: 'required, here or in `defaults`',
      },
      { type: 'as-number' },
      readRemoteAs,
    ),
    inDefaults: { about: 'For neighbors of one AS, such as iBGP.', standard: 'none' },
    onChange: 'session',
    option: { flags: '--as <number>', help: "the neighbor's AS; ours makes it iBGP", required: true },
    foreign: 'peer-as neighbor-as as asn as-number remote-asn peer-asn',
  },
  description: {
    key: 'description',
    value: field(
      {
        allowed: 'text of 1 to 255 characters in one line',
        example: 'description: "transit, circuit 4711"',
        about: 'Free text, shown in listings and logs.',
        standard: 'none',
      },
      { type: 'text', max: 255 },
      readLine,
    ),
    scopes: ['neighbor'],
    onChange: 'nothing',
    option: { flags: '--description <text>', help: 'free text' },
    foreign: 'name desc comment',
  },
  ...GROUP_KEYS,
  localAs: {
    key: 'local-as',
    value: field(
      {
        allowed: AS_ALLOWED,
        example: 'local-as: 64500',
        about:
          'Our AS number towards this neighbor, where it differs from our own: during a migration. AS_PATH towards an eBGP neighbor begins with it and our own AS, and it goes in front of AS_PATH of what comes from there; `local-as-no-prepend`, `local-as-replace-as` and `local-as-dual-as` change that.',
        standard: 'our own AS; that of the confederation towards neighbors outside',
      },
      { type: 'as-number' },
      readAs,
    ),
    onChange: 'session',
    option: { flags: '--local-as <number>', help: 'our AS towards it, where it differs' },
    foreign: 'my-as local-asn',
  },
  families: {
    key: 'families',
    value: list(
      {
        allowed: `a list of ${FAMILY_NAMES}, or by number, afi-9/safi-200`,
        example: 'families: [ipv4-unicast, ipv6-unicast]',
        about:
          'Address families to exchange; see [families.md](families.md). Without it the session carries the family of its own address.',
        standard: 'ipv4-unicast for an IPv4 address, ipv6-unicast for an IPv6 address',
      },
      familyName,
    ),
    default: (address) => [unicastFamily(address)],
    onChange: 'session',
    option: { flags: '--families <list>', help: 'ipv4-unicast, l2vpn-evpn, …' },
    foreign: 'family address-family address-families afi-safi afi-safis afi safi nlri channels',
  },
  passive: {
    key: 'passive',
    value: flag({ example: 'passive: true', about: 'Never connect; wait for the neighbor to connect.' }),
    default: false,
    onChange: 'session',
    option: { flags: '--passive', help: 'never connect, only wait' },
    foreign: 'listen-only passive-mode no-connect',
  },
  multihopTtl: {
    key: 'multihop',
    value: integer(
      {
        allowed: 'a TTL of 1 to 255',
        example: 'multihop: 2',
        about: 'IP TTL towards an eBGP neighbor that is not on a connected network. In `defaults` it applies to eBGP neighbors only.',
        standard: "the operating system's TTL",
      },
      1,
      255,
    ),
    ebgpOnly: 'multihop for eBGP only; iBGP needs none',
    onChange: 'session',
    option: { flags: '--multihop <ttl>', help: 'IP TTL for a neighbor that is not on a connected network' },
    foreign: 'ebgp-multihop ttl',
  },
  ...PROTECTION_KEYS,
  remotePort: {
    key: 'port',
    value: integer({ allowed: 'a port of 1 to 65535', example: 'port: 1179', about: 'TCP port that we connect to.' }, 1, 65_535),
    default: REMOTE_PORT_DEFAULT,
    onChange: 'session',
    option: { flags: '--port <number>', help: 'TCP port to connect to' },
    foreign: 'remote-port peer-port neighbor-port',
  },
  localAddress: {
    key: 'local-address',
    value: text(
      {
        allowed: 'an IPv4 or IPv6 address of this machine, of the same kind as the neighbor',
        example: 'local-address: 192.0.2.254',
        about: 'Our address of the connection: we connect from it, and the neighbor must connect to it.',
        standard: 'chosen by the operating system',
      },
      readHostAddress,
      'address',
    ),
    onChange: 'session',
    option: { flags: '--local-address <address>', help: 'where our connections come from' },
    foreign: 'update-source source-address source-ip local-ip transport-address bind',
  },
  holdTimeSeconds: {
    key: 'hold-time',
    value: integer(
      {
        allowed: '0 or 3 to 65535 seconds (RFC 4271 §4.2)',
        example: 'hold-time: 90',
        about: 'Hold time that our OPEN proposes, in seconds. The smaller proposal of both sides applies. 0 switches keepalives off.',
      },
      3,
      65_535,
      0,
    ),
    default: HOLD_TIME_SECONDS_DEFAULT,
    onChange: 'session',
    option: { flags: '--hold-time <seconds>', help: '0, or 3 to 65535' },
    foreign: 'hold-timer hold',
  },
  connectRetrySeconds: {
    key: 'connect-retry',
    value: integer(
      {
        allowed: '1 to 65535 seconds (RFC 4271 §8)',
        example: 'connect-retry: 10',
        about:
          'Seconds between two attempts to connect. RFC 4271 suggests 120, but then a neighbor that restarted may wait two minutes for us.',
      },
      1,
      65_535,
    ),
    default: CONNECT_RETRY_SECONDS_DEFAULT,
    onChange: 'session',
    option: { flags: '--connect-retry <seconds>', help: 'between two attempts' },
    foreign: 'connect-retry-time connect-delay-time connect-timer retry-time',
  },
  ...POLICY_KEYS,
  routeServerClient: {
    key: 'route-server-client',
    value: flag({
      example: 'route-server-client: true',
      about:
        'RFC 7947: AS_PATH, NEXT_HOP and MED are sent to this eBGP neighbor as they were received. In `defaults` it applies to eBGP neighbors only.',
    }),
    default: false,
    ebgpOnly: 'route-server-client for eBGP only (RFC 7947)',
    onChange: 'stream',
    option: { flags: '--route-server-client', help: 'RFC 7947' },
    foreign: 'rs-client route-server rs',
  },
  bestPathOnly: {
    key: 'best-path-only',
    value: flag({
      example: 'best-path-only: true',
      about:
        'The client is sent the best path of all, or nothing where it may not have that one. Without the key it is sent the best path that it may have (RFC 7947 §2.3).',
    }),
    default: false,
    clientOnly: true,
    needs: { names: ['addPath'], values: [undefined, 'receive'], text: 'the client is sent several paths (add-path)' },
    onChange: 'stream',
    option: { flags: '--best-path-only', help: 'the best path of all, or nothing' },
    foreign: 'path-hiding',
  },
  ownAsRoutes: {
    key: 'own-as-routes',
    value: flag({ example: 'own-as-routes: true', about: 'The client is also sent routes of other clients of its own AS.' }),
    default: false,
    clientOnly: true,
    onChange: 'export',
    option: { flags: '--own-as-routes', help: 'routes of clients of the same AS too' },
  },
  prependOwnAs: {
    key: 'prepend-own-as',
    value: flag({
      example: 'prepend-own-as: true',
      about: 'AS_PATH towards the client begins with our AS, for clients that refuse other paths (against RFC 7947 §2.2.2.1).',
    }),
    default: false,
    clientOnly: true,
    onChange: 'stream',
    option: { flags: '--prepend-own-as', help: 'our AS in front of AS_PATH' },
    foreign: 'prepend-rs-as',
  },
  obeyWellKnownCommunities: {
    key: 'obey-well-known-communities',
    value: flag({
      example: 'obey-well-known-communities: true',
      about:
        'Routes with NO_EXPORT, NO_EXPORT_SUBCONFED or NO_ADVERTISE are not sent to the client. Without the key a route server passes them on (RFC 7947 §2.2.4).',
    }),
    default: false,
    clientOnly: true,
    onChange: 'stream',
    option: { flags: '--obey-well-known-communities', help: 'obey NO_EXPORT and the like' },
  },
  controlCommunities: {
    key: 'control-communities',
    value: flag({
      example: 'control-communities: true',
      about: 'Communities of other clients say whether this client is sent their routes; see [route-server.md](route-server.md).',
    }),
    default: false,
    clientOnly: true,
    onChange: 'stream',
    option: { flags: '--control-communities', help: 'communities say who gets a route' },
  },
  controlCommunitiesAs: {
    key: 'control-communities-as',
    value: integer(
      {
        allowed: 'an AS number of 1 to 65534',
        example: 'control-communities-as: 65534',
        about: 'Stands for our AS number in communities that have no room for it.',
        standard: 'our AS number, where two octets hold it',
      },
      1,
      65_534,
    ),
    clientOnly: true,
    needs: { names: ['controlCommunities'], values: [true], text: 'control-communities is not true' },
    onChange: 'stream',
    option: { flags: '--control-communities-as <number>', help: 'stands for our AS in communities of two octets' },
  },
  addPath: {
    key: 'add-path',
    value: choice(
      {
        example: 'add-path: both',
        about: 'Several paths of a prefix (RFC 7911): what we offer to do in every family of the session.',
        standard: 'one path of each prefix',
      },
      ADD_PATH_DIRECTIONS,
    ),
    onChange: 'session',
    option: { flags: '--add-path <direction>', help: 'several paths of a prefix (RFC 7911)' },
    foreign: 'add-paths additional-paths addpath-tx-all-paths',
  },
  addPathMax: {
    key: 'add-path-max',
    value: integer(
      {
        allowed: '1 to 65535 paths',
        example: 'add-path-max: 3',
        about: 'The most paths of a prefix that are sent, the best ones first. A smaller limit of the neighbor (Paths-Limit) holds.',
        standard: 'all paths',
      },
      1,
      65_535,
    ),
    needs: { names: ['addPath'], values: ['send', 'both'], text: 'add-path is neither send nor both' },
    onChange: 'stream',
    option: { flags: '--add-path-max <number>', help: 'send so many paths of a prefix at most' },
  },
  pathsLimit: {
    key: 'paths-limit',
    value: integer(
      {
        allowed: '1 to 65535 paths',
        example: 'paths-limit: 10',
        about: 'Asks the neighbor to send at most so many paths of a prefix (draft-abraitis-idr-addpath-paths-limit).',
        standard: 'no limit is asked for',
      },
      1,
      65_535,
    ),
    needs: { names: ['addPath'], values: ['receive', 'both'], text: 'add-path is neither receive nor both' },
    onChange: 'session',
    option: { flags: '--paths-limit <number>', help: 'ask for so many paths of a prefix at most' },
  },
  ...NEXT_HOP_KEYS,
  ...WELL_KNOWN_KEYS,
  aigp: {
    key: 'aigp',
    value: flag({
      example: 'aigp: true',
      about: 'AIGP is taken from this neighbor and sent to it (RFC 7311 §3.3). Without it the attribute is ignored, and not passed on.',
      standard: 'true for iBGP, false for eBGP',
    }),
    onChange: 'session',
    option: { flags: '--aigp', help: 'take AIGP from it and send it' },
    foreign: 'aigp-session',
  },
  ...AS_NUMBER_KEYS,
  ...RELATION_KEYS,
  ...VALIDATION_KEYS,
  ...LIMIT_KEYS,
  ...RESTART_KEYS,
  ...OWN_ROUTE_KEYS,
  enabled: {
    key: 'enabled',
    value: flag({ example: 'enabled: false', about: 'false: the neighbor is configured and stays down until `tsbgp neighbor enable`.' }),
    default: true,
    onChange: 'session',
    option: { flags: '--disabled', help: 'leave it down for now', negated: true },
  },
};

/** Every field of a neighbor, in the order of the reference. */
export const NEIGHBOR_FIELDS: readonly NeighborField[] = (Object.keys(NEIGHBOR_KEYS) as (keyof Rows)[]).filter((name) => name !== 'policy');
