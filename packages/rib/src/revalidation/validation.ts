/**
 * RPKI data changed: the routes that this concerns are judged again, and only those, in slices.
 *
 *     origins   for each NLRI in the changed ranges: its paths from peers whose routes are validated
 *     paths     the attribute sets whose AS_PATH was verified and has a changed customer; then their paths
 *
 * Where an export policy reads the states, the routes are decided and evaluated again as well.
 *
 * Changes are taken one after the other, in the order in which they come. What is announced meanwhile may be judged by what was looked up
 * before; the walk, which is still to come for its change, judges it again.
 */
import { AttributeCode, readU32 } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { BitSet, NONE } from '../columns.ts';
import { rejudgePath } from '../import/rejudge-path.ts';
import type { ImportRules } from '../import/rules.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { PolicyReads } from '../policy/policy.ts';
import { type PrefixRanges, RangeSet } from '../rpki/range-set.ts';
import type { RouteStates } from '../rpki/route-states.ts';
import type { PathId, RibTable } from '../table.ts';
import { isValidated, Validates } from '../validation-options.ts';

/** Looked at in one slice: NLRI, attribute sets, path slots. */
const NLRI_SLICE = 65_536;
const SETS_SLICE = 32_768;
const PATHS_SLICE = 65_536;
/** Paths judged in one slice: a judgement costs more than a look. */
const JUDGED_SLICE = 8192;
/** Beyond so many changes that wait, everything is judged again: one walk instead of many. */
export const CHANGES_MAX = 64;

/** What changed: states of routes in these ranges; states of AS_PATHs that have one of these ASes. */
export interface ValidationChange {
  readonly ipv4: PrefixRanges;
  readonly ipv6: PrefixRanges;
  readonly customers: ReadonlySet<number> | 'all';
}

const NOTHING: PrefixRanges = { all: false, count: 0, lengths: new Uint8Array(0), addresses: new Uint8Array(0) };
const ALL: PrefixRanges = { ...NOTHING, all: true };

/** Every state may be another one. */
export const EVERYTHING: ValidationChange = { ipv4: ALL, ipv6: ALL, customers: 'all' };

type Step = () => boolean;

/** Who knows what RPKI says of routes, and who must hear when that changes. */
export class Validation {
  readonly #rules: ImportRules;
  readonly states: RouteStates;
  readonly #attributes: AttributeTable;
  readonly #tables: readonly RibTable[];
  readonly #isReadByExport: (table: RibTable, what: number) => boolean;
  readonly #waiting: ValidationChange[] = [];
  /** What is left of the change that is being followed. Each step is called until it answers true: nothing is left of it. */
  #steps: Step[] = [];
  /** Paths looked at because of changes, since the start. */
  judged = 0;

  /** `isReadByExport` says whether an export policy of a table reads these states: bits of `PolicyReads`. */
  constructor(
    rules: ImportRules,
    states: RouteStates,
    attributes: AttributeTable,
    tables: readonly RibTable[],
    isReadByExport: (table: RibTable, what: number) => boolean,
  ) {
    this.#isReadByExport = isReadByExport;
    this.#rules = rules;
    this.states = states;
    this.#attributes = attributes;
    this.#tables = tables.filter((table) => isValidated(table.family));
  }

  get isRunning(): boolean {
    return this.#steps.length > 0 || this.#waiting.length > 0;
  }

