/**
 * A pattern for AS paths: a regular expression in one of three dialects, or a mask of BIRD (mask.ts).
 *
 *     cisco     `_` is the start, the end, a blank, a comma, a brace, bracket or parenthesis; text as in `cisco` of text.ts
 *     rustbgpd  `_` is the start, the end, a blank or a brace; the members of a set are separated by blanks
 *     bgpgg     `_` is itself and separates all AS numbers; sets are flattened, nothing at the ends
 *
 * Patterns are not tied to the ends unless they say so with `^` and `$`.
 */
import type { AsPathSegment } from '@tsbgp/wire';
import { Regex } from '../regex/regex.ts';
import { charSet, RegexError, type RegexNode } from '../regex/syntax.ts';
import { parseMask } from './mask.ts';
import type { PathTextForm } from './text.ts';

/** How a pattern is spelled, and which text of the path it looks at. */
export type AsPathDialect = 'cisco' | 'rustbgpd' | 'bgpgg';

/** A compiled pattern. `textOf` gives the path in the form that the pattern wants, so that the caller can keep it. */
export interface AsPathPattern {
  readonly source: string;
  /** Whether the path matches. */
  test(segments: readonly AsPathSegment[], textOf: (form: PathTextForm) => string): boolean;
}

const FORMS: Readonly<Record<AsPathDialect, PathTextForm>> = { cisco: 'cisco', rustbgpd: 'spaces', bgpgg: 'underscores' };
const UNDERSCORES: Readonly<Record<AsPathDialect, RegexNode | undefined>> = {
  cisco: boundary(' ,{}()[]'),
  rustbgpd: boundary(' {}'),
  bgpgg: undefined,
};

function boundary(chars: string): RegexNode {
  return { type: 'alternatives', branches: [{ type: 'start' }, { type: 'chars', set: charSet(chars) }, { type: 'end' }] };
}

/** The pattern, or a sentence that says what is wrong. */
export function compileAsPathPattern(source: string, dialect: AsPathDialect = 'cisco'): AsPathPattern | string {
  if (dialect === 'cisco' && source.trimStart().startsWith('[=')) {
    const mask = parseMask(source);
    return typeof mask === 'string' ? mask : { source, test: (segments) => mask.test(segments) };
  }
  try {
    const regex = new Regex(source, { underscore: UNDERSCORES[dialect] });
    const form = FORMS[dialect];
    return { source, test: (_, textOf) => regex.test(textOf(form)) };
  } catch (error) {
    if (error instanceof RegexError) return error.message;
    throw error;
  }
}
