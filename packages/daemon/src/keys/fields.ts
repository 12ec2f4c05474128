/**
 * The building blocks of the configuration's schema: a value, a list, a section. Each reads a plain value and carries the words that error
 * messages and the reference (docs/configuration.md) are made from.
 */

export interface Words {
  /** The allowed values, as an error message names them after "allowed". */
  readonly allowed: string;
  /** A line that works. */
  readonly example: string;
  /** One or two sentences for the reference. */
  readonly about: string;
  /** What applies without the key, for the reference. Undefined: the key is required. */
  readonly standard?: string;
}

/** A place in the file, step by step: `['neighbors', 1, 'hold-time']`. */
export type Path = readonly (string | number)[];

/** Why a value was refused. */
export class Refusal {
  readonly code: 'missing-key' | 'wrong-type' | 'invalid-value';
  /** Follows the value in a message: `23456 (AS_TRANS …)`. Undefined where the allowed values explain the refusal. */
  readonly because: string | undefined;

  constructor(code: Refusal['code'], because?: string) {
    this.code = code;
    this.because = because;
  }
}

/** Is told each refused value. */
export type Refuse = (path: Path, refusal: Refusal) => void;

/** What reads a value. `read` returns undefined for a refused value, and a list with undefined in place of each refused item. */
interface Reader<T> {
  readonly words: Words;
  read(value: unknown, path: Path, refuse: Refuse): T | undefined;
}

export type FieldType = 'address' | 'as-number' | 'choice' | 'family' | 'family-numbers' | 'flag' | 'integer' | 'secret' | 'text';

/** What programs know about the values of a field; the API and the command line read their own spelling of it. */
export interface Shape {
  readonly type: FieldType;
  /** Bounds of an integer, or of the numbers of families. */
  readonly min?: number;
  readonly max?: number;
  /** The words to choose from. */
  readonly values?: readonly string[];
}

export interface Field<T> extends Reader<T> {
  readonly kind: 'field';
  readonly shape: Shape;
  /** Reads a value that has no place in a file. */
  check(value: unknown): T | Refusal;
}

/** A refused item is undefined, so that the others keep their places. */
export interface List<T> extends Reader<T> {
  readonly kind: 'list';
  readonly item: Descriptor;
}

export interface Section<T> extends Reader<T> {
  readonly kind: 'section';
  /** By key, in the order of the reference. */
  readonly entries: Readonly<Record<string, Descriptor>>;
}

/** Values by names that the operator chooses. */
export interface Mapping<T> extends Reader<T> {
  readonly kind: 'mapping';
  readonly item: Descriptor;
}

export type Descriptor<T = unknown> = Field<T> | List<T> | Section<T> | Mapping<T>;

export function field<T>(words: Words, shape: Shape, check: (value: unknown) => T | Refusal): Field<T> {
  return {
    kind: 'field',
    words,
    shape,
    check,
    read(value, path, refuse) {
      const checked = check(value);
      if (!(checked instanceof Refusal)) return checked;
      refuse(path, checked);
      return undefined;
    },
  };
}

export function list<T>(words: Words, item: Descriptor<T>): List<(T | undefined)[]> {
  return {
    kind: 'list',
    words,
    item,
    read(value, path, refuse) {
      if (Array.isArray(value)) return value.map((element: unknown, i) => item.read(element, [...path, i], refuse));
      refuse(path, new Refusal('wrong-type'));
      return undefined;
    },
  };
}

/** A refused value is undefined, so that its name is known. `readName` refuses names. */
export function byName<T>(
  words: Words,
  readName: (name: string) => string | Refusal,
  item: Descriptor<T>,
): Mapping<Readonly<Record<string, T | undefined>>> {
  return {
    kind: 'mapping',
    words,
    item,
    read(value, path, refuse) {
      if (!isMapping(value)) {
        refuse(path, new Refusal('wrong-type'));
        return undefined;
      }
      const entries = Object.entries(value).map(([name, element]) => {
        if (readName(name) instanceof Refusal) refuse([...path, name], new Refusal('invalid-value', `"${name}" is no name`));
        return [name, item.read(element, [...path, name], refuse)] as const;
      });
      return Object.fromEntries(entries);
    },
  };
}

/** Entries whose words have a `standard` may be absent. */
export function section<T>(words: Words, entries: { readonly [Key in keyof T]-?: Descriptor<NonNullable<T[Key]>> }): Section<T> {
  const named = Object.entries<Descriptor>(entries).map(([key, entry]) => ({ key, name: key as keyof T, entry }));
  return namedSection(words, named);
}

/** A section that stores the value of `key` as `name`. */
export function namedSection<T>(
  words: Words,
  rows: readonly { readonly key: string; readonly name: keyof T; readonly entry: Descriptor }[],
): Section<T> {
  return {
    kind: 'section',
    words,
    entries: Object.fromEntries(rows.map(({ key, entry }) => [key, entry])),
    read(value, path, refuse) {
      if (!isMapping(value)) {
        refuse(path, new Refusal('wrong-type'));
        return undefined;
      }
      const result: { [Name in keyof T]?: unknown } = {};
      for (const { key, name, entry } of rows) {
        if (Object.hasOwn(value, key)) {
          const checked = entry.read(value[key], [...path, key], refuse);
          if (checked !== undefined) result[name] = checked;
        } else if (entry.words.standard === undefined) {
          refuse([...path, key], new Refusal('missing-key'));
        }
      }
      // The rows have the types of T, and everything in T is optional: a refused value is absent.
      return result as T;
    },
  };
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An integer of `min` to `max`, or `or`. */
export function integer(words: Words, min: number, max: number, or?: number): Field<number> {
  return field(words, { type: 'integer', min: or ?? min, max }, (value) => {
    if (typeof value !== 'number') return new Refusal('wrong-type');
    return Number.isInteger(value) && ((value >= min && value <= max) || value === or) ? value : new Refusal('invalid-value');
  });
}

export function flag(words: Omit<Words, 'allowed'>): Field<boolean> {
  return field({ ...words, allowed: 'true or false' }, { type: 'flag' }, (value) =>
    typeof value === 'boolean' ? value : new Refusal('wrong-type'),
  );
}

export function choice<T extends string>(words: Omit<Words, 'allowed'>, values: readonly T[]): Field<T> {
  return field({ ...words, allowed: values.join(', ').replace(/, ([^,]*)$/, ' or $1') }, { type: 'choice', values }, (value) => {
    if (typeof value !== 'string') return new Refusal('wrong-type');
    return values.find((allowed) => allowed === value) ?? new Refusal('invalid-value');
  });
}

export function text<T>(words: Words, read: (value: string) => T | Refusal, type: FieldType = 'text'): Field<T> {
  return field(words, { type }, (value) => (typeof value === 'string' ? read(value) : new Refusal('wrong-type')));
}
