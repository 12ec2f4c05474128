/**
 * Every key of the configuration file: what it takes, what holds without it, an example. The reference in docs/configuration.md is printed
 * from this table (a test compares), messages are made from it, so nothing else needs to say what a key means.
 */
import { type Family, formatFamily, IPV4_UNICAST, IPV6_UNICAST, parseFamily } from '@tsbgp/wire';
import type { DefaultPolicy, Endpoint } from '../control-plane.ts';
import {
  API_MODE_DEFAULT,
  CONNECT_RETRY_SECONDS_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  LISTEN_DEFAULT,
  LOG_FORMAT_DEFAULT,
  LOG_LEVEL_DEFAULT,
  REMOTE_PORT_DEFAULT,
} from './defaults.ts';
import { choice, field, flag, integer, list, Refusal, type Section, section, text, type Words } from './fields.ts';
import { formatEndpoint, readAs, readEndpoint, readHost, readHostAddress, readMode, readRouterId, readSocketPath } from './values.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const LOG_FORMATS = ['auto', 'pretty', 'json'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Families that the RIB holds today. A new one is a line here. */
export const FAMILIES: readonly Family[] = [IPV4_UNICAST, IPV6_UNICAST];
const POLICIES: readonly DefaultPolicy[] = ['accept-all', 'deny-all'];

/** A file that passed, key by key. What was refused is absent, also where it is required: then there is an error for it. */
export interface RawConfig {
  global?: RawGlobal;
  defaults?: RawNeighborDefaults;
  neighbors?: (RawNeighbor | undefined)[];
  api?: { 'unix-socket'?: string; mode?: number; tcp?: Endpoint; hosts?: (string | undefined)[] };
  http?: { listen?: Endpoint; hosts?: (string | undefined)[] };
  log?: { level?: LogLevel; format?: LogFormat };
}

interface RawGlobal {
  as?: number;
  'router-id'?: string;
  listen?: (Endpoint | undefined)[];
}

interface RawNeighborDefaults {
  'remote-as'?: number;
  'local-as'?: number;
  families?: (Family | undefined)[];
  passive?: boolean;
  multihop?: number;
  port?: number;
  'local-address'?: string;
  'hold-time'?: number;
  'connect-retry'?: number;
  policy?: DefaultPolicy;
  import?: DefaultPolicy;
  export?: DefaultPolicy;
  'route-server-client'?: boolean;
  'next-hop-self'?: boolean;
  enabled?: boolean;
}

export interface RawNeighbor extends RawNeighborDefaults {
  address?: string;
  description?: string;
}

const AS_ALLOWED = 'an AS number of 1 to 4294967294, or asdot such as 1.10, but not 23456 (RFC 6793) or 65535 (RFC 7300)';
const ENDPOINT_ALLOWED = 'IP:PORT or [IPV6]:PORT with a port of 0 to 65535';
const POLICY_STANDARD = 'accept-all for iBGP, deny-all for eBGP (RFC 8212)';

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

const familyName = text<Family>(
  {
    allowed: FAMILIES.map(formatFamily).join(' or '),
    example: 'families: [ipv4-unicast, ipv6-unicast]',
    about: 'The name of an address family.',
    standard: '',
  },
  (value) => {
    const named = parseFamily(value);
    if (named !== undefined && FAMILIES.includes(named)) return named;
    return new Refusal('invalid-value', named === undefined ? undefined : 'not supported yet');
  },
);

