/**
 * What a listing or a watcher asks for, compiled once: which tables, which NLRI, which attribute sets.
 */
import type { NlriId, Rib, RibTable } from '@tsbgp/rib';
import {
  AttributeCode,
  AttributeFlag,
  ByteWriter,
  type Family,
  formatAddress,
  parseAddress,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
  readU16,
  readU32,
} from '@tsbgp/wire';
import { ControlError, type RouteFilter } from '../control-plane.ts';
import { quote } from '../quote.ts';

export interface CompiledFilter {
  readonly tables: readonly RibTable[];
  /** NLRI to look at, where the prefix names them, in ascending order; undefined: those of `range`. */
  candidates(table: RibTable): readonly NlriId[] | undefined;
  /** Keys (see NlriIndex) between which the prefix allows NLRI: after the first one, and not after the second. */
  range(table: RibTable): { readonly after: Float64Array; readonly upTo: Float64Array };
  matchesNlri(table: RibTable, nlri: NlriId): boolean;
  matchesAttributes(attr: number): boolean;
}

export function compileFilter(rib: Rib, filter: RouteFilter): CompiledFilter {
  const tables = tablesOf(rib, filter);
  const prefix = filter.prefix === undefined ? undefined : { ...parsePrefix(filter.prefix.value), match: filter.prefix.match };
  const community = filter.community === undefined ? undefined : parseAnyCommunity(filter.community);
  const scratch = new Uint8Array(32);
  return {
    tables: prefix === undefined ? tables : tables.filter((table) => table.index.bitsMax === prefix.wire.bitsMax),
    candidates(table) {
      if (prefix === undefined || prefix.match === 'longer') return undefined;
      const lengths = prefix.match === 'exact' ? [prefix.wire.bits] : Array.from({ length: prefix.wire.bits + 1 }, (_, bits) => bits);
      return lengths.map((bits) => table.index.findWire(shortened(prefix.wire, bits), 0)).filter((nlri) => nlri !== 0);
    },
    range: (table) => (prefix?.match === 'longer' ? rangeWithin(table, prefix.wire) : rangeOfAll(table)),
    matchesNlri(table, nlri) {
      if (prefix === undefined) return true;
      table.index.write(scratch, 0, nlri);
      const bits = scratch[0]!;
      if (prefix.match === 'exact') return bits === prefix.wire.bits && sharesBits(scratch, prefix.wire.octets, bits);
      if (prefix.match === 'longer') return bits >= prefix.wire.bits && sharesBits(scratch, prefix.wire.octets, prefix.wire.bits);
      return bits <= prefix.wire.bits && sharesBits(scratch, prefix.wire.octets, bits);
    },
    matchesAttributes(attr) {
      if (filter.originAs !== undefined && rib.attributes.originAsOf(attr) !== filter.originAs) return false;
      return community === undefined || holdsCommunity(rib.attributes.octets(attr), community);
    },
  };
}

function rangeOfAll({ index }: RibTable): { after: Float64Array; upTo: Float64Array } {
  const after = new Float64Array(index.keyWords);
  const upTo = new Float64Array(index.keyWords).fill(0xffff_ffff);
  after[index.keyWords - 1] = -1;
  upTo[index.keyWords - 1] = index.bitsMax;
  return { after, upTo };
}

/** From the prefix itself to the longest prefix of its last address. */
function rangeWithin(table: RibTable, { bits, octets }: WirePrefix): { after: Float64Array; upTo: Float64Array } {
  const { after, upTo } = rangeOfAll(table);
  const words = after.length - 1;
  for (let word = 0; word < words; word++) {
    const first = readU32(octets, 1 + 4 * word);
    const fixed = Math.max(0, Math.min(32, bits - 32 * word));
    after[word] = first;
    upTo[word] = fixed === 32 ? first : first + (2 ** (32 - fixed) - 1);
  }
  after[words] = bits - 1;
  return { after, upTo };
}

function tablesOf(rib: Rib, filter: RouteFilter): readonly RibTable[] {
  if (filter.family === undefined) return rib.tables;
  if (!rib.has(filter.family)) {
    throw new ControlError(
      'invalid-argument',
      'filter.family',
      'filter.family: this family has no table here, allowed are ipv4-unicast and ipv6-unicast',
    );
  }
  return [rib.table(filter.family as Family)];
}

