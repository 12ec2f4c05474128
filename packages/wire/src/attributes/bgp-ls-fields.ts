/** Fields of BGP-LS attribute TLVs that no other attribute has. */
import { fromHex, readU16, readU24, readU32, readUnsigned, toHex, type Width } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { MULTI_TOPOLOGY_ID_MAX } from '../nlri/bgp-ls-descriptor-kinds.ts';
import { formatIgpRouterId, parseIgpRouterId } from '../nlri/igp-router-id.ts';
import { parseU32, within } from '../numbers.ts';
import { type Field, fail, fixed, type OptionalField, take, U16 } from '../parts/fields.ts';
import { IPV6, LABEL, reservedBits } from '../parts/tlv-fields.ts';

const LABEL_MAX = 0xf_ffff;

/**
 * Masks of whole words. Before them is a length for each, in units of `unit` octets; reserved octets fill the lengths up to four octets, and
 * `reservedBits` keeps them. Text: the masks with a slash between them, `0x10000000/0x`.
 */
function masks(count: number, { unit, wordsMax, example }: { unit: 1 | 4; wordsMax: number; example: string }): Field<string> {
  const allowed = `allowed are ${count} masks of up to ${wordsMax} words of four octets, e.g. "${example}"`;
  const parse = (text: string): Uint8Array[] => {
    const all = text.split('/').map((mask) => (/^0x([0-9a-f]{8})*$/i.test(mask) ? fromHex(mask.slice(2)) : undefined));
    if (all.length !== count || all.some((mask) => mask === undefined || mask.length > 4 * wordsMax)) {
      throw new ValueError(`found "${text}", ${allowed}`);
    }
    return all as Uint8Array[];
  };
  return {
    allowed,
    read(reader) {
      const { bytes } = reader;
      const at = take(reader, 4);
      if (at < 0) return undefined;
      const texts: string[] = [];
      for (let i = 0; i < count; i++) {
        const length = unit * bytes[at + i]!;
        if (length % 4 !== 0 || length > 4 * wordsMax) return fail(reader);
        const start = take(reader, length);
        if (start < 0) return undefined;
        texts.push(`0x${toHex(bytes, start, start + length)}`);
      }
      return texts.join('/');
    },
    write(out, text) {
      const all = parse(text);
      for (const mask of all) out.u8(mask.length / unit);
      out.zeros(4 - count);
      for (const mask of all) out.raw(mask);
    },
    format: (text) => text,
    parse: (text) =>
      parse(text)
        .map((mask) => `0x${toHex(mask)}`)
        .join('/'),
  };
}

/** Which applications link attributes are for (RFC 9294 §2): standard ones, and user-defined ones. */
export const APPLICATION_MASKS: Field<string> = masks(2, { unit: 1, wordsMax: 2, example: '0x10000000/0x' });

/** The affinities of a candidate path (RFC 9857 §5.6.1): administrative groups to exclude any of, to include any of, to include all of. */
export const AFFINITIES: Field<string> = masks(3, { unit: 4, wordsMax: 0xff, example: '0x00000001/0x/0x' });

const F32_ALLOWED = 'allowed is a number, e.g. "125000000"';

/** A bandwidth in octets per second: IEEE 754, 32 bits (RFC 5305 §3.4). */
export const F32: Field<number> = {
  allowed: F32_ALLOWED,
  read(reader) {
    const at = take(reader, 4);
    if (at < 0) return undefined;
    const value = new DataView(reader.bytes.buffer, reader.bytes.byteOffset).getFloat32(at);
    // Many octets mean "not a number"; no text tells them apart.
    return Number.isNaN(value) ? fail(reader) : value;
  },
  write(out, value) {
    const octets = new Uint8Array(4);
    new DataView(octets.buffer).setFloat32(0, value);
    out.raw(octets);
  },
  // "+" separates the values of a list.
  format: (value) => (Object.is(value, -0) ? '-0' : String(value).replace('+', '')),
  parse(text) {
    const value = text === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value)) throw new ValueError(`found "${text}", ${F32_ALLOWED}`);
    return Math.fround(value);
  },
};

