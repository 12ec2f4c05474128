/** Which routes of a file are wanted: a sink that passes them on to the next one. What depends on attributes or on the peer is decided once for each. */
import { type Prefix, parsePrefixOrAddress, readU32, sharesBits } from '@tsbgp/wire';
import type { MrtRecord } from '../record.ts';
import { AsPathWriter } from './as-path.ts';
import type { AttributeFacts } from './attribute-facts.ts';
import { OctetCache } from './octet-cache.ts';
import { isPlainPrefix } from './route-scanner.ts';
import { RouteKind, type RoutePeer, type RouteSink, type RouteView } from './route-view.ts';
import { TextBuffer } from './text-buffer.ts';

/** 'exact': this prefix; 'longer': it and those within it; 'shorter': it and those that cover it. */
export type PrefixMatch = 'exact' | 'longer' | 'shorter';

/** All that are given have to hold; of a list, one entry. */
export interface RouteFilterOptions {
  readonly prefixes?: readonly { readonly prefix: Prefix; readonly match: PrefixMatch }[];
  /** The last AS number of the path; of a set at its end, any. */
  readonly originAs?: readonly number[];
  /** On the text of the path as bgpdump writes it: `65001 65002 {65003,65004}`. */
  readonly asPath?: RegExp;
  /** Addresses of peers (4 or 16 octets), or their AS numbers. */
  readonly peers?: readonly (Uint8Array | number)[];
  /** Standard communities as 32-bit numbers, large ones as 12 octets. A route with one of them is wanted. */
  readonly communities?: readonly (number | Uint8Array)[];
  /** @default all, changes of state included */
  readonly kinds?: readonly (RouteKind | 'state')[];
}

/** A filter that asks about routes gives no changes of state, but for `kinds` and `peers`. */
export class RouteFilter implements RouteSink {
  readonly #options: RouteFilterOptions;
  readonly #next: RouteSink;
  readonly #asksAttributes: boolean;
  readonly #text = new TextBuffer(1 << 14);
  readonly #asPath = new AsPathWriter(this.#text);
  /** Verdicts on attribute sets of tables. */
  readonly #sets = new OctetCache();
  readonly #verdicts: boolean[] = [];
  /** Verdict on the attributes of the last message. */
  #messageRecord: MrtRecord | undefined;
  #messageVerdict = false;
  /** Verdicts on peers. */
  readonly #peers = new WeakMap<RoutePeer, boolean>();
  #lastPeer: RoutePeer | undefined;
  #lastPeerVerdict = false;

  constructor(options: RouteFilterOptions, next: RouteSink) {
    this.#options = options;
    this.#next = next;
    this.#asksAttributes = options.originAs !== undefined || options.asPath !== undefined || options.communities !== undefined;
  }

