/**
 * The JSON Schema (draft 2020-12) of the configuration file, for editors: made from the descriptors that also read the file. It accepts everything that
 * the daemon accepts. Rules between keys, and the insides of `sets` and `policies`, are checked by the daemon only.
 */
import { type Descriptor, type Field, Refusal } from '../keys/fields.ts';
import { SCHEMA } from './schema.ts';

export type JsonSchema = { readonly [Key in string]: unknown };

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

export function configSchema(): JsonSchema {
  return { $schema: DRAFT, title: 'Configuration of tsbgpd', ...schemaOf(SCHEMA) };
}

function schemaOf(descriptor: Descriptor): JsonSchema {
  switch (descriptor.kind) {
    case 'list':
      return { ...wordsOf(descriptor), type: 'array', items: schemaOf(descriptor.item) };
    case 'mapping':
      return { ...wordsOf(descriptor), type: 'object', additionalProperties: schemaOf(descriptor.item) };
    case 'section': {
      const entries = Object.entries(descriptor.entries);
      const required = entries.filter(([, { words }]) => words.standard === undefined).map(([key]) => key);
      return {
        ...wordsOf(descriptor),
        type: 'object',
        properties: Object.fromEntries(entries.map(([key, entry]) => [key, schemaOf(entry)])),
        ...(required.length > 0 && { required }),
        additionalProperties: false,
      };
    }
    case 'field':
      return { ...wordsOf(descriptor), ...valueOf(descriptor) };
  }
}

/** What an editor shows about a key. */
function wordsOf({ words: { about, allowed, standard, example } }: Descriptor): JsonSchema {
  const sentences = [
    about,
    `Allowed: ${allowed}.`,
    standard === undefined || standard === '' ? '' : `Without it: ${standard}.`,
    `\`${example}\``,
  ];
  return { description: sentences.filter((sentence) => sentence !== '').join(' ') };
}

/** A value of each type of JSON. What a field says about them tells which types it reads. */
const SAMPLES: readonly (readonly [type: string, samples: readonly unknown[]])[] = [
  ['boolean', [true]],
  ['integer', [1]],
  ['string', ['x']],
  ['array', [[]]],
  ['object', [{}]],
  ['null', [null]],
];

function valueOf(field: Field<unknown>): JsonSchema {
  const types = SAMPLES.filter(([, samples]) => samples.some((sample) => isRead(field, sample))).map(([type]) => type);
  const type = types.length === 1 ? types[0] : types;
  const { min, max, values } = field.shape;
  if (values !== undefined) return { enum: values };
  // Of one type: where there are several, bounds of numbers would not say all.
  return types.length === 1 && type === 'integer'
    ? { type, ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) }
    : { type };
}

function isRead(field: Field<unknown>, sample: unknown): boolean {
  const read = field.check(sample);
  return !(read instanceof Refusal) || read.code !== 'wrong-type';
}
