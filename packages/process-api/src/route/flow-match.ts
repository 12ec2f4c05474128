/**
 * What a flow specification matches (RFC 8955 §4.2.2, RFC 8956 §3).
 *
 *     source 10.0.0.1/32   destination 2001:db8::/32/0   protocol [ tcp udp ]   port [ =80 >1024&<2048 ]   tcp-flags [ syn rst&fin&!=push ]
 *
 * Numbers: an operator `= > < >= <= !=`, by default `=`; `true` and `false` need no value. Bits: none (any of them), `=` (all), `!` (not), `!=`.
 */
import { type FlowSpecBits, type FlowSpecComponent, type FlowSpecNumber, formatAddress } from '@tsbgp/wire';
import { FRAGMENTS, ICMP_CODES, ICMP_TYPES, PROTOCOLS, TCP_FLAGS } from '../text/flow-names.ts';
import { parsePrefixText } from '../text/values.ts';
import type { Words } from '../text/words.ts';

/** By type code, in the order of the octets. */
export type FlowComponents = Map<number, FlowSpecComponent>;

interface Row {
  readonly code: number;
  readonly name: string;
  readonly kind: 'prefix' | 'numbers' | 'bits';
  readonly names?: Readonly<Record<string, number>>;
  readonly max?: number;
  /** The keyword belongs to IPv6, or to IPv4, alone. */
  readonly version?: 4 | 6;
}

const PREFIX = { kind: 'prefix' } as const;
const PORT = { kind: 'numbers', max: 0xffff } as const;

const ROWS: Readonly<Record<string, Row>> = {
  destination: { code: 1, name: 'destination-prefix', ...PREFIX },
  'destination-ipv4': { code: 1, name: 'destination-prefix', ...PREFIX, version: 4 },
  'destination-ipv6': { code: 1, name: 'destination-prefix', ...PREFIX, version: 6 },
  source: { code: 2, name: 'source-prefix', ...PREFIX },
  'source-ipv4': { code: 2, name: 'source-prefix', ...PREFIX, version: 4 },
  'source-ipv6': { code: 2, name: 'source-prefix', ...PREFIX, version: 6 },
  protocol: { code: 3, name: 'ip-protocol', kind: 'numbers', names: PROTOCOLS, max: 0xff },
  'next-header': { code: 3, name: 'ip-protocol', kind: 'numbers', names: PROTOCOLS, max: 0xff, version: 6 },
  port: { code: 4, name: 'port', ...PORT },
  'destination-port': { code: 5, name: 'destination-port', ...PORT },
  'source-port': { code: 6, name: 'source-port', ...PORT },
  'icmp-type': { code: 7, name: 'icmp-type', kind: 'numbers', names: ICMP_TYPES, max: 0xff },
  'icmp-code': { code: 8, name: 'icmp-code', kind: 'numbers', names: ICMP_CODES, max: 0xff },
  'tcp-flags': { code: 9, name: 'tcp-flags', kind: 'bits', names: TCP_FLAGS, max: 0xfff },
  'packet-length': { code: 10, name: 'packet-length', kind: 'numbers', max: 0xffff },
  dscp: { code: 11, name: 'dscp', kind: 'numbers', max: 63 },
  'traffic-class': { code: 11, name: 'dscp', kind: 'numbers', max: 0xff, version: 6 },
  fragment: { code: 12, name: 'fragment', kind: 'bits', names: FRAGMENTS, max: 0xff },
  'flow-label': { code: 13, name: 'flow-label', kind: 'numbers', max: 0xf_ffff, version: 6 },
};

export const MATCH_KEYWORDS: readonly string[] = Object.keys(ROWS);

/** Reads the value of a keyword that was just read. Returns the IP version that it needs; undefined: any. */
export function readMatch(keyword: string, words: Words, components: FlowComponents): 4 | 6 | undefined {
  const row = ROWS[keyword]!;
  if (row.kind === 'prefix') return readPrefixMatch(row, words, components);
  const present = components.get(row.code);
  if (row.kind === 'numbers') {
    const before = present !== undefined && 'numbers' in present ? present.numbers : [];
    const numbers = [...before, ...words.list((each) => readNumbers(row, each)).flat()];
    components.set(row.code, { code: row.code, name: row.name, numbers } as FlowSpecComponent);
  } else {
    const before = present !== undefined && 'bits' in present ? present.bits : [];
    const bits = [...before, ...words.list((each) => readBits(row, each)).flat()];
    components.set(row.code, { code: row.code, name: row.name, bits } as FlowSpecComponent);
  }
  return row.version;
}