/** RFC 9552 §5.3.2.4: a small metric of IS-IS is one octet, whose upper two bits are ignored. */
const SMALL_METRIC_MAX = 0x3f;

/** Reserved bits of an IGP metric. */
export const IGP_METRIC_RESERVED: OptionalField<string> = reservedBits((_, length) => (length === 1 ? 0xff & ~SMALL_METRIC_MAX : 0));

/** A number of one octet, of which six bits count, of two (OSPF) or three (IS-IS); as many as are left. Text `10/3`: the number, and in how many octets. */
export const IGP_METRIC_TO_END: Field<string> = metric(3, (count) => (count === 1 ? SMALL_METRIC_MAX : 256 ** count - 1));

/** A number of 1 to 4 octets, as many as are left. Text as above. */
export const METRIC_TO_END: Field<string> = metric(4, (count) => 256 ** count - 1);

function metricAllowed(octetsMax: number): string {
  return `allowed are a number and in how many octets, 1 to ${octetsMax}, e.g. "10/3"`;
}

function metric(octetsMax: 3 | 4, valueMax: (count: number) => number): Field<string> {
  return {
    allowed: metricAllowed(octetsMax),
    read(reader) {
      const count = reader.end - reader.at;
      if (count < 1 || count > octetsMax) return fail(reader);
      const value = readUnsigned(reader.bytes, take(reader, count), count as Width);
      return `${value % (valueMax(count) + 1)}/${count}`;
    },
    write(out, text) {
      const { value, count } = parseMetric(text, octetsMax, valueMax);
      out.unsigned(value, count);
    },
    format: (text) => text,
    parse(text) {
      const { value, count } = parseMetric(text, octetsMax, valueMax);
      return `${value}/${count}`;
    },
  };
}

function parseMetric(text: string, octetsMax: number, valueMax: (count: number) => number): { value: number; count: Width } {
  const parts = /^(\d{1,10})\/([1-4])$/.exec(text);
  const count = Number(parts?.[2]) as Width;
  if (parts === null || count > octetsMax) {
    throw new ValueError(`found "${text}", ${metricAllowed(octetsMax)}`);
  }
  return { value: within('metric', Number(parts[1]), valueMax(count)), count };
}

/** A multi-topology identifier is the lower twelve bits of two octets; the upper four are reserved (RFC 9552 §5.2.2.1). */
export const MULTI_TOPOLOGY_ID: Field<number> = {
  allowed: U16.allowed!,
  ...U16,
  read(reader) {
    const value = U16.read(reader);
    return value === undefined ? undefined : value & MULTI_TOPOLOGY_ID_MAX;
  },
  write: (out, value) => out.u16(within('multi-topology identifier', value, MULTI_TOPOLOGY_ID_MAX)),
  parse: (text, family) => within('multi-topology identifier', U16.parse(text, family), MULTI_TOPOLOGY_ID_MAX),
};

const SID_ALLOWED = 'allowed is a label or an index, e.g. "16000" or "index-5"';

/**
 * A label in the lower 20 bits of three octets, or an index in four (RFC 9085 §2.1.1). The four bits above a label are ignored. Text `16000`,
 * `index-5`.
 */
export const SID_OR_LABEL_TO_END: Field<string> = {
  allowed: SID_ALLOWED,
  read(reader) {
    const count = reader.end - reader.at;
    if (count !== 3 && count !== 4) return fail(reader);
    const at = take(reader, count);
    return count === 4 ? `index-${readU32(reader.bytes, at)}` : String(readU24(reader.bytes, at) & LABEL_MAX);
  },
  write(out, text) {
    if (text.startsWith('index-')) out.u32(parseU32(text.slice(6)));
    else out.u24(within('label', parseU32(text), LABEL_MAX));
  },
  format: (text) => text,
  parse(text) {
    if (!/^(index-\d{1,10}|\d{1,7})$/.test(text)) throw new ValueError(`found "${text}", ${SID_ALLOWED}`);
    return text;
  },
};

