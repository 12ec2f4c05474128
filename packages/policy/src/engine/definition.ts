/**
 * Policies as values: what the configuration, an API or a program says, with conditions and actions compiled. `compileChain` makes a policy
 * of them that can be evaluated.
 */
import type { Action } from '../change/edit.ts';
import type { Condition } from '../condition/condition.ts';

/** What happens to a route after a statement that matched, or to one that no statement decided. */
export type Outcome =
  | { readonly type: 'accept' }
  /** `reason` is for people and for communities that say why: `bogon-prefix`. */
  | { readonly type: 'reject'; readonly reason?: string | undefined }
  | { readonly type: 'next-statement' }
  /** The rest of this policy is left out. In a policy that was called: back to the caller. */
  | { readonly type: 'next-policy' };

/** A statement. All conditions must hold; without any it matches every route. Then, in this order: actions, `call`, `inside`, `outcome`. */
export interface StatementDefinition {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
  /** The name of a policy. Its reject is final; after its accept, or when it decides nothing, this statement goes on. */
  readonly call?: string | undefined;
  /** Statements for the routes that match. */
  readonly inside?: readonly StatementDefinition[] | undefined;
  /** Statements for the routes that do not match. */
  readonly otherwise?: readonly StatementDefinition[] | undefined;
  readonly outcome: Outcome;
}

/** A named list of statements. */
export interface PolicyDefinition {
  readonly name: string;
  readonly statements: readonly StatementDefinition[];
  /** For routes that no statement decided. @default `next-policy` */
  readonly default?: Exclude<Outcome['type'], 'next-statement'> | undefined;
}

/** Policies that are passed one after the other. */
export interface ChainDefinition {
  readonly policies: readonly PolicyDefinition[];
  /** For routes that no policy decided. */
  readonly default: 'accept' | 'reject';
  /**
   * What "accept" means inside: `final` ends the chain, as in BIRD, GoBGP and bgpgg; `next-policy` goes on with the next policy, so that
   * every one of them must accept, as in rustbgpd. @default final
   */
  readonly accept?: 'final' | 'next-policy' | undefined;
  /**
   * What conditions see: the route with the changes of earlier statements, or as it was `received`, as in rustbgpd. @default changed
   */
  readonly conditionsSee?: 'changed' | 'received' | undefined;
  /** Policies that statements may call, by name; those of the chain can be called too. */
  readonly library?: ReadonlyMap<string, PolicyDefinition> | undefined;
}

/** Why a chain cannot be compiled: a call of nobody, a circle of calls, or too much of it. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  /** `customers.statements[3]`. */
  readonly place: string;

  constructor(place: string, sentence: string) {
    super(`${place}: ${sentence}`);
    this.place = place;
  }
}
