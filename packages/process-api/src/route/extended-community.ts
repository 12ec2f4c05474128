/**
 * Extended communities (RFC 4360, RFC 5668, RFC 8955) as ExaBGP writes them, to their eight octets; the redirect to an IPv6 route target has
 * twenty (RFC 5701).
 *
 *     target:65000:1   target4:65000:1   origin:192.0.2.1:1   65000:1   redirect:65000:1   l2info:19:0:1500:111   bandwidth:65000:1e6
 *     mup:10:10   rate-limit:9600   rate-limit:100:packets   mark 10   action sample   redirect-to-nexthop   0x0002fde800000001
 *     interface-set:transitive:input:65000:1
 */
import { ByteWriter, fromHex, parseIpv4 } from '@tsbgp/wire';
import { parseAs } from '../text/values.ts';
import type { Words } from '../text/words.ts';

const ALLOWED =
  'an extended community, e.g. "target:65000:1", "origin:192.0.2.1:1", "redirect:65000:1", "rate-limit:9600", "0x" and sixteen digits';

/** Bytes each second that the form of RFC 8955 §7.1 holds here, as in ExaBGP. */
const RATE_MAX = 1e12;
const ACTIONS: Readonly<Record<string, number>> = { terminal: 1, sample: 2, 'sample-terminal': 3 };
const DIRECTIONS: Readonly<Record<string, number>> = { input: 1, output: 2, 'input-output': 3 };

export function readExtendedCommunity(words: Words): Uint8Array {
  const text = words.next(ALLOWED);
  if (/^0x[0-9a-fA-F]{1,16}$/.test(text)) return fromHex(text.slice(2).padStart(16, '0'));
  const [name = '', ...parts] = text.split(':');
  if (parts.length === 0 && (name === 'mark' || name === 'action')) parts.push(words.next('a value'));
  const community = Object.hasOwn(FORMS, name) ? FORMS[name]!(parts) : parts.length === 1 ? pair(0x02, [name, ...parts]) : undefined;
  if (community === undefined) throw words.wrong(text, ALLOWED);
  return community;
}

type Form = (parts: readonly string[]) => Uint8Array | undefined;

const FORMS: Readonly<Record<string, Form>> = {
  target: (parts) => pair(0x02, parts),
  target4: (parts) => fourOctets(0x02, parts),
  origin: (parts) => pair(0x03, parts),
  origin4: (parts) => fourOctets(0x03, parts),
  redirect: ([a, b]) => (a === undefined || b === undefined ? undefined : redirect(a, b)),
  l2info: (parts) => {
    const [encaps = Number.NaN, control = Number.NaN, mtu = Number.NaN, site = Number.NaN] = parts.map(unsigned);
    return parts.length === 4 && encaps <= 0xff && control <= 0xff && mtu <= 0xffff && site <= 0xffff
      ? octets((out) => {
          out.u16(0x800a);
          out.u8(encaps);
          out.u8(control);
          out.u16(mtu);
          out.u16(site);
        })
      : undefined;
  },
  bandwidth: ([as = '', rate = '']) =>
    unsigned(as) <= 0xffff && Number(rate) >= 0 && rate !== '' ? floating(0x4004, Number(as), Number(rate)) : undefined,
  mup: ([a = '', b = '']) =>
    unsigned(a) <= 0xffff && unsigned(b) <= 0xffff_ffff
      ? octets((out) => {
          out.u16(0x0c00);
          out.u16(Number(a));
          out.u32(Number(b));
        })
      : undefined,
  'rate-limit': ([rate = '', unit]) =>
    unsigned(rate) <= Number.MAX_SAFE_INTEGER && (unit === undefined || unit === 'packets')
      ? rateLimit(Number(rate), unit === 'packets')
      : undefined,
  discard: () => rateLimit(0, false),
  mark: ([dscp = '']) => (unsigned(dscp) <= 63 ? mark(Number(dscp)) : undefined),
  action: ([name = '']) => (Object.hasOwn(ACTIONS, name) ? action(name) : undefined),
  'redirect-to-nexthop': () => REDIRECT_TO_NEXT_HOP,
  'copy-to-nexthop': () => COPY_TO_NEXT_HOP,
  'interface-set': (parts) => interfaceSet(parts),
};

/** draft-simpson-idr-flowspec-redirect: to the next hop of the route. */
export const REDIRECT_TO_NEXT_HOP: Uint8Array = fromHex('0800000000000000');
export const COPY_TO_NEXT_HOP: Uint8Array = fromHex('0800000000000001');

