/**
 * Reads octets from text: digits in any grouping, lists such as `0xff, 0xff` or `\xff\xff`, arrays of C, and the dumps of `hexdump -C`, `xxd`,
 * `od -tx1`, `tcpdump -x` and Wireshark. A line of a dump has an offset first and characters last.
 *
 *     00000000  ff ff ff ff ff ff ff ff  ff ff ff ff ff ff ff ff  |................|
 *     00000000: ffff ffff ffff ffff ffff ffff ffff ffff  ................
 *     0000   ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff   ................
 *
 * The offset of the next line says how many octets a line of a dump has. For the last line, its form has to tell.
 */
import { fromHex } from '@tsbgp/wire';

/** The octets, or the reason why the text holds none. */
export type HexText = { readonly bytes: Uint8Array } | { readonly reason: string };

export function readHexText(text: string): HexText {
  return readDump(text) ?? readDigits(text);
}

/** Digits with white space, colons, commas, hyphens, `0x` or `\x` between them. An array of C may surround them. */
function readDigits(text: string): HexText {
  const list = /=\s*\{([^{}]*)\}/.exec(text)?.[1] ?? text;
  const digits = list.replace(/(?<![0-9a-f])0x|\\x|[\s:,-]/gi, '');
  const other = /[^0-9a-f]/i.exec(digits);
  if (other !== null) return { reason: `found "${other[0]}"` };
  if (digits === '') return { reason: 'nothing there' };
  if (digits.length % 2 !== 0) return { reason: `${digits.length} digits, of which an even number is needed` };
  return { bytes: fromHex(digits) };
}

interface Line {
  readonly offset: string;
  readonly isColon: boolean;
  readonly rest: string;
}

/** Reads a dump; undefined for text that is no dump. */
function readDump(text: string): HexText | undefined {
  const raw = text.split('\n').filter((line) => line.trim() !== '');
  const lines: (Line | '*')[] = [];
  for (const line of raw) {
    const match = /^\s*(?:0x)?([0-9a-f]{4,8})(:|\b)(?:\s+(.*))?$/i.exec(line);
    if (match !== null) lines.push({ offset: match[1]!, isColon: match[2] === ':', rest: match[3] ?? '' });
    else if (line.trim() === '*') lines.push('*');
    else return undefined;
  }
  const [first, second] = lines;
  if (first === undefined || first === '*' || !/^0+$/.test(first.offset)) return undefined;
  const isOffset =
    second === undefined ? /^\s*(0x)?\d+(:|\s\s)/.test(raw[0]!) : second === '*' || Number.parseInt(second.offset, 16) <= LINE_MAX;
  if (!isOffset) return undefined;
  // `od` writes offsets in octal by default; the other programs in hexadecimal.
  const hexadecimal = octetsOf(lines, 16);
  if ('bytes' in hexadecimal) return hexadecimal;
  const octal = octetsOf(lines, 8);
  return 'bytes' in octal ? octal : hexadecimal;
}

/** Most octets of a line. */
const LINE_MAX = 64;

function octetsOf(lines: readonly (Line | '*')[], radix: 16 | 8): HexText {
  const octets: number[] = [];
  let last: number[] = [];
  let repeats = false;
  for (const [i, line] of lines.entries()) {
    if (line === '*') {
      repeats = true;
      continue;
    }
    const offset = Number.parseInt(line.offset, radix);
    if (repeats) {
      if (last.length === 0 || offset - octets.length > OCTETS_MAX) return { reason: `line ${i + 1} repeats too much` };
      while (octets.length < offset) octets.push(...last);
      repeats = false;
    }
    if (offset !== octets.length) return { reason: `line ${i + 1} begins at octet ${offset}, ${octets.length} were there before it` };
    const next = lines.slice(i + 1).find((following) => following !== '*');
    const expected = next === undefined || lines[i + 1] === '*' ? undefined : Number.parseInt(next.offset, radix) - offset;
    const found = lineOctets(line, expected);
    if (typeof found === 'string') return { reason: `line ${i + 1}: ${found}` };
    last = found;
    octets.push(...found);
  }
  if (octets.length === 0) return { reason: 'nothing there' };
  return { bytes: Uint8Array.from(octets) };
}

/** Most octets that a dump may repeat with `*`. */
const OCTETS_MAX = 256 << 20;

/** `expected` is how many octets the line has; undefined for the last line. */
function lineOctets({ rest, isColon }: Line, expected: number | undefined): number[] | string {
  const text = rest.replace(/\s*\|.*$/, '');
  const groups = text.trim() === '' ? [] : text.trim().split(/\s+/);
  const isWords = !isColon && groups.length > 0 && groups.every((group) => /^[0-9a-f]{4}$/i.test(group));
  if (isWords) return 'words of two octets in the order of the machine that wrote them; use hexdump -C or xxd';
  const digits = expected === undefined ? byLook(text) : leading(groups, expected);
  if (digits === undefined) return `${expected ?? 'some'} octets of two digits each are expected`;
  return Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** The first `count` octets of the groups. */
function leading(groups: readonly string[], count: number): string | undefined {
  let digits = '';
  for (const group of groups) {
    if (digits.length >= 2 * count) break;
    if (!/^([0-9a-f]{2})+$/i.test(group)) return undefined;
    digits += group;
  }
  return digits.length === 2 * count ? digits : undefined;
}

/** The last line: the groups before the gap that precedes the characters. `hexdump -C` and Wireshark also leave a gap after eight octets. */
function byLook(text: string): string | undefined {
  const columns = text.trim().split(/\s{2,}/);
  let digits = '';
  for (const column of columns) {
    const groups = column.split(' ');
    if (!groups.every((group) => /^([0-9a-f]{2})+$/i.test(group))) break;
    digits += groups.join('');
    if (digits.length !== 16) break;
  }
  return digits.length > 32 || (digits === '' && text.trim() !== '') ? undefined : digits;
}
