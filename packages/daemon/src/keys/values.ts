/**
 * Readers of the values that an operator writes: AS numbers, addresses, endpoints, router ids. Each reader returns the value
 * or a Refusal, which says why where the allowed values alone do not explain it.
 */
import { AS_TRANS, formatAddress, parseAddress, parseIpv4, readU32 } from '@tsbgp/wire';
import type { Endpoint } from '../endpoint.ts';
import { Refusal } from './fields.ts';

const AS_MAX = 4_294_967_295;
const AS_LAST_16 = 65_535;

/** Our own AS number, in asplain or asdot (RFC 5396): `65001`, `4200000000`, `1.10`. */
export function readAs(value: unknown): number | Refusal {
  const as = readRemoteAs(value);
  return as === AS_LAST_16 ? new Refusal('invalid-value', 'reserved, RFC 7300') : as;
}

/** The AS number of someone else. One that uses 65535, which RFC 7300 reserves, can be a neighbor all the same: other daemons allow it. */
export function readRemoteAs(value: unknown): number | Refusal {
  if (typeof value !== 'number' && typeof value !== 'string') return new Refusal('wrong-type');
  // YAML reads 1.1 as a fraction. YamlSource keeps a number as text where it would print differently.
  const as = asFromText(String(value));
  if (as === undefined) return new Refusal('invalid-value');
  if (as === 0) return new Refusal('invalid-value', 'reserved, RFC 7607');
  if (as === AS_TRANS) return new Refusal('invalid-value', 'AS_TRANS, RFC 6793');
  if (as === AS_MAX) return new Refusal('invalid-value', 'reserved, RFC 7300');
  return as < AS_MAX ? as : new Refusal('invalid-value');
}

function asFromText(text: string): number | undefined {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  if (dotted === null) return undefined;
  const high = Number(dotted[1]);
  const low = Number(dotted[2]);
  return high <= 0xffff && low <= 0xffff ? high * 0x10000 + low : undefined;
}

/** RFC 4271 §4.2 and RFC 6286 §2.1: any four octets but zero. */
export function readRouterId(value: string): string | Refusal {
  const bytes = parseIpv4(value);
  if (bytes === undefined) return new Refusal('invalid-value');
  return bytes.every((octet) => octet === 0) ? new Refusal('invalid-value', 'zero identifies nobody, RFC 6286') : formatAddress(bytes);
}

/** A BGP Identifier or cluster identifier as the unsigned number that BGP compares. */
export function identifierOf(text: string): number {
  return readU32(parseIpv4(text) ?? new Uint8Array(4), 0);
}

/** The address of one host in canonical text (RFC 5952). A link-local address carries its interface (RFC 4007 §11): `fe80::1%eth0`. */
export function readHostAddress(value: string): string | Refusal {
  if (value.includes('%')) return readScopedAddress(value);
  const bytes = parseAddress(value);
  if (bytes === undefined) return new Refusal('invalid-value', value.includes('/') ? 'a prefix, not an address' : undefined);
  const why = notOneHost(bytes);
  return why === undefined ? formatAddress(bytes) : new Refusal('invalid-value', why);
}

/** Why an address cannot belong to one host. Undefined: it can. */
export function notOneHost(bytes: Uint8Array): string | undefined {
  if (bytes.every((octet) => octet === 0)) return 'the unspecified address';
  if (bytes.length === 4) {
    if (bytes[0]! >= 224) return bytes[0]! < 240 ? 'a multicast address' : 'a reserved address';
    return bytes[0] === 0 ? 'a reserved address' : undefined;
  }
  if (bytes[0] === 0xff) return 'a multicast address';
  if (isLinkLocal(bytes)) return 'a link-local address without its interface, write e.g. fe80::1%eth0';
  const mapped = formatAddress(bytes);
  return mapped.startsWith('::ffff:') && mapped.includes('.') ? `an IPv4 address in IPv6 form, write ${mapped.slice(7)}` : undefined;
}

