/**
 * Colours, or none: `--no-color`, NO_COLOR (https://no-color.org) and pipes turn them off, FORCE_COLOR turns them on.
 */
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Io, Output } from './io.ts';

export type Format = Parameters<typeof styleText>[0];

/** Gives `text` the format, or gives it back as it is. */
export type Style = (format: Format, text: string) => string;

export const plain: Style = (_format, text) => text;
export const coloured: Style = (format, text) => (text === '' ? '' : styleText(format, text, { validateStream: false }));

export function styleFor(io: Pick<Io, 'env'>, output: Output, allowed: boolean): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  if (!allowed || (NO_COLOR !== undefined && NO_COLOR !== '')) return plain;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return coloured;
  return output.isTerminal && TERM !== 'dumb' ? coloured : plain;
}

/** Columns that `text` takes on a terminal, escape sequences aside. Wide characters count as one: none are expected in tables. */
export function visibleLength(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/**
 * Text from elsewhere (a peer's shutdown message, a description) made safe to print: control characters, which could move the cursor or
 * change colors, and invisible ones, which could change the order of what is read, become `·`. The joiners of scripts and emoji stay.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, '·');
}

/** Control, format (bidi, zero width), private use, lone surrogates, line and paragraph separators. */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A value as JSON that is safe on a terminal as well: what `printable` would replace is escaped, so that programs get it as it is. */
export function safeJson(value: unknown, indent?: number): string {
  // Outside of strings JSON has no such character but the line feeds of the indentation, and in strings it has none below U+0020.
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, (found) =>
    found === '\n'
      ? found
      : Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}