/** Traffic-rate-bytes (RFC 8955 §7.1) or traffic-rate-packets (§7.2). */
export function rateLimit(rate: number, packets: boolean): Uint8Array {
  return floating(packets ? 0x800c : 0x8006, 0, Math.min(rate, RATE_MAX));
}

/** Traffic-marking (RFC 8955 §7.5). */
export function mark(dscp: number): Uint8Array {
  return octets((out) => {
    out.u16(0x8009);
    out.zeros(5);
    out.u8(dscp);
  });
}

/** Traffic-action (RFC 8955 §7.3); `name` is one of `ACTION_NAMES`. */
export function action(name: string): Uint8Array {
  return octets((out) => {
    out.u16(0x8007);
    out.zeros(5);
    out.u8(ACTIONS[name]!);
  });
}

export const ACTION_NAMES: readonly string[] = Object.keys(ACTIONS);

/** Redirect to a route target (RFC 8955 §7.4), whose form follows from `a`; undefined for values that no form holds. */
export function redirect(a: string, b: string): Uint8Array | undefined {
  const ip = parseIpv4(a);
  const as = parseAs(a);
  const number = unsigned(b);
  if (ip !== undefined) return number <= 0xffff ? ipForm(0x8108, ip, number) : undefined;
  if (as === undefined) return undefined;
  if (as <= 0xffff) {
    return number <= 0xffff_ffff
      ? octets((out) => {
          out.u16(0x8008);
          out.u16(as);
          out.u32(number);
        })
      : undefined;
  }
  return number <= 0xffff
    ? octets((out) => {
        out.u16(0x8208);
        out.u32(as);
        out.u16(number);
      })
    : undefined;
}

/** Redirect to an IPv6-specific route target (RFC 8956 §6.1). */
export function redirectIpv6(address: Uint8Array, number: number): Uint8Array {
  return octets((out) => {
    out.u16(0x000d);
    out.raw(address);
    out.u16(number);
  });
}

/** Redirect to an address (draft-ietf-idr-flowspec-redirect-ip). */
export function redirectToAddress(address: Uint8Array): Uint8Array {
  return octets((out) => {
    out.u16(address.length === 4 ? 0x010c : 0x000c);
    out.raw(address);
    out.u16(0);
  });
}

/** `transitive:input:65000:1` (draft-ietf-idr-flowspec-interfaceset). */
export function interfaceSet([kind = '', direction = '', as = '', group = '']: readonly string[]): Uint8Array | undefined {
  const isKnown = (kind === 'transitive' || kind === 'non-transitive') && Object.hasOwn(DIRECTIONS, direction);
  const number = parseAs(as);
  if (!isKnown || number === undefined || !(unsigned(group) <= 0x3fff)) return undefined;
  return octets((out) => {
    out.u16(kind === 'transitive' ? 0x0702 : 0x4702);
    out.u32(number);
    out.u16((DIRECTIONS[direction]! << 14) | Number(group));
  });
}

/** A and B: of two and four octets; with an IPv4 address or a large or marked AS (`70000`, `120000L`) of four and two. */
function pair(subtype: number, parts: readonly string[]): Uint8Array | undefined {
  const [a = '', b = ''] = parts;
  if (parts.length !== 2) return undefined;
  const as = parseAs(a);
  const bIp = parseIpv4(b);
  const number = bIp === undefined ? unsigned(b) : bIp.reduce((sum, octet) => sum * 256 + octet, 0);
  if (as === undefined || as > 0xffff || parseIpv4(a) !== undefined) return fourOctets(subtype, parts);
  if (!(number <= 0xffff_ffff)) return undefined;
  return octets((out) => {
    out.u16(subtype);
    out.u16(as);
    out.u32(number);
  });
}

function fourOctets(subtype: number, [a = '', b = '']: readonly string[]): Uint8Array | undefined {
  const ip = parseIpv4(a) ?? asOctets(a.replace(/L$/, ''));
  const number = unsigned(b);
  return ip !== undefined && number <= 0xffff ? ipForm(0x0100 | subtype, ip, number) : undefined;
}

function asOctets(text: string): Uint8Array | undefined {
  const as = parseAs(text);
  return as === undefined ? undefined : Uint8Array.of(as >>> 24, as >>> 16, as >>> 8, as);
}

function ipForm(type: number, ip: Uint8Array, number: number): Uint8Array {
  return octets((out) => {
    out.u16(type);
    out.raw(ip);
    out.u16(number);
  });
}

function floating(type: number, as: number, rate: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, as);
  view.setFloat32(4, rate);
  return bytes;
}

function unsigned(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}

function octets(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter(20);
  write(out);
  return out.take();
}
