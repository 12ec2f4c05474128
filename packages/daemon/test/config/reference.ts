/** The reference of all keys, made from the schema. A test compares the tables in docs/configuration.md with it. */

import { SCHEMA } from '../../src/config/schema.ts';
import type { Descriptor } from '../../src/keys/fields.ts';

export interface KeyReference {
  /** `neighbors[].hold-time`. */
  readonly path: string;
  readonly allowed: string;
  /** What applies without the key. Undefined: the key is required. */
  readonly standard: string | undefined;
  readonly about: string;
  readonly example: string;
}

/** Every key in the order of the schema, a section before its keys. */
export function allKeys(): KeyReference[] {
  return keysOf(SCHEMA, '');
}

/** One row of a table: key, allowed values, what applies without it, what it does. */
export function referenceRow(key: KeyReference): string {
  const cells = [`\`${key.path}\``, key.allowed, key.standard ?? '**required**', `${key.about} \`${key.example}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function keysOf(descriptor: Descriptor, path: string): KeyReference[] {
  if (descriptor.kind === 'field') return [];
  if (descriptor.kind === 'list') return keysOf(descriptor.item, `${path}[]`);
  return Object.entries(descriptor.entries).flatMap(([name, entry]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const { allowed, standard, about, example } = entry.words;
    return [{ path: own, allowed, standard, about, example }, ...keysOf(entry, own)];
  });
}
