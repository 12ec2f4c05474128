/**
 * Tells an observer what single members are sent, as it is sent. Without one, a batch costs one comparison; with one, what the batch has for
 * the members that it wants to hear of.
 */
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import type { AudienceId, Audiences } from './audience.ts';
import type { Batch } from './batch.ts';

/** Who is sent a batch. */
interface Receiver {
  readonly number: number;
  readonly peer: RibPeer;
}

/** `addPath`: the members get path identifiers. */
export function tellSent(table: RibTable, batch: Batch, members: readonly Receiver[], audiences: Audiences, addPath: boolean): void {
  const observer = table.sentObserver;
  if (observer === undefined) return;
  const { position } = table;
  for (const { number, peer } of members) {
    if (!observer.wants(peer)) continue;
    for (let at = 0; at < batch.withdrawals; at++) {
      if (!audiences.has(batch.withdrawnFrom[at]! as AudienceId, number)) continue;
      observer.sent(peer, position, batch.withdrawnNlri[at]! as NlriId, batch.withdrawnPath[at]!);
    }
    for (let at = 0; at < batch.count; at++) {
      if (audiences.has(batch.receivers[at]! as AudienceId, number))
        observer.sent(peer, position, batch.nlri[at]! as NlriId, addPath ? batch.path[at]! : 0);
    }
  }
}