  /** Passes the route on if it is wanted. */
  route(view: RouteView): void {
    const { kinds, prefixes, peers } = this.#options;
    if (kinds !== undefined && !kinds.includes(view.kind)) return;
    if (peers !== undefined && !this.#wantsPeer(view.peer)) return;
    if (prefixes !== undefined && !wantsPrefix(prefixes, view)) return;
    if (this.#asksAttributes && !this.#wantsAttributes(view)) return;
    this.#next.route(view);
  }

  /** Passes the change on if it is wanted. */
  stateChange(record: MrtRecord, peer: RoutePeer, oldState: number, newState: number): void {
    const { kinds, prefixes, peers } = this.#options;
    if (kinds === undefined ? prefixes !== undefined || this.#asksAttributes : !kinds.includes('state')) return;
    if (peers !== undefined && !this.#wantsPeer(peer)) return;
    this.#next.stateChange(record, peer, oldState, newState);
  }

  #wantsPeer(peer: RoutePeer): boolean {
    if (peer === this.#lastPeer) return this.#lastPeerVerdict;
    let verdict = this.#peers.get(peer);
    if (verdict === undefined) {
      verdict = this.#options.peers!.some((wanted) =>
        typeof wanted === 'number'
          ? peer.as === wanted
          : wanted.length === peer.address.length && sharesBits(wanted, 0, peer.address, 0, 8 * wanted.length),
      );
      this.#peers.set(peer, verdict);
    }
    this.#lastPeer = peer;
    this.#lastPeerVerdict = verdict;
    return verdict;
  }

  /** A withdrawn route has no attributes: none of the conditions on them holds. */
  #wantsAttributes(view: RouteView): boolean {
    if (view.kind === RouteKind.Withdrawn) return false;
    if (view.kind === RouteKind.Announced) {
      if (view.record !== this.#messageRecord) {
        this.#messageRecord = view.record;
        this.#messageVerdict = this.#judge(view);
      }
      return this.#messageVerdict;
    }
    const found = this.#sets.intern(view.record.bytes, view.attributesStart, view.attributesEnd, view.fourOctetAs ? 1 : 0);
    if (found >= 0) return this.#verdicts[found]!;
    view.facts.scan(view.record.bytes, view.attributesStart, view.attributesEnd);
    const verdict = this.#judge(view);
    this.#verdicts[-1 - found] = verdict;
    return verdict;
  }

  #judge({ record, facts, fourOctetAs }: RouteView): boolean {
    const { originAs, asPath, communities } = this.#options;
    if (communities !== undefined && !communities.some((community) => hasCommunity(record.bytes, facts, community))) return false;
    if (originAs === undefined && asPath === undefined) return true;
    const path = this.#pathText(record.bytes, facts, fourOctetAs);
    if (asPath !== undefined && !asPath.test(path)) return false;
    return originAs === undefined || originsOf(path).some((origin) => originAs.includes(origin));
  }

  #pathText(bytes: Uint8Array, facts: AttributeFacts, fourOctetAs: boolean): string {
    if (facts.asPathStart === -1) return '';
    const text = this.#text;
    text.length = 0;
    if (!fourOctetAs && facts.as4PathStart !== -1) {
      this.#asPath.writeMerged(bytes, facts.asPathStart, facts.asPathEnd, facts.as4PathStart, facts.as4PathEnd);
    } else this.#asPath.write(bytes, facts.asPathStart, facts.asPathEnd, fourOctetAs ? 4 : 2);
    let path = '';
    for (let i = 0; i < text.length; i++) path += String.fromCharCode(text.bytes[i]!);
    return path;
  }
}

/**
 * The regular expression with the `_` of routers' AS path filters: it stands for a space, a bracket, a comma, the beginning or the end. Throws
 * SyntaxError.
 */
export function asPathPattern(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll('_', '(?:^|$|[ ,{}()[\\]])'));
}

/** A prefix for `RouteFilterOptions`; undefined when the text is none. An address is the prefix of all its bits. */
export function filterPrefix(text: string, match: PrefixMatch): { readonly prefix: Prefix; readonly match: PrefixMatch } | undefined {
  const prefix = parsePrefixOrAddress(text);
  return prefix === undefined ? undefined : { prefix, match };
}

function wantsPrefix(wanted: NonNullable<RouteFilterOptions['prefixes']>, view: RouteView): boolean {
  const { family, nlriBytes, nlriStart } = view;
  if (!isPlainPrefix(family)) return false;
  const addressSize = family >>> 8 === 1 ? 4 : 16;
  const bits = nlriBytes[nlriStart]!;
  for (const { prefix, match } of wanted) {
    if (prefix.address.length !== addressSize) continue;
    if (match === 'exact' ? bits !== prefix.bits : match === 'longer' ? bits < prefix.bits : bits > prefix.bits) continue;
    if (sharesBits(nlriBytes, nlriStart + 1, prefix.address, 0, Math.min(bits, prefix.bits))) return true;
  }
  return false;
}

/** The last AS number of the text of a path; of a set, all. */
function originsOf(path: string): number[] {
  return (path.split(' ').at(-1) ?? '')
    .split(/[{},()[\]]+/)
    .filter(Boolean)
    .map(Number);
}

function hasCommunity(bytes: Uint8Array, facts: AttributeFacts, community: number | Uint8Array): boolean {
  if (typeof community === 'number') {
    if (facts.communitiesStart === -1) return false;
    for (let at = facts.communitiesStart; at + 4 <= facts.communitiesEnd; at += 4) if (readU32(bytes, at) === community) return true;
    return false;
  }
  if (facts.largeCommunitiesStart === -1) return false;
  for (let at = facts.largeCommunitiesStart; at + 12 <= facts.largeCommunitiesEnd; at += 12) {
    if (sharesBits(bytes, at, community, 0, 96)) return true;
  }
  return false;
}
