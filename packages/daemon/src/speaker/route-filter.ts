/**
 * The filter of a listing or a watcher, compiled once: which tables, which NLRI and which attribute sets it wants.
 */
import type { NlriId, PathId, Rib, RibTable } from '@tsbgp/rib';
import { readU32, sharesBits } from '@tsbgp/wire';
import { invalidArgument, type RouteFilter } from '../control-plane.ts';
import { shortened, type WirePrefix } from '../keys/wire-prefix.ts';
import { holdsCommunity, parseAnyCommunity } from './community-match.ts';
import { readPrefix } from './wire-prefix.ts';

export interface CompiledFilter {
  readonly tables: readonly RibTable[];
  /** The NLRI to look at, in ascending order, when the prefix names them; undefined: look at those of `range`. */
  candidates(table: RibTable): readonly NlriId[] | undefined;
  /** Keys (see NlriIndex) of the NLRI that the prefix allows: greater than `after`, and at most `upTo`. */
  range(table: RibTable): { readonly after: Float64Array; readonly upTo: Float64Array };
  matchesNlri(table: RibTable, nlri: NlriId): boolean;
  matchesAttributes(attr: number): boolean;
  /** Whether the fate of a path is one that is asked for. */
  matchesPath(table: RibTable, path: PathId): boolean;
}

export function compileFilter(rib: Rib, filter: RouteFilter): CompiledFilter {
  const tables = tablesOf(rib, filter);
  const prefix =
    filter.prefix === undefined ? undefined : { ...readPrefix(filter.prefix.value, 'filter.prefix'), match: filter.prefix.match };
  const community = filter.community === undefined ? undefined : parseAnyCommunity(filter.community);
  const scratch = new Uint8Array(32);
  return {
    tables: prefix === undefined ? tables : tables.filter((table) => table.index.bitsMax === prefix.bitsMax),
    candidates(table) {
      if (prefix === undefined || prefix.match === 'longer') return undefined;
      const lengths = prefix.match === 'exact' ? [prefix.bits] : Array.from({ length: prefix.bits + 1 }, (_, bits) => bits);
      return lengths.map((bits) => table.index.findWire(shortened(prefix, bits).octets, 0)).filter((nlri) => nlri !== 0);
    },
    range: (table) => (prefix?.match === 'longer' ? rangeWithin(table, prefix) : rangeOfAll(table)),
    matchesNlri(table, nlri) {
      if (prefix === undefined) return true;
      table.index.write(scratch, 0, nlri);
      const bits = scratch[0]!;
      if (prefix.match === 'exact') return bits === prefix.bits && sharesBits(scratch, 1, prefix.octets, 1, bits);
      if (prefix.match === 'longer') return bits >= prefix.bits && sharesBits(scratch, 1, prefix.octets, 1, prefix.bits);
      return bits <= prefix.bits && sharesBits(scratch, 1, prefix.octets, 1, bits);
    },
    matchesAttributes(attr) {
      if (filter.originAs !== undefined && rib.attributes.originAsOf(attr) !== filter.originAs) return false;
      return community === undefined || holdsCommunity(rib.attributes.octets(attr), community);
    },
    matchesPath(table, path) {
      const { rejected } = filter;
      if (rejected === undefined || rejected === false) return true;
      return rejected === true ? table.isFiltered(path) : table.filterReason(path) === rejected;
    },
  };
}

function rangeOfAll({ index }: RibTable): { after: Float64Array; upTo: Float64Array } {
  const after = new Float64Array(index.keyWords);
  const upTo = new Float64Array(index.keyWords).fill(0xffff_ffff);
  after[index.keyWords - 1] = -1;
  // The last word is the length of a prefix; of other NLRI the id.
  upTo[index.keyWords - 1] = index.bitsMax || 0xffff_ffff;
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
    throw invalidArgument('filter.family', 'no neighbor was configured with this family; `tsbgp neighbor` shows which have which');
  }
  return [rib.table(filter.family)];
}
