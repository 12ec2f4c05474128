/**
 * Components of a flow specification (RFC 8955 §4.2.2, RFC 8956 §3): a prefix, or a list of operators and values.
 *
 *     prefix, IPv4:   length in bits (1), prefix
 *     prefix, IPv6:   length in bits (1), offset in bits (1), the bits between them, shifted to the left
 *
 *     operator, numeric:   end | and | length 2 | 0 | lt | gt | eq      then a value of 1, 2, 4 or 8 octets
 *     operator, bitmask:   end | and | length 2 | 0 | 0 | not | match
 *
 * Text: `=80`, `>=80&<=90,=443` (`,` is or, `&` is and); bit masks `=0x2` (match all), `0x2` (any), `!0x2` (not any), `!=0x2`.
 * The text says how many octets a value has when it has more than it needs: `=80/2`.
 */
import { formatAddress } from '../address.ts';
import { type ByteWriter, copyOf, fromHex, toHex } from '../bytes.ts';
import { Afi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { appendBits, prefixOfSize, readPrefix } from '../parts/prefix-bits.ts';
import type { SpanRecorder } from '../spans.ts';

/** What both kinds of operators have. */
interface FlowSpecOperator {
  /** Must match together with the operator before it; if false, this operator begins another alternative. */
  and: boolean;
  /** A bigint only where a number would not be exact. */
  value: number | bigint;
  /** 1, 2, 4 or 8; absent when it is the smallest that holds the value. */
  octets?: number;
}

/** One comparison (RFC 8955 §4.2.1.1). */
export interface FlowSpecNumber extends FlowSpecOperator {
  lt: boolean;
  gt: boolean;
  eq: boolean;
}

/** One test of bits (RFC 8955 §4.2.1.2). */
export interface FlowSpecBits extends FlowSpecOperator {
  not: boolean;
  match: boolean;
}

/** One component (RFC 8955 §4.2.2, RFC 8956 §3). */
export type FlowSpecComponent =
  | { code: number; name: FlowSpecPrefixName; prefix: string /** IPv6: bits that do not count. */; offset?: number }
  | { code: number; name: FlowSpecNumberName; numbers: FlowSpecNumber[] }
  | { code: number; name: FlowSpecBitsName; bits: FlowSpecBits[] }
  | { code: number; name: 'unknown' /** All octets after the type. */; bytes: Uint8Array };

/** Names and types (RFC 8955 §4.2.2, RFC 8956 §3) by what follows the type: a prefix, numbers, or bits. */
export const PREFIXES = { 'destination-prefix': 1, 'source-prefix': 2 } as const;
export const NUMBERS = {
  'ip-protocol': 3,
  port: 4,
  'destination-port': 5,
  'source-port': 6,
  'icmp-type': 7,
  'icmp-code': 8,
  'packet-length': 10,
  dscp: 11,
  'flow-label': 13,
} as const;
export const BITS = { 'tcp-flags': 9, fragment: 12 } as const;

export type FlowSpecPrefixName = keyof typeof PREFIXES;
export type FlowSpecNumberName = keyof typeof NUMBERS;
export type FlowSpecBitsName = keyof typeof BITS;

const CODES = { ...PREFIXES, ...NUMBERS, ...BITS };
const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(CODES).map(([name, code]) => [code, name]));

/** Whether `names` has the name. */
function has<T extends object>(names: T, name: string): name is Extract<keyof T, string> {
  return Object.hasOwn(names, name);
}

/** RFC 8956 §3.7: only in IPv6. All other components are in both address families. */
const FLOW_LABEL = 13;

const END = 0x80;
const AND = 0x40;

type Found = { component: FlowSpecComponent; end: number };

