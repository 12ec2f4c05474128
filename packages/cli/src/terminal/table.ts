/**
 * Aligned tables that fit. A table that is too wide first drops its least important columns, then shortens the long ones with `…`;
 * only when that is not enough does the terminal wrap. Into a pipe everything is written in full.
 */
import { type Format, type Style, visibleLength } from './style.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right' | undefined;
  readonly format?: ((row: Row) => Format | undefined) | undefined;
  /** Columns with a number are left out when the table is too wide, the highest number first. @default never */
  readonly dropOrder?: number | undefined;
  /** The column may be shortened down to this many characters. @default never */
  readonly shrinkTo?: number | undefined;
  /** Left out when every cell of it is empty. @default false */
  readonly onlyIfUsed?: boolean | undefined;
}

interface Layout<Row> {
  readonly columns: readonly Column<Row>[];
  readonly widths: readonly number[];
}

const GAP = '  ';

/**
 * Rows as lines, the first call of `lines` with the heading. Widths are taken from the first batch and grow when a later one needs it, so
 * that a table of any length can be written while it arrives.
 */
export class TableWriter<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #terminalWidth: number;
  readonly #style: Style;
  #layout: Layout<Row> | undefined;

  constructor(columns: readonly Column<Row>[], options: { readonly width: number; readonly style: Style }) {
    this.#columns = columns;
    this.#terminalWidth = options.width;
    this.#style = options.style;
  }

  lines(rows: readonly Row[]): string[] {
    const cells = rows.map((row) => this.#columns.map((column) => column.value(row)));
    const first = this.#layout === undefined;
    this.#layout = first ? this.#fit(cells) : this.#grow(cells);
    const { columns, widths } = this.#layout;
    const heading = columns.map((column, i) => pad(column.title, widths[i]!, column.align));
    const result = first ? [this.#style(['bold'], heading.join(GAP).trimEnd())] : [];
    for (const [r, row] of rows.entries()) {
      const line = columns.map((column, i) => {
        const text = cells[r]![this.#columns.indexOf(column)]!;
        const format = column.format?.(row);
        const padded = pad(shorten(text, widths[i]!), widths[i]!, column.align);
        return format === undefined ? padded : formatInside(padded, format, this.#style);
      });
      result.push(line.join(GAP).trimEnd());
    }
    return result;
  }

  #fit(cells: readonly (readonly string[])[]): Layout<Row> {
    const natural = new Map(this.#columns.map((column, i) => [column, widest(column.title, cells, i)]));
    let columns = this.#columns.filter((column, i) => column.onlyIfUsed !== true || cells.some((row) => row[i] !== ''));
    const widthOf = (column: Column<Row>): number => natural.get(column)!;
    while (total(columns.map((column) => minimum(column, widthOf(column)))) > this.#terminalWidth) {
      const droppable = columns.filter((column) => column.dropOrder !== undefined);
      if (droppable.length === 0) break;
      const worst = droppable.reduce((a, b) => (b.dropOrder! > a.dropOrder! ? b : a));
      columns = columns.filter((column) => column !== worst);
    }
    return { columns, widths: shrink(columns, columns.map(widthOf), this.#terminalWidth) };
  }

  #grow(cells: readonly (readonly string[])[]): Layout<Row> {
    const { columns, widths } = this.#layout!;
    const wanted = columns.map((column, i) => Math.max(widths[i]!, widest('', cells, this.#columns.indexOf(column))));
    return { columns, widths: shrink(columns, wanted, this.#terminalWidth) };
  }
}

/** A whole table at once. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { readonly width: number; readonly style: Style },
): string[] {
  return new TableWriter(columns, options).lines(rows);
}

/** `name  value` pairs, names aligned; what does not fit goes on below its value. Pairs without a value are left out. */
export function facts(
  pairs: readonly (readonly [name: string, value: string | undefined])[],
  options: { readonly width: number; readonly style: Style; readonly indent?: string },
): string[] {
  const present = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined && pair[1] !== '');
  const nameWidth = Math.max(0, ...present.map(([name]) => name.length));
  const indent = options.indent ?? '';
  const room = Math.max(20, options.width - indent.length - nameWidth - GAP.length);
  return present.flatMap(([name, value]) =>
    wrap(value, room).map((line, i) =>
      `${indent}${options.style(['dim'], (i === 0 ? name : '').padEnd(nameWidth))}${GAP}${line}`.trimEnd(),
    ),
  );
}

/** Breaks at blanks. A word longer than the line stays whole: an address or a command must be good to copy. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && visibleLength(line) + 1 + visibleLength(word) > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}

function widest(title: string, cells: readonly (readonly string[])[], index: number): number {
  let width = visibleLength(title);
  for (const row of cells) width = Math.max(width, visibleLength(row[index]!));
  return width;
}

function minimum(column: { readonly title: string; readonly shrinkTo?: number | undefined }, natural: number): number {
  return column.shrinkTo === undefined ? natural : Math.min(natural, Math.max(column.shrinkTo, column.title.length));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

/** Takes from the widest shrinkable column until the table fits. */
function shrink<Row>(columns: readonly Column<Row>[], natural: readonly number[], terminalWidth: number): number[] {
  const widths = [...natural];
  while (total(widths) > terminalWidth) {
    let widestIndex = -1;
    for (const [i, column] of columns.entries()) {
      if (widths[i]! > minimum(column, natural[i]!) && (widestIndex === -1 || widths[i]! > widths[widestIndex]!)) widestIndex = i;
    }
    if (widestIndex === -1) break;
    widths[widestIndex]!--;
  }
  return widths;
}

function shorten(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function pad(text: string, width: number, align: 'left' | 'right' | undefined): string {
  const blanks = ' '.repeat(Math.max(0, width - visibleLength(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** Colours the text and not the blanks around it, so that `trimEnd` and copying work. */
function formatInside(padded: string, format: Format, style: Style): string {
  const text = padded.trim();
  if (text === '') return padded;
  const start = padded.indexOf(text);
  return padded.slice(0, start) + style(format, text) + padded.slice(start + text.length);
}
