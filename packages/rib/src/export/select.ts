/**
 * Which paths of an NLRI the members of a group get.
 *
 *   best        The best path. Whoever may not have it gets none, unless it is a route of our own for some peers alone: then, as per-client.
 *   per-client  Each member gets the best of the paths that it may have (RFC 7947 §2.3: no path is hidden). One walk serves all members: the
 *               best path goes to its receivers, the best of the others to those that are left, and so on.
 *   add-path    All paths, or the best so many, to everybody who may have them (RFC 7911).
 *
 * The default route is selected in the same way, but for members that are sent one of our own (own-routes.ts).
 *
 * Why one walk is the decision of each client: without MULTI_EXIT_DISC the decision process orders the paths, and the best path of a subset
 * is the first of the order that is in it. MULTI_EXIT_DISC breaks that (RFC 4271 §9.1.2.2 c): a path that a client may not have can have put
 * out another one of its neighboring AS. Where three or more paths compete and MULTI_EXIT_DISC tells two of one AS apart, the members are
 * divided by which of the paths they may have, and each division decides for itself. Where MULTI_EXIT_DISC is compared between all paths, it
 * orders them too. Where it is compared in pairs, every other path can make a difference, and all of them divide.
 */
import { NONE } from '../columns.ts';
import { comparesInPairs, decide } from '../decision/decide.ts';
import { neighboringAs } from '../decision/values.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { NOT_CANDIDATE, PathFlag } from '../path-flags.ts';
import type { RibTable } from '../table.ts';
import { type AudienceId, type Audiences, EVERYBODY, NOBODY } from './audience.ts';
import type { Entries } from './entries.ts';
import type { Receivers } from './receivers.ts';
import type { ExportRules } from './rules.ts';

/** The most paths of an NLRI that a member gets with ADD-PATH; Infinity for all. */
export type Strategy = { readonly type: 'best' } | { readonly type: 'per-client' } | { readonly type: 'add-path'; readonly max: number };

export class Selection {
  readonly strategy: Strategy;
  readonly #table: RibTable;
  readonly #rules: ExportRules;
  readonly #receivers: Receivers;
  readonly #audiences: Audiences;
  /** Paths that are marked as tried. */
  readonly #tried: number[] = [];
  /** Entries name their path, which tells them apart or whose octets go out. */
  readonly #keepsPaths: boolean;
  /** Comparisons in one decision of the NLRI at hand, as far as its paths were counted. */
  #perDecision = 1;
  /** Work of the last `select`, in comparisons of paths. */
  comparisons = 0;

  constructor(table: RibTable, strategy: Strategy, rules: ExportRules, receivers: Receivers, audiences: Audiences) {
    this.strategy = strategy;
    this.#table = table;
    this.#rules = rules;
    this.#receivers = receivers;
    this.#audiences = audiences;
    this.#keepsPaths = strategy.type === 'add-path' || table.octets !== undefined;
  }

  /** Whether more than the best path of an NLRI may count. */
  get looksFurther(): boolean {
    return this.strategy.type !== 'best' || this.#table.attributes.audienceCount > 0;
  }

  /** The entries of an NLRI, into `entries`. Returns why there are none (`NotSent`), or 0. */
  select(nlri: NlriId, entries: Entries): number {
    entries.count = 0;
    this.comparisons = 0;
    this.#perDecision = 1;
    if (nlri === this.#table.ownDefault) return this.#withOwnDefault(nlri, entries);
    return this.#table.best[nlri] === NONE ? 0 : this.#byStrategy(nlri, entries);
  }

  #byStrategy(nlri: NlriId, entries: Entries): number {
    const { strategy } = this;
    if (strategy.type === 'best' && !this.#isForSome(nlri)) return this.#best(nlri, entries);
    try {
      if (strategy.type !== 'add-path') return this.#isOrdered(nlri) ? this.#perClient(nlri, entries) : this.#byDivision(nlri, entries);
      return strategy.max === Number.POSITIVE_INFINITY ? this.#all(nlri, entries) : this.#bestOf(nlri, strategy.max, entries);
    } finally {
      this.#untry();
    }
  }

  /** The default route, where some members are sent one of our own: it takes the place of the others. */
  #withOwnDefault(nlri: NlriId, entries: Entries): number {
    const table = this.#table;
    const reason = table.best[nlri] === NONE ? 0 : this.#byStrategy(nlri, entries);
    const path = table.ownDefaultPath;
    const receivers = this.#rules.receiversOfDefault(path);
    if (receivers === NOBODY) return entries.count === 0 ? reason : 0;
    const { attr, source, path: identifier } = entries;
    const { count } = entries;
    entries.count = 0;
    for (let at = 0; at < count; at++) {
      const rest = this.#audiences.minus(entries.receivers[at]! as AudienceId, receivers);
      if (rest !== NOBODY) entries.add(attr[at]!, source[at]!, rest, identifier[at]!);
    }
    entries.add(table.pathAttr[path]!, table.pathPeer[path]!, receivers, this.#keepsPaths ? path : 0);
    return 0;
  }

  /** Whether the best path is for some peers alone. */
  #isForSome(nlri: NlriId): boolean {
    const table = this.#table;
    return table.peers[table.pathPeer[table.best[nlri]!]!]!.hasAudience;
  }