/** What `defaults` may say for all neighbors: everything but who the neighbor is. */
const forAll = {
  'local-as': field(
    {
      allowed: AS_ALLOWED,
      example: 'local-as: 64500',
      about: 'Our AS number towards this neighbor, where it differs from `global.as`.',
      standard: 'the global AS',
    },
    readAs,
  ),
  families: list(
    {
      allowed: `a list of ${FAMILIES.map(formatFamily).join(', ')}`,
      example: 'families: [ipv4-unicast, ipv6-unicast]',
      about: 'Address families to exchange. Without it the session carries the family of its own address.',
      standard: 'ipv4-unicast for an IPv4 address, ipv6-unicast for an IPv6 address',
    },
    familyName,
  ),
  passive: flag({
    example: 'passive: true',
    about: 'Never connect, only wait for the neighbor to do so.',
    standard: 'false',
  }),
  multihop: integer(
    {
      allowed: 'a TTL of 1 to 255',
      example: 'multihop: 2',
      about: 'IP TTL towards an eBGP neighbor that is not on a connected network. In `defaults` it counts for eBGP neighbors only.',
      standard: "the operating system's TTL",
    },
    1,
    255,
  ),
  port: integer(
    {
      allowed: 'a port of 1 to 65535',
      example: 'port: 1179',
      about: 'TCP port that we connect to.',
      standard: String(REMOTE_PORT_DEFAULT),
    },
    1,
    65_535,
  ),
  'local-address': text(
    {
      allowed: 'an IPv4 or IPv6 address of this machine, of the same kind as the neighbor',
      example: 'local-address: 192.0.2.254',
      about: 'Address that our connections come from, and that the neighbor has to connect to.',
      standard: 'chosen by the operating system',
    },
    readHostAddress,
  ),
  'hold-time': integer(
    {
      allowed: '0 or 3 to 65535 seconds (RFC 4271 §4.2)',
      example: 'hold-time: 90',
      about: 'Hold time that our OPEN proposes, in seconds; the smaller of both sides holds. 0 switches keepalives off.',
      standard: String(HOLD_TIME_SECONDS_DEFAULT),
    },
    3,
    65_535,
    0,
  ),
  'connect-retry': integer(
    {
      allowed: '1 to 65535 seconds (RFC 4271 §8)',
      example: 'connect-retry: 10',
      about: 'Seconds between two attempts to connect. RFC 4271 suggests 120; after a restart of the neighbor that is a long silence.',
      standard: String(CONNECT_RETRY_SECONDS_DEFAULT),
    },
    1,
    65_535,
  ),
  policy: choice(
    {
      example: 'policy: accept-all',
      about: 'Short for `import` and `export` with the same value. Excludes both.',
      standard: POLICY_STANDARD,
    },
    POLICIES,
  ),
  import: choice(
    { example: 'import: accept-all', about: 'What happens to routes from this neighbor.', standard: POLICY_STANDARD },
    POLICIES,
  ),
  export: choice(
    { example: 'export: accept-all', about: 'What happens to routes towards this neighbor.', standard: POLICY_STANDARD },
    POLICIES,
  ),
  'route-server-client': flag({
    example: 'route-server-client: true',
    about:
      'RFC 7947: AS_PATH, NEXT_HOP and MED go out to this eBGP neighbor as they came in. In `defaults` it counts for eBGP neighbors only.',
    standard: 'false',
  }),
  'next-hop-self': flag({
    example: 'next-hop-self: true',
    about: 'NEXT_HOP towards this neighbor is our own address, also where it would stay as it is (iBGP).',
    standard: 'false',
  }),
  enabled: flag({ example: 'enabled: false', about: 'false: known, but down until somebody enables it.', standard: 'true' }),
};

const remoteAsWords = {
  allowed: AS_ALLOWED,
  example: 'remote-as: 64501',
  about: "The neighbor's AS number. The same as ours makes the session iBGP. May stand in `defaults`.",
};

