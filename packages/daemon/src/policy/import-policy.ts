/** A chain of policies as the RIB asks import policy: one of statements, or one with a policy in TypeScript. */
import { PEER_READS, type Peer, type Pending, Policy, peerValues, Reads, ROUTE_READS, type ScriptPolicy } from '@tsbgp/policy';
import type { ImportPolicy, JudgedRoute, PolicyPending, PolicySubject, PolicyVerdict } from '@tsbgp/rib';
import type { Family } from '@tsbgp/wire';
import { type Chain, type FamilyChains, readsOf, statesRead } from './chains.ts';
import { AdaptedRoute } from './judged-route.ts';
import { Verdicts } from './verdicts.ts';
import { ALL_OF_IT, Waiting } from './waiting.ts';

/** The part of an import policy for one family. */
interface Part {
  judge(route: AdaptedRoute, peer: Peer): PolicyVerdict | PolicyPending;
  resume(waiting: Waiting, route: AdaptedRoute, peer: Peer): PolicyVerdict;
}

class StatementPart implements Part {
  readonly #policy: Policy;
  readonly #verdicts: Verdicts;
  /** By instruction and change. */
  readonly #waiting: Map<number, WeakMap<object, Waiting>> = new Map();
  /** What `resume` found out about the attribute set and the neighbor of the last question. */
  #last: { readonly waiting: Waiting; readonly version: number; readonly pending: Pending } | undefined;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#verdicts = new Verdicts(policy.places);
  }

  judge({ route }: AdaptedRoute, peer: Peer): PolicyVerdict | PolicyPending {
    const answer = this.#policy.evaluateAttributes(route, peer);
    return answer.type === 'pending' ? this.#waitingFor(answer) : this.#verdicts.of(answer);
  }

  resume(waiting: Waiting, { route, version }: AdaptedRoute, peer: Peer): PolicyVerdict {
    if (this.#last?.waiting !== waiting || this.#last.version !== version) {
      const { at, change } = waiting;
      this.#last = {
        waiting,
        version,
        pending: { type: 'pending', at, change: change!, memory: { answers: undefined, state: undefined } },
      };
    }
    return this.#verdicts.of(this.#policy.resume(this.#last.pending, route, peer));
  }

  #waitingFor({ at, change }: Pending): Waiting {
    let there = this.#waiting.get(at);
    if (there === undefined) this.#waiting.set(at, (there = new WeakMap()));
    let waiting = there.get(change);
    if (waiting === undefined) there.set(change, (waiting = new Waiting(at, change)));
    return waiting;
  }
}

class ScriptPart implements Part {
  readonly #policy: ScriptPolicy;
  readonly #verdicts: Verdicts = new Verdicts(undefined);

  constructor(policy: ScriptPolicy) {
    this.#policy = policy;
  }

  judge({ route }: AdaptedRoute, peer: Peer): PolicyVerdict | PolicyPending {
    const { verdict, reads } = this.#policy.evaluate(route, peer);
    return (reads & ROUTE_READS) !== 0 ? ALL_OF_IT : this.#verdicts.of(verdict);
  }

  resume(_waiting: Waiting, { route }: AdaptedRoute, peer: Peer): PolicyVerdict {
    return this.#verdicts.of(this.#policy.evaluate(route, peer).verdict);
  }
}

/** An import policy for all families. */
export class AdaptedImport implements ImportPolicy {
  readonly reads: number;
  /** Bits of @tsbgp/policy: what of the neighbor is looked at. */
  readonly #peerReads: number;
  readonly #parts: ReadonlyMap<Family, Part>;
  readonly #rest: Part;
  readonly #classes: Map<string, number> = new Map();
  readonly #route: AdaptedRoute = new AdaptedRoute();

  constructor({ byFamily, rest }: FamilyChains) {
    const reads = [...byFamily.values(), rest].reduce((all, chain) => all | readsOf(chain), 0);
    this.reads = statesRead(reads);
    // On import the source of a route is the neighbor itself.
    this.#peerReads = (reads & Reads.Source) === 0 ? reads & PEER_READS : PEER_READS;
    this.#parts = new Map([...byFamily].map(([family, chain]) => [family, partOf(chain)]));
    this.#rest = partOf(rest);
  }

  classOf(subject: PolicySubject | undefined): number {
    const values = peerValues(subject as Peer, this.#peerReads);
    let known = this.#classes.get(values);
    if (known === undefined) this.#classes.set(values, (known = this.#classes.size));
    return known;
  }

  judge(judged: JudgedRoute): PolicyVerdict | PolicyPending {
    this.#route.take(judged);
    return this.#part(judged).judge(this.#route, judged.source as Peer);
  }

  resume(pending: PolicyPending, judged: JudgedRoute): PolicyVerdict {
    this.#route.take(judged);
    return this.#part(judged).resume(pending as Waiting, this.#route, judged.source as Peer);
  }

  #part({ family }: JudgedRoute): Part {
    return this.#parts.get(family) ?? this.#rest;
  }
}

function partOf(chain: Chain): Part {
  return chain instanceof Policy ? new StatementPart(chain) : new ScriptPart(chain);
}