/** Linux allows up to 15 octets without blanks and slashes. Brackets would be confused with those of an endpoint. */
const INTERFACE = /^[^\s/%[\]]{1,15}$/u;

/** An address with `%` and the name of an interface. */
function readScopedAddress(value: string): string | Refusal {
  const [address = '', zone = '', ...rest] = value.split('%');
  const bytes = parseAddress(address);
  if (bytes === undefined) return new Refusal('invalid-value');
  if (!isLinkLocal(bytes)) return new Refusal('invalid-value', 'an interface belongs to a link-local address only (fe80::/10)');
  if (rest.length > 0 || !INTERFACE.test(zone)) return new Refusal('invalid-value', `"${zone}" is no name of an interface`);
  // The kernel reports names, so a connection from the peer would never match a number.
  if (/^\d+$/.test(zone)) return new Refusal('invalid-value', 'the name of the interface is needed, not its number');
  return `${formatAddress(bytes)}%${zone}`;
}

function isLinkLocal(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

/** `192.0.2.1:179` or `[2001:db8::1]:179`, the host in canonical text. `0.0.0.0` and `[::]` mean every address of that kind. */
export function readEndpoint(value: string): Endpoint | Refusal {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(value);
  if (parts === null) {
    const bytes = parseAddress(value);
    if (bytes === undefined) return new Refusal('invalid-value');
    return new Refusal('invalid-value', bytes.length === 4 ? 'no port' : 'no port; an IPv6 address needs brackets before one');
  }
  const host = parts[1] ?? parts[2]!;
  const port = Number(parts[3]);
  if (port > 0xffff) return new Refusal('invalid-value', 'a port is at most 65535');
  if (parts[1]?.includes('%') === true) {
    const scoped = readScopedAddress(host);
    return scoped instanceof Refusal ? scoped : { host: scoped, port };
  }
  const bytes = parseAddress(host);
  if (bytes === undefined || (bytes.length === 4) !== (parts[1] === undefined)) {
    return new Refusal('invalid-value', bytes === undefined ? 'the host is not an IP address' : undefined);
  }
  return { host: formatAddress(bytes), port };
}

/** A host name or an address, without port: `router1.example.net`, `2001:db8::1`. */
export function readHost(value: string): string | Refusal {
  const bytes = parseAddress(value);
  if (bytes !== undefined) return formatAddress(bytes);
  const isName = value.length <= 253 && /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i.test(value) && !/^\d+$/.test(value.split('.').at(-1)!);
  return isName ? value.toLowerCase() : new Refusal('invalid-value', /:\d+$/.test(value) ? 'a name needs no port' : undefined);
}

/** File mode in octal digits, `0660` or `660`. */
export function readMode(value: unknown): number | Refusal {
  if (typeof value !== 'string' && typeof value !== 'number') return new Refusal('wrong-type');
  const digits = /^(?:0o?)?([0-7]{3})$/.exec(String(value));
  return digits === null ? new Refusal('invalid-value') : Number.parseInt(digits[1]!, 8);
}

/** The sun_path of Linux has 108 octets, including the final zero. */
const SOCKET_PATH_BYTES_MAX = 107;

export function readSocketPath(value: string): string | Refusal {
  if (value === 'none') return value;
  if (!value.startsWith('/') || value.includes('\0')) return new Refusal('invalid-value', 'not an absolute path');
  return new TextEncoder().encode(value).length > SOCKET_PATH_BYTES_MAX
    ? new Refusal('invalid-value', `longer than ${SOCKET_PATH_BYTES_MAX} octets`)
    : value;
}

/** Free text of one line. YAML reads `4711` as a number. */
export function readLine(value: unknown): string | Refusal {
  if (typeof value !== 'string' && typeof value !== 'number') return new Refusal('wrong-type');
  const line = String(value);
  return line.length >= 1 && line.length <= 255 && !/\p{Cc}/u.test(line) ? line : new Refusal('invalid-value');
}
