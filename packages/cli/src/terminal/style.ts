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
 * change colours, become `·`.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '·');
}
