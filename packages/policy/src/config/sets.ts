/**
 * The section `sets`: named sets that statements share. Each kind has names of its own.
 *
 *     sets:
 *       prefixes:    { customers: [192.0.2.0/24, "2001:db8::/32 le 48"] }
 *       as-numbers:  { tier-1: [174, 701, "64512-65534"] }
 *       as-paths:    { through-tier-1: ["_174_", "_701_"] }
 *       communities: { no-export-here: ["64512:0:{peer-as}"] }
 *       neighbors:   { upstreams: { as: [64501, 64502], group: transit } }
 */
import { AS_SET_ALLOWED, AsSet, parseAsRange } from '../as-path/as-set.ts';
import { type AsPathPattern, compileAsPathPattern } from '../as-path/pattern.ts';
import type { OwnNumber } from '../community/own-numbers.ts';
import { COMMUNITY_ALLOWED, type CommunityPattern, parseCommunityPattern } from '../community/pattern.ts';
import { CommunitySet } from '../community/set.ts';
import type { AsNumbers } from '../condition/as-path.ts';
import type { NeighborFilter } from '../condition/neighbor.ts';
import { PREFIX_ENTRY_ALLOWED } from '../prefix/entry.ts';
import { PrefixSet, PrefixSetBuilder, type PrefixSetPool } from '../prefix/set.ts';
import type { PeerKind, PeerRole } from '../route/peer.ts';
import type { Expected, Path, Problems } from './problems.ts';
import { asMapping, listOf, readMapping, readPlacedTexts, readTexts, readWords } from './values.ts';

/** What a set of each kind is. */
export interface SetKinds {
  readonly prefixes: PrefixSet;
  readonly 'as-numbers': AsNumbers;
  readonly 'as-paths': readonly AsPathPattern[];
  readonly communities: CommunitySet;
  readonly neighbors: NeighborFilter;
}

/** A key of the section `sets`. */
export type SetKind = keyof SetKinds;

const EXAMPLES: Readonly<Record<SetKind, string>> = {
  prefixes: 'customers: [192.0.2.0/24, "2001:db8::/32 le 48"]',
  'as-numbers': 'tier-1: [174, 701, "64512-65534"]',
  'as-paths': 'through-174: ["_174_"]',
  communities: 'no-transit: ["64512:0:{peer-as}"]',
  neighbors: 'upstreams: { as: [64501, 64502] }',
};

/** Sets by kind and name, and which of them were asked for. */
export class NamedSets {
  readonly #sets = new Map<string, SetKinds[SetKind]>();
  readonly #used = new Set<string>();
  /** By text, so that one expression in many statements is compiled once. */
  readonly #patterns = new Map<string, AsPathPattern | string>();
  readonly problems: Problems;
  readonly pool: PrefixSetPool;

  constructor(problems: Problems, pool: PrefixSetPool) {
    this.problems = problems;
    this.pool = pool;
  }

  /** Sets that came from somewhere else: a file, a feed. A set of the same kind and name is replaced. */
  add<K extends SetKind>(kind: K, name: string, set: SetKinds[K]): void {
    this.#sets.set(`${kind} ${name}`, set);
  }

  /** A set by its name, which then counts as used; undefined when there is none. */
  get<K extends SetKind>(kind: K, name: string): SetKinds[K] | undefined {
    this.#used.add(`${kind} ${name}`);
    return this.#sets.get(`${kind} ${name}`) as SetKinds[K] | undefined;
  }

