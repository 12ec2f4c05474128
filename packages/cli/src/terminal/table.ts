/**
 * Aligned tables that fit the terminal. A table that is too wide first loses its least important columns, then long columns are shortened with
 * `…`. Only if that is not enough does the terminal wrap lines. In a pipe nothing is cut, and a long value widens only its own row.
 *
 * Cells and values are made safe to print here, so that no view can forget it.
 */
import { type Format, printable, type Style, visibleLength } from './style.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right' | undefined;
  readonly format?: ((row: Row) => Format | undefined) | undefined;
  /** When the table is too wide, columns with a number are left out, the highest number first. @default never left out */
  readonly dropOrder?: number | undefined;
  /** The column may be shortened to this many characters; in a pipe it is padded to at most `PIPED_WIDTH_MAX`. @default never shortened */
  readonly shrinkTo?: number | undefined;
  /** Whether the column is left out when all its cells are empty. @default false */
  readonly onlyIfUsed?: boolean | undefined;
}

interface Layout<Row> {
  readonly columns: readonly Column<Row>[];
  readonly widths: readonly number[];
}

const GAP = '  ';

/** Widest padding of a column of long values (an AS path) in a pipe. */
export const PIPED_WIDTH_MAX = 32;

/**
 * Writes rows in batches. The first call of `lines` also gives the heading. Widths come from the first batch and grow when a later batch needs
 * it, so that a table of any length can be written while it arrives. A later batch that uses a column which none before it used gets a heading
 * of its own.
 */
export class TableWriter<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #terminalWidth: number;
  readonly #style: Style;
  readonly #isPiped: boolean;
  #layout: Layout<Row> | undefined;
  /** The columns that a row so far has a value for, and those that are always shown. */
  readonly #used: Set<Column<Row>> = new Set();

  constructor(columns: readonly Column<Row>[], options: { readonly width: number; readonly style: Style }) {
    this.#columns = columns;
    this.#terminalWidth = options.width;
    this.#style = options.style;
    this.#isPiped = options.width === Number.POSITIVE_INFINITY;
  }

  lines(rows: readonly Row[]): string[] {
    const cells = rows.map((row) => this.#columns.map((column) => printable(column.value(row))));
    const before = this.#layout;
    this.#layout = this.#useMore(cells) || before === undefined ? this.#fit(cells) : this.#grow(cells, before);
    const { columns, widths } = this.#layout;
    const heading = columns.map((column, i) => pad(column.title, widths[i]!, column.align));
    const isSame =
      before !== undefined && columns.length === before.columns.length && columns.every((column, i) => column === before.columns[i]);
    const result = isSame ? [] : [this.#style(['bold'], heading.join(GAP).trimEnd())];
    for (const [r, row] of rows.entries()) {
      const line = columns.map((column, i) => {
        const text = cells[r]![this.#columns.indexOf(column)]!;
        const format = column.format?.(row);
        const shown = this.#isPiped ? text : shorten(text, widths[i]!);
        const padded = pad(shown, widths[i]!, column.align);
        return format === undefined ? padded : formatInside(padded, format, this.#style);
      });
      result.push(line.join(GAP).trimEnd());
    }
    return result;
  }

  /** Whether the rows use a column that none before them used. */
  #useMore(cells: readonly (readonly string[])[]): boolean {
    const { size } = this.#used;
    for (const [i, column] of this.#columns.entries()) {
      if (column.onlyIfUsed !== true || cells.some((row) => row[i] !== '')) this.#used.add(column);
    }
    return this.#used.size > size;
  }

  #fit(cells: readonly (readonly string[])[]): Layout<Row> {
    const natural = new Map(this.#columns.map((column, i) => [column, widest(column.title, cells, i)]));
    let columns = this.#columns.filter((column) => this.#used.has(column));
    const widthOf = (column: Column<Row>): number => natural.get(column)!;
    while (total(columns.map((column) => minimum(column, widthOf(column)))) > this.#terminalWidth) {
      const droppable = columns.filter((column) => column.dropOrder !== undefined);
      if (droppable.length === 0) break;
      const worst = droppable.reduce((a, b) => (b.dropOrder! > a.dropOrder! ? b : a));
      columns = columns.filter((column) => column !== worst);
    }
    return { columns, widths: this.#shrink(columns, columns.map(widthOf)) };
  }

  #grow(cells: readonly (readonly string[])[], { columns, widths }: Layout<Row>): Layout<Row> {
    const wanted = columns.map((column, i) => Math.max(widths[i]!, widest('', cells, this.#columns.indexOf(column))));
    return { columns, widths: this.#shrink(columns, wanted) };
  }

  #shrink(columns: readonly Column<Row>[], natural: readonly number[]): number[] {
    if (this.#isPiped) {
      return columns.map(({ shrinkTo }, i) => (shrinkTo === undefined ? natural[i]! : Math.min(natural[i]!, PIPED_WIDTH_MAX)));
    }
    return shrink(columns, natural, this.#terminalWidth);
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

/** A name, its value, and the format of the value. */
export type Fact = readonly [name: string, value: string | undefined, format?: Format | undefined];

/** `name  value` pairs with aligned names. Long values continue on the next line. Pairs without a value are left out. */
export function facts(
  pairs: readonly Fact[],
  options: { readonly width: number; readonly style: Style; readonly indent?: string },
): string[] {
  const present = pairs.filter(([, value]) => value !== undefined && value !== '');
  const nameWidth = Math.max(0, ...present.map(([name]) => name.length));
  const indent = options.indent ?? '';
  const valueWidth = Math.max(20, options.width - indent.length - nameWidth - GAP.length);
  return present.flatMap(([name, value = '', format]) =>
    wrap(printable(value), valueWidth).map((line, i) => {
      const shown = format === undefined ? line : options.style(format, line);
      return `${indent}${options.style(['dim'], (i === 0 ? name : '').padEnd(nameWidth))}${GAP}${shown}`.trimEnd();
    }),
  );
}

/** Breaks lines at blanks. A word longer than a line stays whole, so that an address or a command can be copied. */
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

/** Narrows the widest column that may be shortened until the table fits. When none can be narrowed, narrows the widest column of all. */
function shrink<Row>(columns: readonly Column<Row>[], natural: readonly number[], terminalWidth: number): number[] {
  const widths = [...natural];
  while (total(widths) > terminalWidth) {
    let widestIndex = -1;
    for (const [i, column] of columns.entries()) {
      if (widths[i]! > minimum(column, natural[i]!) && (widestIndex === -1 || widths[i]! > widths[widestIndex]!)) widestIndex = i;
    }
    // Columns can no longer be dropped here, and a row that does not fit would break every line.
    if (widestIndex === -1) widestIndex = widths.indexOf(Math.max(...widths));
    if (widths[widestIndex]! <= 1) break;
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

/** Colors the text but not the blanks around it, so that `trimEnd` and copying work. */
function formatInside(padded: string, format: Format, style: Style): string {
  const text = padded.trim();
  if (text === '') return padded;
  const start = padded.indexOf(text);
  return padded.slice(0, start) + style(format, text) + padded.slice(start + text.length);
}
