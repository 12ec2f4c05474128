/**
 * No circle of imports inside a package, by value or by type: neither between files nor between folders. Tests are left out. A folder is
 * one below `src`; a file in `src` itself counts as a folder.
 */
import assert from 'node:assert/strict';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { filesBelow, importsOf, packages } from './workspace.ts';

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

for (const { name, folder } of packages()) {
  const files = importsBetweenFiles(join(folder, 'src'));

  test(`${name}: no circle between files`, () => {
    assert.deepEqual(circles(files), []);
  });

  test(`${name}: no circle between folders`, () => {
    assert.deepEqual(circles(foldersOf(files)), []);
  });
}

test('a circle is found, and named from its first file on', () => {
  const graph = new Map([
    ['a.ts', new Set(['c.ts'])],
    ['b/x.ts', new Set(['a.ts', 'd.ts'])],
    ['c.ts', new Set(['b/x.ts'])],
    ['d.ts', new Set<string>()],
  ]);
  assert.deepEqual(circles(graph), ['a.ts -> c.ts -> b/x.ts -> a.ts']);
});

test('a circle of folders is found where no file is in one', () => {
  const graph = new Map([
    ['a/1.ts', new Set(['b/1.ts'])],
    ['b/1.ts', new Set<string>()],
    ['b/2.ts', new Set(['a/1.ts'])],
  ]);
  assert.deepEqual(circles(graph), []);
  assert.deepEqual(circles(foldersOf(graph)), ['a -> b -> a']);
});

/** Paths relative to `source`, each with those that it imports. */
function importsBetweenFiles(source: string): Graph {
  const graph = new Map<string, Set<string>>();
  for (const file of filesBelow(source)) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.endsWith('.d.ts')) continue;
    const imported = importsOf(file)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => relative(source, resolve(dirname(file), specifier)));
    graph.set(relative(source, file), new Set(imported));
  }
  return graph;
}

function foldersOf(files: Graph): Graph {
  const folder = (path: string): string => path.split(sep)[0]!;
  const graph = new Map<string, Set<string>>();
  for (const [file, imported] of files) {
    const from = folder(file);
    const to = graph.get(from) ?? new Set();
    graph.set(from, to);
    for (const path of imported) if (folder(path) !== from) to.add(folder(path));
  }
  return graph;
}

/** The circles that a depth-first search meets, each as a line of arrows. */
function circles(graph: Graph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start !== -1) {
      found.push([...path.slice(start), node].join(' -> '));
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}
