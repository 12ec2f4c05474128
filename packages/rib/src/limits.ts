/**
 * How much a peer may bring: routes received and routes accepted, by family; all its paths; attribute sets.
 *
 *   max-prefix on received   what the Adj-RIB-In holds, rejected routes included. Beyond it a new route is not held at all.
 *   max-prefix on accepted   what takes part in the decision process. Beyond it a route is held and rejected, with the reason `max-prefix`.
 *   paths                    what the peer holds in all families together, each ADD-PATH path by itself. As max-prefix on received.
 *   attribute sets           sets that the peer was the first to bring (attributes/makers.ts). Beyond it routes with a new set are not held.
 *
 * What happens beyond a limit is the action of the peer. The order in which routes come decides which of them are beyond it: a route that is
 * held already stays and may change. Rejected routes do not move up when others go; a refresh, or judging them again, lets them in.
 *
 * The counters are compared with `quiet` bounds once per field of routes. Only a field that could pass one of them is looked at route by
 * route (ingest.ts).
 */
import { afiOf, CeaseSubcode, type Family, Fault, NotificationCode, safiOf, writeU16, writeU32 } from '@tsbgp/wire';
import { PathFlag } from './path-flags.ts';

/** What is done with what is beyond a limit: nothing but a warning; it is not taken; the session ends. */
export type LimitAction = 'warn' | 'discard' | 'shutdown';

/** What is limited. */
export type LimitName = 'received' | 'accepted' | 'paths' | 'attribute-sets';

/** The most routes of a family. @default no limit */
export interface RouteLimits {
  readonly received?: number | undefined;
  readonly accepted?: number | undefined;
}

/** The limits of a peer. */
export interface LimitOptions {
  readonly action: LimitAction;
  /** A warning comes when so much of a limit is in use, 1 to 100. */
  readonly warningPercent: number;
  readonly routes: ReadonlyMap<Family, RouteLimits>;
  /** The most paths of all families together. @default no limit */
  readonly paths?: number | undefined;
  /** The most attribute sets; one of more than SET_UNIT_BYTES octets counts several times. @default no limit */
  readonly attributeSets?: number | undefined;
}

/** A limit that was approached or passed. */
export interface LimitNotice {
  readonly limit: LimitName;
  /** Undefined for limits of all families together. */
  readonly family: Family | undefined;
  /** How much is in use, and how much may be. */
  readonly count: number;
  readonly max: number;
  /** False: so much of it is in use that a warning is due. */
  readonly isExceeded: boolean;
  readonly action: LimitAction;
}

/** How much of a limit is in use: less than a warning is due at, at least that, all of it. */
export type LimitState = 'below' | 'warning' | 'reached';
const STATES: readonly LimitState[] = ['below', 'warning', 'reached'];

/** What is counted of a peer. */
export interface Counted {
  /** Paths held and paths in the decision process, by position of the family. */
  readonly received: readonly number[];
  readonly accepted: readonly number[];
  readonly pathCount: number;
  readonly attributeSets: number;
}

/** How far a limit was passed when it was last told of. */
const Level = { Fine: 0, Warned: 1, Exceeded: 2 } as const;
type Level = (typeof Level)[keyof typeof Level];

/** One limit of a peer: its bounds, and what was told of it. */
export class Limit {
  readonly name: LimitName;
  readonly family: Family | undefined;
  readonly max: number;
  /** Up to here there is nothing to tell, and nothing to refuse. */
  quiet: number;
  readonly #warnAt: number;
  #told: Level = Level.Fine;

  constructor(name: LimitName, family: Family | undefined, max: number = Number.POSITIVE_INFINITY, warningPercent = 100) {
    this.name = name;
    this.family = family;
    this.max = max;
    this.#warnAt = max === Number.POSITIVE_INFINITY ? max : Math.max(1, Math.ceil((max * warningPercent) / 100));
    this.quiet = this.#warnAt - 1;
  }

  /**
   * Takes note of the count. True when it is news: the first time that a warning is due or that the limit is exceeded since the count was
   * last below both.
   */
  isNews(count: number, isExceeded: boolean): boolean {
    const level = isExceeded ? Level.Exceeded : count >= this.#warnAt ? Level.Warned : Level.Fine;
    const news = level > this.#told;
    if (news || level === Level.Fine) this.#told = level;
    this.quiet = this.#told === Level.Fine ? this.#warnAt - 1 : this.max;
    return news;
  }

  stateAt(count: number): LimitState {
    if (count >= this.max) return 'reached';
    return count >= this.#warnAt ? 'warning' : 'below';
  }

  get wasTold(): boolean {
    return this.#told !== Level.Fine;
  }
}

/** The limits of one peer, with what was told of them. */
export class Limits {
  readonly action: LimitAction;
  /** By position of the family. */
  readonly received: Limit[];
  readonly accepted: Limit[];
  readonly paths: Limit;
  readonly attributeSets: Limit;

