/** Kinds of values of descriptors in BGP-LS NLRI: a row of the table in bgp-ls-descriptor.ts has a code, a name, and one of these. */
import { formatAddress, parseAddress } from '../address.ts';
import { type ByteWriter, copyOf, fromHex, readU16, readU32, readUnsigned, toHex, type Width } from '../bytes.ts';
import { NO_FAMILY } from '../family.ts';
import { ValueError } from '../fault.ts';
import { list, OCTETS, optional, TEXT, U32, unsigned } from '../parts/json-form.ts';
import { appendBits, prefixOfSize, readPrefix, trailingMask } from '../parts/prefix-bits.ts';
import type { SpanRecorder } from '../spans.ts';
import { appendCandidatePath, CANDIDATE_PATH, type CandidatePath } from './bgp-ls-candidate-path.ts';
import { formatIgpRouterId, parseIgpRouterId } from './igp-router-id.ts';
import { type JsonMembers, jsonOfShape } from './json-members.ts';

/** Where a value is read. */
export interface Place {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Octets of an address in the NLRI, 4 or 16. */
  readonly addressSize: number;
  /** How many nodes the descriptor is in. */
  readonly depth: number;
  readonly spans: SpanRecorder | undefined;
}

/** `T` are the members of the descriptor beside its name. */
export interface Kind<T extends object> {
  /** Undefined when the octets have another form. */
  decode(place: Place): T | undefined;
  /** Throws ValueError, here and in `parse`. */
  encode(out: ByteWriter, value: T, name: string): void;
  format(value: T): string;
  parse(text: string, name: string, depth: number): T;
  /** The members in JSON. */
  readonly json: JsonMembers;
}

/** Identity, which gives `decode` and the others their types. */
function kind<T extends object>(functions: Kind<T>): Kind<T> {
  return functions;
}

function parseUnsigned(name: string, text: string | undefined, max: number): number {
  if (text === undefined || !/^\d{1,10}$/.test(text) || Number(text) > max)
    throw new ValueError(`${name}: found "${text}", allowed 0 to ${max}`);
  return Number(text);
}

export const NUMBER: Kind<{ value: number }> = number(4);
export const OCTET: Kind<{ value: number }> = number(1);

function number(width: Width): Kind<{ value: number }> {
  const max = 256 ** width - 1;
  return {
    decode: ({ bytes, start, end }) => (end - start === width ? { value: readUnsigned(bytes, start, width) } : undefined),
    encode: (out, { value }) => out.unsigned(value, width),
    format: ({ value }) => String(value),
    parse: (text, name) => ({ value: parseUnsigned(name, text, max) }),
    json: { value: unsigned(max) },
  };
}

export const IPV4: Kind<{ value: string }> = address(4);
export const IPV6: Kind<{ value: string }> = address(16);

function address(size: 4 | 16): Kind<{ value: string }> {
  const octetsOf = (value: string, name: string): Uint8Array => {
    const bytes = parseAddress(value);
    if (bytes?.length !== size)
      throw new ValueError(`descriptor ${name}: found "${value}", allowed an ${size === 4 ? 'IPv4' : 'IPv6'} address`);
    return bytes;
  };
  return {
    decode: ({ bytes, start, end }) => (end - start === size ? { value: formatAddress(bytes, start, end) } : undefined),
    encode: (out, { value }, name) => out.raw(octetsOf(value, name)),
    format: ({ value }) => value,
    parse: (text, name) => ({ value: formatAddress(octetsOf(text, name)) }),
    json: { value: TEXT },
  };
}

/** IS-IS: `0000.0000.0042`, a pseudonode `0000.0000.0042-05`; OSPF: `192.0.2.1`, a pseudonode with its interface `192.0.2.1-198.51.100.1`. */
export const IGP_ROUTER_ID: Kind<{ value: string }> = kind({
  decode({ bytes, start, end }) {
    const value = formatIgpRouterId(bytes, start, end);
    return value === undefined ? undefined : { value };
  },
  encode: (out, { value }) => out.raw(parseIgpRouterId(value)),
  format: ({ value }) => value,
  parse(text) {
    const bytes = parseIgpRouterId(text);
    return { value: formatIgpRouterId(bytes, 0, bytes.length) ?? text };
  },
  json: { value: TEXT },
});

export const LINK_IDENTIFIERS: Kind<{ local: number; remote: number }> = kind({
  decode({ bytes, start, end, spans }) {
    if (end - start !== 8) return undefined;
    spans?.numbers(start, ['local', 4], ['remote', 4]);
    return { local: readU32(bytes, start), remote: readU32(bytes, start + 4) };
  },
  encode(out, { local, remote }) {
    out.u32(local);
    out.u32(remote);
  },
  format: ({ local, remote }) => `${local}/${remote}`,
  parse(text, name) {
    const [local, remote] = text.split('/');
    return { local: parseUnsigned(name, local, 0xffff_ffff), remote: parseUnsigned(name, remote, 0xffff_ffff) };
  },
  json: { local: U32, remote: U32 },
});

