/** Chains of policies of both kinds: statements and TypeScript. */
import type { PolicyDefinition } from '../engine/definition.ts';
import type { PolicyEngine } from '../engine/engine.ts';
import type { Policy } from '../engine/policy.ts';
import { type ChainPart, type ScriptOptions, type ScriptPart, ScriptPolicy } from './script-policy.ts';

/** A policy of a chain. */
export type ChainLink = PolicyDefinition | ScriptPart;

/** Policies that need not be written, by name. */
export const BUILT_IN_POLICIES: ReadonlyMap<string, PolicyDefinition> = new Map([
  ['accept-all', { name: 'accept-all', statements: [], default: 'accept' }],
  ['deny-all', { name: 'deny-all', statements: [], default: 'reject' }],
]);

/** How a chain is compiled. */
export interface ChainOptions extends Omit<ScriptOptions, 'unchanged' | 'file'> {
  /** Policies that statements may call. */
  readonly library: ReadonlyMap<string, PolicyDefinition>;
}

/**
 * The policy of a chain: one of statements where all links are, and equal ones are one object then. Links with statements next to each
 * other are one part. Throws PolicyError.
 */
export function compileChain(engine: PolicyEngine, links: readonly ChainLink[], options: ChainOptions): Policy | ScriptPolicy {
  const { library, ...scriptOptions } = options;
  const parts: ChainPart[] = [];
  let statements: PolicyDefinition[] = [];
  const flush = (): void => {
    if (statements.length > 0) parts.push(engine.compile({ policies: statements, default: 'accept', library }));
    statements = [];
  };
  for (const link of links) {
    if (!('definition' in link)) statements.push(link);
    else {
      flush();
      parts.push(link);
    }
  }
  if (parts.length === 0) return engine.compile({ policies: statements, default: options.default, library });
  flush();
  return new ScriptPolicy(parts, { ...scriptOptions, unchanged: engine.unchanged });
}
