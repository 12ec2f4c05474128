/**
 * What an export policy makes of attribute sets, for all members of a group at once:
 *
 *     attribute set -> outcome -> outcome …     by kind of the source, or by the source itself, and by ROV and ASPA states, where it matters
 *     outcome       -> outputs                  which set goes to whom; members without one get no route
 *                   -> pending                  members for whom that depends on the NLRI or the path identifier
 *
 * Control communities and next hops that are a member's own address are part of the outcome. It is worked out once, and again when members come or
 * go. A set that was made for an outcome is held by it, and one that was there before is not, as in policy/policy-memo.ts: where it goes, the
 * outcome is stale.
 */
import { type AttributeTable, SET_LENGTH_MAX } from '../attributes/attribute-table.ts';
import { addNoExport } from '../attributes/change.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { type BitSet, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { rpkiStatesOf } from '../path-knowledge.ts';
import type { RibPeer } from '../peer.ts';
import {
  type ExportPolicy,
  type MembersAnswer,
  type MembersPolicy,
  type PolicyChange,
  type PolicyMember,
  type PolicyPending,
  PolicyReads,
  type PolicyVerdict,
} from '../policy/policy.ts';
import { NLRI_BYTES_MAX, Question } from '../policy/question.ts';
import type { PathId, RibTable } from '../table.ts';
import { type AudienceId, type Audiences, NOBODY } from './audience.ts';
import type { Control } from './control-communities.ts';
import type { ExportDenial } from './denial.ts';
import { NextHopMode, NextHopUse, nextHopUse } from './next-hop.ts';
import { nextHopModeOf, withMarks } from './policy-marks.ts';
import type { ExportView } from './view.ts';

/** A set, and the members that get it. */
export interface Output {
  readonly attr: number;
  readonly receivers: AudienceId;
}

/** What becomes of a path. */
export interface Outputs {
  readonly outputs: readonly Output[];
  /** Who gets any of them. */
  readonly audience: AudienceId;
}

/** What depends on more than the set and the members. */
interface Case {
  readonly source: RibPeer;
  /** Sources with the same key have the same outcome. */
  readonly sourceKey: number;
  readonly rov: number;
  readonly aspa: number;
}

interface Outcome extends Case, Outputs {
  /** The NLRI of a route with the set, in wire form. */
  readonly nlri: Uint8Array;
  outputs: readonly Output[];
  audience: AudienceId;
  pending: readonly MembersAnswer<PolicyPending>[];
  /** What changes made of the set, for members whose answers are pending: each once. */
  made: Map<PolicyChange, number>;
  /** Sets that are held. */
  held: number[];
  isStale: boolean;
}

/** What the group knows of its members beside the policy. */
export interface OutcomeMembers {
  readonly list: () => readonly PolicyMember[];
  /** What control communities ask for; undefined: nothing. */
  readonly controlOf: (attr: number) => Control | undefined;
  /** Members whose own address is the next hop of a set. */
  readonly ownersOf: (attr: number) => bigint;
}

/** Sources that differ by their kind alone have keys below. */
const FIRST_SOURCE_KEY = 8;
const NOTHING_HELD: ReadonlySet<number> = new Set();

export class PolicyOutcomes {
  readonly policy: ExportPolicy;
  readonly #table: RibTable;
  readonly #attributes: AttributeTable;
  readonly #view: ExportView;
  readonly #members: OutcomeMembers;
  #forMembers: MembersPolicy | undefined = undefined;
  /** By attribute set. */
  readonly #outcomes: Map<number, Outcome[]> = new Map();
  /** Sets that outcomes name and do not hold -> the sets of those outcomes. */
  readonly #users: Map<number, Set<number>> = new Map();
  readonly #question: Question = new Question();
  readonly #audiences: Audiences;
  /** Sets that outcomes held before, until what was made of them is stored. */
  #former: number[] = [];
  readonly #scratch: Uint8Array = new Uint8Array(NLRI_BYTES_MAX);
  /** Each question is about another set, as far as policies know. */
  #questions = 0;

