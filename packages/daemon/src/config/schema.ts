/**
 * Every key of the configuration file: what it takes, what applies without it, an example. Error messages are made from this table, and a test
 * compares the reference in docs/configuration.md with it. The keys of a neighbor are in keys/neighbor-keys.ts.
 */
import { type Endpoint, formatEndpoint } from '../endpoint.ts';
import { DECISION_ROWS, type DecisionConfig } from '../keys/decision-keys.ts';
import {
  byName,
  choice,
  type Descriptor,
  field,
  flag,
  integer,
  list,
  namedSection,
  type Section,
  section,
  text,
  type Words,
} from '../keys/fields.ts';
import { readName } from '../keys/group-keys.ts';
import type { NeighborKey, Scope } from '../keys/neighbor-key.ts';
import { NEIGHBOR_KEYS, type RawNeighbor } from '../keys/neighbor-keys.ts';
import { readAs, readEndpoint, readHost, readMode, readRouterId, readSocketPath } from '../keys/values.ts';
import { type RawAccess, ROLE, TOKENS } from './api-access.ts';
import { API_MODE_DEFAULT, LISTEN_DEFAULT, LOG_FORMAT_DEFAULT, LOG_LEVEL_DEFAULT, RESTART_DEFERRAL_DEFAULT } from './defaults.ts';
import { MRT, type RawMrt } from './mrt-section.ts';
import {
  AGGREGATES,
  CONDITIONS,
  DAMPING,
  type RawAggregate,
  type RawCondition,
  type RawDamping,
  type RawRoute,
  ROUTES,
} from './own-sections.ts';
import { POLICIES, SETS } from './policy-sections.ts';
import { PROCESSES, type RawProcess } from './process-sections.ts';
import { type RawRpki, RPKI } from './rpki-section.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const LOG_FORMATS = ['auto', 'pretty', 'json'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The accepted values of a file. A refused value is absent even where the key is required; there is an error for it. */
export interface RawConfig {
  global?: {
    as?: number;
    'router-id'?: string;
    listen?: (Endpoint | undefined)[];
    'cluster-id'?: string;
    confederation?: { identifier?: number; members?: (number | undefined)[] };
    'update-delay'?: number;
    'restart-deferral'?: number;
    'restart-file'?: string;
    decision?: { -readonly [Name in keyof DecisionConfig]?: DecisionConfig[Name] };
  };
  defaults?: RawNeighbor;
  groups?: Readonly<Record<string, RawNeighbor | undefined>>;
  neighbors?: (RawNeighbor | undefined)[];
  routes?: (RawRoute | undefined)[];
  aggregates?: (RawAggregate | undefined)[];
  conditions?: (RawCondition | undefined)[];
  damping?: RawDamping;
  processes?: (RawProcess | undefined)[];
  /** As they are written: @tsbgp/policy reads them. */
  sets?: Readonly<Record<string, unknown>>;
  policies?: Readonly<Record<string, unknown>>;
  rpki?: RawRpki;
  mrt?: RawMrt;
  api?: { 'unix-socket'?: string; mode?: number; tcp?: Endpoint; hosts?: (string | undefined)[]; 'write-back'?: boolean } & RawAccess;
  http?: { listen?: Endpoint; hosts?: (string | undefined)[] };
  log?: { level?: LogLevel; format?: LogFormat };
}

const AS_ALLOWED = NEIGHBOR_KEYS.localAs.value.words.allowed;
const ENDPOINT_ALLOWED = 'IP:PORT or [IPV6]:PORT with a port of 0 to 65535';
const endpoint = (words: Omit<Words, 'allowed'>) => text({ ...words, allowed: ENDPOINT_ALLOWED }, readEndpoint);

const hostName = text(
  {
    allowed: 'a host name or an address, without port and brackets',
    example: 'hosts: [router1.example.net]',
    about: 'A name of this machine.',
    standard: '',
  },
  readHost,
);

const hosts = (about: string, standard: string) =>
  list({ allowed: 'a list of host names and addresses', example: 'hosts: [router1.example.net]', about, standard }, hostName);

/** `defaults`, a group or one neighbor: the keys that may be written there, and their values by field. */
function neighborSection(words: Words, scope: Scope): Section<RawNeighbor> {
  const names = Object.keys(NEIGHBOR_KEYS) as (keyof RawNeighbor)[];
  const rows = names
    .filter((name) => NEIGHBOR_KEYS[name].scopes?.includes(scope) !== false)
    .map((name) => {
      const { key, value, inDefaults, default: standard }: NeighborKey<unknown> = NEIGHBOR_KEYS[name];
      const shown = standard === undefined ? value.words : { standard: String(standard), ...value.words };
      const entry: Descriptor = { ...value, words: scope === 'neighbor' ? shown : { ...shown, ...inDefaults } };
      return { key, name, entry };
    });
  return namedSection(words, rows);
}

