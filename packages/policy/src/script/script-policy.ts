/**
 * A policy in TypeScript, ready to be evaluated. A call that throws, or answers what is no decision, rejects the route, is counted, and is
 * reported once for each place.
 *
 * Time: nothing in JavaScript can stop a function from inside the same thread, so there are two lines of defence.
 *
 *     1. Each call is measured with `now` (0.1 µs). One that takes longer than `budgetMilliseconds` is counted and reported; its answer holds.
 *     2. Calls in `runBatch` are watched by the host's `watch`, which stops what does not end: in Node, `node:vm` with a timeout, 0.2 to 0.3 ms for
 *        each batch. The route of a call that took half of the time of the batch is rejected, the others go on; a batch that was only long goes on
 *        where it was. After STOPS_MAX stops the policy is not asked any more and rejects every route, until it is loaded again.
 */
import { Change } from '../change/change.ts';
import { Policy } from '../engine/policy.ts';
import type { MembersVerdict, Verdict } from '../engine/verdict.ts';
import { type Members, NOBODY, numbersOf } from '../route/members.ts';
import type { Peer } from '../route/peer.ts';
import { PEER_READS, type ReadBits, Reads } from '../route/reads.ts';
import type { Route } from '../route/route.ts';
import type { ScriptDecision, ScriptDefinition, ScriptFunction, ScriptTell } from './define.ts';
import { FaultLog, placeOf, type ScriptFault } from './faults.ts';
import { PeerView, RouteView } from './view.ts';

/** A call that takes longer is counted and reported. */
export const BUDGET_MILLISECONDS_DEFAULT = 5;
/** A batch may take as long as its slice of a turn, and then some: the watch is for what does not end. */
export const BATCH_BUDGET_MILLISECONDS_DEFAULT = 200;
/** Calls that may be stopped before the policy is not asked any more. */
export const STOPS_MAX = 3;
/** Counters of a policy's own, and reasons that are remembered. */
export const METRICS_MAX = 500;

/** How a policy is run. */
export interface ScriptOptions {
  readonly direction: 'import' | 'export';
  /** For routes about which the function has no opinion, and for a policy without a function for this direction. */
  readonly default: 'accept' | 'reject';
  /** Address of the file, for places in reports; parts of a chain have their own. @default '' */
  readonly file?: string | undefined;
  /** The root of changes, as in `PolicyEngine.unchanged`. @default one of its own */
  readonly unchanged?: Change | undefined;
  /** Milliseconds, with fractions. Undefined: calls are not measured. */
  readonly now?: (() => number) | undefined;
  readonly budgetMilliseconds?: number | undefined;
  /** Runs `run`, and stops it after so many milliseconds. Returns whether it ended by itself. Undefined: nothing is stopped. */
  readonly watch?: ((run: () => void, milliseconds: number) => boolean) | undefined;
  readonly batchBudgetMilliseconds?: number | undefined;
  /** Told of each place at which something went wrong, once. */
  readonly onFault?: ((fault: ScriptFault) => void) | undefined;
  /** Told of `tell.event`. */
  readonly onEvent?: ((name: string, fields: Readonly<Record<string, string | number | boolean>>) => void) | undefined;
}

/** A verdict, and what was read for it: it holds for all routes and neighbors with the same values of that. */
export interface ScriptVerdict {
  readonly verdict: Verdict;
  readonly reads: ReadBits;
}

/** A policy in TypeScript as a part of a chain. */
export interface ScriptPart {
  readonly definition: ScriptDefinition;
  /** Address of the file, for places in reports. */
  readonly file: string;
}

/**
 * A part of a chain: a policy in TypeScript, or one of statements. The latter is compiled with the default `accept` and the same root of
 * changes: a route that gets there is decided by the next part.
 */
export type ChainPart = ScriptPart | Policy;

/** A part for one direction; undefined where it has nothing to say. */
type Part = Policy | { readonly run: ScriptFunction; readonly file: string };

