/** The lexer: words, sections, comments, quotes, errors with their lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStatements, parseWords, type Statement } from './lexer.ts';
import { LineReader } from './line-reader.ts';
import { SyntaxFault } from './syntax-fault.ts';

function shown(statements: readonly Statement[]): unknown[] {
  return statements.map(({ words, body }) => {
    const texts = words.map(({ text }) => text);
    return body === undefined ? texts : [...texts, shown(body)];
  });
}

test('statements, sections, and a last statement without ";" before "}"', () => {
  assert.deepEqual(shown(parseStatements('a b; c { d 1; e 2 }\nf\n  g\n  ;')), [
    ['a', 'b'],
    [
      'c',
      [
        ['d', '1'],
        ['e', '2'],
      ],
    ],
    ['f', 'g'],
  ]);
});

test('punctuation is a word of its own, with and without blanks; a word knows whether it is glued', () => {
  const words = parseWords('as-path [1,2]( 3 )x');
  assert.deepEqual(
    words.map(({ text }) => text),
    ['as-path', '[', '1', ',', '2', ']', '(', '3', ')', 'x'],
  );
  assert.deepEqual(
    words.filter(({ glued }) => glued).map(({ text }) => text),
    ['1', ',', '2', ']', '(', 'x'],
  );
});

test('comments end at the line, but not in quotes; a backslash joins lines', () => {
  assert.deepEqual(shown(parseStatements('a "b # c" \\\n d; # e; f;\n# g\nh;')), [['a', 'b # c', 'd'], ['h']]);
});

test('quotes: escapes of JSON, both kinds, and punctuation that is none', () => {
  assert.deepEqual(shown(parseStatements(`a "x\\"y\\u0041\\n" '[' 'say "hi"';`)), [['a', 'x"yA\n', '[', 'say "hi"']]);
});

for (const [text, line, message] of [
  ['a;\nb', 2, /found "b" without ";" after it/],
  ['a {\n b;\n', 1, /has no "}"/],
  ['a;\n}', 2, /"}" without a "{"/],
  ['\n{ a; }', 2, /"{" without the name of a section/],
  ['a "b', 1, /quote " that begins here has no end/],
  ['a "\\u12";', 1, /four hexadecimal digits/],
  [`${'a { '.repeat(40)}`, 1, /more than 32 sections/],
] as const) {
  test(`error at line ${line}: ${String(message)}`, () => {
    assert.throws(
      () => parseStatements(text),
      (error) => error instanceof SyntaxFault && error.line === line && message.test(error.message),
    );
  });
}

test('LineReader: lines that come together, in pieces, and too long', () => {
  const seen: (readonly string[])[] = [];
  let tooLong = 0;
  const reader = new LineReader(
    (lines) => seen.push(lines),
    () => tooLong++,
  );
  for (const text of ['a\nb\nc', 'd', '\n', 'x'.repeat(1_200_000), 'y'.repeat(1_200_000), 'z\nnext\n']) reader.push(text);
  assert.deepEqual(seen, [['a', 'b'], ['cd'], ['next']]);
  assert.equal(tooLong, 1);
});
