/** The reference of all keys, as the tables in docs/configuration.md show it. Made from the schema; a test compares. */
import type { Descriptor } from '../keys/fields.ts';
import { SCHEMA } from './schema.ts';

export interface KeyReference {
  /** `neighbors[].hold-time`. */
  readonly path: string;
  readonly allowed: string;
  /** What holds without it; undefined: required. */
  readonly standard: string | undefined;
  readonly about: string;
  readonly example: string;
}

/** Every key in the order of the schema, sections before what is in them. */
export function allKeys(): KeyReference[] {
  return keysOf(SCHEMA, '');
}

/** One row of a table: key, what it takes, what holds without it, what it does. */
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
