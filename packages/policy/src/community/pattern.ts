/**
 * A pattern for communities of one kind. As text:
 *
 *     64512:100          one community; `no-export`, `blackhole` and other names too; `4226809956`, the number of 32 bits
 *     64512:*            any number in the place of the star
 *     64512:100-199      a range
 *     64512:{peer-as}    the AS number of the neighbor; `{local-as}` is our own
 *     64512:1:2          three fields: a large community
 *     rt:64512:100       an extended community; rt, ro and soo also with stars, ranges, and the neighbor's numbers. They stand for every
 *                        encoding in which the numbers fit: AS of two octets, of four; an IPv4 address has its own
 *     /^64512:1../       a regular expression over the text of standard communities; /^64512:/large and /^rt:/extended for the others
 */
import { equalBytes, parseCommunity, parseExtendedCommunity, parseIpv4, readU32, ValueError } from '@tsbgp/wire';
import { parseAs } from '../as-path/text.ts';
import { Regex } from '../regex/regex.ts';
import { RegexError } from '../regex/syntax.ts';
import { type Community, type CommunityKind, communityNumbers, ExtendedType, fieldBits, readCommunity } from './community.ts';
import { type OwnNumber, type OwnNumbers, ownField } from './own-numbers.ts';

/** What one field may be: the numbers of a range, or the neighbor's own. */
export type Field = { readonly low: number; readonly high: number } | { readonly own: OwnNumber };

export interface FieldPattern {
  readonly type: 'fields';
  readonly kind: CommunityKind;
  readonly text: string;
  readonly fields: readonly Field[];
  /** Of extended communities: type × 256 + subtype of each encoding that matches. */
  readonly forms: readonly number[];
}

export interface RegexPattern {
  readonly type: 'regex';
  readonly kind: CommunityKind;
  readonly text: string;
  /** What the text of a community begins with in the eyes of this dialect; undefined where the community is not looked at. */
  readonly textOf: (community: Community) => string | undefined;
  readonly regex: Regex;
}

/** One community, by its octets. Only kinds of extended communities that have no numbers in fields. */
export interface OctetsPattern {
  readonly type: 'octets';
  readonly kind: 'extended';
  readonly text: string;
  readonly community: Community;
}

/** A compiled pattern for communities of one kind. */
export type CommunityPattern = FieldPattern | RegexPattern | OctetsPattern;

export const COMMUNITY_ALLOWED =
  'a community "64512:100", "64512:1:2", "rt:64512:100", "no-export"; each number may be "*", "100-199", "{peer-as}" or "{local-as}"; or "/regex/"';

const SUBTYPES: Readonly<Record<string, number>> = { rt: 2, 'route-target': 2, ro: 3, soo: 3, 'route-origin': 3, 'site-of-origin': 3 };
const REGEX_KINDS: Readonly<Record<string, CommunityKind>> = {
  '': 'standard',
  standard: 'standard',
  large: 'large',
  extended: 'extended',
  ext: 'extended',
};

/** The pattern, or a sentence that says what is wrong. */
export function parseCommunityPattern(text: string): CommunityPattern | string {
  const regex = /^\/(.*)\/([a-z]*)$/s.exec(text);
  if (regex !== null) {
    const kind = REGEX_KINDS[regex[2]!];
    return kind === undefined
      ? `"/${regex[2]}" is no kind of communities; allowed are large and extended`
      : regexPattern(kind, regex[1]!, text);
  }
  const words = splitFields(text);
  const subtype = SUBTYPES[words[0]!.toLowerCase()];
  if (subtype !== undefined && words.length === 3) return administeredPattern(text, subtype, words[1]!, words[2]!);
  if (/^[a-z]/i.test(text)) return namedPattern(text);
  if (words.length === 1 && /^\d+$/.test(text) && Number(text) <= 0xffff_ffff) return numberPattern(text);
  if (words.length !== 2 && words.length !== 3) return `"${text}" is no community`;
  const kind = words.length === 2 ? 'standard' : 'large';
  const fields = words.map((word) => parseField(word, kind === 'standard' ? 0xffff : 0xffff_ffff));
  if (!fields.every((field) => field !== undefined)) return `"${text}" is no ${kind} community`;
  return { type: 'fields', kind, text, fields, forms: [0] };
}

/** A pattern of one kind over the text that `textOf` gives. */
export function regexPattern(
  kind: CommunityKind,
  source: string,
  text: string,
  textOf: (community: Community) => string | undefined = communityNumbers,
): RegexPattern | string {
  try {
    return { type: 'regex', kind, text, regex: new Regex(source), textOf };
  } catch (error) {
    if (error instanceof RegexError) return error.message;
    throw error;
  }
}

