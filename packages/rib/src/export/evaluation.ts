/** By what a group works out what its members get, and in which octets. Made from the options of the group, and made anew when these change. */
import { BrokenInvariant } from '../broken-invariant.ts';
import type { RibPeer } from '../peer.ts';
import { isRestated } from '../restated.ts';
import type { RibTable } from '../table.ts';
import { type AudienceId, type Audiences, NOBODY } from './audience.ts';
import type { Comparison } from './difference.ts';
import { UpdateEncoder } from './encoder.ts';
import type { GroupOptions } from './group-options.ts';
import type { MemberFilters } from './member-filters.ts';
import { alwaysOwnNextHop } from './next-hop.ts';
import { Receivers } from './receivers.ts';
import { Reconsideration } from './reconsider.ts';
import { ExportRules } from './rules.ts';
import { Selection } from './select.ts';

export class Evaluation {
  readonly options: GroupOptions;
  readonly receivers: Receivers;
  readonly encoder: UpdateEncoder;
  readonly rules: ExportRules;
  readonly selection: Selection;
  readonly reconsideration: Reconsideration;

  /** `failed` is told of an exception in rewriting a set. */
  constructor(
    table: RibTable,
    options: GroupOptions,
    audiences: Audiences,
    filters: MemberFilters,
    buffer: Uint8Array,
    failed: (error: unknown) => void,
  ) {
    const { view, strategy, control, policy } = options;
    this.options = options;
    this.receivers = new Receivers(table.attributes, audiences, {
      keepsNextHops: [0, 1, 2].some((kind) => !alwaysOwnNextHop(view, kind as 0 | 1 | 2)),
      separatesOwnAs: view.routeServerClient,
      control,
      policy: policy && { policy, table, view },
    });
    this.encoder = new UpdateEncoder(table, view, buffer);
    this.rules = new ExportRules(table, options, this.encoder, this.receivers, filters, failed);
    this.selection = new Selection(table, strategy, this.rules, this.receivers, audiences);
    this.reconsideration = new Reconsideration(table, this.receivers);
  }
}

/** What the members hold was worked out by another evaluation, and is compared with the new one NLRI by NLRI. */
export class Reform implements Comparison {
  /** The members of the group. */
  among: AudienceId = NOBODY;
  /** NLRI whose octets changed since the walk began, and to which it has not come. */
  readonly #restated: Set<number> = new Set();
  readonly #table: RibTable;
  readonly #before: UpdateEncoder;
  readonly #after: UpdateEncoder;
  /** By attribute set and source: whether the octets are the same; of the running slice. */
  readonly #same: Map<number, boolean> = new Map();

  constructor(table: RibTable, before: UpdateEncoder, after: UpdateEncoder) {
    this.#table = table;
    this.#before = before;
    this.#after = after;
  }

  /** Whether a route with this set from this source goes out in the same octets as before. */
  readonly isSame = (attr: number, source: number): boolean => {
    const key = attr * 65_536 + source;
    let same = this.#same.get(key);
    if (same === undefined) {
      same = this.#compare(attr, this.#table.peers[source]!);
      this.#same.set(key, same);
    }
    return same;
  };

  /** The decision for an NLRI was made to which the walk has not come. Returns the work that is done: none. */
  note(nlri: number): 0 {
    if (isRestated(this.#table, nlri)) this.#restated.add(nlri);
    return 0;
  }

  /** How the entries of an NLRI are compared. */
  of(nlri: number): Comparison {
    return this.#restated.delete(nlri) ? { among: this.among, isSame: () => false } : this;
  }

  /** Sets may be gone since the last slice, and their ids given out again. */
  beginSlice(members: AudienceId): void {
    this.among = members;
    this.#same.clear();
  }

  #compare(attr: number, source: RibPeer): boolean {
    try {
      return this.#before.hasSameOctets(this.#after, attr, source);
    } catch (error) {
      // The route is written again, and fails there if it must.
      if (error instanceof BrokenInvariant) throw error;
      return false;
    }
  }
}
