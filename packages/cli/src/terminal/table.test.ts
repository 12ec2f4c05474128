import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colored, plain, printable, safeJson, styleFor, visibleLength } from './style.ts';
import { type Column, type Fact, facts, PIPED_WIDTH_MAX, TableWriter, table, wrap } from './table.ts';
import { bytes, count, counted, duration } from './units.ts';

interface Pet {
  readonly name: string;
  readonly legs: number;
  readonly remark: string;
}

const COLUMNS: readonly Column<Pet>[] = [
  { title: 'Name', value: (pet) => pet.name },
  { title: 'Legs', value: (pet) => String(pet.legs), align: 'right' },
  { title: 'Remark', value: (pet) => pet.remark, shrinkTo: 8 },
  { title: 'Initial', value: (pet) => pet.name.slice(0, 1), dropOrder: 1 },
];

const PETS: readonly Pet[] = [
  { name: 'Ada', legs: 4, remark: 'sleeps on the warm switch' },
  { name: 'Grasshopper', legs: 6, remark: '' },
];

test('columns are aligned and lines have no blanks at the end', () => {
  assert.deepEqual(table(COLUMNS, PETS, { width: 80, style: plain }), [
    'Name         Legs  Remark                     Initial',
    'Ada             4  sleeps on the warm switch  A',
    'Grasshopper     6                             G',
  ]);
});

test('a narrow terminal shortens what may be shortened', () => {
  assert.deepEqual(table(COLUMNS, PETS, { width: 40, style: plain }), [
    'Name         Legs  Remark        Initial',
    'Ada             4  sleeps on t…  A',
    'Grasshopper     6                G',
  ]);
});

test('a narrower one drops what may be dropped', () => {
  assert.deepEqual(table(COLUMNS, PETS, { width: 30, style: plain }), [
    'Name         Legs  Remark',
    'Ada             4  sleeps on …',
    'Grasshopper     6',
  ]);
});

test('no line is wider than the terminal as long as the minimum fits', () => {
  for (let width = 27; width < 70; width++) {
    for (const line of table(COLUMNS, PETS, { width, style: colored })) assert.ok(visibleLength(line) <= width, `${width}: ${line}`);
  }
});

test('later batches have no heading and widen columns', () => {
  const writer = new TableWriter(COLUMNS, { width: 80, style: plain });
  writer.lines(PETS.slice(0, 1));
  assert.deepEqual(writer.lines(PETS.slice(1)), ['Grasshopper     6                             G']);
});

test('in a pipe nothing is cut, and a long value does not pad the other rows', () => {
  const long = 'x'.repeat(100);
  const lines = table(COLUMNS, [{ ...PETS[1]!, remark: long }, PETS[1]!], { width: Number.POSITIVE_INFINITY, style: plain });
  assert.deepEqual(lines, [
    `Name         Legs  ${'Remark'.padEnd(PIPED_WIDTH_MAX)}  Initial`,
    `Grasshopper     6  ${long}  G`,
    `Grasshopper     6  ${' '.repeat(PIPED_WIDTH_MAX)}  G`,
  ]);
});

test('a column without values may be left out', () => {
  const columns: Column<Pet>[] = [COLUMNS[0]!, { title: 'Empty', value: () => '', onlyIfUsed: true }];
  assert.deepEqual(table(columns, PETS, { width: 80, style: plain }), ['Name', 'Ada', 'Grasshopper']);
});

test('a later batch that uses a column of its own gets a heading', () => {
  const columns = COLUMNS.map((column) => (column.title === 'Remark' ? { ...column, onlyIfUsed: true } : column));
  const writer = new TableWriter(columns, { width: 80, style: plain });
  assert.deepEqual(writer.lines(PETS.slice(1)), ['Name         Legs  Initial', 'Grasshopper     6  G']);
  assert.deepEqual(writer.lines(PETS.slice(0, 1)), [
    'Name  Legs  Remark                     Initial',
    'Ada      4  sleeps on the warm switch  A',
  ]);
  assert.deepEqual(writer.lines(PETS.slice(1)).length, 1, 'no heading where the columns are the same');
});