/** The component at `at` and the offset after it; undefined when it is malformed. */
export function decodeComponent(bytes: Uint8Array, at: number, end: number, afi: number, spans?: SpanRecorder): Found | undefined {
  const code = bytes[at]!;
  const name = code === FLOW_LABEL && afi !== Afi.Ipv6 ? undefined : NAMES.get(code);
  if (name === undefined) return { component: { code, name: 'unknown', bytes: copyOf(bytes, at + 1, end) }, end };
  if (has(PREFIXES, name)) {
    const decodePrefix = afi === Afi.Ipv6 ? decodePrefix6 : decodePrefix4;
    return decodePrefix({ code, name }, bytes, at + 1, end, spans);
  }
  const list = decodeOperators(bytes, at + 1, end, spans);
  if (list === undefined) return undefined;
  if (has(BITS, name)) {
    const bits = list.operators.map(({ operator, ...rest }) => ({ ...bitsOf(operator), ...rest }));
    return { component: { code, name, bits }, end: list.end };
  }
  const numbers = list.operators.map(({ operator, ...rest }) => ({ ...numberOf(operator), ...rest }));
  return { component: { code, name: name as FlowSpecNumberName, numbers }, end: list.end };
}

type Head = { code: number; name: FlowSpecPrefixName };

function decodePrefix4(head: Head, bytes: Uint8Array, at: number, end: number, spans?: SpanRecorder): Found | undefined {
  if (at >= end) return undefined;
  const next = at + 1 + ((bytes[at]! + 7) >>> 3);
  const prefix = next > end ? undefined : readPrefix(bytes, at + 1, next, bytes[at]!, 4);
  if (prefix === undefined) return undefined;
  spans?.numbers(at, ['length', 1]);
  spans?.leaf('prefix', at + 1, next, prefix);
  return { component: { ...head, prefix }, end: next };
}

function decodePrefix6(head: Head, bytes: Uint8Array, at: number, end: number, spans?: SpanRecorder): Found | undefined {
  if (end - at < 2) return undefined;
  const length = bytes[at]!;
  const offset = bytes[at + 1]!;
  // RFC 8956 §3.1: the offset is less than the length, or both are 0.
  if (length > 128 || offset > length || (offset === length && length !== 0)) return undefined;
  const next = at + 2 + ((length - offset + 7) >>> 3);
  if (next > end) return undefined;
  const address = new Uint8Array(16);
  copyBits(bytes, 8 * (at + 2), address, offset, length - offset);
  const prefix = `${formatAddress(address)}/${length}`;
  spans?.numbers(at, ['length', 1], ['offset', 1]);
  spans?.leaf('pattern', at + 2, next, prefix);
  return { component: { ...head, prefix, ...(offset !== 0 && { offset }) }, end: next };
}

function copyBits(from: Uint8Array, fromBit: number, to: Uint8Array, toBit: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const bit = (from[(fromBit + i) >>> 3]! >>> (7 - ((fromBit + i) & 7))) & 1;
    to[(toBit + i) >>> 3]! |= bit << (7 - ((toBit + i) & 7));
  }
}

type Operator = Omit<FlowSpecOperator, 'and'> & { operator: number };

function decodeOperators(
  bytes: Uint8Array,
  start: number,
  end: number,
  spans?: SpanRecorder,
): { operators: Operator[]; end: number } | undefined {
  const operators: Operator[] = [];
  for (let at = start; at < end; ) {
    const operator = bytes[at]!;
    const octets = 1 << ((operator >>> 4) & 3);
    const next = at + 1 + octets;
    if (next > end) return undefined;
    let wide = 0n;
    for (let i = at + 1; i < next; i++) wide = (wide << 8n) | BigInt(bytes[i]!);
    const value = wide > BigInt(Number.MAX_SAFE_INTEGER) ? wide : Number(wide);
    spans?.numbers(at, ['operator', 1]);
    spans?.leaf('value', at + 1, next, value);
    operators.push(octets === leastOctets(value) ? { operator, value } : { operator, value, octets });
    if ((operator & END) !== 0) return { operators, end: next };
    at = next;
  }
  return undefined; // no operator has the end bit
}

