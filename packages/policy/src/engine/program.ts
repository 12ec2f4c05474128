/**
 * A chain of policies as one list of instructions. Jumps go forward only, so an evaluation passes each instruction at most once: for one
 * neighbor and for a set of neighbors alike. Calls and nested statements are written out.
 *
 *     statement bogons            0  enter    #0
 *       prefix in bogons          1  test     prefix in bogons, else 4
 *                                 2  match    #0
 *       reject                    3  reject   bogon-prefix
 *     statement mark              4  enter    #1
 *       …                         5  edit     communities add 64512:1
 */
import type { Action } from '../change/edit.ts';
import type { Condition } from '../condition/condition.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import { type ChainDefinition, type Outcome, type PolicyDefinition, PolicyError, type StatementDefinition } from './definition.ts';

/** Where an instruction comes from, for counters and explanations. */
export interface Place {
  readonly policy: string;
  readonly statement: string;
  /** `customers-in.statements[2].do[0]`; a called policy has its own name. */
  readonly path: string;
}

export type Instruction =
  /** A statement begins. */
  | { readonly op: 'enter'; readonly place: number }
  | { readonly op: 'test'; readonly place: number; readonly condition: Condition; readonly otherwise: number }
  /** All conditions of the statement held. */
  | { readonly op: 'match'; readonly place: number }
  | { readonly op: 'edit'; readonly place: number; readonly action: Action }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'accept'; readonly place: number }
  | { readonly op: 'reject'; readonly place: number; readonly reason: string | undefined };

export interface Program {
  readonly code: readonly Instruction[];
  /** The place of a default is that of its policy, with an empty statement. */
  readonly places: readonly Place[];
  readonly reads: ReadBits;
  readonly conditionsSee: 'changed' | 'received';
  /** Identifies the program by content. */
  readonly key: string;
}

/** Instructions, with calls written out. */
const INSTRUCTIONS_MAX = 100_000;
const CALL_DEPTH_MAX = 32;

/** Throws PolicyError. */
export function compileProgram(chain: ChainDefinition): Program {
  return new ProgramWriter(chain).program;
}

/** A jump whose end is not known yet, and everything that jumps there. */
class Label {
  at = -1;
}

type Unlinked =
  | Exclude<Instruction, { op: 'test' } | { op: 'jump' }>
  | { readonly op: 'test'; readonly place: number; readonly condition: Condition; readonly otherwise: Label }
  | { readonly op: 'jump'; readonly to: Label };

/** Where `accept` and `next-policy` lead in the policy that is being written. */
interface Exits {
  /** undefined: the instruction `accept`. */
  readonly accept: Label | undefined;
  readonly next: Label;
}

class ProgramWriter {
  readonly program: Program;
  readonly #chain: ChainDefinition;
  readonly #code: Unlinked[] = [];
  readonly #places: Place[] = [];
  readonly #calls: string[] = [];

  constructor(chain: ChainDefinition) {
    this.#chain = chain;
    for (const policy of chain.policies) {
      const end = new Label();
      this.#policy(policy, { accept: chain.accept === 'next-policy' ? end : undefined, next: end });
      this.#here(end);
    }
    const place = this.#place({ policy: '', statement: '', path: 'default' });
    this.#add(chain.default === 'accept' ? { op: 'accept', place } : { op: 'reject', place, reason: undefined });
    this.program = this.#link();
  }

  #policy(policy: PolicyDefinition, exits: Exits): void {
    if (this.#calls.includes(policy.name))
      throw new PolicyError(policy.name, `policies call each other in a circle: ${[...this.#calls, policy.name].join(' -> ')}`);
    if (this.#calls.length >= CALL_DEPTH_MAX)
      throw new PolicyError(policy.name, `policies call each other more than ${CALL_DEPTH_MAX} deep`);
    this.#calls.push(policy.name);
    this.#statements(policy, `${policy.name}.statements`, policy.statements, exits);
    this.#calls.pop();
    const place = this.#place({ policy: policy.name, statement: '', path: `${policy.name}.default` });
    this.#outcome({ type: policy.default ?? 'next-policy' }, place, exits);
  }

  #statements(policy: PolicyDefinition, path: string, statements: readonly StatementDefinition[], exits: Exits): void {
    for (const [index, statement] of statements.entries()) this.#statement(policy, `${path}[${index}]`, statement, exits);
  }

