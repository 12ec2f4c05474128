/** Colors. `--no-color`, NO_COLOR (https://no-color.org) and pipes turn them off; FORCE_COLOR turns them on. */
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Io, Output } from './io.ts';

export type Format = Parameters<typeof styleText>[0];

/** Returns `text` in the format, or `text` itself where colors are off. */
export type Style = (format: Format, text: string) => string;

export const plain: Style = (_format, text) => text;
export const colored: Style = (format, text) => (text === '' ? '' : styleText(format, text, { validateStream: false }));

export function styleFor(io: Pick<Io, 'env'>, output: Output, allowed: boolean): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  if (!allowed || (NO_COLOR !== undefined && NO_COLOR !== '')) return plain;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return colored;
  return output.isTerminal && TERM !== 'dumb' ? colored : plain;
}

/** Columns that `text` takes on a terminal, without escape sequences. Wide characters count as one: tables have none. */
export function visibleLength(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/**
 * Makes text from elsewhere (a peer's shutdown message, a description) safe to print. Control characters could move the cursor or change
 * colors, and invisible characters could change the order of the text: both become `·`. The joiners of scripts and emoji stay.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, '·');
}

/** Control, format (bidi, zero width), private use, lone surrogates, line and paragraph separators. */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** JSON that is also safe on a terminal. Characters that `printable` replaces are escaped here, so that programs get the original text. */
export function safeJson(value: unknown, indent?: number): string {
  // Outside strings, JSON has only the line feeds of the indentation; inside strings it has no character below U+0020.
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, (found) =>
    found === '\n'
      ? found
      : Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}
