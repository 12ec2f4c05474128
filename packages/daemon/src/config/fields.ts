/**
 * The building blocks of the configuration's schema: a value, a list, a section. Each carries, beside its valibot schema, the words that a
 * message and the reference (docs/configuration.md) are made from, so that there is one place to say what a key takes.
 */
import * as v from 'valibot';
import type { ConfigErrorCode } from './config-error.ts';

export interface Words {
  /** What is allowed, as it stands in a message after "allowed". */
  readonly allowed: string;
  /** A line that works. */
  readonly example: string;
  /** One or two sentences for the reference. */
  readonly about: string;
  /** What holds without the key, for the reference; undefined: the key is required. */
  readonly standard?: string;
}

export interface Field<T> {
  readonly kind: 'field';
  readonly words: Words;
  readonly schema: v.GenericSchema<unknown, T>;
}

export interface List<T> {
  readonly kind: 'list';
  readonly words: Words;
  readonly item: Descriptor;
  readonly schema: v.GenericSchema<unknown, T[]>;
}

export interface Section<T> {
  readonly kind: 'section';
  readonly words: Words;
  readonly entries: Readonly<Record<string, Descriptor>>;
  readonly schema: v.GenericSchema<unknown, T>;
}

export type Descriptor = Field<unknown> | List<unknown> | Section<unknown>;
type Output<D> = D extends { readonly schema: v.GenericSchema<unknown, infer T> } ? T : never;

/** Why a value was refused, where there is more to say than what is allowed. */
export class Refusal {
  readonly code: ConfigErrorCode;
  /** Goes behind what was found: `23456 (AS_TRANS …)`. */
  readonly because: string | undefined;

  constructor(code: ConfigErrorCode, because?: string) {
    this.code = code;
    this.because = because;
  }
}

/** `because` travels through valibot's message, with the code before it. */
export function readRefusal(message: string): Refusal {
  const [code, because] = message.split('\n', 2);
  return new Refusal(code as ConfigErrorCode, because === '' ? undefined : because);
}

export function field<T>(words: Words, read: (value: unknown) => T | Refusal): Field<T> {
  const schema = v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const got = read(dataset.value);
      if (!(got instanceof Refusal)) return got;
      addIssue({ message: `${got.code}\n${got.because ?? ''}` });
      return NEVER;
    }),
  );
  return { kind: 'field', words, schema };
}

export function list<D extends Descriptor>(words: Words, item: D): List<Output<D>> {
  const schema = v.array(item.schema, 'wrong-type\n') as v.GenericSchema<unknown, Output<D>[]>;
  return { kind: 'list', words, item, schema };
}

/** Entries whose words have a `standard` may be absent. Unknown keys are not looked at here (valibot would report only the first). */
export function section<E extends Record<string, Descriptor>>(words: Words, entries: E): Section<{ [K in keyof E]?: Output<E[K]> }> {
  const shape: Record<string, v.GenericSchema> = {};
  for (const [key, entry] of Object.entries(entries)) {
    shape[key] = entry.words.standard === undefined ? entry.schema : v.exactOptional(entry.schema);
  }
  const schema = v.pipe(v.custom<Record<string, unknown>>(isMapping, 'wrong-type\n'), v.object(shape, 'missing-key\n'));
  return { kind: 'section', words, entries, schema: schema as unknown as v.GenericSchema<unknown, { [K in keyof E]?: Output<E[K]> }> };
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An integer of `min` to `max`, or `or`. */
export function integer(words: Words, min: number, max: number, or?: number): Field<number> {
  return field(words, (value) => {
    if (typeof value !== 'number') return new Refusal('wrong-type');
    return Number.isInteger(value) && ((value >= min && value <= max) || value === or) ? value : new Refusal('invalid-value');
  });
}

export function flag(words: Omit<Words, 'allowed'>): Field<boolean> {
  return field({ ...words, allowed: 'true or false' }, (value) => (typeof value === 'boolean' ? value : new Refusal('wrong-type')));
}

export function choice<T extends string>(words: Omit<Words, 'allowed'>, values: readonly T[]): Field<T> {
  return field({ ...words, allowed: values.join(', ').replace(/, ([^,]*)$/, ' or $1') }, (value) => {
    if (typeof value !== 'string') return new Refusal('wrong-type');
    return values.find((one) => one === value) ?? new Refusal('invalid-value');
  });
}

export function text<T>(words: Words, read: (value: string) => T | Refusal): Field<T> {
  return field(words, (value) => (typeof value === 'string' ? read(value) : new Refusal('wrong-type')));
}