export interface WirePrefix {
  readonly bits: number;
  readonly bitsMax: number;
  /** Length octet, then the whole address. */
  readonly octets: Uint8Array;
}

/** Text of a prefix, or of an address as its longest prefix, in wire form. Bits set after its length are refused. Throws ControlError. */
export function parsePrefix(text: string, field = 'filter.prefix'): { wire: WirePrefix } {
  const [host = '', length, rest] = text.split('/');
  const address = parseAddress(host);
  const bitsMax = address === undefined ? 0 : address.length * 8;
  const bits = length === undefined ? bitsMax : Number(length);
  if (address === undefined || rest !== undefined || (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) || bits > bitsMax) {
    throw new ControlError(
      'invalid-argument',
      field,
      `found ${quote(text)}, allowed is an IPv4 or IPv6 prefix, e.g. "192.0.2.0/24" or "2001:db8::/32"`,
    );
  }
  const octets = new Uint8Array(17);
  octets[0] = bits;
  octets.set(address, 1);
  const wire = { bits, bitsMax, octets };
  if (hasHostBits(wire)) {
    const meant = `${formatAddress(shortened(wire, bits), 1, 1 + bitsMax / 8)}/${bits}`;
    throw new ControlError(
      'invalid-argument',
      field,
      `found ${quote(text)}, which has bits set after the first ${bits}; did you mean "${meant}" or "${host}/${bitsMax}"?`,
    );
  }
  return { wire };
}

/** Whether bits are set after the length of the prefix. */
function hasHostBits({ bits, octets }: WirePrefix): boolean {
  let at = 1 + (bits >>> 3);
  if (bits % 8 !== 0 && (octets[at++]! & (0xff >> (bits % 8))) !== 0) return true;
  while (at < octets.length) if (octets[at++] !== 0) return true;
  return false;
}

/** The same prefix with fewer bits. */
function shortened(prefix: WirePrefix, bits: number): Uint8Array {
  const octets = new Uint8Array(17);
  octets[0] = bits;
  const whole = bits >>> 3;
  octets.set(prefix.octets.subarray(1, 1 + whole), 1);
  if (bits % 8 !== 0) octets[1 + whole] = prefix.octets[1 + whole]! & (0xff << (8 - (bits % 8)));
  return octets;
}

/** Whether two prefixes in wire form share their first `bits` bits. */
function sharesBits(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  const whole = bits >>> 3;
  for (let i = 1; i <= whole; i++) if (a[i] !== b[i]) return false;
  return bits % 8 === 0 || ((a[1 + whole]! ^ b[1 + whole]!) & (0xff << (8 - (bits % 8))) & 0xff) === 0;
}

interface CommunityKey {
  readonly code: number;
  readonly octets: Uint8Array;
}

/** Any of the three kinds, told apart by their text. */
function parseAnyCommunity(text: string): CommunityKey {
  const out = new ByteWriter(16);
  try {
    if (/^\d+:\d+:\d+$/.test(text)) {
      const large = parseLargeCommunity(text);
      out.u32(large.globalAdministrator);
      out.u32(large.localData1);
      out.u32(large.localData2);
      return { code: AttributeCode.LargeCommunities, octets: out.take() };
    }
    if (/^(0x|[a-z]+:)/.test(text)) return { code: AttributeCode.ExtendedCommunities, octets: parseExtendedCommunity(text) };
    out.u32(parseCommunity(text));
    return { code: AttributeCode.Communities, octets: out.take() };
  } catch (error) {
    throw new ControlError('invalid-argument', 'filter.community', `filter.community: ${(error as Error).message}`, { cause: error });
  }
}

function holdsCommunity(block: Uint8Array, key: CommunityKey): boolean {
  for (let offset = 0; offset < block.length; ) {
    const extended = (block[offset]! & AttributeFlag.ExtendedLength) !== 0;
    const value = offset + (extended ? 4 : 3);
    const end = value + (extended ? readU16(block, offset + 2) : block[offset + 2]!);
    if (block[offset + 1] === key.code) {
      for (let at = value; at < end; at += key.octets.length) if (startsWith(block, at, key.octets)) return true;
    }
    offset = end;
  }
  return false;
}

function startsWith(block: Uint8Array, offset: number, octets: Uint8Array): boolean {
  for (let i = 0; i < octets.length; i++) if (block[offset + i] !== octets[i]) return false;
  return true;
}
