/**
 * What other policies would make of the routes that are there, without applying them. Each path is judged by the chain in use and by the other
 * one, of its neighbor for import, of every concerned neighbor for export of a best path. Rejected routes are held, so they are judged too.
 *
 * Verdicts about an attribute set are kept where they look at nothing else, so that a table costs its attribute sets and not its routes.
 */
import { type Peer, type Policy, Route, type Verdict } from '@tsbgp/policy';
import { type NlriId, NONE, type PathId, type RibPeer, type RibTable } from '@tsbgp/rib';
import { DIFFERENCES, type DifferenceKind, type NeighborDifference, type PolicyDirection, type RouteDifference } from '../policy-plane.ts';
import { fillRoute } from './policy-judged.ts';

/** A neighbor with a chain of another meaning, in one family and direction. */
export interface ComparedChain {
  readonly neighbor: string;
  readonly direction: PolicyDirection;
  readonly peer: Peer;
  /** Undefined without a session. */
  readonly ribPeer: RibPeer | undefined;
  readonly before: Policy;
  readonly after: Policy;
}

/** Verdicts of one policy for one neighbor, by attribute set, while neither prefix nor path identifier decides. */
class Judge {
  readonly #policy: Policy;
  readonly #peer: Peer;
  readonly #known: Map<string, ReturnType<Policy['evaluateAttributes']>> = new Map();

  constructor(policy: Policy, peer: Peer) {
    this.#policy = policy;
    this.#peer = peer;
  }

  /** `key` is the same for routes with the same attribute set, source and type. */
  verdict(route: Route, key: string): Verdict {
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#policy.evaluateAttributes(route, this.#peer);
      if (this.#known.size >= KNOWN_MAX) this.#known.clear();
      this.#known.set(key, known);
    }
    return known.type === 'pending' ? this.#policy.resume(known, route, this.#peer) : known;
  }

  reason(verdict: Verdict): string {
    const place = this.#policy.places[verdict.place];
    const by =
      place === undefined || place.policy === '' ? 'the default' : `${place.policy}${place.statement === '' ? '' : ` ${place.statement}`}`;
    if (verdict.type === 'accept') return verdict.change.text === '' ? 'accepted' : `accepted with ${verdict.change.text}`;
    return `rejected by ${by}${verdict.reason === undefined ? '' : ` (${verdict.reason})`}`;
  }
}

const KNOWN_MAX = 100_000;

interface Count {
  count: number;
  readonly examples: string[];
}

interface Comparison extends ComparedChain {
  readonly old: Judge;
  readonly other: Judge;
  readonly counts: Record<DifferenceKind, Count>;
}

/** Compares chains over the tables of a RIB, a slice at a time. */
export class PolicyComparison {
  readonly #imports: Map<RibPeer, Comparison> = new Map();
  readonly #exports: Comparison[] = [];
  readonly #counts: Map<string, Record<DifferenceKind, Count>> = new Map();
  readonly #examplesMax: number;
  readonly #peerOf: (peer: RibPeer | undefined) => Peer | undefined;
  readonly #route = new Route();

  constructor(examplesMax: number, peerOf: (peer: RibPeer | undefined) => Peer | undefined) {
    this.#examplesMax = examplesMax;
    this.#peerOf = peerOf;
  }

  /** The chains of one family, which are compared in the next table. */
  begin(chains: readonly ComparedChain[]): void {
    this.#imports.clear();
    this.#exports.length = 0;
    for (const chain of chains) {
      let counts = this.#counts.get(chain.neighbor);
      if (counts === undefined) {
        counts = Object.fromEntries(DIFFERENCES.map((kind) => [kind, { count: 0, examples: [] }])) as unknown as typeof counts;
        this.#counts.set(chain.neighbor, counts!);
      }
      const comparison = { ...chain, counts: counts!, old: new Judge(chain.before, chain.peer), other: new Judge(chain.after, chain.peer) };
      if (chain.direction === 'export') this.#exports.push(comparison);
      else if (chain.ribPeer !== undefined) this.#imports.set(chain.ribPeer, comparison);
    }
  }

  /** All paths of one prefix. */
  compare(table: RibTable, nlri: NlriId): void {
    if (this.#imports.size > 0) {
      for (let path = table.firstPath(nlri); path !== NONE; path = table.nextPath(path)) {
        const comparison = this.#imports.get(table.peerOf(path)!);
        if (comparison !== undefined) this.#judge(comparison, table, path, comparison.peer, 'import');
      }
    }
    const best = table.bestPath(nlri);
    if (best === NONE || this.#exports.length === 0) return;
    const from = table.peerOf(best);
    const source = this.#peerOf(from);
    for (const comparison of this.#exports) {
      // It is never sent back.
      if (comparison.ribPeer === undefined || comparison.ribPeer !== from) this.#judge(comparison, table, best, source, 'export');
    }
  }

  /** Neighbors with a difference. */
  get differences(): NeighborDifference[] {
    const all = Array.from(
      this.#counts,
      ([neighbor, counts]): NeighborDifference => ({ neighbor, ...(counts as Record<DifferenceKind, RouteDifference>) }),
    );
    return all.filter((difference) => DIFFERENCES.some((kind) => difference[kind].count > 0));
  }

  #judge(comparison: Comparison, table: RibTable, path: PathId, source: Peer | undefined, direction: PolicyDirection): void {
    const route = fillRoute(this.#route, table, path, direction, source);
    const attr = direction === 'import' ? table.receivedAttrOf(path) : table.attrOf(path);
    const key = `${attr} ${table.peerIndexOf(path)}`;
    const { old, other, counts } = comparison;
    const before = old.verdict(route, key);
    const after = other.verdict(route, key);
    const kind = kindOf(before, after, direction);
    if (kind === undefined) return;
    const difference = counts[kind];
    difference.count++;
    if (difference.examples.length < this.#examplesMax) {
      difference.examples.push(`${route.prefixText}: ${old.reason(before)} -> ${other.reason(after)}`);
    }
  }
}

function kindOf(before: Verdict, after: Verdict, direction: PolicyDirection): DifferenceKind | undefined {
  const isImport = direction === 'import';
  if (before.type === 'reject') return after.type === 'reject' ? undefined : isImport ? 'admitted' : 'announced';
  if (after.type === 'reject') return isImport ? 'rejected' : 'withdrawn';
  if (before.change.text === after.change.text) return undefined;
  return isImport ? 'importChanged' : 'exportChanged';
}