  #best(nlri: NlriId, entries: Entries): number {
    const path = this.#table.best[nlri]!;
    const receivers = this.#rules.receiversOf(path);
    if (receivers === NOBODY) return this.#rules.reason;
    this.#add(entries, path, receivers);
    return 0;
  }

  #perClient(nlri: NlriId, entries: Entries): number {
    const table = this.#table;
    const audiences = this.#audiences;
    let reason = 0;
    let served: AudienceId = NOBODY;
    for (let path: number = table.best[nlri]!; path !== NONE && served !== EVERYBODY; path = this.#decide(nlri)) {
      const receivers = this.#rules.receiversOf(path);
      reason ||= this.#rules.reason;
      const rest = audiences.minus(receivers, served);
      if (rest !== NOBODY) {
        this.#add(entries, path, rest);
        served = audiences.or(served, receivers);
      }
      this.#try(path);
    }
    return entries.count === 0 ? reason : 0;
  }

  #all(nlri: NlriId, entries: Entries): number {
    const table = this.#table;
    let reason = 0;
    for (let path = table.head[nlri]!; path !== NONE; path = table.pathNext[path]!) {
      if (!this.#isCandidate(path)) continue;
      const receivers = this.#rules.receiversOf(path);
      if (receivers === NOBODY) reason ||= this.#rules.reason;
      else this.#add(entries, path, receivers);
    }
    return entries.count === 0 ? reason : 0;
  }

  #bestOf(nlri: NlriId, max: number, entries: Entries): number {
    const table = this.#table;
    let reason = 0;
    for (let path: number = table.best[nlri]!, left = max; path !== NONE && left > 0; path = this.#decide(nlri), left--) {
      const receivers = this.#rules.receiversOf(path);
      if (receivers === NOBODY) reason ||= this.#rules.reason;
      else this.#add(entries, path, receivers);
      this.#try(path);
    }
    return entries.count === 0 ? reason : 0;
  }

  /** Whether the decision process orders the paths of an NLRI, so that one walk is the decision of each client. */
  #isOrdered(nlri: NlriId): boolean {
    const table = this.#table;
    const { rank, med, decision } = table.attributes;
    let candidates = 0;
    let firstMed = 0;
    let anyMed = false;
    for (let path = table.head[nlri]!; path !== NONE; path = table.pathNext[path]!) {
      if (!this.#isCandidate(path)) continue;
      const pathMed = med[table.pathAttr[path]!]!;
      if (candidates++ === 0) firstMed = pathMed;
      else if (pathMed !== firstMed) anyMed = true;
    }
    this.#perDecision = candidates;
    if (!anyMed || candidates < 3 || decision.alwaysCompareMed) return true;
    this.#perDecision = candidates * candidates;
    this.comparisons += candidates * candidates;
    for (let a = table.head[nlri]!; a !== NONE; a = table.pathNext[a]!) {
      for (let b = table.pathNext[a]!; b !== NONE; b = table.pathNext[b]!) {
        if (!this.#isCandidate(a) || !this.#isCandidate(b)) continue;
        const attrA = table.pathAttr[a]!;
        const attrB = table.pathAttr[b]!;
        if (rank[attrA] === rank[attrB] && med[attrA] !== med[attrB] && neighboringAs(table, a) === neighboringAs(table, b)) return false;
      }
    }
    return true;
  }

  /**
   * Divides the members by which they may have of the paths whose MULTI_EXIT_DISC is compared with that of another one. In a division the
   * decision process orders the paths, and one walk serves it. Rare, and not meant to be fast.
   */
  #byDivision(nlri: NlriId, entries: Entries): number {
    const table = this.#table;
    let reason = 0;
    const candidates: number[] = [];
    const receiversOf = new Map<number, bigint>();
    for (let path = table.head[nlri]!; path !== NONE; path = table.pathNext[path]!) {
      if (!this.#isCandidate(path)) continue;
      candidates.push(path);
      receiversOf.set(path, this.#audiences.setOf(this.#rules.receiversOf(path)));
      reason ||= this.#rules.reason;
    }
    const compared = comparesInPairs(table) ? candidates : this.#comparedByMed(candidates);
    let divisions: { readonly members: bigint; readonly without: readonly number[] }[] = [{ members: -1n, without: [] }];
    for (const path of compared) {
      const receivers = receiversOf.get(path)!;
      divisions = divisions.flatMap(({ members, without }) =>
        [
          { members: members & receivers, without },
          { members: members & ~receivers, without: [...without, path] },
        ].filter((division) => division.members !== 0n),
      );
    }
    const membersOf = new Map<number, bigint>();
    for (const { members, without } of divisions) {
      for (const path of without) this.#try(path);
      let rest = members;
      for (let path = this.#decide(nlri); path !== NONE && rest !== 0n; path = this.#decide(nlri)) {
        const receivers = rest & receiversOf.get(path)!;
        if (receivers !== 0n) membersOf.set(path, (membersOf.get(path) ?? 0n) | receivers);
        rest &= ~receivers;
        this.#try(path);
      }
      this.#untry();
    }
    for (const [path, members] of membersOf) this.#add(entries, path, this.#audiences.intern(members));
    return entries.count === 0 ? reason : 0;
  }

  /** The paths of which one can put another out by its MULTI_EXIT_DISC: of one rank and neighboring AS, and not all equal. */
  #comparedByMed(candidates: readonly number[]): number[] {
    const table = this.#table;
    const { rank, med } = table.attributes;
    const groups = new Map<string, number[]>();
    for (const path of candidates) {
      const key = `${rank[table.pathAttr[path]!]} ${neighboringAs(table, path)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [path]);
      else group.push(path);
    }
    const medOf = (path: number): number => med[table.pathAttr[path]!]!;
    return [...groups.values()].filter((group) => group.some((path) => medOf(path) !== medOf(group[0]!))).flat();
  }

  /** Decides among the paths that are not tried. */
  #decide(nlri: NlriId): number {
    this.comparisons += this.#perDecision;
    return decide(this.#table, nlri);
  }

  /** Adds a path, and what some of its receivers get in the place of its set. */
  #add(entries: Entries, path: number, receivers: AudienceId): void {
    const table = this.#table;
    const identifier = this.#keepsPaths ? path : 0;
    const attr = table.pathAttr[path]!;
    const source = table.pathPeer[path]!;
    const outputs = this.#receivers.outputsOf(path);
    if (outputs !== undefined) {
      for (const output of outputs) {
        const served = this.#audiences.and(receivers, output.receivers);
        if (served !== NOBODY) entries.add(output.attr, source, served, identifier);
      }
      return;
    }
    const marked = this.#receivers.marked(attr);
    if (marked === undefined) {
      entries.add(attr, source, receivers, identifier);
      return;
    }
    const others = this.#audiences.minus(receivers, marked.receivers);
    if (others !== NOBODY) entries.add(attr, source, others, identifier);
    const changed = this.#audiences.and(receivers, marked.receivers);
    if (changed !== NOBODY) entries.add(marked.attr, source, changed, identifier);
  }

  #isCandidate(path: number): boolean {
    const table = this.#table;
    return (table.pathFlags[path]! & NOT_CANDIDATE) === 0 && table.peers[table.pathPeer[path]!]!.up;
  }

  #try(path: number): void {
    this.#table.pathFlags[path]! |= PathFlag.Tried;
    this.#tried.push(path);
  }

  #untry(): void {
    for (const path of this.#tried) this.#table.pathFlags[path]! &= ~PathFlag.Tried;
    this.#tried.length = 0;
  }
}
