/** The section `rpki`: caches, files, and how long sessions wait for their data. */
import { choice, type Descriptor, field, integer, list, Refusal, type Section, section, text } from '../keys/fields.ts';
import { readHost, readHostAddress, readLine } from '../keys/values.ts';
import { RPKI_WAIT_SECONDS_DEFAULT, type RpkiTransport } from '../rpki-config.ts';

const TRANSPORTS: readonly RpkiTransport[] = ['tcp', 'md5', 'tls', 'ssh'];

/** A cache as it is written. A refused value is absent. */
export interface RawCache {
  address?: string;
  port?: number;
  name?: string;
  transport?: RpkiTransport;
  preference?: number;
  'local-address'?: string;
  password?: string;
  tls?: { ca?: string; cert?: string; key?: string; name?: string };
  ssh?: { user?: string; 'identity-file'?: string; 'known-hosts'?: string };
  refresh?: number;
  retry?: number;
  expire?: number;
}

export interface RawRpki {
  caches?: (RawCache | undefined)[];
  files?: (string | undefined)[];
  slurm?: (string | undefined)[];
  wait?: number;
}

const PATH_ALLOWED = 'a path, absolute or from the folder of this file';
/** The kernel's TCP_MD5SIG_MAXKEYLEN. */
const MD5_OCTETS_MAX = 80;

function readPath(value: string): string | Refusal {
  return value === '' || value.includes('\0') ? new Refusal('invalid-value') : value;
}

