/** What becomes of a route on its way in, as its path slot gets it. */
import { NONE } from './columns.ts';
import { NO_REASON, type ReasonCode } from './filter-reason.ts';
import { PathFlag } from './path-flags.ts';

/** What a path slot gets. */
export interface ImportVerdict {
  /** The attribute set as it came. */
  readonly received: number;
  /** The set that the decision process sees. */
  readonly used: number;
  /** Bits of `PathFlag`, and the generation (refresh.ts). */
  readonly flags: number;
  readonly reason: ReasonCode;
  /** Import policy has still to be asked, for each route (import/judge-path.ts). Nothing is `used` with the route before. */
  readonly isOpen: boolean;
}

/** A verdict that its maker overwrites. Borrowed until the next one. */
export class Verdict implements ImportVerdict {
  received: number = NONE;
  used: number = NONE;
  flags = 0;
  reason: ReasonCode = NO_REASON;
  isOpen = false;

  /** The route is used, as it came or with another set. */
  accept(attr: number, used: number = attr): this {
    this.received = attr;
    this.used = used;
    this.flags = used === attr ? 0 : PathFlag.Changed;
    this.reason = NO_REASON;
    this.isOpen = false;
    return this;
  }

  /** It depends on more than the attribute set whether the route is used, and with which one. */
  leaveOpen(attr: number): this {
    this.accept(attr);
    this.isOpen = true;
    return this;
  }

  /** The route is held, and not used. */
  reject(attr: number, reason: ReasonCode): this {
    this.accept(attr);
    this.flags = PathFlag.Filtered;
    this.reason = reason;
    return this;
  }

  /** The same as another one, but the route is not used. */
  rejectAs({ received, used, flags }: ImportVerdict, reason: ReasonCode): this {
    this.received = received;
    this.used = used;
    this.flags = flags | PathFlag.Filtered;
    this.reason = reason;
    this.isOpen = false;
    return this;
  }
}
