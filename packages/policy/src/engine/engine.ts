/**
 * Compiles chains, each content once: the same statements give the same policy, so that hundreds of neighbors with one text share one, and
 * a reload that changes nothing changes nothing.
 */
import { Change } from '../change/change.ts';
import { PrefixSetPool } from '../prefix/set.ts';
import type { ChainDefinition } from './definition.ts';
import { Policy } from './policy.ts';
import { compileProgram } from './program.ts';

/** Compiles policies, and keeps what they share. */
export class PolicyEngine {
  /** Equal prefix sets are one object here. */
  readonly prefixSets: PrefixSetPool = new PrefixSetPool();
  /** The change of routes that are accepted as they are. */
  readonly unchanged: Change = Change.root();
  /** Weak: a policy that no neighbor has any more goes. */
  readonly #policies = new Map<string, WeakRef<Policy>>();

  /** Throws PolicyError. */
  compile(chain: ChainDefinition): Policy {
    const program = compileProgram(chain);
    const known = this.#policies.get(program.key)?.deref();
    if (known !== undefined) return known;
    const policy = new Policy(program, this.unchanged);
    this.#policies.set(program.key, new WeakRef(policy));
    return policy;
  }

  /** How many different policies are in use. Forgets those that are not. */
  get size(): number {
    for (const [key, policy] of this.#policies) if (policy.deref() === undefined) this.#policies.delete(key);
    return this.#policies.size;
  }
}