  /**
   * RPKI data are others: routes that this concerns, used or not, are judged again by `Rib.work`, and no others. Routes of peers whose options
   * ask for no validation are left alone.
   */
  change(change: ValidationChange): void {
    if (this.#waiting.length < CHANGES_MAX) this.#waiting.push(change);
    else this.#waiting.splice(0, CHANGES_MAX, EVERYTHING);
  }

  /** One slice of work. True when there was any. */
  slice(): boolean {
    if (this.#steps.length === 0) {
      const change = this.#waiting.shift();
      if (change === undefined) return false;
      this.#steps = this.#stepsOf(change);
    }
    if (this.#steps[0]?.() === true) this.#steps.shift();
    return true;
  }

  #stepsOf({ ipv4, ipv6, customers }: ValidationChange): Step[] {
    const steps: Step[] = [];
    for (const table of this.#tables) {
      const ranges = table.index.bitsMax === 32 ? ipv4 : ipv6;
      if (ranges.all || ranges.count > 0) steps.push(this.#originsStep(table, new RangeSet(table.index, ranges)));
    }
    if (customers !== 'all' && customers.size === 0) return steps;
    const changed = new BitSet();
    steps.push(this.#setsStep(customers, changed));
    for (const table of this.#tables) steps.push(this.#pathsStep(table, changed));
    return steps;
  }

  #originsStep(table: RibTable, ranges: RangeSet): Step {
    let nlri = 1;
    return () => {
      const { index } = table;
      const isExported = this.#isReadByExport(table, PolicyReads.Rov);
      const end = Math.min(nlri + NLRI_SLICE, index.top, table.nlriCapacity);
      let left = JUDGED_SLICE;
      for (; nlri < end && left > 0; nlri++) {
        if (!index.isLive(nlri) || !ranges.has(nlri)) continue;
        this.states.forgetOrigin(table, nlri as NlriId);
        left -= this.#judgePaths(table, nlri as NlriId);
        if (isExported) table.mark(nlri as NlriId);
      }
      return nlri >= Math.min(index.top, table.nlriCapacity);
    };
  }

  /** Judges the paths of an NLRI whose origins are validated. Returns how many there were. */
  #judgePaths(table: RibTable, nlri: NlriId): number {
    let count = 0;
    for (let path = table.firstPath(nlri); path !== NONE; ) {
      const next = table.nextPath(path);
      count += this.#judge(table, path, Validates.Rov);
      path = next;
    }
    return count;
  }

  #setsStep(customers: ReadonlySet<number> | 'all', changed: BitSet): Step {
    let set = 1;
    return () => {
      const { top, offset } = this.#attributes;
      const end = Math.min(set + SETS_SLICE, top);
      for (; set < end; set++) {
        if (offset[set] === NONE || (customers !== 'all' && !this.#hasOneOf(set, customers))) continue;
        if (this.states.forgetPath(set)) changed.add(set);
      }
      return set >= this.#attributes.top;
    };
  }

  #pathsStep(table: RibTable, changed: BitSet): Step {
    let path = 1;
    return () => {
      if (changed.count === 0) return true;
      const isExported = this.#isReadByExport(table, PolicyReads.Aspa);
      const end = Math.min(path + PATHS_SLICE, table.pathTop);
      let left = JUDGED_SLICE;
      for (; path < end && left > 0; path++) {
        if (table.pathNlri[path] === NONE || !changed.has(table.receivedAttrOf(path as PathId))) continue;
        const nlri = table.nlriOf(path as PathId);
        left -= this.#judge(table, path as PathId, Validates.Aspa);
        if (isExported) table.mark(nlri);
      }
      return path >= table.pathTop;
    };
  }

  /** 1 where the path was judged: its peer's routes are validated this way. */
  #judge(table: RibTable, path: PathId, what: number): number {
    const peer = table.peerOf(path);
    if (peer === undefined || !peer.up || (peer.validates & what) === 0) return 0;
    rejudgePath(this.#rules, table, path, peer);
    this.judged++;
    return 1;
  }

  #hasOneOf(attr: number, ases: ReadonlySet<number>): boolean {
    const { arena, offset, length } = this.#attributes;
    const { data } = arena;
    const header = findAttribute(data, offset[attr]!, offset[attr]! + length[attr]!, AttributeCode.AsPath);
    if (header === NONE) return false;
    let at = header + headerLength(data, header);
    const end = at + valueLength(data, header);
    while (at < end) {
      const next = at + 2 + 4 * data[at + 1]!;
      for (at += 2; at < next; at += 4) if (ases.has(readU32(data, at))) return true;
    }
    return false;
  }
}
