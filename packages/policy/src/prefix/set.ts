/**
 * A set of prefixes with lengths, IPv4 and IPv6, compiled into sorted columns (columns.ts). Made for lists of exchange points: 400,000
 * entries in 700 sets load in less than a second and take a few megabytes.
 */
import { formatAddress, parsePrefix, readU32, writeU32 } from '@tsbgp/wire';
import { type AddressWords, NO_ENTRY, PrefixColumns } from './columns.ts';
import { type PrefixEntry, parsePrefixEntry, withRange } from './entry.ts';
import { PlainPrefix } from './plain-text.ts';

const EMPTY_IPV4 = new PrefixColumns(1, new Uint32Array(0), new Uint8Array(0), new Uint8Array(0), new Uint8Array(0));
const EMPTY_IPV6 = new PrefixColumns(2, new Uint32Array(0), new Uint8Array(0), new Uint8Array(0), new Uint8Array(0));

/** Prefixes with lengths, ready for look-ups. */
export class PrefixSet {
  readonly ipv4: PrefixColumns;
  readonly ipv6: PrefixColumns;
  #hash: number | undefined;

  constructor(ipv4: PrefixColumns, ipv6: PrefixColumns) {
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;
  }

  get count(): number {
    return this.ipv4.count + this.ipv6.count;
  }

  /** Octets that the set takes. */
  get octets(): number {
    return this.ipv4.octets + this.ipv6.octets;
  }

  /** Whether an entry matches the prefix. Allocates nothing. */
  has(isIpv6: boolean, address: AddressWords, length: number): boolean {
    return (isIpv6 ? this.ipv6 : this.ipv4).find(address, length) !== NO_ENTRY;
  }

  /** Whether the prefix is that of an entry or lies inside one, whatever lengths the entry has. */
  covers(isIpv6: boolean, address: AddressWords, length: number): boolean {
    return (isIpv6 ? this.ipv6 : this.ipv4).findCovering(address, length) !== NO_ENTRY;
  }

  /** Whether every entry matches the prefix, as bgpgg's match option "all" asks. Looks at each entry. */
  everyEntryHas(isIpv6: boolean, address: AddressWords, length: number): boolean {
    if ((isIpv6 ? this.ipv4 : this.ipv6).count > 0) return false;
    const columns = isIpv6 ? this.ipv6 : this.ipv4;
    for (let entry = 0; entry < columns.count; entry++) {
      if (length < columns.min[entry]! || length > columns.max[entry]! || !columns.covers(entry, address)) return false;
    }
    return true;
  }

  /** The text of the entry that matches the prefix; undefined when none does. */
  matchingEntry(isIpv6: boolean, address: AddressWords, length: number): string | undefined {
    const columns = isIpv6 ? this.ipv6 : this.ipv4;
    const entry = columns.find(address, length);
    return entry === NO_ENTRY ? undefined : entryText(columns, entry, isIpv6);
  }

  /** Texts of all entries, in the order of the set. */
  *entries(): Generator<string> {
    for (let entry = 0; entry < this.ipv4.count; entry++) yield entryText(this.ipv4, entry, false);
    for (let entry = 0; entry < this.ipv6.count; entry++) yield entryText(this.ipv6, entry, true);
  }

  /** Whether both sets have the same entries. */
  equals(other: PrefixSet): boolean {
    return this.ipv4.equals(other.ipv4) && this.ipv6.equals(other.ipv6);
  }

  /** Equal sets have equal hashes. */
  get hash(): number {
    this.#hash ??= hashOf(this.ipv6, hashOf(this.ipv4, 0x811c_9dc5));
    return this.#hash;
  }
}

/** Keeps one of several equal sets, so that members with the same list share it. */
export class PrefixSetPool {
  readonly #byHash = new Map<number, PrefixSet[]>();

  /** The set that is kept of all that are equal to this one. */
  intern(set: PrefixSet): PrefixSet {
    const candidates = this.#byHash.get(set.hash);
    const known = candidates?.find((candidate) => candidate.equals(set));
    if (known !== undefined) return known;
    if (candidates === undefined) this.#byHash.set(set.hash, [set]);
    else candidates.push(set);
    return set;
  }
}