test('facts align names and wrap values below each other; empty ones are left out', () => {
  const pairs = [
    ['state', 'Established'],
    ['nothing', undefined],
    ['last error', 'Cease, administrative shutdown: back at noon'],
  ] satisfies Fact[];
  assert.deepEqual(facts(pairs, { width: 40, style: plain }), [
    'state       Established',
    'last error  Cease, administrative',
    '            shutdown: back at noon',
  ]);
  assert.deepEqual(wrap('averylongword b', 4), ['averylongword', 'b']);
});

test('colors: NO_COLOR and --no-color win, FORCE_COLOR wins over a pipe', () => {
  const pipe = { isTerminal: false, columns: Number.POSITIVE_INFINITY, write: async () => {} };
  const terminal = { ...pipe, isTerminal: true };
  assert.equal(styleFor({ env: {} }, terminal, true), colored);
  assert.equal(styleFor({ env: { NO_COLOR: '1' } }, terminal, true), plain);
  assert.equal(styleFor({ env: { NO_COLOR: '' } }, terminal, true), colored);
  assert.equal(styleFor({ env: {} }, terminal, false), plain);
  assert.equal(styleFor({ env: {} }, pipe, true), plain);
  assert.equal(styleFor({ env: { FORCE_COLOR: '1' } }, pipe, true), colored);
});

test('text from elsewhere cannot move the cursor', () => {
  assert.equal(printable('bye\u001b[2J\r\nnow \u202eevil'), 'bye·[2J··now ·evil');
});

const DANGEROUS = [
  ['ESC', '\u001b]0;title\u0007'],
  ['CSI as one octet (C1)', '\u009b2J'],
  ['DEL', '\u007f'],
  ['a line feed', 'a\nb'],
  ['line and paragraph separators', '\u2028\u2029'],
  ['bidi overrides and isolates', '\u202e\u2066\u2069'],
  ['bidi marks', '\u200e\u200f\u061c'],
  ['zero width', '\u200b\ufeff\u00ad'],
  ['tags', '\u{e0041}'],
  ['half a surrogate pair', '\ud800'],
] as const;

for (const [name, text] of DANGEROUS) {
  test(`${name} is shown as · in cells and facts, and escaped in JSON, where programs read the original`, () => {
    const columns: Column<string>[] = [{ title: 'Text', value: (value) => value }];
    const options = { width: 80, style: plain };
    const lines = [printable(text), ...table(columns, [text], options), ...facts([['text', text]], options)];
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]|(?![\u200c\u200d])[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    for (const json of [safeJson({ text }), safeJson([text], 2).replaceAll('\n', '')]) {
      // oxlint-disable-next-line no-control-regex -- the same
      assert.match(json, /^[\u0020-\u007e]*$/);
    }
    assert.deepEqual(JSON.parse(safeJson({ text })), { text });
  });
}

test('the joiners of scripts and emoji stay', () => {
  assert.equal(printable('می\u200cخواهم 👩\u200d💻 Zürich'), 'می\u200cخواهم 👩\u200d💻 Zürich');
});

test('units', () => {
  assert.deepEqual([5, 248, 11_100, 187_200, 27_000_000].map(duration), ['5s', '4m 08s', '3h 05m', '2d 04h', '312d']);
  assert.deepEqual([7, 1000, 1_234_567n].map(count), ['7', '1,000', '1,234,567']);
  assert.equal(counted(1, 'route'), '1 route');
  assert.equal(counted(0, 'entry', 'entries'), '0 entries');
  assert.deepEqual([812, 1400, 14_200, 83_000_000].map(bytes), ['812 B', '1.4 kB', '14 kB', '83 MB']);
});

test('a later batch whose cells are longer than all before still fits the terminal', () => {
  const writer = new TableWriter<readonly [string, string]>(
    [
      { title: 'A', value: ([a]) => a, shrinkTo: 8 },
      { title: 'B', value: ([, b]) => b },
    ],
    { width: 30, style: plain },
  );
  writer.lines([['short', 'x']]);
  for (const line of writer.lines([['a'.repeat(60), 'b'.repeat(60)]])) assert.ok(line.length <= 30, line);
});