  readonly #options: LimitOptions;

  constructor(options: LimitOptions, families: readonly Family[]) {
    const { action, warningPercent, paths, attributeSets } = options;
    this.#options = options;
    this.action = action;
    this.received = [];
    this.accepted = [];
    for (const family of families) this.addFamily(family);
    this.paths = new Limit('paths', undefined, paths, warningPercent);
    this.attributeSets = new Limit('attribute-sets', undefined, attributeSets, warningPercent);
  }

  /** The RIB has one more family. */
  addFamily(family: Family): void {
    const { routes, warningPercent } = this.#options;
    this.received.push(new Limit('received', family, routes.get(family)?.received, warningPercent));
    this.accepted.push(new Limit('accepted', family, routes.get(family)?.accepted, warningPercent));
  }

  /** Whether so many more routes of a family pass no bound, whatever becomes of them. */
  hasRoom(peer: Counted, position: number, routes: number): boolean {
    return (
      peer.received[position]! + routes <= this.received[position]!.quiet &&
      peer.accepted[position]! + routes <= this.accepted[position]!.quiet &&
      peer.pathCount + routes <= this.paths.quiet
    );
  }

  /** The limit that a route which is not held yet would pass. */
  passedByNew(peer: Counted, position: number): Limit | undefined {
    const received = this.received[position]!;
    if (peer.received[position]! >= received.max) return received;
    return peer.pathCount >= this.paths.max ? this.paths : undefined;
  }

  /** The limit that a path passes with the flags of its verdict; `before` are the flags that it has, if it is held. */
  passedByAccepted(peer: Counted, position: number, flags: number, before: number | undefined): Limit | undefined {
    const accepted = this.accepted[position]!;
    if (peer.accepted[position]! < accepted.max || (flags & PathFlag.Filtered) !== 0) return undefined;
    return before !== undefined && (before & PathFlag.Filtered) === 0 ? undefined : accepted;
  }

  /** What is in use of a limit. */
  countOf(peer: Counted, limit: Limit, position: number): number {
    switch (limit.name) {
      case 'received':
        return peer.received[position]!;
      case 'accepted':
        return peer.accepted[position]!;
      case 'paths':
        return peer.pathCount;
      case 'attribute-sets':
        return peer.attributeSets;
    }
  }

  /** What there is to tell after routes of a family came or went. `passed` are limits beyond which something was. */
  news(peer: Counted, position: number, passed: ReadonlySet<Limit>): LimitNotice[] {
    const notices: LimitNotice[] = [];
    for (const limit of [this.received[position]!, this.accepted[position]!, this.paths, this.attributeSets]) {
      const count = this.countOf(peer, limit, position);
      const isExceeded = passed.has(limit) || count > limit.max;
      if (!limit.isNews(count, isExceeded)) continue;
      notices.push({ limit: limit.name, family: limit.family, count, max: limit.max, isExceeded, action: this.action });
    }
    return notices;
  }

  /** How much of the limits of a family is in use; undefined where it has none. */
  stateOf(peer: Counted, position: number): LimitState | undefined {
    const limits = [this.received[position]!, this.accepted[position]!].filter(({ max }) => max !== Number.POSITIVE_INFINITY);
    if (limits.length === 0) return undefined;
    const states = limits.map((limit) => limit.stateAt(this.countOf(peer, limit, position)));
    return STATES.findLast((state) => states.includes(state));
  }

  /** Whether some limit was told of, so that it is to be looked at again when routes go. */
  wereTold(position: number): boolean {
    return this.received[position]!.wasTold || this.accepted[position]!.wasTold || this.paths.wasTold || this.attributeSets.wasTold;
  }
}

/** Ends the session of a peer that passed a limit (RFC 4486 §4): Cease/1 with the family and the bound, or Cease/8 for what is no prefix. */
export function limitFault(limit: Limit): Fault {
  const { name, family, max } = limit;
  if (family === undefined) {
    const reason = `more than ${max} ${name === 'paths' ? 'paths' : 'attribute sets'}`;
    return new Fault('reset', NotificationCode.Cease, CeaseSubcode.OutOfResources, reason);
  }
  const data = new Uint8Array(7);
  writeU16(data, 0, afiOf(family));
  data[2] = safiOf(family);
  writeU32(data, 3, max);
  return new Fault('reset', NotificationCode.Cease, CeaseSubcode.MaximumPrefixesReached, `more than ${max} prefixes ${name}`, data);
}

/** Whether a peer with these limits may bring as much as one with those. */
export function areSameLimits(a: LimitOptions | undefined, b: LimitOptions | undefined): boolean {
  const text = (options: LimitOptions | undefined): string => JSON.stringify(options && { ...options, routes: [...options.routes] });
  return a === b || text(a) === text(b);
}
