/** What must happen when a neighbor gets another configuration. */
import { isDeepStrictEqual } from 'node:util';
import type { OnChange } from './neighbor-key.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig } from './neighbor-keys.ts';

export type Touches = Exclude<OnChange, 'nothing'>;

/** What the changed keys touch; empty where nothing running depends on them. Both must be of one address. */
export function diffNeighbor(before: NeighborConfig, after: NeighborConfig): Set<Touches> {
  const touched = new Set<Touches>();
  for (const field of NEIGHBOR_FIELDS) {
    const { onChange } = NEIGHBOR_KEYS[field];
    if (onChange !== 'nothing' && !isDeepStrictEqual(before[field], after[field])) touched.add(onChange);
  }
  return touched;
}

/** The keys that differ, as the configuration file calls them: those that touch `onChange`, or all. */
export function changedKeys(before: NeighborConfig, after: NeighborConfig, onChange?: OnChange): string[] {
  return NEIGHBOR_FIELDS.filter(
    (field) => !isDeepStrictEqual(before[field], after[field]) && (onChange === undefined || NEIGHBOR_KEYS[field].onChange === onChange),
  ).map((field) => NEIGHBOR_KEYS[field].key);
}