  constructor(table: RibTable, audiences: Audiences, view: ExportView, policy: ExportPolicy, members: OutcomeMembers) {
    this.#audiences = audiences;
    this.policy = policy;
    this.#table = table;
    this.#attributes = table.attributes;
    this.#view = view;
    this.#members = members;
  }

  /** Members came, went, or are others for policies. */
  forgetMembers(): void {
    this.#forMembers = undefined;
  }

  /** Which sets of a path go to whom. The caller stores them before `endBatch`. */
  outputsOf(path: number): Outputs {
    const table = this.#table;
    const attr = table.pathAttr[path]!;
    const source = table.peers[table.pathPeer[path]!] as RibPeer;
    const reads = this.policy.reads;
    const states = (reads & (PolicyReads.Rov | PolicyReads.Aspa)) === 0 ? undefined : rpkiStatesOf(table, path as PathId);
    const rov = states === undefined || (reads & PolicyReads.Rov) === 0 ? 0 : states.rov;
    const aspa = states === undefined || (reads & PolicyReads.Aspa) === 0 ? 0 : states.aspa;
    const bySource = (reads & PolicyReads.Source) !== 0 || (this.#attributes.flags[attr]! & AttrFlag.LinkLocalNextHop) !== 0;
    const sourceKey = bySource ? FIRST_SOURCE_KEY + source.index : source.kind;
    let outcomes = this.#outcomes.get(attr);
    if (outcomes === undefined) this.#outcomes.set(attr, (outcomes = []));
    let outcome = outcomes.find((each) => each.sourceKey === sourceKey && each.rov === rov && each.aspa === aspa);
    if (outcome === undefined) {
      const end = table.index.write(this.#scratch, 0, table.pathNlri[path]! as NlriId);
      outcome = {
        source,
        sourceKey,
        rov,
        aspa,
        nlri: this.#scratch.slice(0, end),
        outputs: [],
        audience: NOBODY,
        pending: [],
        made: new Map(),
        held: [],
        isStale: true,
      };
      outcomes.push(outcome);
    }
    if (outcome.isStale) this.#workOut(attr, outcome);
    return outcome.pending.length === 0 ? outcome : this.#withPending(attr, outcome, path);
  }

  /** Works out again what is remembered of a set. Returns whether anything is different. */
  recompute(attr: number): boolean {
    let isOther = false;
    for (const outcome of this.#outcomes.get(attr) ?? []) {
      const { outputs: before, isStale } = outcome;
      this.#workOut(attr, outcome);
      const { outputs: after, pending } = outcome;
      const isSame =
        before.length === after.length && before.every((each, i) => each.attr === after[i]!.attr && each.receivers === after[i]!.receivers);
      if (!isSame || isStale || pending.length > 0) isOther = true;
    }
    return isOther;
  }

  /** A set is gone, and its id may be given out again. */
  forget(attr: number): void {
    const outcomes = this.#outcomes.get(attr);
    const users = this.#users.get(attr);
    if (users !== undefined) {
      this.#users.delete(attr);
      for (const user of users) for (const outcome of this.#outcomes.get(user) ?? []) outcome.isStale = true;
    }
    if (outcomes === undefined) return;
    this.#outcomes.delete(attr);
    for (const outcome of outcomes) this.#letGo(outcome);
  }

  /** What was worked out is stored. */
  endBatch(): void {
    if (this.#former.length === 0) return;
    const former = this.#former;
    this.#former = [];
    for (const attr of former) this.#attributes.release(attr);
  }

  /** Audiences that are remembered here. */
  addRemembered(ids: BitSet): void {
    for (const outcomes of this.#outcomes.values()) {
      for (const { outputs, audience } of outcomes) {
        ids.add(audience);
        for (const { receivers } of outputs) ids.add(receivers);
      }
    }
  }

  dispose(): void {
    this.endBatch();
    const all = [...this.#outcomes.values()].flat();
    this.#outcomes.clear();
    this.#users.clear();
    for (const outcome of all) this.#letGo(outcome);
  }

  /** Whether a set was made of another one for some member. */
  isMadeOf(attr: number, made: number): boolean {
    const outcomes = this.#outcomes.get(attr) ?? [];
    return outcomes.some(({ outputs, held, made: byChange }) => {
      return outputs.some((output) => output.attr === made) || held.includes(made) || [...byChange.values()].includes(made);
    });
  }

  /** The sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    yield* this.#former;
    for (const outcomes of this.#outcomes.values()) for (const { held } of outcomes) yield* held;
  }

  /** What the policy says of a path for one member, as it is. For people. */
  explain(path: number, number: number): PolicyVerdict | undefined {
    const table = this.#table;
    const source = table.peers[table.pathPeer[path]!] as RibPeer;
    const { rov, aspa } = rpkiStatesOf(table, path as PathId);
    const question = this.#ask(table.pathAttr[path]!, { source, rov, aspa, sourceKey: 0 }).of(
      table.index,
      table.pathNlri[path]! as NlriId,
      table.identifierOf(path),
    );
    const policy = this.#policy();
    const mine = 1n << BigInt(number);
    const answer = policy.judge(question).find(({ members }) => (members & mine) !== 0n)?.answer;
    if (answer === undefined || answer.type === 'verdict') return answer;
    return policy.resume(answer, mine, question).find(({ members }) => (members & mine) !== 0n)?.answer;
  }

  /** Why a member that is not the source of a path gets nothing of it. For people. */
  denialOf(path: number, number: number): ExportDenial {
    const verdict = this.explain(path, number);
    const { bytes, start, end } = this.#question;
    const { change } = verdict ?? {};
    if (verdict?.accepts !== true || typeof change?.apply(bytes, start, end) === 'string') return 'export-policy';
    const attr = this.#table.pathAttr[path]!;
    if (((this.#members.controlOf(attr)?.allowed ?? -1n) & (1n << BigInt(number))) === 0n) return 'control-community';
    const source = this.#table.peers[this.#table.pathPeer[path]!] as RibPeer;
    const mode = change === undefined ? NextHopMode.Default : nextHopModeOf(change);
    const use = nextHopUse(this.#view, this.#attributes.flags[attr]!, source, mode);
    return use === NextHopUse.None ? 'no-next-hop' : 'own-next-hop';
  }

  #policy(): MembersPolicy {
    this.#forMembers ??= this.policy.forMembers(this.#members.list());
    return this.#forMembers;
  }

  /** Every question is about a set of its own: outcomes remember, and policies need not. */
  #ask(attr: number, { source, rov, aspa }: Case): Question {
    return this.#question.set(this.#attributes, attr, ++this.#questions).states(rov, aspa, source.options.policySubject);
  }

  #workOut(attr: number, outcome: Outcome): void {
    const before = outcome.held;
    outcome.held = [];
    const mayHold = new Set(before);
    outcome.made = new Map();
    outcome.isStale = false;
    const question = this.#ask(attr, outcome).at(this.#table.family, outcome.nlri, 0);
    const pending: MembersAnswer<PolicyPending>[] = [];
    const outputs = new Map<number, bigint>();
    const control = this.#members.controlOf(attr);
    for (const { answer, members } of this.#policy().judge(question)) {
      if (answer.type === 'pending') pending.push({ answer, members });
      else this.#add(outputs, attr, outcome, answer, members, control, mayHold);
    }
    outcome.pending = pending;
    Object.assign(outcome, this.#interned(outputs));
    this.#former.push(...before);
  }

  #interned(outputs: ReadonlyMap<number, bigint>): Outputs {
    const audiences = this.#audiences;
    let all = 0n;
    const list = Array.from(outputs, ([attr, members]): Output => {
      all |= members;
      return { attr, receivers: audiences.intern(members) };
    });
    return { outputs: list, audience: all === 0n ? NOBODY : audiences.intern(all) };
  }

  #withPending(attr: number, outcome: Outcome, path: number): Outputs {
    const table = this.#table;
    const outputs = new Map<number, bigint>(outcome.outputs.map(({ attr: made, receivers }) => [made, this.#audiences.setOf(receivers)]));
    const control = this.#members.controlOf(attr);
    const policy = this.#policy();
    for (const { answer: pending, members: waiting } of outcome.pending) {
      const question = this.#ask(attr, outcome).of(table.index, table.pathNlri[path]! as NlriId, table.identifierOf(path));
      for (const { answer, members } of policy.resume(pending, waiting, question)) {
        this.#add(outputs, attr, outcome, answer, members & waiting, control, NOTHING_HELD);
      }
    }
    return this.#interned(outputs);
  }

  /** Adds what a verdict makes of a set for these members. */
  #add(
    outputs: Map<number, bigint>,
    attr: number,
    outcome: Outcome,
    { accepts, change }: PolicyVerdict,
    members: bigint,
    control: Control | undefined,
    before: ReadonlySet<number>,
  ): void {
    if (!accepts || members === 0n) return;
    const made = change === undefined ? attr : this.#madeBy(attr, outcome, change, before);
    if (made === NONE) return;
    const mode = change === undefined ? NextHopMode.Default : nextHopModeOf(change);
    const use = nextHopUse(this.#view, this.#attributes.flags[made]!, outcome.source, mode);
    if (use === NextHopUse.None) return;
    const owners = use === NextHopUse.Keep ? this.#members.ownersOf(made) : 0n;
    const served = members & ~owners & (control?.allowed ?? -1n);
    const marked = served & (control?.noExport ?? 0n);
    addTo(outputs, made, served & ~marked);
    if (marked !== 0n)
      addTo(
        outputs,
        this.#held(attr, outcome, before, () => addNoExport(this.#attributes, made)),
        marked,
      );
  }

  /** The set that a change makes; NONE where it cannot be made. */
  #madeBy(attr: number, outcome: Outcome, change: PolicyChange, before: ReadonlySet<number>): number {
    const known = outcome.made.get(change);
    if (known !== undefined) return known;
    const attributes = this.#attributes;
    const start = attributes.offset[attr]!;
    const changed = change.apply(attributes.arena.data, start, start + attributes.length[attr]!);
    let made: number = NONE;
    if (typeof changed !== 'string') {
      const octets = withMarks(changed ?? attributes.octets(attr as never), change);
      if (changed === undefined && octets.length === attributes.length[attr]) made = attr;
      else if (octets.length <= SET_LENGTH_MAX) made = this.#held(attr, outcome, before, () => attributes.intern(octets, 0, octets.length));
    }
    outcome.made.set(change, made);
    return made;
  }

  /** A set for an outcome, which holds it if it is new, or if the outcome held it `before`. */
  #held(attr: number, outcome: Outcome, before: ReadonlySet<number>, make: () => number): number {
    const attributes = this.#attributes;
    const { count } = attributes;
    const made = make();
    if (made === attr) return made;
    if (outcome.held.includes(made)) return made;
    if (attributes.count > count || before.has(made)) {
      attributes.hold(made);
      outcome.held.push(made);
    } else {
      const users = this.#users.get(made);
      if (users === undefined) this.#users.set(made, new Set([attr]));
      else users.add(attr);
    }
    return made;
  }

  #letGo(outcome: Outcome): void {
    const { held } = outcome;
    outcome.held = [];
    for (const attr of held) this.#attributes.release(attr);
  }
}

function addTo(outputs: Map<number, bigint>, attr: number, members: bigint): void {
  if (members !== 0n) outputs.set(attr, (outputs.get(attr) ?? 0n) | members);
}
