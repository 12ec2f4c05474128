/** Files of sets on disk: what is in use when they change, and when they are wrong. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { formatProblem } from '../config/problems.ts';
import { PrefixSet } from '../prefix/set.ts';
import { SetFiles } from './set-files.ts';

interface Folder {
  readonly files: SetFiles;
  /** Writes beside the file and renames, as tools should. */
  readonly write: (name: string, text: string) => void;
  readonly remove: (name: string) => void;
}

function folder(t: TestContext): Folder {
  const path = mkdtempSync(join(tmpdir(), 'tsbgp-sets-'));
  t.after(() => rmSync(path, { recursive: true }));
  let count = 0;
  return {
    files: new SetFiles(path),
    write(name, text) {
      const fresh = join(path, `new-${++count}`);
      writeFileSync(fresh, text);
      renameSync(fresh, join(path, name));
    },
    remove: (name) => rmSync(join(path, name)),
  };
}

function entries(files: SetFiles, sets: unknown, name: string): string[] {
  const resolved = files.resolve(sets);
  assert.deepEqual(resolved.problems.map(formatProblem), []);
  const set = (resolved.sets as { prefixes: Record<string, unknown> }).prefixes[name];
  assert.ok(set instanceof PrefixSet);
  return [...set.entries()];
}

const ACME = { prefixes: { acme: { file: 'acme.txt' }, plain: ['192.0.2.0/24'] } };

test('a version that is right replaces the one before; one that is wrong does not', (t) => {
  const { files, write, remove } = folder(t);
  write('acme.txt', '192.0.2.0/24\n');
  assert.deepEqual(entries(files, ACME, 'acme'), ['192.0.2.0/24']);
  write('acme.txt', '198.51.100.0/24\n');
  assert.deepEqual(entries(files, ACME, 'acme'), ['198.51.100.0/24']);
  for (const [text, sentence] of [
    ['198.51.100.0/24\n198.51.100.0/33\n', 'in acme.txt:2: "198.51.100.0/33" is not a prefix'],
    ['', 'in acme.txt: no entry'],
  ] as const) {
    write('acme.txt', text);
    assert.deepEqual(entries(files, ACME, 'acme'), ['198.51.100.0/24']);
    const [kept] = files.resolve(ACME).kept;
    assert.equal(kept?.path, 'sets.prefixes.acme');
    assert.ok(kept.text.startsWith(`${sentence}; the version of 20`), kept.text);
    const [state] = files.states;
    assert.equal(state?.fault?.text, sentence);
    assert.equal(state.generation, 2);
  }
  remove('acme.txt');
  assert.deepEqual(entries(files, ACME, 'acme'), ['198.51.100.0/24']);
  assert.equal(files.states[0]?.fault?.text, 'acme.txt: no such file');
  write('acme.txt', '203.0.113.0/24\n');
  assert.deepEqual(entries(files, ACME, 'acme'), ['203.0.113.0/24']);
  const [state] = files.states;
  assert.deepEqual([state?.generation, state?.fault, state?.faults, state?.entries], [3, undefined, 3, 1]);
});

test('a file that was never right is a problem with its file and line', (t) => {
  const { files, write } = folder(t);
  write('acme.txt', 'x\n');
  const problems = (sets: unknown): string[] => files.resolve(sets).problems.map(formatProblem);
  const allowed = 'allowed a prefix, alone or with lengths: "192.0.2.0/24 ge 25 le 28", "192.0.2.0/24+"';
  assert.deepEqual(problems(ACME), [`sets.prefixes.acme.file: found in acme.txt:1: "x" is not a prefix, ${allowed}`]);
  assert.match(
    problems({ 'as-numbers': { a: { file: 'b.txt' } } })[0] ?? '',
    /^sets\.as-numbers\.a\.file: found b\.txt: no such file, allowed/,
  );
  assert.match(problems({ prefixes: { a: { file: 5, lst: 'x' } } })[0] ?? '', /unknown key "lst" \(did you mean "list"\?\)/);
  assert.match(problems({ prefixes: { a: { list: 'x' } } })[0] ?? '', /a mapping without "file"/);
});

test('many members in one file: each has its list, and a list that is gone leaves all as they were', (t) => {
  const { files, write } = folder(t);
  const sets = { prefixes: { a: { file: 'm.txt', list: 'AS1' }, b: { file: 'm.txt', list: 'AS2' }, all: { file: 'm.txt' } } };
  write('m.txt', '[AS1]\n192.0.2.0/24\n[AS2]\n198.51.100.0/24\n');
  assert.deepEqual(entries(files, sets, 'a'), ['192.0.2.0/24']);
  assert.deepEqual(entries(files, sets, 'b'), ['198.51.100.0/24']);
  assert.deepEqual(entries(files, sets, 'all'), ['192.0.2.0/24', '198.51.100.0/24']);
  assert.equal(files.states.length, 1);
  write('m.txt', '[AS1]\n203.0.113.0/24\n');
  assert.deepEqual(entries(files, sets, 'a'), ['192.0.2.0/24']);
  assert.equal(files.states[0]?.fault?.text, 'in m.txt: no list "AS2"');
  // A name that was never there is a mistake of the configuration.
  write('m.txt', '[AS1]\n192.0.2.0/24\n[AS2]\n198.51.100.0/24\n');
  const [problem] = files.resolve({ prefixes: { c: { file: 'm.txt', list: 'AS3' } } }).problems;
  assert.equal(problem && formatProblem(problem), 'sets.prefixes.c.file: found in m.txt: no list "AS3", allowed AS1, AS2');
});

test('equal lists are one set, and a list that stays the same stays the same object', (t) => {
  const { files, write } = folder(t);
  const sets = { prefixes: { a: { file: 'a.txt' }, b: { file: 'b.txt' }, c: { file: 'c.txt' } } };
  const objects = (): unknown[] => Object.values((files.resolve(sets).sets as typeof sets).prefixes);
  write('a.txt', '192.0.2.0/24\n198.51.100.0/24\n');
  write('b.txt', '198.51.100.0/24 192.0.2.0/24\n');
  write('c.txt', '203.0.113.0/24\n');
  const before = objects();
  assert.equal(before[0], before[1]);
  write('a.txt', '# a comment\n192.0.2.0/24\n198.51.100.0/24\n');
  write('c.txt', '192.0.2.0/24\n');
  const after = objects();
  assert.equal(after[0], before[0]);
  assert.notEqual(after[2], before[2]);
  assert.deepEqual(
    files.states.map(({ generation }) => generation),
    [2, 1, 2],
  );
});

test('a pipe is refused: reading it might never end', (t) => {
  const path = mkdtempSync(join(tmpdir(), 'tsbgp-sets-'));
  t.after(() => rmSync(path, { recursive: true }));
  execFileSync('mkfifo', [join(path, 'acme.txt')]);
  const { problems } = new SetFiles(path).resolve(ACME);
  assert.match(problems.map(formatProblem).join(), /acme\.txt: no regular file/);
});
