import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coloured, plain, printable, styleFor, visibleLength } from './style.ts';
import { type Column, facts, TableWriter, table, wrap } from './table.ts';
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
    for (const line of table(COLUMNS, PETS, { width, style: coloured })) assert.ok(visibleLength(line) <= width, `${width}: ${line}`);
  }
});

test('later batches have no heading and widen columns', () => {
  const writer = new TableWriter(COLUMNS, { width: 80, style: plain });
  writer.lines(PETS.slice(0, 1));
  assert.deepEqual(writer.lines(PETS.slice(1)), ['Grasshopper     6                             G']);
});

test('a column that nobody uses may stay away', () => {
  const columns: Column<Pet>[] = [COLUMNS[0]!, { title: 'Empty', value: () => '', onlyIfUsed: true }];
  assert.deepEqual(table(columns, PETS, { width: 80, style: plain }), ['Name', 'Ada', 'Grasshopper']);
});

test('facts align names and wrap values below each other; empty ones are left out', () => {
  const pairs = [
    ['state', 'Established'],
    ['nothing', undefined],
    ['last error', 'Cease, administrative shutdown: back at noon'],
  ] as const;
  assert.deepEqual(facts(pairs, { width: 40, style: plain }), [
    'state       Established',
    'last error  Cease, administrative',
    '            shutdown: back at noon',
  ]);
  assert.deepEqual(wrap('averylongword b', 4), ['averylongword', 'b']);
});

test('colours: NO_COLOR and --no-color win, FORCE_COLOR wins over a pipe', () => {
  const pipe = { isTerminal: false, columns: Number.POSITIVE_INFINITY, write: async () => {} };
  const terminal = { ...pipe, isTerminal: true };
  assert.equal(styleFor({ env: {} }, terminal, true), coloured);
  assert.equal(styleFor({ env: { NO_COLOR: '1' } }, terminal, true), plain);
  assert.equal(styleFor({ env: { NO_COLOR: '' } }, terminal, true), coloured);
  assert.equal(styleFor({ env: {} }, terminal, false), plain);
  assert.equal(styleFor({ env: {} }, pipe, true), plain);
  assert.equal(styleFor({ env: { FORCE_COLOR: '1' } }, pipe, true), coloured);
});

test('text from elsewhere cannot move the cursor', () => {
  assert.equal(printable('bye\u001b[2J\r\nnow \u202eevil'), 'bye·[2J··now ·evil');
});

test('units', () => {
  assert.deepEqual([5, 248, 11_100, 187_200, 27_000_000].map(duration), ['5s', '4m 08s', '3h 05m', '2d 04h', '312d']);
  assert.deepEqual([7, 1000, 1_234_567n].map(count), ['7', '1,000', '1,234,567']);
  assert.equal(counted(1, 'route'), '1 route');
  assert.equal(counted(0, 'entry', 'entries'), '0 entries');
  assert.deepEqual([812, 1400, 14_200, 83_000_000].map(bytes), ['812 B', '1.4 kB', '14 kB', '83 MB']);
});
