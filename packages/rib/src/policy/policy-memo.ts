/**
 * What import policies said of attribute sets, so that each is asked once.
 *
 *     attribute set -> entry -> entry …      the entry of a variant: what it said, and the set that the route is used with
 *
 * A variant is a policy with everything else that its answer depends on: the family, the class of the neighbor, the ROV and ASPA states. A change
 * of attributes that depends on the NLRI (`resume`) is a variant too, so that each is made once per set.
 *
 * Entries are freed with their attribute set. A set that was made for an entry is held by it. One that was there before is not: two sets that
 * policies make of each other would keep each other for ever. An entry knows the generation of that set instead, and is worked out anew where the
 * set is gone.
 */
import type { Family } from '@tsbgp/wire';
import { type AttributeTable, SET_LENGTH_MAX } from '../attributes/attribute-table.ts';
import { grown, NONE } from '../columns.ts';
import { NO_REASON, type ReasonCode } from '../filter-reason.ts';
import type { NlriId, NlriIndex } from '../nlri/nlri-index.ts';
import { type ImportPolicy, type PolicyChange, type PolicyPending, PolicyReads, type PolicySubject, type PolicyVerdict } from './policy.ts';
import type { PolicyReasons } from './policy-reasons.ts';
import { Question } from './question.ts';

/** ROV and ASPA states in a variant: two bits each. */
const STATES = 16;
/** Entries of one attribute set. Beyond, policies are asked each time: it takes more neighbors of other classes with the same set. */
export const ENTRIES_PER_SET_MAX = 64;
/** Changes of one policy that are remembered by attribute set. A policy may make another one for each prefix: beyond, each is made again. */
export const CHANGES_MAX = 4096;
/** Attribute sets looked at in one slice of forgetting. */
const FORGET_SLICE = 32_768;

/** The policy of one neighbor. */
export interface PeerPolicy {
  readonly policy: ImportPolicy;
  readonly subject: PolicySubject | undefined;
  /** Answers depend on what RPKI says of the route. */
  readonly readsStates: boolean;
  readonly shared: Shared;
  /** By position of the family: the first of its variants. */
  readonly variants: readonly number[];
}

/** What neighbors with the same policy share. */
interface Shared {
  readonly policy: ImportPolicy;
  /** By class of the neighbor: the variants by position of the family. */
  readonly classes: Map<number, number[]>;
  readonly changes: Map<PolicyChange, number>;
  /** Of changes beyond CHANGES_MAX: an entry holds what was made last. */
  overflow: number | undefined;
  users: number;
}