/** The four bits above a label that ends the value of a TLV, which with it has one of these `lengths`. */
export function aboveLabel(...lengths: readonly number[]): OptionalField<string> {
  return reservedBits((index, length) => (lengths.includes(length) && index === length - 3 ? 0xf0 : 0));
}

/** A neighbor on a LAN and the SID of the adjacency with it (RFC 9085 §2.2.2). */
export interface LanAdjacency {
  /** OSPF: its router identifier, `192.0.2.1`; IS-IS: its system identifier, `0000.0000.0042`. */
  neighbor: string;
  sid: string;
}

const LAN_ADJACENCY_ALLOWED = 'allowed are a neighbor and a label or index, e.g. "192.0.2.1+16000"';

/** Four octets of a neighbor or six, and three of a label or four of an index: how many there are tells which. Text `192.0.2.1+16000`. */
export const LAN_ADJACENCY: Field<LanAdjacency> = {
  allowed: LAN_ADJACENCY_ALLOWED,
  read(reader) {
    const length = reader.end - reader.at;
    const neighborLength = length < 9 ? 4 : 6;
    const at = take(reader, neighborLength);
    if (at < 0) return undefined;
    const sid = SID_OR_LABEL_TO_END.read(reader);
    return sid === undefined ? undefined : { neighbor: formatIgpRouterId(reader.bytes, at, at + neighborLength)!, sid };
  },
  write(out, { neighbor, sid }) {
    out.raw(parseNeighbor(neighbor));
    SID_OR_LABEL_TO_END.write(out, sid);
  },
  format: ({ neighbor, sid }) => `${neighbor}+${sid}`,
  parse(text, family) {
    const at = text.indexOf('+');
    if (at < 0) throw new ValueError(`found "${text}", ${LAN_ADJACENCY_ALLOWED}`);
    const neighbor = parseNeighbor(text.slice(0, at));
    return {
      neighbor: formatIgpRouterId(neighbor, 0, neighbor.length)!,
      sid: SID_OR_LABEL_TO_END.parse(text.slice(at + 1), family),
    };
  },
};

function parseNeighbor(text: string): Uint8Array {
  const neighbor = parseIgpRouterId(text);
  if (neighbor.length === 4 || neighbor.length === 6) return neighbor;
  throw new ValueError(`found "${text}", allowed is a router without a pseudonode, e.g. "192.0.2.1" or "0000.0000.0042"`);
}

/** A range of SIDs, as SR capabilities and local blocks announce it (RFC 9085 §2.1.2): its size and its first SID or label. */
export interface SegmentRange {
  range: number;
  /** The first of them; a label of three octets, or an index of four. */
  first: string;
  /** The four bits above a label, where they are not zero; they mean nothing. */
  reserved?: number;
}

const SID_LABEL_TLV = 1161;

const SEGMENT_RANGE_ALLOWED = 'allowed are a size and a first label or index, e.g. "8000-16000"';