/** One neighbor, as the configuration file has it. */
export const NEIGHBOR: Section<RawNeighbor> = section(
  { allowed: 'a mapping with address and remote-as', example: '- { address: 192.0.2.1, remote-as: 64501 }', about: '' },
  {
    address: text(
      {
        allowed: 'an IPv4 or IPv6 address of one host',
        example: 'address: 192.0.2.1',
        about:
          'The address of the neighbor: who may connect from it, and where we connect to. A link-local one carries its interface: `fe80::1%eth0`.',
      },
      readHostAddress,
    ),
    // Not required here, because it may come from `defaults`: rules.ts asks for it.
    'remote-as': field({ ...remoteAsWords, standard: 'required, here or in `defaults`' }, readAs),
    description: field(
      {
        allowed: 'text of 1 to 255 characters in one line',
        example: 'description: "transit, circuit 4711"',
        about: 'Free text, shown in listings and logs.',
        standard: 'none',
      },
      (value) => {
        if (typeof value !== 'string' && typeof value !== 'number') return new Refusal('wrong-type');
        const line = String(value);
        return line.length >= 1 && line.length <= 255 && !/\p{Cc}/u.test(line) ? line : new Refusal('invalid-value');
      },
    ),
    ...forAll,
  },
);

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
        as: field({ allowed: AS_ALLOWED, example: 'as: 64500', about: 'Our AS number. asdot is understood: `1.10` is 65546.' }, readAs),
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
              'Where neighbors may connect. `[]`: nowhere, we only connect ourselves. Quote IPv6 ones: in YAML a bare [ begins a list. ' +
              'Of the default one address is enough: without IPv6 on the machine, IPv4 alone goes on with a warning.',
            standard: `[${LISTEN_DEFAULT.map((one) => `"${formatEndpoint(one)}"`).join(', ')}]`,
          },
          endpoint({ example: "listen: ['0.0.0.0:179', '[::]:179']", about: '', standard: '' }),
        ),
      },
    ),
    defaults: section(
      {
        allowed: 'a mapping of neighbor keys',
        example: 'defaults: { policy: accept-all }',
        about: 'What holds for every neighbor that does not say otherwise: every key of a neighbor but `address` and `description`.',
        standard: 'none',
      },
      { 'remote-as': field({ ...remoteAsWords, about: 'For neighbors of one AS, such as iBGP.', standard: 'none' }, readAs), ...forAll },
    ),
    neighbors: list(
      {
        allowed: 'a list of neighbors',
        example: 'neighbors: [ { address: 192.0.2.1, remote-as: 64501 } ]',
        about: 'Whom we speak to.',
        standard: '[]',
      },
      NEIGHBOR,
    ),
    api: section(
      {
        allowed: 'a mapping with unix-socket, mode, tcp and hosts',
        example: 'api: { unix-socket: /run/tsbgp/tsbgpd.sock }',
        about: 'Where the gRPC and JSON API answers.',
        standard: 'the default socket',
      },
      {
        'unix-socket': text(
          {
            allowed: 'an absolute path of at most 107 octets, or none',
            example: 'unix-socket: /run/tsbgp/tsbgpd.sock',
            about: 'Path of the socket. `none` switches it off.',
            standard: '/run/tsbgp/tsbgpd.sock where we may write it, else a path of the user: see below',
          },
          readSocketPath,
        ),
        mode: field(
          {
            allowed: 'three octal digits such as 0660',
            example: 'mode: 0660',
            about: 'Permissions of the socket: who may write to it may do everything.',
            standard: `0${API_MODE_DEFAULT.toString(8)}`,
          },
          readMode,
        ),
        tcp: endpoint({
          example: 'tcp: 127.0.0.1:50051',
          about: 'Answer on TCP as well. There is no authentication yet: keep it on the loopback or behind something that has one.',
          standard: 'none',
        }),
        hosts: list(
          {
            allowed: 'a list of host names and addresses',
            example: 'hosts: [router1.example.net]',
            about:
              'Names by which clients call the TCP listener: what they send as Host or :authority, without port. The loopback names and ' +
              'addresses and the address of the listener itself are always allowed, others are refused (DNS rebinding).',
            standard: '[]',
          },
          hostName,
        ),
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
        listen: endpoint({ example: 'listen: 127.0.0.1:9179', about: 'Where to answer. 9179 is our custom.' }),
        hosts: list(
          {
            allowed: 'a list of host names and addresses',
            example: 'hosts: [router1.example.net]',
            about:
              'Names by which scrapers may call, as in `api.hosts`. Without it every name is allowed, but on a loopback address only the ' +
              'loopback names are.',
            standard: 'any, or on a loopback address none',
          },
          hostName,
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
          { example: 'level: info', about: 'The least that is logged. `--log-level` overrides it.', standard: LOG_LEVEL_DEFAULT },
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
