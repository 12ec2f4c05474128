/** What must happen when a neighbor gets another configuration. */
import { isMapping } from './fields.ts';
import type { OnChange } from './neighbor-key.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig } from './neighbor-keys.ts';

export type Touches = Exclude<OnChange, 'nothing'>;

/** What the changed keys touch; empty where nothing running depends on them. Both must be of one address. */
export function diffNeighbor(before: NeighborConfig, after: NeighborConfig): Set<Touches> {
  const touched = new Set<Touches>();
  for (const field of NEIGHBOR_FIELDS) {
    const { onChange } = NEIGHBOR_KEYS[field];
    if (onChange !== 'nothing' && !isSame(before[field], after[field])) touched.add(onChange);
  }
  return touched;
}

/** The keys that differ, as the configuration file calls them: those that touch `onChange`, or all. */
export function changedKeys(before: NeighborConfig, after: NeighborConfig, onChange?: OnChange): string[] {
  return NEIGHBOR_FIELDS.filter(
    (field) => !isSame(before[field], after[field]) && (onChange === undefined || NEIGHBOR_KEYS[field].onChange === onChange),
  ).map((field) => NEIGHBOR_KEYS[field].key);
}

/** Values are scalars, lists of scalars in which the order counts, or scalars by name. */
function isSame(a: unknown, b: unknown): boolean {
  if (isMapping(a) && isMapping(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
  }
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