/** A multi-topology identifier has twelve bits, after four reserved ones (RFC 9552 §5.2.2.1). */
export const MULTI_TOPOLOGY_ID_MAX = 0xfff;

export const MULTI_TOPOLOGY: Kind<{ ids: number[]; reserved?: Uint8Array }> = kind<{ ids: number[]; reserved?: Uint8Array }>({
  decode({ bytes, start, end, spans }) {
    if (end === start || (end - start) % 2 !== 0) return undefined;
    const ids: number[] = [];
    for (let at = start; at < end; at += 2) {
      ids.push(readU16(bytes, at) & MULTI_TOPOLOGY_ID_MAX);
      spans?.leaf('id', at, at + 2, ids.at(-1));
    }
    const reserved = copyOf(bytes, start, end).map((octet, i) => (i % 2 === 0 ? octet & 0xf0 : 0));
    return reserved.every((octet) => octet === 0) ? { ids } : { ids, reserved };
  },
  encode(out, { ids, reserved }) {
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
  },
  format: ({ ids, reserved }) => `${ids.join('/')}${reserved === undefined ? '' : ` reserved 0x${toHex(reserved)}`}`,
  parse(text, name) {
    const parts = /^(\S+)(?: reserved 0x((?:[0-9a-f]{2})+))?$/i.exec(text);
    if (parts === null) throw new ValueError(`multi-topology: found "${text}", allowed are identifiers, e.g. "0/2"`);
    const ids = parts[1]!.split('/').map((id) => parseUnsigned(name, id, MULTI_TOPOLOGY_ID_MAX));
    return { ids, ...(parts[2] !== undefined && { reserved: fromHex(parts[2]) }) };
  },
  json: { ids: list(unsigned(MULTI_TOPOLOGY_ID_MAX)), reserved: optional(OCTETS) },
});

export const REACHABILITY: Kind<{ prefix: string; trailingBits?: number }> = kind<{ prefix: string; trailingBits?: number }>({
  decode({ bytes, start, end, addressSize, spans }) {
    if (start === end) return undefined;
    const bits = bytes[start]!;
    const prefix = readPrefix(bytes, start + 1, end, bits, addressSize);
    if (prefix === undefined) return undefined;
    spans?.numbers(start, ['length', 1]);
    spans?.leaf('prefix', start + 1, end, prefix);
    const trailingBits = bytes[end - 1]! & trailingMask(bits);
    return trailingBits === 0 ? { prefix } : { prefix, trailingBits };
  },
  encode(out, { prefix: text, trailingBits = 0 }) {
    const prefix = prefixOfSize(text, text.includes(':') ? 16 : 4);
    if ((trailingBits & ~trailingMask(prefix.bits)) !== 0)
      throw new ValueError(`descriptor ip-reachability: found trailing bits ${trailingBits}, allowed 0 to ${trailingMask(prefix.bits)}`);
    out.u8(prefix.bits);
    appendBits(out, prefix);
    if (trailingBits !== 0) out.patchU8(out.length - 1, out.bytes[out.length - 1]! | trailingBits);
  },
  format: ({ prefix, trailingBits }) => `${prefix}${trailingBits === undefined ? '' : ` trailing-bits ${trailingBits}`}`,
  parse(text, name) {
    const [prefix = '', trailing, ...more] = text.split(' ');
    const { bits } = prefixOfSize(prefix, prefix.includes(':') ? 16 : 4);
    if (trailing === undefined) return { prefix };
    if (trailing !== 'trailing-bits' || more.length !== 1) throw new ValueError(`${name}: found "${text}", allowed a prefix`);
    return { prefix, trailingBits: parseUnsigned('trailing-bits', more[0], trailingMask(bits)) };
  },
  json: { prefix: TEXT, trailingBits: optional(unsigned(0x7f)) },
});

export const CANDIDATE: Kind<CandidatePath> = kind({
  decode: ({ bytes, start, end, spans }) => CANDIDATE_PATH.decode(bytes, start, end, NO_FAMILY, spans),
  encode: (out, path) => appendCandidatePath(out, path),
  format: (path) => CANDIDATE_PATH.format(path),
  parse: (text) => CANDIDATE_PATH.parse(text.split(/ +/), NO_FAMILY),
  json: jsonOfShape(CANDIDATE_PATH.shape, NO_FAMILY),
});
