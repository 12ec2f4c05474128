/**
 * Descriptors in BGP-LS NLRI: TLVs of type (2) and length (2). Source: IANA, BGP-LS NLRI and Attribute TLVs, 2026-11; RFC 9552 §5.2, RFC 9086,
 * RFC 9514 §6, RFC 9857 §4.
 *
 * Text: `name value` pairs with commas between them. The value of a node descriptor is such a list in brackets.
 */
import { formatAddress, parseAddress } from '../address.ts';
import { ByteWriter, fromHex, readU16, readU32, toHex } from '../bytes.ts';
import { NO_FAMILY } from '../family.ts';
import { ValueError } from '../fault.ts';
import { appendBits, prefixOfSize, readPrefix } from '../parts/prefix-bits.ts';
import type { SpanRecorder } from '../spans.ts';
import { appendCandidatePath, CANDIDATE_PATH, type CandidatePath } from './bgp-ls-candidate-path.ts';
import { formatIgpRouterId, parseIgpRouterId } from './igp-router-id.ts';

/** A descriptor TLV (RFC 9552 §5.2.1): its name and value, or for an unknown one its type and octets. */
export type BgpLsDescriptor =
  | { name: 'local-node' | 'remote-node'; descriptors: BgpLsDescriptor[] }
  | { name: 'as' | 'bgp-ls-identifier' | 'ospf-area' | 'bgp-confederation-member'; value: number }
  /** IS-IS: `0000.0000.0042`, a pseudonode `0000.0000.0042-05`; OSPF: `192.0.2.1`, a pseudonode with its interface `192.0.2.1-198.51.100.1`. */
  | { name: 'igp-router-id'; value: string }
  | {
      name:
        | 'bgp-router-id'
        | 'ipv4-interface'
        | 'ipv4-neighbor'
        | 'ipv6-interface'
        | 'ipv6-neighbor'
        | 'srv6-sid'
        | 'ipv4-router-id-local'
        | 'ipv6-router-id-local';
      value: string;
    }
  | { name: 'link-identifiers'; local: number; remote: number }
  /** `reserved`: the value's octets with the identifiers cleared, so that only the four bits before each are left; absent when these are zero. */
  | { name: 'multi-topology'; ids: number[]; reserved?: Uint8Array }
  | { name: 'ospf-route-type'; value: number }
  /** `trailingBits`: the bits of the last octet after the prefix, which mean nothing; absent when they are zero. */
  | { name: 'ip-reachability'; prefix: string; trailingBits?: number }
  | ({ name: 'candidate-path' } & CandidatePath)
  | { name: 'unknown'; code: number; bytes: Uint8Array };

type Name = Exclude<BgpLsDescriptor['name'], 'unknown'>;

const CODES: Readonly<Record<Name, number>> = {
  'local-node': 256,
  'remote-node': 257,
  'link-identifiers': 258,
  'ipv4-interface': 259,
  'ipv4-neighbor': 260,
  'ipv6-interface': 261,
  'ipv6-neighbor': 262,
  'multi-topology': 263,
  'ospf-route-type': 264,
  'ip-reachability': 265,
  as: 512,
  'bgp-ls-identifier': 513,
  'ospf-area': 514,
  'igp-router-id': 515,
  'bgp-router-id': 516,
  'bgp-confederation-member': 517,
  'srv6-sid': 518,
  'candidate-path': 554,
  'ipv4-router-id-local': 1028,
  'ipv6-router-id-local': 1029,
};

const NAMES: ReadonlyMap<number, Name> = new Map((Object.keys(CODES) as Name[]).map((name) => [CODES[name], name]));

/** A multi-topology identifier has twelve bits, after four reserved ones (RFC 9552 §5.2.2.1). */
export const MULTI_TOPOLOGY_ID_MAX = 0xfff;

/** Nodes are not nested. */
const DEPTH_MAX = 1;

/** The TLVs in `bytes[start, end)`; undefined when their lengths do not add up. A TLV whose value cannot be decoded is kept as octets. */
export function decodeDescriptors(
  bytes: Uint8Array,
  start: number,
  end: number,
  addressSize: number,
  spans?: SpanRecorder,
  depth = 0,
): BgpLsDescriptor[] | undefined {
  const descriptors: BgpLsDescriptor[] = [];
  let before: Uint8Array | undefined;
  for (let at = start; at < end; ) {
    if (end - at < 4) return undefined;
    const next = at + 4 + readU16(bytes, at + 2);
    if (next > end) return undefined;
    const code = readU16(bytes, at);
    const tlv = bytes.subarray(at, next);
    // A node has each descriptor at most once.
    if (before !== undefined && (compareOctets(before, tlv) > 0 || (depth > 0 && readU16(before, 0) === code))) return undefined;
    before = tlv;
    const name = NAMES.get(code);
    spans?.open('descriptor', at);
    spans?.numbers(at, ['type', 2], ['length', 2]);
    const mark = spans?.mark();
    const value = decodeValue(name, bytes, at + 4, next, addressSize, depth, spans);
    // A malformed node makes the NLRI malformed. All other values that cannot be decoded are kept as octets.
    if (value === undefined && depth < DEPTH_MAX && (name === 'local-node' || name === 'remote-node')) return undefined;
    if (value === undefined && mark !== undefined) spans?.forget(mark);
    if (spans !== undefined && value !== undefined && 'value' in value) spans.leaf('value', at + 4, next, value.value);
    const found: BgpLsDescriptor = value ?? { name: 'unknown', code, bytes: bytes.slice(at + 4, next) };
    spans?.close(next, found, value === undefined ? `tlv-${code}` : found.name);
    descriptors.push(found);
    at = next;
  }
  return descriptors;
}

