/** "did you mean": the known word closest to a mistyped one. */

/** The word of `known` with the fewest edits: at most a third of its length, and one to three. Undefined where none is that close. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const plain = normalizedKey(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const other = normalizedKey(candidate);
    const distance = editDistance(plain, other);
    const allowed = Math.min(3, Math.max(1, Math.floor(Math.max(plain.length, other.length) / 3)));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Makes `holdTime`, `hold_time` and `Hold-Time` equal: other daemons write keys in each of these styles. */
export function normalizedKey(word: string): string {
  return word.slice(0, WORD_LENGTH_MAX).toLowerCase().replaceAll(/[-_ ]/g, '');
}

const WORD_LENGTH_MAX = 64;

/** Damerau-Levenshtein (optimal string alignment): insert, delete, replace, swap of adjacent letters. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replace, previous[j]! + 1, current[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, beforePrevious[j - 2]! + 1);
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