export function matchesCommunity(pattern: CommunityPattern, community: Community, numbers: OwnNumbers | undefined): boolean {
  if (pattern.kind !== community.kind) return false;
  if (pattern.type === 'regex') {
    const text = pattern.textOf(community);
    return text !== undefined && pattern.regex.test(text);
  }
  if (pattern.type === 'octets') return equalBytes(pattern.community.octets, community.octets);
  if (!pattern.forms.includes(community.form)) return false;
  return pattern.fields.every((field, index) => {
    const value = community.fields[index]!;
    if (!('own' in field)) return value >= field.low && value <= field.high;
    return numbers !== undefined && value === ownField(field.own, numbers, community.kind, community.form, index);
  });
}

/** The pattern names the neighbor's own numbers. */
export function ownNumbersOf(pattern: CommunityPattern): readonly OwnNumber[] {
  return pattern.type === 'fields' ? pattern.fields.flatMap((field) => ('own' in field ? [field.own] : [])) : [];
}

/** The one community that the pattern stands for, in its first form that fits; undefined where it stands for several. */
export function exactCommunity(
  pattern: CommunityPattern,
): { readonly kind: CommunityKind; readonly form: number; readonly fields: readonly Field[] } | undefined {
  if (pattern.type !== 'fields' || !pattern.fields.every((field) => 'own' in field || field.low === field.high)) return undefined;
  return { kind: pattern.kind, form: pattern.forms[0]!, fields: pattern.fields };
}

/** Splits at the colons outside of braces. */
function splitFields(text: string): string[] {
  return text.split(/:(?![^{]*\})/);
}

function parseField(word: string, max: number): Field | undefined {
  if (word === '*') return { low: 0, high: max };
  if (word === '{peer-as}' || word === '{local-as}') return { own: word === '{peer-as}' ? 'peer-as' : 'local-as' };
  const [first, last, ...more] = word.split(/-|\.\./);
  const low = parseAs(first!);
  const high = last === undefined ? low : parseAs(last);
  if (low === undefined || high === undefined || low > high || high > max || more.length > 0) return undefined;
  return { low, high };
}

function numberPattern(text: string): FieldPattern {
  const value = Number(text);
  return { type: 'fields', kind: 'standard', text, fields: [single(value >>> 16), single(value & 0xffff)], forms: [0] };
}

function single(value: number): Field {
  return { low: value, high: value };
}

/** A well-known community, or an extended one that the codec knows. */
function namedPattern(text: string): CommunityPattern | string {
  const wellKnown = attempt(() => parseCommunity(text.replaceAll('_', '-')));
  if (typeof wellKnown === 'number') return { ...numberPattern(String(wellKnown)), text };
  if (!text.includes(':')) return `"${text}" is no well-known community`;
  const octets = attempt(() => parseExtendedCommunity(text));
  if (typeof octets === 'string') return octets;
  return { type: 'octets', kind: 'extended', text, community: readCommunity('extended', octets as Uint8Array, 0) };
}

/** Route targets and route origins (RFC 4360 §4, §5): AS of two or of four octets, or an IPv4 address. */
function administeredPattern(text: string, subtype: number, global: string, local: string): FieldPattern | string {
  const ipv4 = parseIpv4(global);
  const isWide = /^\d+L$/.test(global);
  const administrator = ipv4 === undefined ? parseField(isWide ? global.slice(0, -1) : global, 0xffff_ffff) : single(readU32(ipv4, 0));
  const number = parseField(local, 0xffff_ffff);
  if (administrator === undefined || number === undefined) return `"${text}" is no extended community`;
  const types = typesOf(global, ipv4 !== undefined, isWide);
  const forms = types.map((type) => (type << 8) | subtype).filter((form) => fits(administrator, form, 0) && fits(number, form, 1));
  if (forms.length === 0) return `"${text}" is no extended community: one of its numbers must fit into 16 bits`;
  return { type: 'fields', kind: 'extended', text, fields: [administrator, number], forms };
}

/** A star stands for administrators of every form. */
function typesOf(global: string, isAddress: boolean, isWide: boolean): readonly number[] {
  if (global === '*') return [ExtendedType.TwoOctetAs, ExtendedType.FourOctetAs, ExtendedType.Ipv4];
  if (isAddress) return [ExtendedType.Ipv4];
  return isWide ? [ExtendedType.FourOctetAs] : [ExtendedType.TwoOctetAs, ExtendedType.FourOctetAs];
}

/** The lowest number of the field fits; a star or a range may go beyond. */
function fits(field: Field, form: number, index: number): boolean {
  return 'own' in field || field.low < 2 ** fieldBits('extended', form, index);
}

function attempt<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
}
