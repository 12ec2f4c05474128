/**
 * BIRD's masks of AS paths: `[= 65001 * 64512+ [3..5, 7] ? =]`. Each item stands for one AS of the path, from the left:
 *
 *     65001        this AS                 ?     any AS
 *     [3..5, 7]    one of these            *     any number of any ASes
 *     {peer-as} has no place here          X+    one or more that match X
 *
 * A set in the path is one item, which matches when one of its members does. Segments of a confederation are read like others.
 *
 * The items are states of an automaton, and all states that a path may be in are followed at once: items × length of the path at most.
 */
import type { AsPathSegment } from '@tsbgp/wire';
import { AsSet, parseAsRange } from './as-set.ts';

interface Item {
  /** undefined: any AS. */
  readonly asns: AsSet | undefined;
  readonly repeats: 'once' | 'some' | 'any';
}

/** Longer masks are refused. */
const ITEMS_MAX = 500;

export class AsPathMask {
  readonly source: string;
  readonly #items: readonly Item[];

  constructor(source: string, items: readonly Item[]) {
    this.source = source;
    this.#items = items;
  }

  test(segments: readonly AsPathSegment[]): boolean {
    const items = this.#items;
    // states[i]: the path so far may have used up the items before i.
    let states = this.#skip(new Uint8Array(items.length + 1).fill(1, 0, 1));
    for (const asns of hops(segments)) {
      const next = new Uint8Array(items.length + 1);
      for (const [i, item] of items.entries()) {
        if (states[i] === 0 || !(item.asns === undefined || asns.some((asn) => item.asns!.has(asn)))) continue;
        if (item.repeats !== 'once') next[i] = 1;
        if (item.repeats !== 'any') next[i + 1] = 1;
      }
      states = this.#skip(next);
    }
    return states[items.length] === 1;
  }

  /** `*` may stand for nothing. */
  #skip(states: Uint8Array): Uint8Array {
    for (const [i, { repeats }] of this.#items.entries()) if (states[i] === 1 && repeats === 'any') states[i + 1] = 1;
    return states;
  }
}

/** The AS numbers of each hop: one of a sequence, all of a set. */
function hops(segments: readonly AsPathSegment[]): readonly (readonly number[])[] {
  return segments.flatMap(({ type, asns }) => (type.endsWith('set') ? [asns] : asns.map((asn) => [asn])));
}

/** The mask, or a sentence that says what is wrong. */
export function parseMask(source: string): AsPathMask | string {
  const inside = /^\[=(.*)=\]$/s.exec(source.trim())?.[1];
  if (inside === undefined) return `"${source}" is no AS path mask: it begins with "[=" and ends with "=]"`;
  const items: Item[] = [];
  const rest = inside.replaceAll(
    /\[([^[\]]*)\](\s*\+)?|([^\s[\]+?*]+)(\+)?|([?*])(\+)?/g,
    (word, set: string | undefined, setPlus, as, asPlus, any) => {
      if (any !== undefined) items.push({ asns: undefined, repeats: any === '*' ? 'any' : word.endsWith('+') ? 'some' : 'once' });
      else {
        const asns = parseAsSet(set ?? String(as));
        if (asns === undefined) return word;
        items.push({ asns, repeats: setPlus !== undefined || asPlus !== undefined ? 'some' : 'once' });
      }
      return ' ';
    },
  );
  if (rest.trim() !== '') return `"${rest.trim()}" in "${source}" is no item of an AS path mask`;
  if (items.length > ITEMS_MAX) return `${items.length} items, allowed are ${ITEMS_MAX}`;
  // A "+" needs one hop, then may take more: written as the item and a repeating one.
  return new AsPathMask(source, items.flatMap(writtenOut));
}

function writtenOut(item: Item): Item[] {
  return item.repeats === 'some'
    ? [
        { ...item, repeats: 'once' },
        { ...item, repeats: 'any' },
      ]
    : [item];
}

/** "1..3, 7" as a set; an empty text is the empty set. */
export function parseAsSet(text: string): AsSet | undefined {
  const words = text.split(',').filter((word) => word.trim() !== '');
  const ranges = words.map((word) => parseAsRange(word.trim()));
  return ranges.every((range) => range !== undefined) ? new AsSet(ranges) : undefined;
}