/** RFC 9552 §5.1: TLVs are ordered by type, length and value. This is the order of their octets, because type and length come first. */
function compareOctets(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function decodeValue(
  name: Name | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
  addressSize: number,
  depth: number,
  spans: SpanRecorder | undefined,
): BgpLsDescriptor | undefined {
  const length = end - start;
  switch (name) {
    case 'local-node':
    case 'remote-node': {
      const descriptors = depth < DEPTH_MAX ? decodeDescriptors(bytes, start, end, addressSize, spans, depth + 1) : undefined;
      return descriptors && { name, descriptors };
    }
    case 'as':
    case 'bgp-ls-identifier':
    case 'ospf-area':
    case 'bgp-confederation-member':
      return length === 4 ? { name, value: readU32(bytes, start) } : undefined;
    case 'igp-router-id': {
      const value = formatIgpRouterId(bytes, start, end);
      return value === undefined ? undefined : { name, value };
    }
    case 'bgp-router-id':
    case 'ipv4-interface':
    case 'ipv4-neighbor':
    case 'ipv4-router-id-local':
      return length === 4 ? { name, value: formatAddress(bytes, start, end) } : undefined;
    case 'ipv6-interface':
    case 'ipv6-neighbor':
    case 'srv6-sid':
    case 'ipv6-router-id-local':
      return length === 16 ? { name, value: formatAddress(bytes, start, end) } : undefined;
    case 'link-identifiers':
      if (length !== 8) return undefined;
      spans?.numbers(start, ['local', 4], ['remote', 4]);
      return { name, local: readU32(bytes, start), remote: readU32(bytes, start + 4) };
    case 'multi-topology':
      if (length === 0 || length % 2 !== 0) return undefined;
      for (let at = start; at < end; at += 2) spans?.leaf('id', at, at + 2, readU16(bytes, at) & MULTI_TOPOLOGY_ID_MAX);
      return decodeMultiTopology(bytes, start, end);
    case 'ospf-route-type':
      return length === 1 ? { name, value: bytes[start]! } : undefined;
    case 'ip-reachability':
      return length === 0 ? undefined : decodeReachability(bytes, start, end, addressSize, spans);
    case 'candidate-path': {
      const path = CANDIDATE_PATH.decode(bytes, start, end, NO_FAMILY, spans);
      return path && { name, ...path };
    }
    case undefined:
      return undefined;
  }
}

function decodeMultiTopology(bytes: Uint8Array, start: number, end: number): BgpLsDescriptor {
  const ids: number[] = [];
  for (let at = start; at < end; at += 2) ids.push(readU16(bytes, at) & MULTI_TOPOLOGY_ID_MAX);
  const reserved = bytes.slice(start, end).map((octet, i) => (i % 2 === 0 ? octet & 0xf0 : 0));
  return reserved.every((octet) => octet === 0) ? { name: 'multi-topology', ids } : { name: 'multi-topology', ids, reserved };
}

function encodeMultiTopology(out: ByteWriter, ids: readonly number[], reserved: Uint8Array | undefined): void {
  if (
    reserved !== undefined &&
    (reserved.length !== 2 * ids.length || reserved.some((octet, i) => (octet & (i % 2 === 0 ? 0x0f : 0xff)) !== 0))
  )
    throw new ValueError(`descriptor multi-topology: found reserved bits 0x${toHex(reserved)}, allowed are four before each identifier`);
  for (const [i, id] of ids.entries()) {
    if (!Number.isInteger(id) || id < 0 || id > MULTI_TOPOLOGY_ID_MAX)
      throw new ValueError(`descriptor multi-topology: found ${id}, allowed 0 to ${MULTI_TOPOLOGY_ID_MAX}`);
    out.u16(id | ((reserved?.[2 * i] ?? 0) << 8));
  }
}

function decodeReachability(
  bytes: Uint8Array,
  start: number,
  end: number,
  addressSize: number,
  spans: SpanRecorder | undefined,
): BgpLsDescriptor | undefined {
  const bits = bytes[start]!;
  const prefix = readPrefix(bytes, start + 1, end, bits, addressSize);
  if (prefix === undefined) return undefined;
  spans?.numbers(start, ['length', 1]);
  spans?.leaf('prefix', start + 1, end, prefix);
  const trailingBits = bytes[end - 1]! & trailingMask(bits);
  return trailingBits === 0 ? { name: 'ip-reachability', prefix } : { name: 'ip-reachability', prefix, trailingBits };
}

/** The bits of the last octet that are not part of a prefix of `bits` bits. */
function trailingMask(bits: number): number {
  return bits % 8 === 0 ? 0 : 0xff >>> (bits % 8);
}

/** Appends the descriptors in the order of RFC 9552 §5.1, whatever order they have. Throws ValueError. */
export function encodeDescriptors(out: ByteWriter, descriptors: readonly BgpLsDescriptor[]): void {
  const tlvs = descriptors.map((descriptor) => {
    const value = encodeValue(descriptor);
    if (value.length > 0xffff) throw new ValueError(`descriptor ${descriptor.name}: found ${value.length} octets, allowed 65535`);
    const tlv = new ByteWriter(4 + value.length);
    tlv.u16(descriptor.name === 'unknown' ? descriptor.code : CODES[descriptor.name]);
    tlv.u16(value.length);
    tlv.raw(value);
    return tlv.take();
  });
  for (const tlv of tlvs.sort(compareOctets)) out.raw(tlv);
}

function encodeValue(descriptor: BgpLsDescriptor): Uint8Array {
  const out = new ByteWriter(32);
  switch (descriptor.name) {
    case 'local-node':
    case 'remote-node':
      encodeDescriptors(out, descriptor.descriptors);
      break;
    case 'as':
    case 'bgp-ls-identifier':
    case 'ospf-area':
    case 'bgp-confederation-member':
      out.u32(descriptor.value);
      break;
    case 'igp-router-id':
      out.raw(parseIgpRouterId(descriptor.value));
      break;
    case 'bgp-router-id':
    case 'ipv4-interface':
    case 'ipv4-neighbor':
    case 'ipv4-router-id-local':
      out.raw(addressOf(descriptor, 4));
      break;
    case 'ipv6-interface':
    case 'ipv6-neighbor':
    case 'srv6-sid':
    case 'ipv6-router-id-local':
      out.raw(addressOf(descriptor, 16));
      break;
    case 'link-identifiers':
      out.u32(descriptor.local);
      out.u32(descriptor.remote);
      break;
    case 'multi-topology':
      encodeMultiTopology(out, descriptor.ids, descriptor.reserved);
      break;
    case 'ospf-route-type':
      out.u8(descriptor.value);
      break;
    case 'ip-reachability': {
      const prefix = prefixOfSize(descriptor.prefix, descriptor.prefix.includes(':') ? 16 : 4);
      const { trailingBits = 0 } = descriptor;
      if ((trailingBits & ~trailingMask(prefix.bits)) !== 0)
        throw new ValueError(`descriptor ip-reachability: found trailing bits ${trailingBits}, allowed 0 to ${trailingMask(prefix.bits)}`);
      out.u8(prefix.bits);
      appendBits(out, prefix);
      if (trailingBits !== 0) out.patchU8(out.length - 1, out.bytes[out.length - 1]! | trailingBits);
      break;
    }
    case 'candidate-path':
      appendCandidatePath(out, descriptor);
      break;
    case 'unknown':
      out.raw(descriptor.bytes);
      break;
  }
  return out.take();
}

function addressOf({ name, value }: { name: string; value: string }, size: number): Uint8Array {
  const bytes = parseAddress(value);
  if (bytes?.length !== size)
    throw new ValueError(`descriptor ${name}: found "${value}", allowed an ${size === 4 ? 'IPv4' : 'IPv6'} address`);
  return bytes;
}

export function formatDescriptors(descriptors: readonly BgpLsDescriptor[]): string {
  return descriptors.map(formatDescriptor).join(', ');
}

function formatDescriptor(descriptor: BgpLsDescriptor): string {
  switch (descriptor.name) {
    case 'unknown':
      return `tlv-${descriptor.code} 0x${toHex(descriptor.bytes)}`;
    case 'local-node':
    case 'remote-node':
      return `${descriptor.name} [${formatDescriptors(descriptor.descriptors)}]`;
    case 'link-identifiers':
      return `${descriptor.name} ${descriptor.local}/${descriptor.remote}`;
    case 'multi-topology':
      return `${descriptor.name} ${descriptor.ids.join('/')}${descriptor.reserved === undefined ? '' : ` reserved 0x${toHex(descriptor.reserved)}`}`;
    case 'ip-reachability':
      return `${descriptor.name} ${descriptor.prefix}${descriptor.trailingBits === undefined ? '' : ` trailing-bits ${descriptor.trailingBits}`}`;
    case 'candidate-path':
      return `${descriptor.name} ${CANDIDATE_PATH.format(descriptor)}`;
    default:
      return `${descriptor.name} ${descriptor.value}`;
  }
}

/** Throws ValueError. */
export function parseDescriptors(text: string): BgpLsDescriptor[] {
  return splitList(text).map((item) => parseDescriptor(item, 0));
}

/** Splits at the commas outside brackets. */
function splitList(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']') depth--;
    else if (text[i] === ',' && depth === 0) {
      items.push(text.slice(from, i));
      from = i + 1;
    }
  }
  items.push(text.slice(from));
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function parseDescriptor(text: string, depth: number): BgpLsDescriptor {
  const [word = '', ...rest] = text.split(' ');
  const value = rest.join(' ').trim();
  const foreign = /^tlv-(\d{1,5})$/.exec(word);
  if (foreign !== null && /^0x([0-9a-f]{2})*$/i.test(value))
    return { name: 'unknown', code: parseUnsigned('code', foreign[1], 0xffff), bytes: fromHex(value.slice(2)) };
  switch (word) {
    case 'local-node':
    case 'remote-node':
      if (!value.startsWith('[') || !value.endsWith(']'))
        throw new ValueError(`${word}: found "${value}", allowed descriptors in brackets`);
      if (depth === DEPTH_MAX) throw new ValueError(`${word}: found in a node, which holds no nodes`);
      return { name: word, descriptors: splitList(value.slice(1, -1)).map((item) => parseDescriptor(item, depth + 1)) };
    case 'as':
    case 'bgp-ls-identifier':
    case 'ospf-area':
    case 'bgp-confederation-member':
      return { name: word, value: parseUnsigned(word, value, 0xffff_ffff) };
    case 'igp-router-id':
      return { name: word, value: canonicalRouterId(value) };
    case 'bgp-router-id':
    case 'ipv4-interface':
    case 'ipv4-neighbor':
    case 'ipv4-router-id-local':
      return { name: word, value: formatAddress(addressOf({ name: word, value }, 4)) };
    case 'ipv6-interface':
    case 'ipv6-neighbor':
    case 'srv6-sid':
    case 'ipv6-router-id-local':
      return { name: word, value: formatAddress(addressOf({ name: word, value }, 16)) };
    case 'link-identifiers': {
      const [local, remote] = value.split('/');
      return { name: word, local: parseUnsigned(word, local, 0xffff_ffff), remote: parseUnsigned(word, remote, 0xffff_ffff) };
    }
    case 'multi-topology':
      return parseMultiTopology(value);
    case 'ospf-route-type':
      return { name: word, value: parseUnsigned(word, value, 0xff) };
    case 'ip-reachability': {
      const [prefix = '', trailing, ...bits] = value.split(' ');
      const { bits: prefixBits } = prefixOfSize(prefix, prefix.includes(':') ? 16 : 4);
      if (trailing === undefined) return { name: word, prefix };
      if (trailing !== 'trailing-bits' || bits.length !== 1) throw new ValueError(`${word}: found "${value}", allowed a prefix`);
      return { name: word, prefix, trailingBits: parseUnsigned('trailing-bits', bits[0], trailingMask(prefixBits)) };
    }
    case 'candidate-path':
      return { name: word, ...CANDIDATE_PATH.parse(value.split(/ +/), NO_FAMILY) };
    default:
      throw new ValueError(`found descriptor "${word}", allowed ${Object.keys(CODES).join(', ')} or tlv-CODE`);
  }
}

function parseMultiTopology(text: string): BgpLsDescriptor {
  const parts = /^(\S+)(?: reserved 0x((?:[0-9a-f]{2})+))?$/i.exec(text);
  if (parts === null) throw new ValueError(`multi-topology: found "${text}", allowed are identifiers, e.g. "0/2"`);
  const ids = parts[1]!.split('/').map((id) => parseUnsigned('multi-topology', id, MULTI_TOPOLOGY_ID_MAX));
  return { name: 'multi-topology', ids, ...(parts[2] !== undefined && { reserved: fromHex(parts[2]) }) };
}

function canonicalRouterId(text: string): string {
  const bytes = parseIgpRouterId(text);
  return formatIgpRouterId(bytes, 0, bytes.length) ?? text;
}

function parseUnsigned(name: string, text: string | undefined, max: number): number {
  if (text === undefined || !/^\d{1,10}$/.test(text) || Number(text) > max)
    throw new ValueError(`${name}: found "${text}", allowed 0 to ${max}`);
  return Number(text);
}