/** Collects entries and makes a set of them. */
export class PrefixSetBuilder {
  /** An IPv4 entry is one number: address, length, min, max, of 32 and three times 6 bits. 50 bits sort natively and exactly. */
  #ipv4: Float64Array = new Float64Array(64);
  #ipv4Count = 0;
  /** An IPv6 entry is five numbers: the masked address, and length, min and max in one. */
  #ipv6: Uint32Array = new Uint32Array(IPV6_WIDTH * 16);
  #ipv6Count = 0;
  readonly #plain = new PlainPrefix();

  /** Adds an entry. */
  add({ address, bits, min, max }: PrefixEntry): void {
    // Lengths below that of the prefix: one entry for each prefix that contains it.
    for (let length = min; length < bits && length <= max; length++) this.add({ address, bits: length, min: length, max: length });
    if (max < bits) return;
    const low = Math.max(min, bits);
    if (address.length === 4) this.#addIpv4(readU32(address, 0), bits, low, max);
    else this.#addIpv6(readU32(address, 0), readU32(address, 4), readU32(address, 8), readU32(address, 12), bits, low, max);
  }

  /** What is wrong with the text; undefined when it was added. */
  addText(text: string): string | undefined {
    const plain = this.#plain;
    if (plain.read(text)) {
      const { words, bits } = plain;
      if (plain.isIpv6) this.#addIpv6(words[0]!, words[1]!, words[2]!, words[3]!, bits, bits, bits);
      else this.#addIpv4(words[0]!, bits, bits, bits);
      return undefined;
    }
    const entry = parsePrefixEntry(text);
    if (typeof entry === 'string') return entry;
    this.add(entry);
    return undefined;
  }

  /** The set of what was added. The builder is not used afterwards. */
  build(): PrefixSet {
    return new PrefixSet(this.#buildIpv4(), this.#buildIpv6());
  }

  #addIpv4(address: number, bits: number, min: number, max: number): void {
    if (this.#ipv4Count === this.#ipv4.length) {
      const grown = new Float64Array(2 * this.#ipv4.length);
      grown.set(this.#ipv4);
      this.#ipv4 = grown;
    }
    this.#ipv4[this.#ipv4Count++] = masked(address, bits) * 0x4_0000 + bits * 0x1000 + min * 0x40 + max;
  }

  #addIpv6(w0: number, w1: number, w2: number, w3: number, bits: number, min: number, max: number): void {
    const at = this.#ipv6Count++ * IPV6_WIDTH;
    if (at === this.#ipv6.length) {
      const grown = new Uint32Array(2 * this.#ipv6.length);
      grown.set(this.#ipv6);
      this.#ipv6 = grown;
    }
    const columns = this.#ipv6;
    columns[at] = masked(w0, bits);
    columns[at + 1] = masked(w1, bits - 32);
    columns[at + 2] = masked(w2, bits - 64);
    columns[at + 3] = masked(w3, bits - 96);
    columns[at + 4] = (bits << 16) | (min << 8) | max;
  }

  #buildIpv4(): PrefixColumns {
    const keys = this.#ipv4.subarray(0, this.#ipv4Count).sort();
    if (keys.length === 0) return EMPTY_IPV4;
    const out = new ColumnWriter(1, keys.length);
    for (const key of keys) {
      const low = key % 0x4_0000;
      out.add((key - low) / 0x4_0000, 0, 0, 0, low >>> 12, (low >>> 6) & 0x3f, low & 0x3f);
    }
    return out.finish();
  }

  #buildIpv6(): PrefixColumns {
    const count = this.#ipv6Count;
    const columns = this.#ipv6;
    if (count === 0) return EMPTY_IPV6;
    let longest = 0;
    for (let entry = 0; entry < count; entry++) longest = Math.max(longest, columns[entry * IPV6_WIDTH + 4]! >>> 16);
    const order = Uint32Array.from({ length: count }, (_, entry) => entry).sort((a, b) => {
      for (let i = 0; i < IPV6_WIDTH; i++) {
        const difference = columns[a * IPV6_WIDTH + i]! - columns[b * IPV6_WIDTH + i]!;
        if (difference !== 0) return difference;
      }
      return 0;
    });
    const out = new ColumnWriter(longest <= 64 ? 2 : 4, count);
    for (const entry of order) {
      const at = entry * IPV6_WIDTH;
      const lengths = columns[at + 4]!;
      out.add(columns[at]!, columns[at + 1]!, columns[at + 2]!, columns[at + 3]!, lengths >>> 16, (lengths >>> 8) & 0xff, lengths & 0xff);
    }
    return out.finish();
  }
}

/** Numbers of an IPv6 entry in the builder. */
const IPV6_WIDTH = 5;

/** A word of an address of which the first `kept` bits count. */
function masked(word: number, kept: number): number {
  return kept >= 32 ? word : kept <= 0 ? 0 : (word & (0xffff_ffff << (32 - kept))) >>> 0;
}

/** The set of these texts. `problem` is told each text that is none, with its place in the list. */
export function prefixSet(texts: Iterable<string>, problem: (index: number, sentence: string) => void): PrefixSet {
  const builder = new PrefixSetBuilder();
  let index = 0;
  for (const text of texts) {
    const sentence = builder.addText(text);
    if (sentence !== undefined) problem(index, sentence);
    index++;
  }
  return builder.build();
}

/** A prefix and a separate text of lengths, as bgpgg and GoBGP have them (`masklength-range`). */
export function entryWithRange(prefixText: string, rangeText: string): PrefixEntry | string {
  const prefix = parsePrefix(prefixText);
  return prefix === undefined ? `"${prefixText}" is not a prefix` : withRange(prefix.address, prefix.bits, rangeText);
}

/** Joins lengths of the same prefix that overlap or touch: an entry then has at most 17 of the same prefix before it (IPv4). */
class ColumnWriter {
  readonly #width: 1 | 2 | 4;
  readonly #words: Uint32Array;
  readonly #bits: Uint8Array;
  readonly #min: Uint8Array;
  readonly #max: Uint8Array;
  #count = 0;