function leastOctets(value: number | bigint): number {
  if (value <= 0xff) return 1;
  if (value <= 0xffff) return 2;
  return value <= 0xffff_ffff ? 4 : 8;
}

function numberOf(operator: number): Pick<FlowSpecNumber, 'and' | 'lt' | 'gt' | 'eq'> {
  return { and: (operator & AND) !== 0, lt: (operator & 4) !== 0, gt: (operator & 2) !== 0, eq: (operator & 1) !== 0 };
}

function numberCode({ lt, gt, eq }: FlowSpecNumber): number {
  return (lt ? 4 : 0) | (gt ? 2 : 0) | (eq ? 1 : 0);
}

function bitsOf(operator: number): Pick<FlowSpecBits, 'and' | 'not' | 'match'> {
  return { and: (operator & AND) !== 0, not: (operator & 2) !== 0, match: (operator & 1) !== 0 };
}

function bitsCode({ not, match }: FlowSpecBits): number {
  return (not ? 2 : 0) | (match ? 1 : 0);
}

/** Throws ValueError for a component that cannot be written. */
export function encodeComponent(out: ByteWriter, component: FlowSpecComponent, afi: number): void {
  out.u8(component.code);
  if ('prefix' in component) {
    encodePrefix(out, component, afi);
  } else if ('numbers' in component) {
    encodeOperators(out, component.name, component.numbers, numberCode);
  } else if ('bits' in component) {
    encodeOperators(out, component.name, component.bits, bitsCode);
  } else {
    out.raw(component.bytes);
  }
}

function encodePrefix(out: ByteWriter, component: { prefix: string; offset?: number }, afi: number): void {
  const prefix = prefixOfSize(component.prefix, afi === Afi.Ipv6 ? 16 : 4);
  const { address, bits } = prefix;
  out.u8(bits);
  if (afi !== Afi.Ipv6) {
    appendBits(out, prefix);
    return;
  }
  const offset = component.offset ?? 0;
  if (offset < 0 || offset > bits || (offset === bits && bits !== 0))
    throw new ValueError(`prefix "${component.prefix}": found offset ${offset}, allowed less than ${bits} (RFC 8956 §3.1)`);
  out.u8(offset);
  const pattern = new Uint8Array((bits - offset + 7) >>> 3);
  copyBits(address, offset, pattern, 0, bits - offset);
  out.raw(pattern);
}

function encodeOperators<T extends FlowSpecOperator>(out: ByteWriter, name: string, list: readonly T[], bits: (item: T) => number): void {
  if (list.length === 0) throw new ValueError(`flow specification: found no value for ${name}, at least one is needed`);
  for (const [i, item] of list.entries()) {
    const octets = item.octets ?? leastOctets(item.value);
    const size = [1, 2, 4, 8].indexOf(octets);
    const inRange =
      typeof item.value === 'bigint' ? item.value >= 0n && item.value < 1n << 64n : Number.isSafeInteger(item.value) && item.value >= 0;
    if (size < 0 || !inRange || octets < leastOctets(item.value)) {
      throw new ValueError(`flow specification: ${name}: found ${item.value} in ${octets} octets, allowed a value that fits 1, 2, 4 or 8`);
    }
    out.u8((i === list.length - 1 ? END : 0) | (item.and ? AND : 0) | (size << 4) | bits(item));
    const wide = BigInt(item.value);
    for (let shift = 8 * (octets - 1); shift >= 0; shift -= 8) out.u8(Number((wide >> BigInt(shift)) & 0xffn));
  }
}

const COMPARISONS = ['false', '=', '>', '>=', '<', '<=', '!=', 'true'];
const MATCHES = ['', '=', '!', '!='];

export function formatComponent(component: FlowSpecComponent): string {
  if ('prefix' in component)
    return `${component.name} ${component.prefix}${component.offset === undefined ? '' : `,offset=${component.offset}`}`;
  if ('numbers' in component) {
    return `${component.name} ${formatOperators(component.numbers, (item) => COMPARISONS[numberCode(item)]!, String)}`;
  }
  if ('bits' in component) {
    const hex = (value: number | bigint) => `0x${value.toString(16)}`;
    return `${component.name} ${formatOperators(component.bits, (item) => MATCHES[bitsCode(item)]!, hex)}`;
  }
  return `component-${component.code} 0x${toHex(component.bytes)}`;
}

