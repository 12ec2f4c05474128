/**
 * What an UPDATE says, as ranges of the routes that senders announce. A route is a prefix, or a prefix with a path identifier (RFC 7911).
 *
 * In a mesh each UPDATE comes to many peers. What it says is remembered by a hash of its octets, so that it is read once: with 100 peers
 * that receive 100,000 routes each, reading every time would take longer than the daemon does.
 */
import { AttributeCode, AttributeFlag, IPV4_UNICAST, readU16, readU32 } from '@tsbgp/wire';
import type { Prefixes } from './prefixes.ts';

/** Entries; a table that is half full begins anew. */
const MEMO_SLOTS = 1 << 20;

export interface UpdateReaderOptions {
  readonly prefixes: Prefixes;
  readonly hasPathIdentifiers: boolean;
  /** Whether the same octets come often. */
  readonly remembers: boolean;
}

/** After `read`, `ranges[first, first + 2 * count)` are pairs: from, and the first behind; withdrawn ones come first. */
export class UpdateReader {
  ranges: Int32Array = new Int32Array(1 << 16);
  first = 0;
  withdrawn = 0;
  announced = 0;
  readonly #options: UpdateReaderOptions;
  readonly #isIpv4: boolean;
  #used = 0;
  /** Five words per entry: two of the hash, place of its ranges + 1, count of withdrawn and of announced ranges. */
  readonly #memo: Int32Array;
  #remembered = 0;
  /** Path identifier and prefix -> number of the route. */
  readonly #routes = new Map<number, number>();

  constructor(options: UpdateReaderOptions) {
    this.#options = options;
    this.#isIpv4 = options.prefixes.family === IPV4_UNICAST;
    this.#memo = new Int32Array(options.remembers ? MEMO_SLOTS * 5 : 0);
  }

  /** Reads the body of an UPDATE. Hot. */
  read(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#options.remembers) {
      this.#used = 0;
      this.#parse(bytes, start, end);
      return;
    }
    let one = end - start;
    let two = 0x9e37_79b9;
    for (let at = start; at < end; at++) {
      one = Math.imul(one ^ bytes[at]!, 0x0100_0193);
      two = Math.imul(two, 31) + bytes[at]!;
    }
    one |= 0;
    two |= 0;
    const memo = this.#memo;
    let slot = ((one ^ (two >>> 7)) & (MEMO_SLOTS - 1)) * 5;
    for (; memo[slot + 2] !== 0; slot = slot + 5 === memo.length ? 0 : slot + 5) {
      if (memo[slot] !== one || memo[slot + 1] !== two) continue;
      this.first = memo[slot + 2]! - 1;
      this.withdrawn = memo[slot + 3]!;
      this.announced = memo[slot + 4]!;
      return;
    }
    if (this.#remembered * 2 > MEMO_SLOTS) {
      memo.fill(0);
      this.#remembered = 0;
      this.#used = 0;
      return this.read(bytes, start, end);
    }
    this.#parse(bytes, start, end);
    this.#remembered++;
    memo[slot] = one;
    memo[slot + 1] = two;
    memo[slot + 2] = this.first + 1;
    memo[slot + 3] = this.withdrawn;
    memo[slot + 4] = this.announced;
  }

  #parse(bytes: Uint8Array, start: number, end: number): void {
    this.first = this.#used;
    const attributesAt = start + 2 + readU16(bytes, start);
    const attributesEnd = attributesAt + 2 + readU16(bytes, attributesAt);
    if (this.#isIpv4) {
      this.withdrawn = this.#addRanges(bytes, start + 2, attributesAt);
      this.announced = this.#addRanges(bytes, attributesEnd, end);
      return;
    }
    this.withdrawn = 0;
    this.announced = 0;
    const unreach = valueOf(bytes, attributesAt + 2, attributesEnd, AttributeCode.MpUnreachNlri);
    if (unreach !== undefined) this.withdrawn = this.#addRanges(bytes, unreach.start + 3, unreach.end);
    const reach = valueOf(bytes, attributesAt + 2, attributesEnd, AttributeCode.MpReachNlri);
    if (reach !== undefined) this.announced = this.#addRanges(bytes, reach.start + 5 + bytes[reach.start + 3]!, reach.end);
  }

  /** How many ranges the NLRI in `bytes[start, end)` are. Prefixes that no sender announced are left out. */
  #addRanges(bytes: Uint8Array, start: number, end: number): number {
    const { prefixes, hasPathIdentifiers } = this.#options;
    let count = 0;
    let open = -1;
    for (let at = start; at < end; ) {
      const identifier = hasPathIdentifiers ? readU32(bytes, at) : 0;
      if (hasPathIdentifiers) at += 4;
      const prefix = prefixes.indexAt(bytes, at);
      at += 1 + ((bytes[at]! + 7) >>> 3);
      if (prefix === -1) continue;
      const route = hasPathIdentifiers ? this.#routeOf(prefix, identifier) : prefix;
      if (route === open) {
        this.ranges[this.#used - 1] = ++open;
        continue;
      }
      if (this.#used + 2 > this.ranges.length) {
        const larger = new Int32Array(this.ranges.length * 2);
        larger.set(this.ranges);
        this.ranges = larger;
      }
      open = route + 1;
      this.ranges[this.#used] = route;
      this.ranges[this.#used + 1] = open;
      this.#used += 2;
      count++;
    }
    return count;
  }

  #routeOf(prefix: number, identifier: number): number {
    const key = identifier * this.#options.prefixes.count + prefix;
    let route = this.#routes.get(key);
    if (route === undefined) this.#routes.set(key, (route = this.#routes.size));
    return route;
  }
}

function valueOf(bytes: Uint8Array, start: number, end: number, code: number): { start: number; end: number } | undefined {
  for (let at = start; at < end; ) {
    const isLong = (bytes[at]! & AttributeFlag.ExtendedLength) !== 0;
    const valueStart = at + (isLong ? 4 : 3);
    const valueEnd = valueStart + (isLong ? readU16(bytes, at + 2) : bytes[at + 2]!);
    if (bytes[at + 1] === code) return { start: valueStart, end: valueEnd };
    at = valueEnd;
  }
  return undefined;
}