  constructor(width: 1 | 2 | 4, capacity: number) {
    this.#width = width;
    this.#words = new Uint32Array(width * capacity);
    this.#bits = new Uint8Array(capacity);
    this.#min = new Uint8Array(capacity);
    this.#max = new Uint8Array(capacity);
  }

  add(w0: number, w1: number, w2: number, w3: number, bits: number, min: number, max: number): void {
    const last = this.#count - 1;
    if (last >= 0 && this.#bits[last] === bits && min <= this.#max[last]! + 1 && this.#isAt(last, w0, w1, w2, w3)) {
      this.#max[last] = Math.max(this.#max[last]!, max);
      return;
    }
    const entry = this.#count++;
    const at = entry * this.#width;
    this.#words[at] = w0;
    if (this.#width > 1) this.#words[at + 1] = w1;
    if (this.#width > 2) {
      this.#words[at + 2] = w2;
      this.#words[at + 3] = w3;
    }
    this.#bits[entry] = bits;
    this.#min[entry] = min;
    this.#max[entry] = max;
  }

  #isAt(entry: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const at = entry * this.#width;
    if (this.#words[at] !== w0 || (this.#width > 1 && this.#words[at + 1] !== w1)) return false;
    return this.#width < 4 || (this.#words[at + 2] === w2 && this.#words[at + 3] === w3);
  }

  finish(): PrefixColumns {
    const count = this.#count;
    return new PrefixColumns(
      this.#width,
      this.#words.slice(0, count * this.#width),
      this.#bits.slice(0, count),
      this.#min.slice(0, count),
      this.#max.slice(0, count),
    );
  }
}

function entryText(columns: PrefixColumns, entry: number, isIpv6: boolean): string {
  const address = new Uint8Array(isIpv6 ? 16 : 4);
  for (let i = 0; i < columns.width; i++) writeU32(address, 4 * i, columns.words[entry * columns.width + i]!);
  const bits = columns.bits[entry]!;
  const min = columns.min[entry]!;
  const max = columns.max[entry]!;
  const prefix = `${formatAddress(address)}/${bits}`;
  if (min === bits && max === bits) return prefix;
  const ge = min === bits ? '' : ` ge ${min}`;
  return max === (isIpv6 ? 128 : 32) && min !== bits ? `${prefix}${ge}` : `${prefix}${ge} le ${max}`;
}

function hashOf(columns: PrefixColumns, seed: number): number {
  let hash = seed;
  for (const word of columns.words) hash = Math.imul(hash ^ word, 0x0100_0193);
  for (let i = 0; i < columns.count; i++) {
    hash = Math.imul(hash ^ ((columns.bits[i]! << 16) | (columns.min[i]! << 8) | columns.max[i]!), 0x0100_0193);
  }
  return hash >>> 0;
}