const Kind = { Decided: 0, Pending: 1 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

export class PolicyMemo {
  /** The last answer. A reason: the route is rejected, and `used` is as it came. */
  used: number = NONE;
  reason: ReasonCode = NO_REASON;
  /** The last answer depends on the NLRI: `resume` says more. */
  pending: PolicyPending | undefined = undefined;

  readonly #attributes: AttributeTable;
  readonly #reasons: PolicyReasons;
  readonly #families: readonly Family[];
  readonly #question: Question = new Question();
  readonly #policies: Map<ImportPolicy, Shared> = new Map();

  /** By attribute set: its first entry, and how often its id was given out. */
  #first: Int32Array = new Int32Array(0);
  #generation: Uint32Array = new Uint32Array(0);
  /** By entry. */
  #next: Int32Array = new Int32Array(1024);
  #variant: Int32Array = new Int32Array(1024);
  #used: Int32Array = new Int32Array(1024);
  #usedGeneration: Uint32Array = new Uint32Array(1024);
  #reason: Uint8Array = new Uint8Array(1024);
  #kind: Uint8Array = new Uint8Array(1024);
  /** 1: the entry holds the set that it names. */
  #holds: Uint8Array = new Uint8Array(1024);
  readonly #pending: Map<number, PolicyPending> = new Map();
  #top = 1;
  #free: number = NONE;

  /** Variants are numbers below; those that are free, and those of policies that nobody has any more. */
  #variants = 0;
  readonly #freeVariants: number[] = [];
  #dead: Set<number> = new Set();
  /** The walk that forgets the entries of dead variants: of which, and the next attribute set. */
  #forgetting: ReadonlySet<number> = new Set();
  #cursor: number = NONE;
  /** The last set was made by the last `#change`. */
  #isMade = false;

  constructor(attributes: AttributeTable, reasons: PolicyReasons, families: readonly Family[]) {
    this.#attributes = attributes;
    this.#reasons = reasons;
    this.#families = families;
  }

  /** The RIB has one more family. */
  addFamily(): void {
    for (const { classes } of this.#policies.values()) for (const variants of classes.values()) variants.push(this.#newVariant());
  }

  /** The policy of a neighbor, until `release`. */
  acquire(policy: ImportPolicy, subject: PolicySubject | undefined): PeerPolicy {
    let shared = this.#policies.get(policy);
    if (shared === undefined) {
      if (this.#policies.size === 0) this.#attributes.removed.add(this.#removed);
      shared = { policy, classes: new Map(), changes: new Map(), overflow: undefined, users: 0 };
      this.#policies.set(policy, shared);
    }
    shared.users++;
    const neighbors = policy.classOf(subject);
    let variants = shared.classes.get(neighbors);
    if (variants === undefined) {
      variants = this.#families.map(() => this.#newVariant());
      shared.classes.set(neighbors, variants);
    }
    const readsStates = (policy.reads & (PolicyReads.Rov | PolicyReads.Aspa)) !== 0;
    return { policy, subject, readsStates, shared, variants };
  }

  /** Where nobody has the policy any more, what it said is forgotten, in slices. */
  release({ policy, shared }: PeerPolicy): void {
    if (--shared.users > 0) return;
    this.#policies.delete(policy);
    if (this.#policies.size === 0) return this.#forgetAll();
    for (const variants of shared.classes.values()) for (const variant of variants) this.#dead.add(variant / STATES);
    for (const variant of shared.changes.values()) this.#dead.add(variant / STATES);
    if (shared.overflow !== undefined) this.#dead.add(shared.overflow / STATES);
  }

  /** Whether entries of policies that nobody has are still to be forgotten. */
  get isForgetting(): boolean {
    return this.#cursor !== NONE || this.#dead.size > 0;
  }

  /** One slice of forgetting. True when there was any. */
  slice(): boolean {
    if (this.#cursor === NONE) {
      if (this.#dead.size === 0) return false;
      this.#forgetting = this.#dead;
      this.#dead = new Set();
      this.#cursor = 1;
    }
    const end = Math.min(this.#cursor + FORGET_SLICE, this.#first.length);
    for (; this.#cursor < end; this.#cursor++) if (this.#first[this.#cursor] !== NONE) this.#forgetDead(this.#cursor);
    if (this.#cursor < this.#first.length) return true;
    for (const variant of this.#forgetting) this.#freeVariants.push(variant);
    this.#forgetting = new Set();
    this.#cursor = NONE;
    return true;
  }

  /**
   * What a policy says of routes with this set, which the caller holds. It leaves its answer in the fields. `nlri` has the NLRI of one of them,
   * in wire form.
   */
  ask(peer: PeerPolicy, attr: number, position: number, nlri: Uint8Array, offset: number): void {
    const variant = peer.variants[position]!;
    if (this.#recall(attr, variant)) return;
    const question = this.#aboutSet(attr).states(0, 0, peer.subject);
    this.#judge(peer, attr, variant, question.at(this.#families[position]!, nlri, offset));
  }

  /** As `ask`, of one route with these states, to the end: nothing is pending afterwards. */
  askOfRoute(
    peer: PeerPolicy,
    attr: number,
    position: number,
    index: NlriIndex,
    nlri: NlriId,
    pathIdentifier: number,
    rov: number,
    aspa: number,
  ): void {
    const { reads } = peer.policy;
    const rovState = (reads & PolicyReads.Rov) === 0 ? 0 : rov;
    const aspaState = (reads & PolicyReads.Aspa) === 0 ? 0 : aspa;
    const variant = peer.variants[position]! + 4 * rovState + aspaState;
    const question = this.#question;
    if (!this.#recall(attr, variant)) {
      this.#aboutSet(attr).states(rovState, aspaState, peer.subject).of(index, nlri, pathIdentifier);
      this.#judge(peer, attr, variant, question);
    }
    if (this.pending === undefined) return;
    this.#aboutSet(attr).states(rovState, aspaState, peer.subject).of(index, nlri, pathIdentifier);
    const verdict = peer.policy.resume(this.pending, question);
    this.pending = undefined;
    this.#decide(peer.shared, attr, verdict, true);
  }

  /** The verdict of a policy on one route, as it is. For people: nothing is remembered. */
  verdictOn(
    peer: PeerPolicy,
    attr: number,
    index: NlriIndex,
    nlri: NlriId,
    pathIdentifier: number,
    rov: number,
    aspa: number,
  ): PolicyVerdict {
    const question = this.#aboutSet(attr).states(rov, aspa, peer.subject).of(index, nlri, pathIdentifier);
    const answer = peer.policy.judge(question);
    return answer.type === 'verdict' ? answer : peer.policy.resume(answer, question);
  }

  /** The sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    for (const head of this.#first) for (let at = head; at !== NONE; at = this.#next[at]!) if (this.#holds[at] === 1) yield this.#used[at]!;
  }

  #aboutSet(attr: number): Question {
    this.#makeRoomForSets();
    return this.#question.set(this.#attributes, attr, this.#generation[attr]!);
  }

  /** Whether the answer is known; it is in the fields then. */
  #recall(attr: number, variant: number): boolean {
    const at = this.#find(attr, variant);
    if (at === NONE) return false;
    this.used = this.#used[at]!;
    this.reason = this.#reason[at]! as ReasonCode;
    this.pending = this.#kind[at] === Kind.Pending ? this.#pending.get(at) : undefined;
    return true;
  }

  #judge(peer: PeerPolicy, attr: number, variant: number, question: Question): void {
    const answer = peer.policy.judge(question);
    if (answer.type === 'verdict') {
      this.pending = undefined;
      this.#decide(peer.shared, attr, answer, false);
    } else {
      this.pending = answer;
      this.used = attr;
      this.reason = NO_REASON;
    }
    this.#add(attr, variant);
  }

  /** The verdict as codes, in the fields. `remembers`: the changed set is remembered by its change. */
  #decide(shared: Shared, attr: number, verdict: PolicyVerdict, remembers: boolean): void {
    this.used = attr;
    this.reason = verdict.accepts ? NO_REASON : this.#reasons.codeOf(verdict.reason);
    this.#isMade = false;
    const { change } = verdict;
    if (!verdict.accepts || change === undefined) return;
    if (!remembers) return this.#change(attr, change);
    let variant = shared.changes.get(change);
    if (variant !== undefined) {
      if (this.#recall(attr, variant)) return;
    } else if (shared.changes.size < CHANGES_MAX) {
      variant = this.#newVariant();
      shared.changes.set(change, variant);
    } else {
      variant = shared.overflow ??= this.#newVariant();
      this.#forget(attr, variant);
    }
    this.#change(attr, change);
    this.#add(attr, variant);
  }

  #change(attr: number, change: PolicyChange): void {
    const attributes = this.#attributes;
    const start = attributes.offset[attr]!;
    const octets = change.apply(attributes.arena.data, start, start + attributes.length[attr]!);
    if (octets === undefined) return;
    if (typeof octets === 'string' || octets.length > SET_LENGTH_MAX) {
      this.reason = this.#reasons.codeOf(typeof octets === 'string' ? octets : 'attributes-too-long');
      return;
    }
    const { count } = attributes;
    this.used = attributes.intern(octets, 0, octets.length);
    this.#isMade = attributes.count > count;
  }

  /** The entry of a variant that still holds, or NONE. */
  #find(attr: number, variant: number): number {
    if (attr >= this.#first.length) return NONE;
    let before: number = NONE;
    for (let at = this.#first[attr]!; at !== NONE; at = this.#next[at]!) {
      if (this.#variant[at] === variant) {
        if (this.#generation[this.#used[at]!] === this.#usedGeneration[at]) return at;
        this.#unlink(attr, before, at);
        return NONE;
      }
      before = at;
    }
    return NONE;
  }

  /** Remembers what the fields have. A set that nobody holds yet must be remembered: `askOfRoute` and `ask` hand it on. */
  #add(attr: number, variant: number): void {
    this.#makeRoomForSets();
    const { used } = this;
    let count = 0;
    for (let at = this.#first[attr]!; at !== NONE; at = this.#next[at]!) count++;
    if (count >= ENTRIES_PER_SET_MAX) this.#unlink(attr, NONE, this.#first[attr]!);
    const at = this.#allocate();
    this.#variant[at] = variant;
    this.#used[at] = used;
    this.#usedGeneration[at] = this.#generation[used]!;
    this.#reason[at] = this.reason;
    this.#kind[at] = this.pending === undefined ? Kind.Decided : Kind.Pending;
    if (this.pending !== undefined) this.#pending.set(at, this.pending);
    this.#holds[at] = this.#isMade ? 1 : 0;
    if (this.#isMade) this.#attributes.hold(used);
    this.#isMade = false;
    this.#next[at] = this.#first[attr]!;
    this.#first[attr] = at;
  }

  #makeRoomForSets(): void {
    const { length } = this.#attributes.offset;
    if (this.#first.length >= length) return;
    const first = grown(this.#first, length, this.#first.length);
    this.#generation = grown(this.#generation, length, this.#generation.length);
    this.#first = first;
  }

  #forget(attr: number, variant: number): void {
    if (attr >= this.#first.length) return;
    let before: number = NONE;
    let at = this.#first[attr]!;
    for (; at !== NONE && this.#variant[at] !== variant; at = this.#next[at]!) before = at;
    if (at !== NONE) this.#unlink(attr, before, at);
  }

  /** Takes an entry out of the chain of a set. */
  #unlink(attr: number, before: number, at: number): void {
    if (before === NONE) this.#first[attr] = this.#next[at]!;
    else this.#next[before] = this.#next[at]!;
    this.#drop(at);
  }

  #drop(at: number): void {
    if (this.#kind[at] === Kind.Pending) this.#pending.delete(at);
    this.#next[at] = this.#free;
    this.#free = at;
    if (this.#holds[at] === 0) return;
    this.#holds[at] = 0;
    this.#attributes.release(this.#used[at]!);
  }

  #forgetDead(attr: number): void {
    let before: number = NONE;
    for (let at = this.#first[attr]!; at !== NONE; ) {
      const next = this.#next[at]!;
      if (this.#forgetting.has(Math.floor(this.#variant[at]! / STATES))) this.#unlink(attr, before, at);
      else before = at;
      at = next;
    }
  }

  #forgetAll(): void {
    this.#attributes.removed.delete(this.#removed);
    const held = [...this.heldSets()];
    this.#first = new Int32Array(0);
    this.#generation = new Uint32Array(0);
    this.#pending.clear();
    this.#holds.fill(0);
    this.#top = 1;
    this.#free = NONE;
    this.#variants = 0;
    this.#freeVariants.length = 0;
    this.#dead = new Set();
    this.#forgetting = new Set();
    this.#cursor = NONE;
    for (const attr of held) this.#attributes.release(attr);
  }

  /** A set is freed, and its id may be given out again. */
  readonly #removed = (attr: number): void => {
    if (attr >= this.#first.length) return;
    this.#generation[attr]!++;
    let at = this.#first[attr]!;
    this.#first[attr] = NONE;
    while (at !== NONE) {
      const next = this.#next[at]!;
      this.#drop(at);
      at = next;
    }
  };

  #newVariant(): number {
    return STATES * (this.#freeVariants.pop() ?? this.#variants++);
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const at = this.#free;
      this.#free = this.#next[at]!;
      return at;
    }
    if (this.#top === this.#next.length) this.#grow();
    return this.#top++;
  }

  /** All columns or none: where one finds no memory, the others stay as they are. */
  #grow(): void {
    const used = this.#top;
    const capacity = 2 * used;
    const next = grown(this.#next, capacity, used);
    const variant = grown(this.#variant, capacity, used);
    const usedSet = grown(this.#used, capacity, used);
    const usedGeneration = grown(this.#usedGeneration, capacity, used);
    const reason = grown(this.#reason, capacity, used);
    const kind = grown(this.#kind, capacity, used);
    this.#holds = grown(this.#holds, capacity, used);
    this.#next = next;
    this.#variant = variant;
    this.#used = usedSet;
    this.#usedGeneration = usedGeneration;
    this.#reason = reason;
    this.#kind = kind;
  }
}