/** ssh would take a word that begins with a hyphen for an option, and cannot be given a quotation mark. */
function readSshWord(value: string): string | Refusal {
  return value === '' || value.startsWith('-') || /["\s\p{Cc}]/u.test(value) ? new Refusal('invalid-value') : value;
}

const path = (example: string, about: string, standard: string): Descriptor<string> =>
  text({ allowed: PATH_ALLOWED, example, about, standard }, readPath);

const paths = (example: string, about: string): Descriptor<(string | undefined)[]> =>
  list({ allowed: 'a list of paths', example, about, standard: '[]' }, path(example, '', ''));

/** RFC 8210 §6 has the bounds. */
function interval(name: string, min: number, max: number, example: number, about: string): Descriptor<number> {
  return integer(
    { allowed: `${min} to ${max} seconds (RFC 8210 §6)`, example: `${name}: ${example}`, about, standard: 'what the cache names' },
    min,
    max,
  );
}

const TLS: Section<NonNullable<RawCache['tls']>> = section(
  {
    allowed: 'a mapping with ca, cert, key and name',
    example: 'tls: { ca: /etc/tsbgp/cache-ca.pem }',
    about: 'For `transport: tls` (RFC 8210 §9.2). The files are read for each connection.',
    standard: 'as below',
  },
  {
    ca: path('ca: /etc/tsbgp/cache-ca.pem', "PEM of the authorities that the cache's certificate must come from.", 'those of the system'),
    cert: path('cert: /etc/tsbgp/router.pem', 'PEM of our own certificate, with `key`.', 'none'),
    key: path('key: /etc/tsbgp/router.key', 'PEM of its key.', 'none'),
    name: text(
      {
        allowed: 'a host name or an address',
        example: 'name: cache.example.net',
        about: "The name that the cache's certificate must have.",
        standard: '`address`',
      },
      readHost,
    ),
  },
);

const SSH: Section<NonNullable<RawCache['ssh']>> = section(
  {
    allowed: 'a mapping with user, identity-file and known-hosts',
    example: 'ssh: { user: rtr, identity-file: /etc/tsbgp/rtr }',
    about: "For `transport: ssh` (RFC 8210 §9.1): OpenSSH's `ssh -s HOST rpki-rtr`, which never asks anything.",
    standard: 'as below',
  },
  {
    user: text(
      { allowed: 'a user name without blanks', example: 'user: rtr', about: 'The user at the cache.', standard: "ssh's choice" },
      readSshWord,
    ),
    'identity-file': path('identity-file: /etc/tsbgp/rtr', 'Our private key.', "ssh's choice"),
    'known-hosts': path(
      'known-hosts: /etc/tsbgp/known_hosts',
      'Keys of caches. A cache whose key is not in it is refused.',
      "ssh's own file",
    ),
  },
);

const CACHE: Section<RawCache> = section(
  { allowed: 'a mapping with address', example: '- { address: 192.0.2.10, port: 3323 }', about: '' },
  {
    address: text(
      {
        allowed: 'a host name or an address, without port and brackets',
        example: 'address: 192.0.2.10',
        about: 'Where the cache is. A name is resolved for each connection.',
      },
      readHost,
    ),
    port: integer(
      {
        allowed: 'a port of 1 to 65535',
        example: 'port: 3323',
        about: 'Its TCP port.',
        standard: '323, with `transport: tls` 324, with `transport: ssh` 22',
      },
      1,
      65_535,
    ),
    name: field(
      {
        allowed: 'text of 1 to 255 characters in one line',
        example: 'name: pop-1',
        about: 'Its name in listings, logs and metrics.',
        standard: 'address and port',
      },
      { type: 'text', max: 255 },
      readLine,
    ),
    transport: choice(
      {
        example: 'transport: tls',
        about: '`md5` is TCP with signatures (RFC 2385). Plain `tcp` is for caches in a network that you trust.',
        standard: 'tcp',
      },
      TRANSPORTS,
    ),
    preference: integer(
      {
        allowed: '1 to 255',
        example: 'preference: 2',
        about: 'Caches with the lowest number are used together. Those of the next number are used while none of these is in sync.',
        standard: '1',
      },
      1,
      255,
    ),
    'local-address': text(
      {
        allowed: 'an IPv4 or IPv6 address of this machine',
        example: 'local-address: 192.0.2.254',
        about: 'Our address of the connection.',
        standard: 'chosen by the operating system',
      },
      readHostAddress,
      'address',
    ),
    password: field(
      {
        allowed: `text of 1 to ${MD5_OCTETS_MAX} octets, in quotes`,
        example: "password: 'between us'",
        about: 'The key of `transport: md5`, which must have one.',
        standard: 'none',
      },
      { type: 'secret' },
      (value) => {
        if (typeof value !== 'string') return new Refusal('wrong-type');
        const { length } = new TextEncoder().encode(value);
        return length >= 1 && length <= MD5_OCTETS_MAX ? value : new Refusal('invalid-value');
      },
    ),
    tls: TLS,
    ssh: SSH,
    refresh: interval(
      'refresh',
      1,
      86_400,
      900,
      'The cache is asked for news so often, whatever it names itself; it also tells news by itself.',
    ),
    retry: interval('retry', 1, 7200, 60, 'The longest time between two attempts to connect.'),
    expire: interval('expire', 600, 172_800, 7200, 'The data of a cache that is gone are used for so long.'),
  },
);

export const RPKI: Section<RawRpki> = section(
  {
    allowed: 'a mapping with caches, files, slurm and wait',
    example: 'rpki: { caches: [ { address: 192.0.2.10 } ] }',
    about: 'Where RPKI data come from, for origin validation and ASPA. See [rpki.md](rpki.md).',
    standard: 'none: nothing is validated',
  },
  {
    caches: list(
      {
        allowed: 'a list of caches',
        example: 'caches: [ { address: 192.0.2.10 } ]',
        about: 'Caches that are asked over RTR (RFC 8210): Routinator, StayRTR, rpki-client and others.',
        standard: '[]',
      },
      CACHE,
    ),
    files: paths('files: [/var/lib/rpki-client/json]', 'JSON that rpki-client or Routinator wrote. A file that changes is read again.'),
    slurm: paths('slurm: [/etc/tsbgp/slurm.json]', 'Local exceptions (SLURM, RFC 8416): filters for all of these data, and assertions.'),
    wait: integer(
      {
        allowed: '0 to 3600 seconds',
        example: 'wait: 60',
        about: 'At the start, sessions wait for the data: for a cache in sync and for all files, and for so long at most.',
        standard: String(RPKI_WAIT_SECONDS_DEFAULT),
      },
      0,
      3600,
    ),
  },
);
