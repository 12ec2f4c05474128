/** Readers of plain values: mappings, lists, words, numbers, ranges. Each tells its problem, and returns undefined for a wrong value. */
import type { NumberRange } from '../condition/numbers.ts';
import { describe, type Expected, type Path, type Problems } from './problems.ts';

export type Mapping = Readonly<Record<string, unknown>>;

/** A reader of one key of a mapping. */
export type KeyReader = (value: unknown, path: Path) => void;

export function asMapping(value: unknown): Mapping | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : undefined;
}

/** Calls the reader of each key that is there. Unknown keys are problems; the closest known one is named. */
export function readMapping(
  problems: Problems,
  value: unknown,
  path: Path,
  readers: Readonly<Record<string, KeyReader>>,
  example: string,
): boolean {
  const mapping = asMapping(value);
  const known = Object.keys(readers);
  if (mapping === undefined) {
    problems.invalid(path, value, { allowed: `a mapping with ${known.join(', ')}`, example });
    return false;
  }
  for (const [key, inner] of Object.entries(mapping)) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (reader !== undefined) reader(inner, [...path, key]);
    else problems.add('unknown-key', [...path, key], `unknown key "${key}"${guess(key, known)}`, { allowed: known.join(', '), example });
  }
  return true;
}

/** A list, or one value in the place of a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Texts or numbers, as texts, each with its place. */
export function readPlacedTexts(problems: Problems, value: unknown, path: Path, expected: Expected): (readonly [text: string, at: Path])[] {
  const texts: (readonly [string, Path])[] = [];
  for (const [index, one] of listOf(value).entries()) {
    const at = Array.isArray(value) ? [...path, index] : path;
    if (typeof one === 'string' || typeof one === 'number') texts.push([String(one), at]);
    else problems.invalid(at, one, expected);
  }
  return texts;
}

/** Texts or numbers, as texts. */
export function readTexts(problems: Problems, value: unknown, path: Path, expected: Expected): string[] {
  return readPlacedTexts(problems, value, path, expected).map(([text]) => text);
}

/** One of these words, or a list of some of them; their indexes. */
export function readWords(problems: Problems, value: unknown, path: Path, words: readonly string[], example: string): number[] {
  const expected: Expected = { allowed: words.join(', '), example };
  const found: number[] = [];
  for (const text of readTexts(problems, value, path, expected)) {
    const index = words.indexOf(text);
    if (index === -1) problems.invalid(path, text, expected, `${describe(text)}${guess(text, words)}`);
    else found.push(index);
  }
  return found;
}

export function readNumber(problems: Problems, value: unknown, path: Path, min: number, max: number, example: string): number | undefined {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
  return problems.invalid(path, value, { allowed: `a number of ${min} to ${max}`, example });
}

const RANGE: Expected = { allowed: 'a number, ">= 5", "<= 5", "5-10", "absent", or a mapping with min and max', example: '' };

/** `5`, `">= 5"`, `"<= 5"`, `"> 5"`, `"5-10"`, `absent`, `{min: 5, max: 10}`. */
export function readRange(problems: Problems, value: unknown, path: Path, example: string): NumberRange | undefined {
  const range = typeof value === 'number' ? { min: value, max: value } : typeof value === 'string' ? textRange(value) : mappingRange(value);
  if (range !== undefined && range.min <= range.max && isWhole(range.min) && isWhole(range.max)) return range;
  return problems.invalid(path, value, { ...RANGE, example });
}

function textRange(text: string): NumberRange | undefined {
  if (text === 'absent') return { min: 0, max: Number.POSITIVE_INFINITY, isAbsent: true };
  const parts = /^\s*(>=|<=|>|<|=)?\s*(\d{1,10})\s*(?:(?:-|\.\.)\s*(\d{1,10}))?\s*$/.exec(text);
  if (parts === null) return undefined;
  const number = Number(parts[2]);
  if (parts[3] !== undefined) return parts[1] === undefined ? { min: number, max: Number(parts[3]) } : undefined;
  switch (parts[1]) {
    case '>=':
      return { min: number, max: Number.POSITIVE_INFINITY };
    case '>':
      return { min: number + 1, max: Number.POSITIVE_INFINITY };
    case '<=':
      return { min: 0, max: number };
    case '<':
      return { min: 0, max: number - 1 };
    default:
      return { min: number, max: number };
  }
}

function mappingRange(value: unknown): NumberRange | undefined {
  const mapping = asMapping(value);
  if (mapping === undefined || Object.keys(mapping).length === 0) return undefined;
  if (!Object.keys(mapping).every((key) => key === 'min' || key === 'max')) return undefined;
  const { min = 0, max = Number.POSITIVE_INFINITY } = mapping;
  return typeof min === 'number' && typeof max === 'number' ? { min, max } : undefined;
}

function isWhole(number: number): boolean {
  return number === Number.POSITIVE_INFINITY || (Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff);
}

/** ` (did you mean "accept"?)`, or nothing. */
function guess(word: string, known: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  const close =
    known.find((one) => plain(one) === plain(word)) ?? known.find((one) => distance(plain(word), plain(one)) <= (one.length > 5 ? 2 : 1));
  return close === undefined ? '' : ` (did you mean "${close}"?)`;
}

/** Letters to insert, delete or replace. Long words are not compared. */
function distance(a: string, b: string): number {
  if (a.length > 40 || Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(row[j - 1]! + 1, before[j]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    before = row;
  }
  return before[b.length]!;
}
