/**
 * One entry of a prefix set as text: a prefix, and which lengths of the prefixes inside it match. All spellings in use are read.
 *
 *     192.0.2.0/24                exactly this prefix
 *     192.0.2.0/24 ge 25 le 28    lengths 25 to 28 inside it (ge alone: up to 32 or 128; le alone: from its own length)
 *     192.0.2.0/24 25..28         the same; "..28", "25.." and "exact" too (GoBGP, bgpgg)
 *     192.0.2.0/24{25,28}         the same (BIRD); a length below 24 means the prefixes of that length that contain this one
 *     192.0.2.0/24+               itself and everything inside (BIRD, OpenBGPD, RPSL ^+)
 *     192.0.2.0/24-               itself and everything that contains it (BIRD)
 *     192.0.2.0/24^25-28          the same as ge 25 le 28; ^- is everything inside, but not itself (RPSL, RFC 2622 §2)
 */
import { parsePrefix } from '@tsbgp/wire';

/** A prefix, and which lengths match. */
export interface PrefixEntry {
  /** 4 or 16 octets. Bits after the prefix may be set; they mean nothing. */
  readonly address: Uint8Array;
  readonly bits: number;
  /** Lengths that match, `min` to `max`. Where `min` is below `bits`, the prefixes that contain this one match too. */
  readonly min: number;
  readonly max: number;
}

export const PREFIX_ENTRY_ALLOWED = 'a prefix, alone or with lengths: "192.0.2.0/24 ge 25 le 28", "192.0.2.0/24+"';

/** The entry, or a sentence that says what is wrong with the text. */
export function parsePrefixEntry(text: string): PrefixEntry | string {
  const parts = /^([^\s{+^/]+\/\d{1,3})\s*(.*)$/.exec(text.trim());
  const prefix = parts === null ? undefined : parsePrefix(parts[1]!);
  if (prefix === undefined) return `"${text}" is not a prefix`;
  return withRange(prefix.address, prefix.bits, parts![2]!);
}

/** The entry of a prefix and of the text after it, or a sentence. */
export function withRange(address: Uint8Array, bits: number, rangeText: string): PrefixEntry | string {
  const longest = 8 * address.length;
  const range = readRange(rangeText.trim(), bits, longest);
  if (range === undefined) return `"${rangeText}" are no lengths`;
  const [min, max, mayBeShorter] = range;
  if (min > longest) return `length ${min} is longer than an ${longest === 32 ? 'IPv4' : 'IPv6'} address`;
  if (max > longest) return `length ${max} is longer than an ${longest === 32 ? 'IPv4' : 'IPv6'} address`;
  if (min > max) return `the least length ${min} is above the greatest ${max}`;
  if (min < bits && mayBeShorter !== 'shorter') return `length ${min} is shorter than the prefix itself, /${bits}`;
  return { address, bits, min, max };
}

function readRange(text: string, bits: number, longest: number): readonly [min: number, max: number, 'shorter'?] | undefined {
  if (text === '' || text === 'exact') return [bits, bits];
  if (text === '+' || text === '^+') return [bits, longest];
  if (text === '^-') return [bits + 1, longest];
  if (text === '-') return [0, bits, 'shorter'];
  const words = /^(?:ge\s*(\d{1,3}))?\s*(?:le\s*(\d{1,3}))?$/.exec(text);
  if (words !== null) return [Number(words[1] ?? bits), Number(words[2] ?? longest)];
  const dots = /^(\d{0,3})\.\.(\d{0,3})$/.exec(text);
  if (dots !== null) return [Number(dots[1] === '' ? bits : dots[1]), Number(dots[2] === '' ? longest : dots[2])];
  const braces = /^\{\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\}$/.exec(text);
  if (braces !== null) return [Number(braces[1]), Number(braces[2]), 'shorter'];
  const caret = /^\^(\d{1,3})(?:-(\d{1,3}))?$/.exec(text);
  return caret === null ? undefined : [Number(caret[1]), Number(caret[2] ?? caret[1])];
}