  /** Names of the sets of a kind. */
  namesOf(kind: SetKind): string[] {
    return [...this.#sets.keys()].filter((key) => key.startsWith(`${kind} `)).map((key) => key.slice(kind.length + 1));
  }

  /** Sets that no statement names. */
  get unused(): (readonly [kind: string, name: string])[] {
    const keys = [...this.#sets.keys()].filter((key) => !this.#used.has(key));
    return keys.map((key) => [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]);
  }

  /** The section `sets` of a file. */
  read(value: unknown, path: Path): void {
    const kind = <K extends SetKind>(
      name: K,
      reader: (value: unknown, path: Path) => SetKinds[K],
    ): [K, (value: unknown, at: Path) => void] => [name, (sets, at) => this.#readKind(name, sets, at, reader)];
    const readers = Object.fromEntries([
      kind('prefixes', (set, at) => this.readPrefixes(set, at)),
      kind('as-numbers', (set, at) => this.readAsNumbers(set, at)),
      kind('as-paths', (set, at) => this.readAsPaths(set, at)),
      kind('communities', (set, at) => new CommunitySet(this.readCommunities(set, at))),
      kind('neighbors', (set, at) => this.readNeighbors(set, at)),
    ]);
    readMapping(this.problems, value, path, readers, `prefixes: { ${EXAMPLES.prefixes} }`);
  }

  #readKind<K extends SetKind>(kind: K, value: unknown, path: Path, reader: (value: unknown, path: Path) => SetKinds[K]): void {
    const mapping = asMapping(value);
    if (mapping === undefined) this.problems.invalid(path, value, { allowed: 'a mapping from names to sets', example: EXAMPLES[kind] });
    for (const [name, set] of Object.entries(mapping ?? {})) this.add(kind, name, reader(set, [...path, name]));
  }

  /** A list of prefixes as a set; or a set that came from a file. */
  readPrefixes(value: unknown, path: Path): PrefixSet {
    if (value instanceof PrefixSet) return this.pool.intern(value);
    const expected: Expected = { allowed: PREFIX_ENTRY_ALLOWED, example: EXAMPLES.prefixes };
    const builder = new PrefixSetBuilder();
    // A list may have 40,000 entries: a place is made only for one that is wrong.
    for (const [index, one] of listOf(value).entries()) {
      const sentence = typeof one === 'string' ? builder.addText(one) : undefined;
      const at = (): Path => (Array.isArray(value) ? [...path, index] : path);
      if (typeof one !== 'string') this.problems.invalid(at(), one, expected);
      else if (sentence !== undefined) this.problems.invalid(at(), one, expected, sentence);
    }
    return this.pool.intern(builder.build());
  }

  /** A list of AS numbers and ranges as a set; or a set that came from a file. */
  readAsNumbers(value: unknown, path: Path): AsNumbers {
    if (value instanceof AsSet) return { set: value, own: [] };
    const expected: Expected = { allowed: `${AS_SET_ALLOWED}, "{peer-as}", "{local-as}"`, example: EXAMPLES['as-numbers'] };
    const own: OwnNumber[] = [];
    const ranges: (readonly [number, number])[] = [];
    for (const [text, at] of readPlacedTexts(this.problems, value, path, expected)) {
      const range = parseAsRange(text);
      if (text === '{peer-as}' || text === '{local-as}') own.push(text === '{peer-as}' ? 'peer-as' : 'local-as');
      else if (range !== undefined) ranges.push(range);
      else this.problems.invalid(at, text, expected);
    }
    return { set: new AsSet(ranges), own };
  }

  /** A list of expressions for AS paths. */
  readAsPaths(value: unknown, path: Path): AsPathPattern[] {
    const expected: Expected = {
      allowed: 'a regular expression, in which "_" is the edge of an AS number, or a mask "[= 64500 * =]"',
      example: EXAMPLES['as-paths'],
    };
    const patterns: AsPathPattern[] = [];
    for (const [text, at] of readPlacedTexts(this.problems, value, path, expected)) {
      const pattern = this.#patterns.get(text) ?? compileAsPathPattern(text);
      this.#patterns.set(text, pattern);
      if (typeof pattern !== 'string') patterns.push(pattern);
      else this.problems.invalid(at, text, expected, pattern);
    }
    return patterns;
  }

  /** A list of patterns for communities. */
  readCommunities(value: unknown, path: Path): CommunityPattern[] {
    const expected: Expected = { allowed: COMMUNITY_ALLOWED, example: EXAMPLES.communities };
    const patterns: CommunityPattern[] = [];
    for (const [text, at] of readPlacedTexts(this.problems, value, path, expected)) {
      const pattern = parseCommunityPattern(text);
      if (typeof pattern !== 'string') patterns.push(pattern);
      else this.problems.invalid(at, text, expected, pattern);
    }
    return patterns;
  }

  /** A mapping that describes neighbors. */
  readNeighbors(value: unknown, path: Path): NeighborFilter {
    const filter: Mutable<NeighborFilter> = {};
    const names = (inner: unknown, at: Path): string[] =>
      readTexts(this.problems, inner, at, { allowed: 'a name, or a list of names', example: 'group: transit' });
    readMapping(
      this.problems,
      value,
      path,
      {
        address: (inner, at) => (filter.addresses = this.readPrefixes(hostPrefixes(inner), at)),
        as: (inner, at) => (filter.asns = this.readAsNumbers(inner, at).set),
        group: (inner, at) => (filter.groups = names(inner, at)),
        tag: (inner, at) => (filter.tags = names(inner, at)),
        role: (inner, at) => (filter.roles = readWords(this.problems, inner, at, ROLES, 'role: customer').map((index) => ROLES[index]!)),
        kind: (inner, at) =>
          (filter.kinds = readWords(this.problems, inner, at, PEER_KINDS, 'kind: ebgp').map((index) => PEER_KINDS[index]!)),
      },
      EXAMPLES.neighbors,
    );
    return filter;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const ROLES: readonly PeerRole[] = ['provider', 'customer', 'peer', 'rs', 'rs-client'];
const PEER_KINDS: readonly PeerKind[] = ['ebgp', 'ibgp'];

/** Addresses are prefixes of all their bits. */
function hostPrefixes(value: unknown): unknown {
  const host = (one: unknown): unknown => (typeof one === 'string' && !one.includes('/') ? `${one}/${one.includes(':') ? 128 : 32}` : one);
  return Array.isArray(value) ? value.map(host) : host(value);
}
