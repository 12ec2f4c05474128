/**
 * A compiled policy. Evaluated for one neighbor, or for all members of a group at once; both give the same answers.
 *
 * A caller that keeps verdicts asks in two steps. `evaluateAttributes` runs the statements up to the first that looks at the prefix. Its
 * answer holds for every route with the same attribute set, family, ROV and ASPA state and source, and for every neighbor with the same
 * `peerValues`. Only where it is pending, `resume` runs the rest for each route.
 */
import { Change } from '../change/change.ts';
import { membersMatching } from '../condition/condition.ts';
import { type MemberSet, type Members, NOBODY } from '../route/members.ts';
import { type Peer, peerValues } from '../route/peer.ts';
import { PEER_READS, type ReadBits, Reads, ROUTE_READS } from '../route/reads.ts';
import type { Route } from '../route/route.ts';
import { Counters } from './counters.ts';
import type { Instruction, Place, Program } from './program.ts';
import { WorkingRoute } from './state.ts';
import type { Accepted, MembersVerdict, Pending, PendingMemory, Rejected, Verdict } from './verdict.ts';

/** Follows one evaluation, for explanations. */
export interface Tracer {
  /** The route comes to a statement. */
  enter(place: number): void;
  /** A condition was tested; `found` is what it looked at. */
  tested(place: number, text: string, holds: boolean, found: string): void;
  /** A change was made. */
  edited(place: number, text: string): void;
}

/** A chain of policies, compiled. */
export class Policy {
  readonly places: readonly Place[];
  /** Everything that it may look at. */
  readonly reads: ReadBits;
  readonly counters: Counters;
  readonly key: string;
  readonly #program: Program;
  readonly #unchanged: Change;
  readonly #accepted: WeakMap<Change, Accepted>[];
  readonly #rejected: (Rejected | undefined)[];
  readonly #failed = new Map<string, Rejected>();