function readPrefixMatch(row: Row, words: Words, components: FlowComponents): 4 | 6 {
  const allowed = 'a prefix, for IPv6 with an offset, e.g. "10.0.0.0/24" or "2001:db8::/64/0"';
  const text = words.next(allowed);
  const parts = text.split('/');
  const prefix = parsePrefixText(parts.slice(0, 2).join('/'));
  const offset = parts[2] === undefined ? 0 : /^\d{1,3}$/.test(parts[2]) ? Number(parts[2]) : Number.NaN;
  const version = prefix?.bytes.length === 4 ? 4 : 6;
  const fits = prefix !== undefined && parts.length <= (version === 4 ? 2 : 3) && (offset < prefix.bits || offset === 0);
  if (!fits || (row.version !== undefined && row.version !== version)) throw words.wrong(text, allowed);
  const masked = maskBits(prefix.bytes, offset, prefix.bits);
  if (offset > 0) {
    // ExaBGP sends all octets of the prefix, see exabgp-flow.ts.
    const octets = [prefix.bits, offset, ...masked.subarray(0, (prefix.bits + 7) >>> 3)];
    components.set(row.code, { code: row.code, name: 'unknown', bytes: Uint8Array.from(octets) });
  } else {
    components.set(row.code, { code: row.code, name: row.name, prefix: `${formatAddress(masked)}/${prefix.bits}` } as FlowSpecComponent);
  }
  return version;
}

/** Clears all bits but `from` to `to`. */
function maskBits(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return bytes.map((octet, i) => {
    let kept = 0;
    for (let bit = 0; bit < 8; bit++) if (8 * i + bit >= from && 8 * i + bit < to) kept |= 0x80 >>> bit;
    return octet & kept;
  });
}

/** `>200&<300` */
function readNumbers(row: Row, words: Words): FlowSpecNumber[] {
  const text = words.next('a value, e.g. "=80" or ">200&<300"');
  return text.split('&').map((part, i) => {
    const and = i > 0;
    if (part === 'true' || part === 'false') {
      const all = part === 'true';
      return { and, lt: all, gt: all, eq: all, value: 0 };
    }
    const [, operator = '', word = ''] = /^(!=|>=|<=|[=<>])?(.*)$/s.exec(part)!;
    const value = valueOf(row, word);
    if (value === undefined) throw words.wrong(text, allowedValues(row, 'e.g. "=80" or ">200&<300"'));
    const notEqual = operator === '!=';
    return {
      and,
      lt: operator.startsWith('<') || notEqual,
      gt: operator.startsWith('>') || notEqual,
      eq: !notEqual && (operator === '' || operator.includes('=')),
      value,
    };
  });
}

/** `rst&fin&!=push`, `fin+push` */
function readBits(row: Row, words: Words): FlowSpecBits[] {
  const text = words.next('flags, e.g. "syn" or "rst&!fin"');
  return text.split('&').map((part, i) => {
    const and = i > 0;
    const [, operator = '', word = ''] = /^(!=|[=!])?(.*)$/s.exec(part)!;
    const values = word.split('+').map((name) => valueOf(row, name));
    if (values.some((value) => value === undefined)) throw words.wrong(text, allowedValues(row, 'e.g. "=syn+ack" or "rst&!fin"'));
    const value = values.reduce<number>((sum, each) => sum | each!, 0);
    return { and, not: operator.startsWith('!'), match: operator.endsWith('='), value };
  });
}

function valueOf({ names = {}, max = 0 }: Row, text: string): number | undefined {
  const name = text.toLowerCase();
  if (Object.hasOwn(names, name)) return names[name];
  const value = /^(\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : Number.NaN;
  return value <= max ? value : undefined;
}

function allowedValues({ names, max }: Row, example: string): string {
  const named = names === undefined ? '' : `, or ${Object.keys(names).join(', ')}`;
  return `a number up to ${max}${named}; ${example}`;
}
