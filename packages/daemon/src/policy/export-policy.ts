/** A chain of policies as the RIB asks export policy: for all members of an update group at once. */
import { Members, type MembersVerdict, type Peer, type Pending, Policy, ROUTE_READS, type ScriptPolicy, type Verdict } from '@tsbgp/policy';
import type { ExportPolicy, JudgedRoute, MembersAnswer, MembersPolicy, PolicyMember, PolicyPending, PolicyVerdict } from '@tsbgp/rib';
import type { Family } from '@tsbgp/wire';
import { type Chain, type FamilyChains, readsOf, statesRead } from './chains.ts';
import { AdaptedRoute } from './judged-route.ts';
import { Verdicts } from './verdicts.ts';
import { ALL_OF_IT, Waiting } from './waiting.ts';

/** An export policy for one family and these members. */
interface Part {
  judge(route: AdaptedRoute): readonly MembersAnswer<PolicyVerdict | PolicyPending>[];
  resume(waiting: Waiting, members: bigint, route: AdaptedRoute): readonly MembersAnswer<PolicyVerdict>[];
}

class StatementPart implements Part {
  readonly #policy: Policy;
  readonly #verdicts: Verdicts;
  readonly #members: Members;

  constructor(policy: Policy, verdicts: Verdicts, members: Members) {
    this.#policy = policy;
    this.#verdicts = verdicts;
    this.#members = members;
  }

  judge({ route }: AdaptedRoute): MembersAnswer<PolicyVerdict | PolicyPending>[] {
    const answers = this.#policy.evaluateMembersAttributes(route, this.#members);
    return answers.map(({ verdict, members }) => ({
      answer: verdict.type === 'pending' ? new Waiting(verdict.at, verdict.change) : this.#verdicts.of(verdict),
      members,
    }));
  }

  resume({ at, change }: Waiting, members: bigint, { route }: AdaptedRoute): MembersAnswer<PolicyVerdict>[] {
    const pending: Pending = { type: 'pending', at, change: change!, memory: { answers: undefined, state: undefined } };
    return this.#policy.resumeMembers([{ verdict: pending, members }], route, this.#members).map((each) => this.#answer(each));
  }

  #answer({ verdict, members }: MembersVerdict<Verdict>): MembersAnswer<PolicyVerdict> {
    return { answer: this.#verdicts.of(verdict), members };
  }
}

class ScriptPart implements Part {
  readonly #policy: ScriptPolicy;
  readonly #verdicts: Verdicts;
  readonly #members: Members;

  constructor(policy: ScriptPolicy, verdicts: Verdicts, members: Members) {
    this.#policy = policy;
    this.#verdicts = verdicts;
    this.#members = members;
  }

  judge({ route }: AdaptedRoute): MembersAnswer<PolicyVerdict | PolicyPending>[] {
    return this.#policy.evaluateMembers(route, this.#members).map(({ verdict: { verdict, reads }, members }) => ({
      answer: (reads & ROUTE_READS) === 0 ? this.#verdicts.of(verdict) : ALL_OF_IT,
      members,
    }));
  }

  resume(_waiting: Waiting, asked: bigint, { route }: AdaptedRoute): MembersAnswer<PolicyVerdict>[] {
    return this.#policy
      .evaluateMembers(route, this.#members)
      .map(({ verdict, members }) => ({ answer: this.#verdicts.of(verdict.verdict), members: members & asked }))
      .filter(({ members }) => members !== 0n);
  }
}

/** An export policy for all families. */
export class AdaptedExport implements ExportPolicy {
  readonly reads: number;
  readonly #chains: FamilyChains;
  readonly #verdicts: Map<Chain, Verdicts> = new Map();
  readonly #route: AdaptedRoute = new AdaptedRoute();

  constructor(chains: FamilyChains) {
    const all = [...chains.byFamily.values(), chains.rest];
    this.reads = statesRead(all.reduce((reads, chain) => reads | readsOf(chain), 0));
    this.#chains = chains;
    for (const chain of all) this.#verdicts.set(chain, new Verdicts(chain instanceof Policy ? chain.places : undefined));
  }

  forMembers(members: readonly PolicyMember[]): MembersPolicy {
    const peers: (Peer | undefined)[] = [];
    for (const { number, subject } of members) peers[number] = subject as Peer | undefined;
    const all = new Members(Array.from(peers));
    const parts = new Map<Family, Part>();
    const partOf = (judged: JudgedRoute): Part => {
      this.#route.take(judged);
      let part = parts.get(judged.family);
      if (part === undefined) parts.set(judged.family, (part = this.#partFor(judged.family, all)));
      return part;
    };
    return {
      judge: (judged) => partOf(judged).judge(this.#route),
      resume: (pending, asked, judged) => partOf(judged).resume(pending as Waiting, asked, this.#route),
    };
  }

  #partFor(family: Family, members: Members): Part {
    const chain = this.#chains.byFamily.get(family) ?? this.#chains.rest;
    const verdicts = this.#verdicts.get(chain)!;
    return chain instanceof Policy ? new StatementPart(chain, verdicts, members) : new ScriptPart(chain, verdicts, members);
  }
}
