/**
 * Lists of families in capabilities. Each entry has AFI, SAFI, and details of a fixed length that the capability defines.
 *
 * Text: the family and its details after colons, `ipv4-unicast:both`.
 */
import type { ByteWriter } from '../bytes.ts';
import { type Family, readFamily, writeFamily } from '../family.ts';
import { FAMILY, type Form, list, type Members, object } from '../parts/json-form.ts';
import type { NumberField, SpanRecorder } from '../spans.ts';
import type { CapabilityCodec } from './codec.ts';
import { formatItem, parseItem } from './text.ts';

/** AFI and SAFI. */
const FAMILY_LENGTH = 3;

/** What an entry says about its family. */
export interface Details<T extends object> {
  readonly octets: number;
  /** The parts of its octets. */
  readonly numbers: readonly NumberField[];
  /** Undefined when the octets are malformed. */
  read(bytes: Uint8Array, at: number): T | undefined;
  /** Throws ValueError, here and in `parse`. */
  write(out: ByteWriter, entry: T): void;
  format(entry: T): (string | number)[];
  parse(words: string[]): T;
  /** The members in JSON. */
  readonly members: Members<T>;
}

type Entry<T> = { family: Family } & T;

/** The entries in `bytes[start, end)`; undefined when they are malformed. */
export function decodeFamilies<T extends object>(
  details: Details<T>,
  bytes: Uint8Array,
  start: number,
  end: number,
  spans: SpanRecorder | undefined,
): Entry<T>[] | undefined {
  const length = FAMILY_LENGTH + details.octets;
  if ((end - start) % length !== 0) return undefined;
  const families: Entry<T>[] = [];
  for (let at = start; at < end; at += length) {
    const found = details.read(bytes, at + FAMILY_LENGTH);
    if (found === undefined) return undefined;
    spans?.numbers(at, ['afi', 2], ['safi', 1], ...details.numbers);
    families.push({ family: readFamily(bytes, at), ...found });
  }
  return families;
}

export function encodeFamilies<T extends object>(details: Details<T>, out: ByteWriter, families: readonly Entry<T>[]): void {
  for (const entry of families) {
    writeFamily(out, entry.family);
    details.write(out, entry);
  }
}

/** One word for each entry. */
export function formatFamilies<T extends object>(details: Details<T>, families: readonly Entry<T>[]): string[] {
  return families.map((entry) => formatItem(entry.family, ...details.format(entry)));
}

/** The entry that is one word of `formatFamilies`. */
export function parseEntry<T extends object>(details: Details<T>, word: string): Entry<T> {
  const item = parseItem(word);
  return { family: item.family, ...details.parse(item.details) };
}

export function familiesFromJson<T extends object>({ members }: Details<T>): Form<Entry<T>[]> {
  return list(object<object>({ family: FAMILY, ...members })) as Form<Entry<T>[]>;
}

/** A capability that is a list of families and nothing else. */
export function familiesCapability<const Type extends string, T extends object>(
  traits: Pick<CapabilityCodec<{ type: Type }>, 'code' | 'type' | 'name'>,
  details: Details<T>,
): CapabilityCodec<{ type: Type; families: Entry<T>[] }> {
  const { type } = traits;
  return {
    ...traits,
    members: { families: familiesFromJson(details) },
    decode(bytes, start, end, spans) {
      const families = decodeFamilies(details, bytes, start, end, spans);
      return families && { type, families };
    },
    encode: (out, value) => encodeFamilies(details, out, value.families),
    format: (value) => formatFamilies(details, value.families).join(' '),
    parse: (words) => ({ type, families: words.map((word) => parseEntry(details, word)) }),
  };
}