  #statement(policy: PolicyDefinition, path: string, statement: StatementDefinition, exits: Exits): void {
    const place = this.#place({ policy: policy.name, statement: statement.name, path });
    const otherwise = new Label();
    const end = new Label();
    this.#add({ op: 'enter', place });
    for (const condition of statement.conditions) this.#add({ op: 'test', place, condition, otherwise });
    this.#add({ op: 'match', place });
    for (const action of statement.actions) this.#add({ op: 'edit', place, action });
    if (statement.call !== undefined) this.#call(statement.call, path);
    if (statement.inside !== undefined) this.#statements(policy, `${path}.do`, statement.inside, exits);
    this.#outcome(statement.outcome, place, exits);
    if (statement.otherwise !== undefined && statement.outcome.type === 'next-statement') this.#add({ op: 'jump', to: end });
    this.#here(otherwise);
    if (statement.otherwise !== undefined) this.#statements(policy, `${path}.else`, statement.otherwise, exits);
    this.#here(end);
  }

  #call(name: string, path: string): void {
    const called = this.#chain.library?.get(name) ?? this.#chain.policies.find((policy) => policy.name === name);
    if (called === undefined) throw new PolicyError(path, `there is no policy "${name}" to call`);
    const back = new Label();
    this.#policy(called, { accept: back, next: back });
    this.#here(back);
  }

  #outcome(outcome: Outcome, place: number, exits: Exits): void {
    if (outcome.type === 'next-statement') return;
    if (outcome.type === 'reject') this.#add({ op: 'reject', place, reason: outcome.reason });
    else if (outcome.type === 'accept' && exits.accept === undefined) this.#add({ op: 'accept', place });
    else this.#add({ op: 'jump', to: outcome.type === 'accept' ? exits.accept! : exits.next });
  }

  #place(place: Place): number {
    return this.#places.push(place) - 1;
  }

  #add(instruction: Unlinked): void {
    if (this.#code.length >= INSTRUCTIONS_MAX) {
      throw new PolicyError(
        this.#calls[0] ?? 'chain',
        `with all calls written out, it has more than ${INSTRUCTIONS_MAX} conditions and actions`,
      );
    }
    this.#code.push(instruction);
  }

  #here(label: Label): void {
    label.at = this.#code.length;
  }

  #link(): Program {
    let reads: ReadBits = Reads.Nothing;
    const code = this.#code.map((instruction): Instruction => {
      if (instruction.op === 'test') reads |= instruction.condition.reads;
      if (instruction.op === 'edit') reads |= instruction.action.reads;
      if (instruction.op === 'test') return { ...instruction, otherwise: instruction.otherwise.at };
      return instruction.op === 'jump' ? { op: 'jump', to: instruction.to.at } : instruction;
    });
    const conditionsSee = this.#chain.conditionsSee ?? 'changed';
    return { code, places: this.#places, reads, conditionsSee, key: JSON.stringify([conditionsSee, this.#places, code.map(keyOf)]) };
  }
}

function keyOf(instruction: Instruction): unknown {
  switch (instruction.op) {
    case 'test':
      return [instruction.op, instruction.condition.key, instruction.otherwise];
    case 'edit':
      return [instruction.op, instruction.action.key];
    case 'jump':
      return [instruction.op, instruction.to];
    case 'reject':
      return [instruction.op, instruction.place, instruction.reason];
    default:
      return [instruction.op, instruction.place];
  }
}
