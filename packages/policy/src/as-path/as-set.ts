/** A set of AS numbers and ranges of them, sorted and joined: a look-up is a binary search. */
import { parseAs } from './text.ts';

export const AS_SET_ALLOWED = 'AS numbers and ranges, e.g. [174, "64512-65534", "4200000000-4294967294"]';

/** AS numbers and ranges of them. */
export class AsSet {
  /** The first AS numbers of the ranges, ascending, and the last ones. */
  readonly low: Uint32Array;
  readonly high: Uint32Array;

  constructor(ranges: Iterable<readonly [number, number]>) {
    const joined: [number, number][] = [];
    for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
      const last = joined.at(-1);
      if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
      else joined.push([low, high]);
    }
    this.low = Uint32Array.from(joined, ([low]) => low);
    this.high = Uint32Array.from(joined, ([, high]) => high);
  }

  /** Ranges, after those that touch were joined. */
  get count(): number {
    return this.low.length;
  }

  /** Whether the AS number is in the set. */
  has(asn: number): boolean {
    let from = 0;
    let to = this.low.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.low[middle]! <= asn) from = middle + 1;
      else to = middle;
    }
    return from > 0 && asn <= this.high[from - 1]!;
  }

  /** Its ranges: `174`, `64512-65534`. */
  texts(): string[] {
    return Array.from(this.low, (low, i) => (low === this.high[i] ? `${low}` : `${low}-${this.high[i]}`));
  }

  /** `174,64512-65534`: equal sets have equal texts. */
  get text(): string {
    return this.texts().join();
  }
}

/** "174", "64512-65534", "64512..65534", each AS number also as asdot; undefined for other text. */
export function parseAsRange(text: string): readonly [number, number] | undefined {
  const [first, last, ...more] = text.split(/\s*(?:-|\.\.)\s*/);
  const low = parseAs(first!.trim());
  const high = last === undefined ? low : parseAs(last.trim());
  return low === undefined || high === undefined || low > high || more.length > 0 ? undefined : [low, high];
}
