/**
 * A route as policies see it: one object that the caller fills anew for each attribute set and each prefix. Nothing is decoded before a
 * condition asks for it; what was decoded is kept until the next attribute set.
 */
import { type AsPathSegment, AttributeCode, type Family, formatAddress, IPV4_UNICAST, parsePrefix, readU32, writeU32 } from '@tsbgp/wire';
import { readSegments } from '../as-path/octets.ts';
import { type PathTextForm, pathText } from '../as-path/text.ts';
import { COMMUNITY_LENGTHS, type Community, type CommunityKind, readCommunity } from '../community/community.ts';
import type { AddressWords } from '../prefix/columns.ts';
import { ABSENT, findHeader, nextHeader, nextHopOf, valueStart } from './block.ts';
import type { Peer } from './peer.ts';

/** RFC 6811 §2. `not-checked`: there is no data, or validation is off. */
export const RovState = { NotChecked: 0, Valid: 1, NotFound: 2, Invalid: 3 } as const;
/** draft-ietf-sidrops-aspa-verification §6. */
export const AspaState = { NotChecked: 0, Valid: 1, Unknown: 2, Invalid: 3 } as const;

export const ROV_NAMES: readonly string[] = ['not-checked', 'valid', 'not-found', 'invalid'];
export const ASPA_NAMES: readonly string[] = ['not-checked', 'valid', 'unknown', 'invalid'];

/** How the route was learned: injected here, over iBGP, over eBGP. */
export type RouteType = 'local' | 'internal' | 'external';

const COMMUNITY_CODES: Readonly<Record<CommunityKind, number>> = {
  standard: AttributeCode.Communities,
  large: AttributeCode.LargeCommunities,
  extended: AttributeCode.ExtendedCommunities,
};
const KINDS: readonly CommunityKind[] = ['standard', 'large', 'extended'];

/** `prefixLength` of a route whose family has no prefixes. */
export const NO_PREFIX = -1;

/** A route, in octets and numbers. */
export class Route implements AddressWords {
  /** The attributes are `bytes[start, end)`, a canonical block (block.ts), borrowed until the next `setAttributes`. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  family: Family = IPV4_UNICAST;
  /** The address of the prefix; w1 to w3 are 0 for IPv4. */
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  /** Bits of the prefix; NO_PREFIX for families without prefixes. */
  prefixLength: number = NO_PREFIX;
  pathIdentifier = 0;
  rov: number = RovState.NotChecked;
  aspa: number = AspaState.NotChecked;
  routeType: RouteType = 'external';
  /** The neighbor that it came from; undefined for one injected here. */
  source: Peer | undefined = undefined;
  #segments: readonly AsPathSegment[] | undefined;
  readonly #texts = new Map<PathTextForm, string>();
  #communities: readonly Community[] | undefined;

  /** Takes the canonical block `bytes[start, end)`, which must not change until the next call. */
  setAttributes(bytes: Uint8Array, start = 0, end: number = bytes.length): this {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.#segments = undefined;
    this.#texts.clear();
    this.#communities = undefined;
    return this;
  }

  /** Takes the prefix as numbers of 32 bits; bits after its length must be 0. */
  setPrefix(length: number, w0: number, w1 = 0, w2 = 0, w3 = 0): this {
    this.prefixLength = length;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
    return this;
  }

  /** As `setPrefix`, from text. For tests and tools. Throws RangeError. */
  setPrefixText(text: string): this {
    const prefix = parsePrefix(text);
    if (prefix === undefined) throw new RangeError(`"${text}" is not a prefix, e.g. "192.0.2.0/24"`);
    const word = (at: number): number => (4 * at < prefix.address.length ? readU32(prefix.address, 4 * at) : 0);
    return this.setPrefix(prefix.bits, word(0), word(1), word(2), word(3));
  }

  get isIpv6(): boolean {
    return this.family >>> 8 === 2;
  }

  get prefixText(): string {
    if (this.prefixLength === NO_PREFIX) return 'no prefix';
    const octets = new Uint8Array(this.isIpv6 ? 16 : 4);
    for (const [i, word] of [this.w0, this.w1, this.w2, this.w3].entries()) if (4 * i < octets.length) writeU32(octets, 4 * i, word);
    return `${formatAddress(octets)}/${this.prefixLength}`;
  }

  get segments(): readonly AsPathSegment[] {
    if (this.#segments === undefined) {
      const header = this.#find(AttributeCode.AsPath);
      this.#segments = header === ABSENT ? [] : readSegments(this.bytes, valueStart(this.bytes, header), nextHeader(this.bytes, header));
    }
    return this.#segments;
  }

  /** Bound, so that it can be handed to a pattern. */
  readonly pathText = (form: PathTextForm = 'cisco'): string => {
    let text = this.#texts.get(form);
    if (text === undefined) {
      text = pathText(this.segments, form);
      this.#texts.set(form, text);
    }
    return text;
  };

  /** Of all three kinds, in the order of the attributes. */
  get communities(): readonly Community[] {
    this.#communities ??= KINDS.flatMap((kind) => this.#communitiesOf(kind));
    return this.#communities;
  }

  get origin(): number | undefined {
    const header = this.#find(AttributeCode.Origin);
    return header === ABSENT ? undefined : this.bytes[valueStart(this.bytes, header)]!;
  }

  get med(): number | undefined {
    return this.#u32(AttributeCode.MultiExitDisc);
  }

  get localPref(): number | undefined {
    return this.#u32(AttributeCode.LocalPref);
  }

  get nextHop(): string | undefined {
    return nextHopOf(this.bytes, this.start, this.end);
  }

  #communitiesOf(kind: CommunityKind): Community[] {
    const header = this.#find(COMMUNITY_CODES[kind]);
    if (header === ABSENT) return [];
    const found: Community[] = [];
    const end = nextHeader(this.bytes, header);
    for (let at = valueStart(this.bytes, header); at < end; at += COMMUNITY_LENGTHS[kind]) found.push(readCommunity(kind, this.bytes, at));
    return found;
  }

  #u32(code: number): number | undefined {
    const header = this.#find(code);
    return header === ABSENT ? undefined : readU32(this.bytes, valueStart(this.bytes, header));
  }

  #find(code: number): number {
    return findHeader(this.bytes, this.start, this.end, code);
  }
}
