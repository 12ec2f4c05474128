/**
 * What goes wrong in policies in TypeScript, counted by place. A place is reported when it is first seen: a policy that throws for each
 * route of a full table writes one line, not a million.
 */

/** A place in a policy file. Line and column count from 1; 0 where they are not known. */
export interface ScriptPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ScriptFault extends ScriptPlace {
  /**
   * `threw`: the function threw. `overran`: it took longer than its budget. `stopped`: it did not end and was stopped. `returned`: what it
   * returned is no decision.
   */
  readonly type: 'threw' | 'overran' | 'stopped' | 'returned';
  readonly message: string;
}

/** Places that are told apart; further ones are counted together. */
const PLACES_MAX = 200;

/** Counts of what went wrong. */
export class FaultLog {
  /** By kind; all places together. */
  readonly counts: Readonly<Record<ScriptFault['type'], number>> = { threw: 0, overran: 0, stopped: 0, returned: 0 };
  readonly #seen = new Set<string>();
  readonly #report: (fault: ScriptFault) => void;

  constructor(report: (fault: ScriptFault) => void) {
    this.#report = report;
  }

  /** Counts, and reports a place that was not seen yet. */
  add(type: ScriptFault['type'], message: string, place: ScriptPlace): void {
    (this.counts as Record<ScriptFault['type'], number>)[type]++;
    const key = `${type} ${place.file}:${place.line}:${place.column}`;
    if (this.#seen.has(key) || this.#seen.size >= PLACES_MAX) return;
    this.#seen.add(key);
    this.#report({ type, message, ...place });
  }
}

/**
 * Where an error comes from: the topmost place of its stack in a file whose address begins with `file`; else the topmost of all. Errors of
 * the parser have the place in the first line of the stack.
 */
export function placeOf(error: unknown, file: string): ScriptPlace {
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : '';
  // The runtime's own places are `node:internal/…`.
  const places = [...stack.matchAll(/(?<![\w:/])((?:file:\/\/)?\/[^\s():?]+)(?:\?[^\s():]*)?:(\d+)(?::(\d+))?/g)].map((match) => ({
    file: match[1]!,
    line: Number(match[2]),
    column: Number(match[3] ?? 0),
  }));
  const own = places.find((place) => samePath(place.file, file)) ?? places[0];
  return own ?? { file, line: 0, column: 0 };
}

function samePath(a: string, b: string): boolean {
  return a.replace(/^file:\/\//, '') === b.replace(/^file:\/\//, '').replace(/\?.*$/, '');
}

/** `file:///etc/tsbgp/policy.ts:14:9: threw: route.foo is not a function` */
export function formatFault({ type, message, file, line, column }: ScriptFault): string {
  return `${file}:${line}:${column}: ${type}: ${message}`;
}