/** A size and a SID/Label TLV (RFC 9085 §2.1.2). Text `8000-16000`, `8000-index-5`; `8000-16000/15` with reserved bits. */
export const SEGMENT_RANGE: Field<SegmentRange> = {
  allowed: SEGMENT_RANGE_ALLOWED,
  read(reader) {
    const at = take(reader, 7);
    if (at < 0) return undefined;
    const { bytes } = reader;
    const count = readU16(bytes, at + 5);
    if (readU16(bytes, at + 3) !== SID_LABEL_TLV) return fail(reader);
    const value = take(reader, count);
    if (value < 0) return undefined;
    const first = SID_OR_LABEL_TO_END.read({ bytes, start: value, at: value, end: value + count, family: reader.family, failed: false });
    if (first === undefined) return fail(reader);
    const reserved = count === 3 ? bytes[value]! >>> 4 : 0;
    return { range: readU24(bytes, at), first, ...(reserved !== 0 && { reserved }) };
  },
  write(out, { range, first, reserved = 0 }) {
    out.u24(within('range', range, 0xff_ffff));
    out.u16(SID_LABEL_TLV);
    const at = out.length + 2;
    out.counted16(() => SID_OR_LABEL_TO_END.write(out, first));
    if (reserved === 0) return;
    if (out.length - at !== 3) throw new ValueError(`found reserved bits before "${first}", allowed are those above a label`);
    out.patchU8(at, out.bytes[at]! | (within('reserved bits', reserved, 0xf) << 4));
  },
  format: ({ range, first, reserved }) => `${range}-${first}${reserved === undefined ? '' : `/${reserved}`}`,
  parse(text, family) {
    const at = text.indexOf('-');
    if (at < 0) throw new ValueError(`found "${text}", ${SEGMENT_RANGE_ALLOWED}`);
    const [first = '', reserved] = text.slice(at + 1).split('/');
    return {
      range: within('range', parseU32(text.slice(0, at)), 0xff_ffff),
      first: SID_OR_LABEL_TO_END.parse(first, family),
      ...(reserved !== undefined && { reserved: within('reserved bits', parseU32(reserved), 0xf) }),
    };
  },
};

/** A maximum SID depth (RFC 8814 §3): the MSD type of IANA's registry and the depth. */
export interface MsdValue {
  type: number;
  value: number;
}

const MSD_ALLOWED = 'allowed are MSD type and value, e.g. "1-10"';

/** A maximum SID depth (RFC 8814 §3). Text `1-10`: type and value. */
export const MSD: Field<MsdValue> = {
  allowed: MSD_ALLOWED,
  read: fixed(2, (bytes, at) => ({ type: bytes[at]!, value: bytes[at + 1]! })),
  write(out, { type, value }) {
    out.u8(within('MSD type', type, 0xff));
    out.u8(within('MSD', value, 0xff));
  },
  format: ({ type, value }) => `${type}-${value}`,
  parse(text) {
    const parts = /^(\d{1,3})-(\d{1,3})$/.exec(text);
    if (parts === null) throw new ValueError(`found "${text}", ${MSD_ALLOWED}`);
    return { type: within('MSD type', Number(parts[1]), 0xff), value: within('MSD', Number(parts[2]), 0xff) };
  },
};

const BINDING_SIDS_ALLOWED = 'allowed are two labels or two IPv6 addresses, e.g. "16000+0" or "2001:db8::1+::"';

/** The binding SID of a candidate path and the one that was asked for (RFC 9857 §5.1): two labels, or two IPv6 addresses. */
export const BINDING_SIDS: Field<string[]> = {
  allowed: BINDING_SIDS_ALLOWED,
  read(reader) {
    const length = reader.end - reader.at;
    if (length !== 8 && length !== 32) return fail(reader);
    const field = length === 8 ? LABEL : IPV6;
    return [field.read(reader)!, field.read(reader)!];
  },
  write(out, sids) {
    const field = kindOf(sids);
    for (const sid of sids) field.write(out, sid);
  },
  format: (sids) => sids.join('+'),
  parse(text, family) {
    const sids = text.split('+');
    const field = kindOf(sids);
    return sids.map((sid) => field.parse(sid, family));
  },
};

function kindOf(sids: readonly string[]): Field<string> {
  const ipv6 = sids.filter((sid) => sid.includes(':')).length;
  if (sids.length === 2 && ipv6 !== 1) return ipv6 === 2 ? IPV6 : LABEL;
  throw new ValueError(`found "${sids.join('+')}", ${BINDING_SIDS_ALLOWED}`);
}
