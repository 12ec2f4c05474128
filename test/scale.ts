/**
 * How much the long tests do. `npm test` runs a tenth of each, so that it stays below two minutes on two cores; `npm run test:full` and CI
 * run all of it, with TSBGP_TEST_FULL=1. A test file that imports this one is part of `npm run test:full`. Other test files are not, because they
 * have only one form.
 */
import process from 'node:process';

export const FULL_VARIABLE = 'TSBGP_TEST_FULL';

/** Whether the long tests run in their full form. */
export const FULL: boolean = process.env[FULL_VARIABLE] === '1';

/** How many runs, routes or inputs a long test has: `whole` of them, or in `npm test` only `short`. */
export function scaled(whole: number, short: number = Math.ceil(whole / 10)): number {
  return FULL ? whole : short;
}

/** The cases of a long table: all of them, or in `npm test` every tenth, the first included. */
export function sampled<T>(cases: readonly T[]): readonly T[] {
  return FULL ? cases : cases.filter((_, index) => index % 10 === 0);
}