function formatOperators<T extends FlowSpecOperator>(
  list: readonly T[],
  operator: (item: T) => string,
  print: (value: number | bigint) => string,
): string {
  return list
    .map((item, i) => {
      const joint = item.and ? '&' : i === 0 ? '' : ',';
      return `${joint}${operator(item)}${print(item.value)}${item.octets === undefined ? '' : `/${item.octets}`}`;
    })
    .join('');
}

/** Throws ValueError. */
export function parseComponent(name: string, text: string | undefined, afi: number): FlowSpecComponent {
  if (text === undefined) throw new ValueError(`"${name}" has no value, e.g. "destination-port >=80&<=90"`);
  const foreign = /^component-(\d{1,3})$/.exec(name);
  if (foreign !== null) return parseUnknown(Number(foreign[1]), text);
  if (!has(CODES, name)) throw new ValueError(`found "${name}", allowed ${Object.keys(CODES).join(', ')}`);
  const code = CODES[name];
  if (has(PREFIXES, name)) return parsePrefixText(code, name, text, afi);
  if (has(BITS, name)) {
    const form = /^(!=|[=!]|)(0x[0-9a-fA-F]+)(?:\/([1248]))?$/;
    return { code, name, bits: parseOperators(text, form, (operator) => bitsOf(MATCHES.indexOf(operator))) };
  }
  const form = /^(false|true|!=|<=|>=|[=<>])(\d+)(?:\/([1248]))?$/;
  return { code, name, numbers: parseOperators(text, form, (operator) => numberOf(COMPARISONS.indexOf(operator))) };
}

function parseUnknown(code: number, text: string): FlowSpecComponent {
  if (code > 0xff || !/^0x([0-9a-fA-F]{2})*$/.test(text))
    throw new ValueError(`found "component-${code} ${text}", allowed octets, e.g. "component-99 0x0a0b"`);
  return { code, name: 'unknown', bytes: fromHex(text.slice(2)) };
}

function parsePrefixText(code: number, name: FlowSpecPrefixName, text: string, afi: number): FlowSpecComponent {
  const [prefix = '', offset] = text.split(',offset=');
  const { address: given, bits } = prefixOfSize(prefix, afi === Afi.Ipv6 ? 16 : 4);
  const from = Number(offset ?? 0);
  if (offset !== undefined && (afi !== Afi.Ipv6 || !/^\d{1,3}$/.test(offset) || from >= bits)) {
    throw new ValueError(`${name}: found "${text}", allowed an offset below the length of an IPv6 prefix (RFC 8956 §3.1)`);
  }
  const address = new Uint8Array(given.length);
  copyBits(given, from, address, from, bits - from);
  return { code, name, prefix: `${formatAddress(address)}/${bits}`, ...(from > 0 && { offset: from }) };
}

function parseOperators<T extends { and: boolean }>(text: string, form: RegExp, flags: (operator: string) => T): (T & FlowSpecOperator)[] {
  return (text.match(/[&,]?[^&,]+/g) ?? []).map((word) => {
    const and = word.startsWith('&');
    const parts = form.exec(word.replace(/^[&,]/, ''));
    if (parts === null || parts[2]!.length > 20)
      throw new ValueError(`found "${word}" in "${text}", e.g. ">=80&<=90,=443" or, for bits, "=0x2"`);
    const wide = BigInt(parts[2]!);
    const value = wide > BigInt(Number.MAX_SAFE_INTEGER) ? wide : Number(wide);
    const octets = parts[3] === undefined ? undefined : Number(parts[3]);
    return { ...flags(parts[1]!), and, value, ...(octets !== undefined && { octets }) };
  });
}