  /** `unchanged` is the root of all changes of an engine: policies with the same one give equal changes as the same object. */
  constructor(program: Program, unchanged: Change = Change.root()) {
    this.#program = program;
    this.#unchanged = unchanged;
    this.places = program.places;
    this.reads = program.reads;
    this.key = program.key;
    this.counters = new Counters(program.places.length);
    this.#accepted = program.places.map(() => new WeakMap());
    this.#rejected = program.code.map((instruction) =>
      instruction.op === 'reject' ? { type: 'reject', reason: instruction.reason, place: instruction.place } : undefined,
    );
  }

  /** The instructions, in the order in which they are passed. */
  get code(): readonly Instruction[] {
    return this.#program.code;
  }

  /** The verdict for every route and neighbor, where the policy looks at nothing; undefined otherwise. */
  get constant(): Verdict | undefined {
    if (this.reads !== 0) return undefined;
    return this.#run(NO_ROUTE, undefined, 0, this.#unchanged, false) as Verdict;
  }

  /** Neighbors with the same text get the same verdicts for the same routes. */
  peerValues(peer: Peer): string {
    return peerValues(peer, this.reads & PEER_READS);
  }

  /** The verdict for one route and one neighbor. */
  evaluate(route: Route, peer: Peer, tracer?: Tracer): Verdict {
    return this.#run(route, peer, 0, this.#unchanged, false, tracer) as Verdict;
  }

  /** As `evaluate`, of a route that another policy has changed. The changes are of the same root. */
  evaluateAfter(change: Change, route: Route, peer: Peer): Verdict {
    return this.#run(route, peer, 0, change, false) as Verdict;
  }

  /** Whether no statement and no policy of the chain decided. */
  isDefault({ place }: Verdict): boolean {
    return place === this.places.length - 1;
  }

  /** As `evaluate`, up to the first look at the prefix or the path identifier. */
  evaluateAttributes(route: Route, peer: Peer): Verdict | Pending {
    return this.#run(route, peer, 0, this.#unchanged, true);
  }

  /**
   * The rest of `evaluateAttributes`, with the prefix; for a route with the attribute set of that call. Conditions that do not look at the
   * prefix are asked once for all routes: 20 µs -> 1 µs a route for the import policy of a route server.
   */
  resume(pending: Pending, route: Route, peer: Peer): Verdict {
    return this.#run(route, peer, pending.at, pending.change, false, undefined, pending.memory) as Verdict;
  }

  /** The verdicts for all members, each with those whom it concerns. Every member is in exactly one. */
  evaluateMembers(route: Route, members: Members): MembersVerdict<Verdict>[] {
    return this.#runMembers(route, members, [{ verdict: this.#start, members: members.all }], false) as MembersVerdict<Verdict>[];
  }

  /** As `evaluateMembers`, up to the first look at the prefix or the path identifier. */
  evaluateMembersAttributes(route: Route, members: Members): MembersVerdict<Verdict | Pending>[] {
    return this.#runMembers(route, members, [{ verdict: this.#start, members: members.all }], true);
  }

  /** The rest of `evaluateMembersAttributes`, with the prefix: its pending answers go in, verdicts come out. */
  resumeMembers(pending: readonly MembersVerdict<Pending>[], route: Route, members: Members): MembersVerdict<Verdict>[] {
    return this.#runMembers(route, members, pending, false) as MembersVerdict<Verdict>[];
  }

  get #start(): Pending {
    return pendingAt(this.#unchanged, 0);
  }

  #run(
    route: Route,
    peer: Peer | undefined,
    from: number,
    before: Change,
    stopsAtRoute: boolean,
    tracer?: Tracer,
    memory?: PendingMemory,
  ): Verdict | Pending {
    const { code } = this.#program;
    let change = before;
    let state = this.#stateOf(route, change, memory);
    for (let at = from; ; ) {
      const instruction = code[at]!;
      switch (instruction.op) {
        case 'enter':
          tracer?.enter(instruction.place);
          at++;
          break;
        case 'match':
          this.counters.matched(instruction.place);
          at++;
          break;
        case 'jump':
          at = instruction.to;
          break;
        case 'test': {
          const { condition, place, otherwise } = instruction;
          const readsRoute = (condition.reads & ROUTE_READS) !== 0;
          if (stopsAtRoute && readsRoute) return pendingAt(change, at);
          let holds = !readsRoute && change === before ? recalled(memory, at) : undefined;
          if (holds === undefined) {
            if (state.change !== change) state = new WorkingRoute(route, change, this.#program.conditionsSee);
            const failure = (condition.reads & Reads.Attributes) === 0 ? undefined : state.make();
            if (failure !== undefined) return this.#failure(failure, place);
            holds = condition.test(state, peer);
            if (!readsRoute && change === before) remember(memory, at, holds, code.length);
          }
          tracer?.tested(place, condition.text, holds, condition.found(state, peer));
          if (!holds) this.counters.failed(place);
          at = holds ? at + 1 : otherwise;
          break;
        }
        case 'edit': {
          const edit = instruction.action.editFor(peer);
          if (edit !== undefined) {
            change = change.plus(edit);
            tracer?.edited(instruction.place, edit.text);
          }
          at++;
          break;
        }
        default:
          return this.#decide(at, instruction, change);
      }
    }
  }

  /**
   * All undecided members go through the instructions together, divided only where a condition or an edit divides them. `waiting` has, for
   * each instruction, who comes to it with which changes: jumps go forward, so everyone has arrived when it is their turn.
   */
  #runMembers(
    route: Route,
    members: Members,
    from: readonly MembersVerdict<Pending>[],
    stopsAtRoute: boolean,
  ): MembersVerdict<Verdict | Pending>[] {
    const { code, conditionsSee } = this.#program;
    const waiting: (Map<Change, MemberSet> | undefined)[] = [];
    const states = new Map<Change, WorkingRoute>();
    const answers = new Map<Verdict, MemberSet>();
    const pending: MembersVerdict<Pending>[] = [];
    const send = (at: number, change: Change, set: MemberSet): void => {
      if (set === NOBODY) return;
      const there = waiting[at];
      if (there === undefined) waiting[at] = new Map([[change, set]]);
      else there.set(change, (there.get(change) ?? NOBODY) | set);
    };
    const answer = (verdict: Verdict, set: MemberSet): void => {
      answers.set(verdict, (answers.get(verdict) ?? NOBODY) | set);
    };
    for (const { verdict, members: set } of from) send(verdict.at, verdict.change, set);
    for (let at = 0; at < code.length; at++) {
      const there = waiting[at];
      if (there === undefined) continue;
      waiting[at] = undefined;
      const instruction = code[at]!;
      for (const [change, set] of there) {
        switch (instruction.op) {
          case 'enter':
            send(at + 1, change, set);
            break;
          case 'match':
            this.counters.matched(instruction.place);
            send(at + 1, change, set);
            break;
          case 'jump':
            send(instruction.to, change, set);
            break;
          case 'test': {
            const { condition, place, otherwise } = instruction;
            if (stopsAtRoute && (condition.reads & ROUTE_READS) !== 0) {
              pending.push({ verdict: pendingAt(change, at), members: set });
              break;
            }
            let state = states.get(change);
            if (state === undefined) states.set(change, (state = new WorkingRoute(route, change, conditionsSee)));
            const failure = (condition.reads & Reads.Attributes) === 0 ? undefined : state.make();
            if (failure !== undefined) answer(this.#failure(failure, place), set);
            else {
              const matching = membersMatching(condition, state, members, set);
              const rest = set & ~matching;
              if (rest !== NOBODY) this.counters.failed(place);
              send(at + 1, change, matching);
              send(otherwise, change, rest);
            }
            break;
          }
          case 'edit':
            this.#editMembers(instruction, change, members, set, (next, part) => send(at + 1, next, part));
            break;
          default:
            answer(this.#decide(at, instruction, change), set);
        }
      }
    }
    return [...pending, ...Array.from(answers, ([verdict, set]) => ({ verdict, members: set }))];
  }

  #editMembers(
    { action }: Extract<Instruction, { op: 'edit' }>,
    change: Change,
    members: Members,
    set: MemberSet,
    send: (change: Change, part: MemberSet) => void,
  ): void {
    const reads = action.reads & PEER_READS;
    const classes = reads === 0 ? [{ peer: undefined, members: set }] : members.classes(reads);
    for (const { peer, members: same } of classes) {
      if ((same & set) === NOBODY) continue;
      const edit = action.editFor(peer);
      send(edit === undefined ? change : change.plus(edit), same & set);
    }
  }

  #decide(at: number, instruction: Extract<Instruction, { op: 'accept' | 'reject' }>, change: Change): Verdict {
    if (instruction.op === 'reject') return this.#rejected[at]!;
    const known = this.#accepted[instruction.place]!;
    let verdict = known.get(change);
    if (verdict === undefined) {
      verdict = { type: 'accept', change, place: instruction.place };
      known.set(change, verdict);
    }
    return verdict;
  }

  /** The state at the beginning of a run. The one of an attribute set is kept, with the changes made. */
  #stateOf(route: Route, change: Change, memory: PendingMemory | undefined): WorkingRoute {
    if (memory?.state === undefined) {
      const state = new WorkingRoute(route, change, this.#program.conditionsSee);
      if (memory !== undefined) memory.state = state;
      return state;
    }
    memory.state.given = route;
    return memory.state;
  }

  /** A change that cannot be made rejects the route. */
  #failure(reason: string, place: number): Rejected {
    const key = `${place} ${reason}`;
    let verdict = this.#failed.get(key);
    if (verdict === undefined) {
      verdict = { type: 'reject', reason, place };
      this.#failed.set(key, verdict);
    }
    return verdict;
  }
}

function pendingAt(change: Change, at: number): Pending {
  return { type: 'pending', change, at, memory: { answers: undefined, state: undefined } };
}

const HOLDS = 1;
const FAILS = 2;

function recalled(memory: PendingMemory | undefined, at: number): boolean | undefined {
  const answer = memory?.answers?.[at];
  return answer === HOLDS ? true : answer === FAILS ? false : undefined;
}

function remember(memory: PendingMemory | undefined, at: number, holds: boolean, count: number): void {
  if (memory === undefined) return;
  memory.answers ??= new Uint8Array(count);
  memory.answers[at] = holds ? HOLDS : FAILS;
}

/** For policies that look at no route. */
const NO_ROUTE = {} as Route;