export const SCHEMA: Section<RawConfig> = section(
  { allowed: 'a mapping with global and neighbors', example: 'global: { as: 64500, router-id: 192.0.2.254 }', about: '' },
  {
    global: section(
      {
        allowed: 'a mapping with as and router-id',
        example: 'global: { as: 64500, router-id: 192.0.2.254 }',
        about: 'The speaker itself.',
      },
      {
        as: field(
          { allowed: AS_ALLOWED, example: 'as: 64500', about: 'Our AS number. asdot is understood: `1.10` is 65546.' },
          { type: 'as-number' },
          readAs,
        ),
        'router-id': text(
          {
            allowed: 'four octets such as 192.0.2.254, not 0.0.0.0 (RFC 6286)',
            example: 'router-id: 192.0.2.254',
            about: 'The BGP Identifier, unique within the AS; by custom an IPv4 address of this router.',
          },
          readRouterId,
        ),
        listen: list(
          {
            allowed: 'a list of IP:PORT and [IPV6]:PORT',
            example: "listen: ['0.0.0.0:179', '[::]:179']",
            about:
              'Where neighbors may connect. `[]`: nowhere, only we connect. Quote IPv6 endpoints: in YAML a bare [ begins a list. ' +
              'The default needs only one of its addresses: on a machine without IPv6 the daemon warns and listens on IPv4.',
            standard: `[${LISTEN_DEFAULT.map((endpoint) => `"${formatEndpoint(endpoint)}"`).join(', ')}]`,
          },
          endpoint({ example: "listen: ['0.0.0.0:179', '[::]:179']", about: '', standard: '' }),
        ),
        'update-delay': integer(
          {
            allowed: '0 to 3600 seconds',
            example: 'update-delay: 120',
            about:
              'After the start, routes are advertised only when every neighbor that is enabled has sent End-of-RIB, and after this time at the latest.',
            standard: '0',
          },
          0,
          3600,
        ),
        'restart-deferral': integer(
          {
            allowed: '1 to 3600 seconds',
            example: 'restart-deferral: 120',
            about:
              'After a restart for which neighbors keep our routes, routes are advertised only when these neighbors have sent End-of-RIB, and after this time at the latest (RFC 4724 §4.1). See [graceful-restart.md](graceful-restart.md#when-tsbgpd-restarts).',
            standard: String(RESTART_DEFERRAL_DEFAULT),
          },
          1,
          3600,
        ),
        'restart-file': text(
          {
            allowed: 'an absolute path of at most 107 octets, or none',
            example: 'restart-file: /run/tsbgp/tsbgpd.restart',
            about: 'Where the daemon leaves for the next one which neighbors keep its routes. On a file system that a reboot empties.',
            standard: 'beside the socket of the API; none without a socket',
          },
          readSocketPath,
        ),
        decision: namedSection(
          {
            allowed: 'a mapping with switches of the decision process',
            example: 'decision: { always-compare-med: true }',
            about: 'What counts in the decision process. Its steps in their order, beside those of other daemons: docs/decision.md.',
            standard: 'as below',
          },
          DECISION_ROWS,
        ),
        'cluster-id': text(
          {
            allowed: 'four octets such as 192.0.2.254, not 0.0.0.0 (RFC 4456 §7)',
            example: 'cluster-id: 192.0.2.254',
            about: 'Our cluster identifier as a route reflector. Reflectors of one cluster may share it.',
            standard: 'the router-id',
          },
          readRouterId,
        ),
        confederation: section(
          {
            allowed: 'a mapping with identifier and members',
            example: 'confederation: { identifier: 64500, members: [65002, 65003] }',
            about: 'The confederation that `as` belongs to (RFC 5065).',
            standard: 'none',
          },
          {
            identifier: field(
              { allowed: AS_ALLOWED, example: 'identifier: 64500', about: 'The AS number by which neighbors outside know all of it.' },
              { type: 'as-number' },
              readAs,
            ),
            members: list(
              {
                allowed: 'a list of AS numbers',
                example: 'members: [65002, 65003]',
                about: 'The other ASes of the confederation. A neighbor of one of them is inside.',
              },
              field({ allowed: AS_ALLOWED, example: 'members: [65002, 65003]', about: '', standard: '' }, { type: 'as-number' }, readAs),
            ),
          },
        ),
      },
    ),
    defaults: neighborSection(
      {
        allowed: 'a mapping of neighbor keys',
        example: 'defaults: { policy: accept-all }',
        about: 'Values for every neighbor that does not have the key itself. Every key of a neighbor except `address` and `description`.',
        standard: 'none',
      },
      'defaults',
    ),
    groups: byName(
      {
        allowed: 'a mapping from names to mappings of neighbor keys',
        example: 'groups: { customers: { import: customers-in, max-prefix: 100 } }',
        about: 'Values for the neighbors that name the group. They go before those of `defaults`, and after those of the neighbor itself.',
        standard: 'none',
      },
      readName,
      neighborSection(
        { allowed: 'a mapping of neighbor keys', example: 'customers: { import: customers-in }', about: 'One group.', standard: '' },
        'group',
      ),
    ),
    neighbors: list(
      {
        allowed: 'a list of neighbors',
        example: 'neighbors: [ { address: 192.0.2.1, remote-as: 64501 } ]',
        about: 'The neighbors.',
        standard: '[]',
      },
      neighborSection(
        { allowed: 'a mapping with address and remote-as', example: '- { address: 192.0.2.1, remote-as: 64501 }', about: '' },
        'neighbor',
      ),
    ),
    routes: ROUTES,
    aggregates: AGGREGATES,
    conditions: CONDITIONS,
    damping: DAMPING,
    processes: PROCESSES,
    sets: SETS,
    policies: POLICIES,
    rpki: RPKI,
    mrt: MRT,
    api: section(
      {
        allowed: 'a mapping with unix-socket, mode, tcp and hosts',
        example: 'api: { unix-socket: /run/tsbgp/tsbgpd.sock }',
        about: 'Where the gRPC and JSON API listens.',
        standard: 'the default socket',
      },
      {
        'unix-socket': text(
          {
            allowed: 'an absolute path of at most 107 octets, or none',
            example: 'unix-socket: /run/tsbgp/tsbgpd.sock',
            about: 'Path of the socket. `none` switches it off.',
            standard: '/run/tsbgp/tsbgpd.sock where the user may create it, else a path of the user: see above',
          },
          readSocketPath,
        ),
        mode: field(
          {
            allowed: 'three octal digits such as 0660',
            example: 'mode: 0660',
            about: 'Permissions of the socket. Write permission gives full control of the daemon.',
            standard: `0${API_MODE_DEFAULT.toString(8)}`,
          },
          { type: 'text' },
          readMode,
        ),
        tcp: endpoint({
          example: 'tcp: 127.0.0.1:50051',
          about:
            'Listen on TCP as well, without TLS: use a loopback address, or a proxy with TLS. `role` and `tokens` say who may do what.',
          standard: 'none',
        }),
        hosts: hosts(
          'Names that clients may send as Host or :authority to the TCP listener, without port. The loopback names and ' +
            'addresses and the address of the listener itself are always allowed. Every other name is refused (DNS rebinding).',
          '[]',
        ),
        role: ROLE,
        tokens: TOKENS,
        'write-back': flag({
          example: 'write-back: false',
          about:
            'Neighbors that the API adds, changes, disables or deletes are written to this file before the call succeeds. `false`: such changes last until ' +
            'the daemon ends.',
          standard: 'true',
        }),
      },
    ),
    http: section(
      {
        allowed: 'a mapping with listen and hosts',
        example: 'http: { listen: 127.0.0.1:9179 }',
        about: 'Prometheus metrics at `/metrics`, health at `/healthz`.',
        standard: 'off',
      },
      {
        listen: endpoint({ example: 'listen: 127.0.0.1:9179', about: 'Where to listen. We suggest port 9179.' }),
        hosts: hosts(
          'Names that scrapers may send, as in `api.hosts`. Without the key every name is allowed; on a loopback address only the ' +
            'loopback names are.',
          'any, or on a loopback address none',
        ),
      },
    ),
    log: section(
      {
        allowed: 'a mapping with level and format',
        example: 'log: { level: info }',
        about: 'The log, on standard output.',
        standard: 'as below',
      },
      {
        level: choice(
          { example: 'level: info', about: 'The lowest level that is logged. `--log-level` overrides it.', standard: LOG_LEVEL_DEFAULT },
          LOG_LEVELS,
        ),
        format: choice(
          {
            example: 'format: json',
            about: '`auto`: pretty on a terminal, JSON otherwise. `--log-format` overrides it.',
            standard: LOG_FORMAT_DEFAULT,
          },
          LOG_FORMATS,
        ),
      },
    ),
  },
);
