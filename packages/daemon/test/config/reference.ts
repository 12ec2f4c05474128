/** The reference of all keys, made from the schema. A test compares the tables in docs/configuration.md with it. */

import { SCHEMA } from '../../src/config/schema.ts';
import type { Descriptor } from '../../src/keys/fields.ts';
import type { NeighborKey } from '../../src/keys/neighbor-key.ts';
import { NEIGHBOR_KEYS } from '../../src/keys/neighbor-keys.ts';
import type { Effect } from '../../src/reconcile/section.ts';

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

/** The table of what a change of each key touches, a row for each effect. */
export function touchRows(): string[] {
  const effects: readonly (readonly [effect: Effect, touched: string])[] = [
    ['nothing', 'nothing: no session and no route'],
    ['import', 'the routes of the neighbor are judged again; the session stays'],
    ['export', 'the neighbor is sent the difference; the session stays'],
    ['stream', 'the same, in another form of UPDATE'],
    ['session', 'the session ends with Cease and comes up again'],
  ];
  const rows = Object.values<NeighborKey<unknown>>(NEIGHBOR_KEYS).filter(({ sets }) => sets === undefined);
  return effects.flatMap(([effect, touched]) => {
    const keys = rows.filter(({ onChange }) => onChange === effect).map(({ key }) => `\`${key}\``);
    return keys.length === 0 ? [] : [`| ${touched} | ${keys.join(', ')} |`];
  });
}

function keysOf(descriptor: Descriptor, path: string): KeyReference[] {
  // What has names of the operator's own has the keys of another section.
  if (descriptor.kind === 'field' || descriptor.kind === 'mapping') return [];
  if (descriptor.kind === 'list') return keysOf(descriptor.item, `${path}[]`);
  return Object.entries(descriptor.entries).flatMap(([name, entry]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const { allowed, standard, about, example } = entry.words;
    return [{ path: own, allowed, standard, about, example }, ...keysOf(entry, own)];
  });
}
