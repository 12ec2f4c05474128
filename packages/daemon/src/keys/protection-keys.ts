/** The keys of a neighbor that protect its TCP connections. Part of the rows of neighbor-keys.ts. */
import { isAbsolute } from 'node:path';
import { readRegularFile } from '../regular-file.ts';
import { type Field, field, integer, isMapping, Refusal } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';

/** A secret, and where it came from; undefined: it was written where it is used. */
export interface Secret {
  readonly value: string;
  readonly from?: { readonly file: string } | { readonly env: string } | undefined;
}

export interface ProtectionConfig {
  /** Key of TCP MD5 (RFC 2385). */
  readonly password?: Secret | undefined;
  /** GTSM (RFC 5082): how many hops away the neighbor is at most. */
  readonly ttlSecurityHops?: number | undefined;
}

/** Of TCP_MD5SIG in Linux. */
const OCTETS_MAX = 80;
/** With room for line breaks. */
const SECRET_FILE_OCTETS_MAX = 4096;

const PASSWORD: Field<Secret> = field(
  {
    allowed: `text of 1 to ${OCTETS_MAX} octets, { file: /ABSOLUTE/PATH } or { env: VARIABLE }`,
    example: 'password: { file: /etc/tsbgp/keys/transit }',
    about:
      'Key of TCP MD5 (RFC 2385), on Linux with the package `koffi`: connections without it are refused by the kernel. From a file (without the line break at its end) or the environment it is in no configuration. No listing, log or answer of the API has it.',
    standard: 'none',
  },
  { type: 'secret', max: OCTETS_MAX },
  readSecret,
);

function readSecret(value: unknown): Secret | Refusal {
  if (typeof value === 'string') return checked({ value });
  if (!isMapping(value) || Object.keys(value).length !== 1) return new Refusal('wrong-type');
  const { file, env } = value;
  if (typeof file === 'string') return fromFile(file);
  if (typeof env !== 'string') return new Refusal('invalid-value');
  const found = process.env[env];
  return found === undefined ? new Refusal('invalid-value', `there is no variable ${env}`) : checked({ value: found, from: { env } });
}

function fromFile(file: string): Secret | Refusal {
  if (!isAbsolute(file)) return new Refusal('invalid-value', 'the path is not absolute');
  const { octets, fault } = readRegularFile(file, SECRET_FILE_OCTETS_MAX);
  if (fault !== undefined) return new Refusal('invalid-value', `${file} ${fault}`);
  return checked({ value: octets.toString().replace(/\r?\n$/, ''), from: { file } });
}

function checked(secret: Secret): Secret | Refusal {
  const { length } = new TextEncoder().encode(secret.value);
  return length >= 1 && length <= OCTETS_MAX ? secret : new Refusal('invalid-value', `${length} octets`);
}

export const PROTECTION_KEYS: {
  readonly [Name in keyof ProtectionConfig]-?: NeighborKey<ProtectionConfig[Name], keyof ProtectionConfig | 'multihopTtl'>;
} = {
  password: {
    key: 'password',
    value: PASSWORD,
    onChange: 'session',
    option: { flags: '--password <text>', help: 'key of TCP MD5 (RFC 2385)' },
    foreign: 'md5 md5-password md5-key tcp-md5 md5sig authentication auth-password authentication-key auth-key',
  },
  ttlSecurityHops: {
    key: 'ttl-security',
    value: integer(
      {
        allowed: '1 to 254 hops',
        example: 'ttl-security: 1',
        about:
          'GTSM (RFC 5082), on Linux with the package `koffi`: packets of the neighbor must have come over at most so many hops, 1 for a neighbor on the same network. Excludes `multihop`.',
        standard: 'none',
      },
      1,
      254,
    ),
    excludes: { name: 'multihopTtl', allowed: 'one of them: GTSM sends with TTL 255 (RFC 5082 §3)' },
    onChange: 'session',
    option: { flags: '--ttl-security <hops>', help: 'GTSM (RFC 5082): the neighbor is at most so many hops away' },
    foreign: 'gtsm ttl-min ttl-security-hops',
  },
};
