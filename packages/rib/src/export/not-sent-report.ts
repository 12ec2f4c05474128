/** Tells of routes of a group that are not sent: of the first, the tenth, the hundredth of a reason, and so on. */
import type { NlriId } from '../nlri/nlri-index.ts';
import { NotSent, PEER_INDEX_MAX } from './not-sent.ts';
import type { ExportGroup, ExportObserver } from './observer.ts';

export class NotSentReport {
  readonly #observer: ExportObserver | undefined;
  /** By `NotSent - PEER_INDEX_MAX - 1`: how many there were since the group began. */
  readonly #total: number[] = Object.values(NotSent).map(() => 0);

  constructor(observer: ExportObserver | undefined) {
    this.#observer = observer;
  }

  tell(group: ExportGroup, reason: NotSent, nlri: NlriId): void {
    if (reason === NotSent.Summarized) return; // as the operator wishes
    const total = ++this.#total[reason - PEER_INDEX_MAX - 1]!;
    if (this.#observer !== undefined && isPowerOfTen(total)) this.#observer.notSent(group, reason, nlri, total);
  }
}

function isPowerOfTen(count: number): boolean {
  let power = 1;
  while (power < count) power *= 10;
  return power === count;
}
