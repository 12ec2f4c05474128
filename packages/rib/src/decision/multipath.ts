/**
 * The paths of a destination that could be used beside the best one: they survive as long as the best one does, and are equal to it up to a
 * step. Cold: a query, which changes nothing of what is decided or sent.
 */
import { AttributeCode } from '@tsbgp/wire';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { PathId, RibTable } from '../table.ts';
import { explain } from './explain.ts';
import { type DecisionStep, firstDifference, STEPS } from './steps.ts';

/** Which paths count as equal to the best one, and how many of them. */
export interface MultipathOptions {
  /** At most so many, the best one among them. 1 or more. */
  readonly max: number;
  /** The last step in which they must be equal. @default 'next-hop-cost': what follows only breaks ties */
  readonly through?: DecisionStep;
  /** They need not have the same AS_PATH; their lengths are equal in any case unless lengths do not count. @default false */
  readonly relax?: boolean;
}

/** The best path first, then the others in order of preference. Empty where there is no best path. */
export function multipath(table: RibTable, nlri: NlriId, options: MultipathOptions): PathId[] {
  const { max, through = 'next-hop-cost', relax = false } = options;
  const last = STEPS.findIndex(({ name }) => name === through);
  const ranked = explain(table, nlri).filter(({ outcome }) => outcome !== 'filtered');
  const best = ranked[0]?.path;
  if (best === undefined) return [];
  const equal = ranked.filter((each) => {
    if (each.outcome !== 'lost') return true;
    const isOutByMed = each.defeat.step === 'multi-exit-disc';
    const step = isOutByMed ? 'multi-exit-disc' : firstDifference(table, each.path, best)?.step.name;
    const lostAt = step === undefined ? STEPS.length : STEPS.findIndex(({ name }) => name === step);
    return lostAt > last && (relax || hasSameAsPath(table, each.path, best));
  });
  return equal.slice(0, max).map(({ path }) => path);
}

function hasSameAsPath(table: RibTable, a: PathId, b: PathId): boolean {
  const [pathA, pathB] = [asPathOf(table, a), asPathOf(table, b)];
  return pathA.length === pathB.length && pathA.every((octet, at) => octet === pathB[at]);
}

/** The value of AS_PATH; valid until the next set is interned. */
function asPathOf({ attributes, pathAttr }: RibTable, path: PathId): Uint8Array {
  const { data } = attributes.arena;
  const attr = pathAttr[path]!;
  const start = attributes.offset[attr]!;
  const header = findAttribute(data, start, start + attributes.length[attr]!, AttributeCode.AsPath);
  if (header === NONE) return new Uint8Array(0);
  const value = header + headerLength(data, header);
  return data.subarray(value, value + valueLength(data, header));
}
