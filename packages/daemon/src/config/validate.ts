/**
 * Checks a file against the schema. Returns every error with its place and words, and the accepted values, so that the rules between keys can
 * check those.
 */
import { type Descriptor, isMapping, type Path, type Section } from '../keys/fields.ts';
import { ConfigError, type ConfigErrorCode, formatPath } from './config-error.ts';
import { foreignWords, type Meaning } from './foreign-words.ts';
import { type RawConfig, SCHEMA } from './schema.ts';
import { normalizedKey, suggest } from './suggest.ts';
import type { YamlSource } from './yaml-source.ts';

/** `value` is undefined where the file is no mapping. */
export function validate(source: YamlSource): { readonly value: RawConfig | undefined; readonly errors: ConfigError[] } {
  const errors: ConfigError[] = [];
  unknownKeys(source, SCHEMA, source.value, [], errors);
  const value = SCHEMA.read(source.value, [], (path, { code, because }) => errors.push(errorAt(source, path, code, because)));
  return { value, errors };
}

/** An error about the value at `path`, in the words of its key. `because` follows what was found. */
export function errorAt(source: YamlSource, path: Path, code: ConfigErrorCode, because?: string, allowed?: string): ConfigError {
  const descriptor = descriptorAt(path);
  const { words } = descriptor;
  const place = code === 'missing-key' ? source.placeOf(path.slice(0, -1)) : source.placeOf(path);
  // Errors go to logs.
  const isSecret = descriptor.kind === 'field' && descriptor.shape.type === 'secret';
  const value = isSecret ? 'a value that is not shown' : source.foundAt(path);
  const found = because === undefined ? value : `${value} (${because})`;
  // A value that another key makes wrong is no example of what is right.
  const example = words.example.endsWith(`: ${value.replaceAll('"', '')}`) ? '' : words.example;
  return new ConfigError({ code, ...place, path: formatPath(path), found, allowed: allowed ?? words.allowed, example });
}

function descriptorAt(path: Path): Descriptor {
  let at: Descriptor = SCHEMA;
  for (const step of path) {
    const next: Descriptor | undefined = nextOf(at, step);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function nextOf(at: Descriptor, step: string | number): Descriptor | undefined {
  if (at.kind === 'section') return at.entries[step];
  return at.kind === 'field' ? undefined : at.item;
}

function unknownKeys(source: YamlSource, schema: Descriptor, value: unknown, path: Path, errors: ConfigError[]): void {
  if (schema.kind === 'list' && Array.isArray(value)) {
    value.forEach((item, i) => unknownKeys(source, schema.item, item, [...path, i], errors));
  } else if (schema.kind === 'mapping' && isMapping(value)) {
    for (const [name, item] of Object.entries(value)) unknownKeys(source, schema.item, item, [...path, name], errors);
  } else if (schema.kind === 'section' && isMapping(value)) {
    for (const key of Object.keys(value)) {
      const entry = Object.hasOwn(schema.entries, key) ? schema.entries[key] : undefined;
      if (entry === undefined) errors.push(unknownKey(source, schema, [...path, key], key));
      else unknownKeys(source, entry, value[key], [...path, key], errors);
    }
  }
}

function unknownKey(source: YamlSource, schema: Section<unknown>, path: Path, key: string): ConfigError {
  const known = Object.keys(schema.entries);
  const { hint, meant } = hintFor(key, known, path);
  // A hint about the word is more helpful than the list of all keys and an example of another key.
  const example = meant === undefined ? (hint === undefined ? schema.words.example : '') : schema.entries[meant]!.words.example;
  const shown = key.length > KEY_LENGTH_MAX ? `${key.slice(0, KEY_LENGTH_MAX)}…` : key;
  return new ConfigError({
    code: 'unknown-key',
    ...source.keyPlaceOf(path),
    path: formatPath([...path.slice(0, -1), shown]),
    found: `unknown key ${JSON.stringify(shown)}${hint === undefined ? '' : ` (${hint})`}`,
    allowed: hint === undefined ? known.join(', ') : '',
    example,
  });
}

const KEY_LENGTH_MAX = 60;

interface Hint {
  readonly hint?: string | undefined;
  /** The key of this section that was meant. */
  readonly meant?: string | undefined;
}

/** Guesses what an unknown key means: it may be another daemon's word, a key of another section, or a misspelled key. */
function hintFor(key: string, known: readonly string[], path: Path): Hint {
  if (key === '<<') return { hint: 'merge keys are not supported, see "defaults" and "groups"' };
  const [before = ''] = key.split(':');
  if (known.includes(before)) return { hint: 'a ":" needs a space behind it', meant: before };
  const section = sectionOf(path.slice(0, -1));
  const foreign = foreignWords(section);
  const exact = foreign.get(normalizedKey(key));
  if (exact !== undefined) return foreignHint(exact, known);
  const home = HOMES.get(key)?.find((candidate) => candidate !== section);
  if (home !== undefined) return { hint: `it belongs ${home === '' ? 'at the top of the file' : `into "${home}"`}` };
  const near = suggest(key, known);
  if (near !== undefined) return { hint: `did you mean "${near}"?`, meant: near };
  const nearForeign = suggest(key, [...foreign.keys()]);
  return nearForeign === undefined ? {} : foreignHint(foreign.get(nearForeign)!, known);
}

function foreignHint(meaning: Meaning, known: readonly string[]): Hint {
  if (meaning.type === 'not-yet') return { hint: `not there yet: ${meaning.what}` };
  if (meaning.type === 'otherwise') return { hint: meaning.how };
  return known.includes(meaning.key) ? { hint: `here it is "${meaning.key}"`, meant: meaning.key } : {};
}

/** `['neighbors', 1]` is `neighbors[]`, and `['groups', 'customers']` is `groups.*`. */
function sectionOf(path: Path): string {
  if (path[0] === 'groups' && path.length === 2) return 'groups.*';
  return formatPath(path).replaceAll(/\[\d+\]/g, '[]');
}

/** The sections that have a key, by key. */
const HOMES: ReadonlyMap<string, readonly string[]> = homesOf(SCHEMA, '', new Map());

function homesOf(descriptor: Descriptor, path: string, found: Map<string, string[]>): Map<string, string[]> {
  if (descriptor.kind === 'list') homesOf(descriptor.item, `${path}[]`, found);
  if (descriptor.kind !== 'section') return found;
  for (const [key, entry] of Object.entries(descriptor.entries)) {
    found.set(key, [...(found.get(key) ?? []), path]);
    homesOf(entry, path === '' ? key : `${path}.${key}`, found);
  }
  return found;
}
