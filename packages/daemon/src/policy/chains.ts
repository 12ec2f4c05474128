/** Compiled chains of policies, and what they look at in the terms of the RIB. */
import { Policy, Reads, type ScriptPolicy } from '@tsbgp/policy';
import { PolicyReads } from '@tsbgp/rib';
import type { Family } from '@tsbgp/wire';

/** A compiled chain. */
export type Chain = Policy | ScriptPolicy;

/** A chain for each family. `rest` is for the others. */
export interface FamilyChains {
  readonly byFamily: ReadonlyMap<Family, Chain>;
  readonly rest: Chain;
}

/** What a chain may look at. What a policy in TypeScript reads is known only after it was run: it may be anything. */
export function readsOf(chain: Chain): number {
  return chain instanceof Policy ? chain.reads : -1;
}

/** The bits of the RIB. */
export function statesRead(reads: number): number {
  return (
    ((reads & Reads.RovState) === 0 ? 0 : PolicyReads.Rov) |
    ((reads & Reads.AspaState) === 0 ? 0 : PolicyReads.Aspa) |
    ((reads & Reads.Source) === 0 ? 0 : PolicyReads.Source)
  );
}
