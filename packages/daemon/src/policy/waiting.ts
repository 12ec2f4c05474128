/** Verdicts that depend on the NLRI or the path identifier. */
import type { Pending } from '@tsbgp/policy';
import type { PolicyPending } from '@tsbgp/rib';

/** What the RIB hands back to go on with. One object for all attribute sets that wait at the same instruction with the same change. */
export class Waiting implements PolicyPending {
  readonly type = 'pending';
  readonly at: number;
  readonly change: Pending['change'] | undefined;

  constructor(at: number, change: Pending['change'] | undefined) {
    this.at = at;
    this.change = change;
  }
}

/** A policy in TypeScript is run again for each route. */
export const ALL_OF_IT: Waiting = new Waiting(0, undefined);
