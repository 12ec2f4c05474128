/**
 * What the members of a group must be told when the entries of an NLRI change.
 *
 *     announce  a new entry     to its receivers, less those who hold the very same route
 *     withdraw  an old entry    from its receivers, less those who hold another one for the NLRI now
 *
 * With ADD-PATH (RFC 7911) each path is a route of its own: only the old and the new entry of one path are compared. Without, a member holds
 * one route for the NLRI, whichever entry it is in: an announcement replaces it (RFC 4271 §3.1).
 */
import { isRestated } from '../restated.ts';
import type { RibTable } from '../table.ts';
import { type AudienceId, type Audiences, EVERYBODY, NOBODY } from './audience.ts';
import type { Batch } from './batch.ts';
import type { Entries } from './entries.ts';

/** For whom and by what two entries are compared. */
export interface Comparison {
  /** Others are told nothing. */
  readonly among: AudienceId;
  /** Whether a route with this set from this source goes out in the same octets as before. */
  readonly isSame: (attr: number, source: number) => boolean;
}

const ORDINARY: Comparison = { among: EVERYBODY, isSame: () => true };
/** The octets of an NLRI are others than before. */
export const RESTATED: Comparison = { among: EVERYBODY, isSame: () => false };

/** How the entries of an NLRI are compared; undefined: as usual. */
export function restatedComparison(table: RibTable, nlri: number): Comparison | undefined {
  return isRestated(table, nlri) ? RESTATED : undefined;
}

/** Notes in `batch` what is to be said of an NLRI. */
export function noteDifference(
  batch: Batch,
  audiences: Audiences,
  nlri: number,
  old: Entries,
  now: Entries,
  addPath: boolean,
  { among, isSame }: Comparison = ORDINARY,
): void {
  let holdBefore: AudienceId = NOBODY;
  let holdNow: AudienceId = NOBODY;
  for (let at = 0; at < now.count; at++) {
    const receivers = now.receivers[at]! as AudienceId;
    let told: AudienceId = audiences.and(receivers, among);
    for (let was = 0; was < old.count && told !== NOBODY; was++) {
      if (old.attr[was] !== now.attr[at] || old.source[was] !== now.source[at] || old.path[was] !== now.path[at]) continue;
      if (isSame(now.attr[at]!, now.source[at]!)) told = audiences.minus(told, old.receivers[was]! as AudienceId);
    }
    if (told !== NOBODY) batch.announce(nlri, now.attr[at]!, now.source[at]!, told, now.path[at]!);
    holdNow = audiences.or(holdNow, receivers);
  }
  if (!addPath) {
    for (let was = 0; was < old.count; was++) holdBefore = audiences.or(holdBefore, old.receivers[was]! as AudienceId);
    const gone = audiences.minus(audiences.and(holdBefore, among), holdNow);
    if (gone !== NOBODY) batch.withdraw(nlri, gone, 0);
    return;
  }
  for (let was = 0; was < old.count; was++) {
    const path = old.path[was]!;
    let gone = audiences.and(old.receivers[was]! as AudienceId, among);
    for (let at = 0; at < now.count; at++) {
      if (now.path[at] === path) gone = audiences.minus(gone, now.receivers[at]! as AudienceId);
    }
    if (gone !== NOBODY) batch.withdraw(nlri, gone, path);
  }
}