/** A policy in TypeScript for one direction, or a chain with at least one. */
export class ScriptPolicy {
  /** Counters of the policy's own. */
  readonly metrics: Map<string, number> = new Map();
  readonly faults: FaultLog;
  readonly #parts: readonly Part[];
  readonly #options: ScriptOptions;
  readonly #route: RouteView;
  readonly #peer = new PeerView();
  readonly #tell: ScriptTell;
  readonly #accepted = new WeakMap<Change, Verdict>();
  readonly #rejected = new Map<string | undefined, Verdict>();
  #stops = 0;
  /** Of the part that is being run. */
  #file: string;
  /** What the parts with statements may have looked at in this evaluation. */
  #statementReads: ReadBits = Reads.Nothing;
  /** Of the call that is being made; undefined between calls. */
  #callStarted: number | undefined;

  constructor(definition: ScriptDefinition | readonly ChainPart[], options: ScriptOptions) {
    this.#options = options;
    const { direction, file = '' } = options;
    this.#file = file;
    const parts = isChain(definition) ? definition : [{ definition, file }];
    this.#parts = parts.flatMap((part): Part[] => {
      if (part instanceof Policy) return [part];
      const run = part.definition[direction]?.bind(part.definition);
      return run === undefined ? [] : [{ run, file: part.file }];
    });
    this.faults = new FaultLog(options.onFault ?? (() => undefined));
    this.#route = new RouteView(options.unchanged ?? Change.root());
    this.#tell = {
      count: (name, by = 1) => {
        const before = this.metrics.get(name);
        if (before !== undefined || this.metrics.size < METRICS_MAX) this.metrics.set(name, (before ?? 0) + by);
      },
      event: (name, fields = {}) => options.onEvent?.(name, fields),
    };
  }

  /** Stopped too often: every route is rejected. */
  get isDisabled(): boolean {
    return this.#stops >= STOPS_MAX;
  }

  /** The parts of the chain that are statements, for their counters. */
  get statementParts(): readonly Policy[] {
    return this.#parts.filter((part) => part instanceof Policy);
  }

  /** The verdict for one route and one neighbor. */
  evaluate(route: Route, peer: Peer): ScriptVerdict {
    if (this.isDisabled) return { verdict: this.#reject('policy-disabled'), reads: Reads.Nothing };
    this.#statementReads = Reads.Nothing;
    this.#route.begin(route, peer);
    this.#peer.begin(peer);
    const { now, budgetMilliseconds = BUDGET_MILLISECONDS_DEFAULT } = this.#options;
    const started = now?.() ?? 0;
    this.#callStarted = started;
    let verdict: Verdict;
    try {
      verdict = this.#run(route, peer);
    } catch (error) {
      this.faults.add('threw', messageOf(error), placeOf(error, this.#file));
      verdict = this.#reject('policy-error');
    }
    this.#callStarted = undefined;
    const elapsed = now === undefined ? 0 : now() - started;
    if (elapsed > budgetMilliseconds)
      this.#fault('overran', `a call took ${elapsed.toFixed(1)} ms, its budget is ${budgetMilliseconds} ms`);
    return { verdict, reads: this.#route.reads | this.#peer.reads | this.#statementReads };
  }

  /** The first part that decides ends the chain. */
  #run(route: Route, peer: Peer): Verdict {
    for (const part of this.#parts) {
      if (part instanceof Policy) {
        this.#statementReads |= part.reads;
        const verdict = part.evaluateAfter(this.#route.change, route, peer);
        if (verdict.type === 'reject' || !part.isDefault(verdict)) return this.#sameVerdict(verdict);
        this.#route.continueWith(verdict.change);
      } else {
        this.#file = part.file;
        const decision = part.run(this.#route, this.#peer, this.#tell);
        if (decision !== undefined) return this.#decided(decision);
      }
    }
    return this.#decided(this.#options.default);
  }

  /** A verdict of statements as one of this chain: its place says nothing here. */
  #sameVerdict(verdict: Verdict): Verdict {
    return verdict.type === 'accept' ? this.#accept(verdict.change) : this.#reject(verdict.reason);
  }

  /** The verdicts for all members. Members with the same values of what a call read share its verdict: calls are as many as verdicts. */
  evaluateMembers(route: Route, members: Members): MembersVerdict<ScriptVerdict>[] {
    const answers: MembersVerdict<ScriptVerdict>[] = [];
    let undecided = members.all;
    while (undecided !== NOBODY) {
      const number: number = numbersOf(undecided).next().value!;
      const peer = members.peers[number]!;
      const answer = this.evaluate(route, peer);
      const peerReads = answer.reads & PEER_READS;
      const same = peerReads === 0 ? members.all : members.classWith(peerReads, number);
      const decided = same & undecided;
      undecided &= ~decided;
      const before = answers.findIndex(({ verdict }) => verdict.verdict === answer.verdict);
      if (before === -1) answers.push({ verdict: answer, members: decided });
      else {
        const { verdict, members: others } = answers[before]!;
        answers[before] = { verdict: { verdict: verdict.verdict, reads: verdict.reads | answer.reads }, members: others | decided };
      }
    }
    return answers;
  }

  /**
   * Calls `each` for 0 to count - 1, watched. `stopped` is told the index of a call that did not end, and the verdict that its route gets.
   * `each` may be called twice for one index, the first time without coming to its end: it stores its result last.
   */
  runBatch(count: number, each: (index: number) => void, stopped: (index: number, verdict: ScriptVerdict) => void): void {
    const { watch, now, batchBudgetMilliseconds = BATCH_BUDGET_MILLISECONDS_DEFAULT } = this.#options;
    let index = 0;
    /** The call that the batch was interrupted at, without being at fault. */
    let interrupted = -1;
    const run = (): void => {
      for (; index < count; index++) each(index);
    };
    if (watch === undefined) return run();
    while (index < count) {
      if (watch(run, batchBudgetMilliseconds)) return;
      const took = now === undefined ? batchBudgetMilliseconds : this.#callStarted === undefined ? 0 : now() - this.#callStarted;
      if (took < batchBudgetMilliseconds / 2 && interrupted !== index) {
        interrupted = index;
        continue;
      }
      this.#stops++;
      this.#fault(
        'stopped',
        `a call did not end within ${batchBudgetMilliseconds} ms and was stopped${this.isDisabled ? '; the policy rejects all routes until it is loaded again' : ''}`,
      );
      stopped(index, { verdict: this.#reject('policy-stopped'), reads: this.#route.reads | this.#peer.reads | this.#statementReads });
      index++;
    }
  }

  #decided(decision: ScriptDecision): Verdict {
    if (decision === 'accept') return this.#accept(this.#route.change);
    if (decision === 'reject') return this.#reject(undefined);
    if (typeof decision === 'object' && typeof decision.reject === 'string') return this.#reject(decision.reject);
    this.#fault('returned', `returned ${describeReturned(decision)}, allowed are "accept", "reject", { reject: reason } and undefined`);
    return this.#reject('policy-error');
  }

  #accept(change: Change): Verdict {
    let verdict = this.#accepted.get(change);
    if (verdict === undefined) {
      verdict = { type: 'accept', change, place: 0 };
      this.#accepted.set(change, verdict);
    }
    return verdict;
  }

  #reject(reason: string | undefined): Verdict {
    let verdict = this.#rejected.get(reason);
    if (verdict === undefined) {
      verdict = { type: 'reject', reason, place: 0 };
      if (this.#rejected.size < METRICS_MAX) this.#rejected.set(reason, verdict);
    }
    return verdict;
  }

  #fault(type: ScriptFault['type'], message: string): void {
    this.faults.add(type, message, { file: this.#file, line: 0, column: 0 });
  }
}

function isChain(definition: ScriptDefinition | readonly ChainPart[]): definition is readonly ChainPart[] {
  return Array.isArray(definition);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describeReturned(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' ? 'an object' : (JSON.stringify(value) ?? typeof value);
}
