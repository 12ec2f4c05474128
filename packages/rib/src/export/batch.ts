/**
 * What a slice of work has to say to the members of a group: routes to announce and to withdraw, each with those who are to hear of it.
 *
 *     announcement -> NLRI, attribute set, source, receivers, path
 *     withdrawal   -> NLRI, receivers, path
 *
 * The receivers of an announcement are those who do not hold the very route already; those of a withdrawal, those who held one.
 */
import { grown } from '../columns.ts';
import type { AudienceId } from './audience.ts';

const INITIAL = 1024;

export class Batch {
  count = 0;
  nlri: Int32Array = new Int32Array(INITIAL);
  attr: Int32Array = new Int32Array(INITIAL);
  source: Uint16Array = new Uint16Array(INITIAL);
  receivers: Int32Array = new Int32Array(INITIAL);
  path: Int32Array = new Int32Array(INITIAL);
  /** Scratch of the encoder: the next announcement with the same attribute set. */
  next: Int32Array = new Int32Array(INITIAL);

  withdrawals = 0;
  withdrawnNlri: Int32Array = new Int32Array(INITIAL);
  withdrawnFrom: Int32Array = new Int32Array(INITIAL);
  withdrawnPath: Int32Array = new Int32Array(INITIAL);

  get isEmpty(): boolean {
    return this.count === 0 && this.withdrawals === 0;
  }

  announce(nlri: number, attr: number, source: number, receivers: AudienceId, path: number): void {
    const at = this.count;
    if (at === this.nlri.length) this.#grow();
    this.nlri[at] = nlri;
    this.attr[at] = attr;
    this.source[at] = source;
    this.receivers[at] = receivers;
    this.path[at] = path;
    this.count = at + 1;
  }

  withdraw(nlri: number, receivers: AudienceId, path: number): void {
    const at = this.withdrawals;
    if (at === this.withdrawnNlri.length) this.#growWithdrawals();
    this.withdrawnNlri[at] = nlri;
    this.withdrawnFrom[at] = receivers;
    this.withdrawnPath[at] = path;
    this.withdrawals = at + 1;
  }

  clear(): void {
    this.count = 0;
    this.withdrawals = 0;
  }

  #grow(): void {
    const used = this.nlri.length;
    this.attr = grown(this.attr, used * 2, used);
    this.source = grown(this.source, used * 2, used);
    this.receivers = grown(this.receivers, used * 2, used);
    this.path = grown(this.path, used * 2, used);
    this.next = new Int32Array(used * 2);
    this.nlri = grown(this.nlri, used * 2, used);
  }

  #growWithdrawals(): void {
    const used = this.withdrawnNlri.length;
    this.withdrawnFrom = grown(this.withdrawnFrom, used * 2, used);
    this.withdrawnPath = grown(this.withdrawnPath, used * 2, used);
    this.withdrawnNlri = grown(this.withdrawnNlri, used * 2, used);
  }
}
