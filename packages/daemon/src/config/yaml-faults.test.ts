import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigRejected } from './config-error.ts';
import { parseConfig } from './load.ts';

const GLOBAL = 'global: { as: 64500, router-id: 192.0.2.254 }\n';

function faultsOf(text: string): string[] {
  try {
    parseConfig(text, 'f');
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigRejected, String(error));
    return error.errors.filter(({ code }) => code === 'yaml-syntax').map(({ line, found }) => `${line} ${found}`);
  }
}

for (const [slip, text, expected] of [
  ['a tab', 'log:\n\tlevel: info', '3 a tab as indentation (indent with spaces)'],
  ['a bare IPv6 endpoint', 'http: { listen: [::1]:9179 }', '2 two items without a comma between them (an IPv6 endpoint needs quotes'],
  ['a second document', '---\nlog: {}', '2 a second document (one a file: remove the "---" between them)'],
  ['an open brace', 'log: { level: info', '2 a [ or { that is not closed'],
  ['an open bracket', 'x: [a\nlog: {}', '3 a [ or { that is not closed'],
  ['an open quote', "log: 'x", '2 a quote that is not closed'],
  ['no comma', 'log: { level: info format: json }', '2 a missing comma'],
  ['two commas', 'log: { level: info,, format: json }', '2 a comma too many'],
  ['a line too far right', 'log:\n  level: info\n   format: json', '3 a ": " that cannot be there ('],
  ['a line too far left', 'neighbors:\n  - address: a\n  remote-as: 5', '4 a line that is indented otherwise'],
  ['a key without a value', 'log\n', '2 a line without ":" among keys (write "key: value")'],
  ['two keys in a line', 'log: level: info', '2 a ": " that cannot be there (two keys in one line'],
  ['a special character', 'x: @y', '2 a value that begins with a special character (such a value needs quotes'],
  ['a directive', 'x: 1\n%y', '3 '],
  ['a backslash', 'x: "\\q"', '2 a backslash in double quotes that means nothing'],
  ['a star', 'x: *', '2 a * or & without a name'],
  ['a tag', 'x: !include y', '2 a word with ! in front of a value (tags are not supported'],
  ['a bracket that closes nothing', 'x: ]', '2 a ] or } that closes nothing'],
  ['a # behind a value', 'x: "a"#b', '2 a # right behind a value'],
] as const) {
  test(`a slip in YAML is said in words, once for its line: ${slip}`, () => {
    const faults = faultsOf(GLOBAL + text);
    assert.ok(faults[0]?.startsWith(expected), faults.join('\n'));
    assert.equal(new Set(faults.map((fault) => fault.split(' ')[0])).size, faults.length);
  });
}

/** How the parser speaks: to programmers, of its own functions. */
const LIBRARY =
  /YAML\.|parseAllDocuments|implicit (?:map )?key|flow (?:map|seq|collection|scalar)|block (?:collection|sequence|scalar)|compact mapping|plain value|unresolved|node|token|indicator/i;

const PIECES = [
  ...'a: b¦a:¦: ¦- ¦-¦\n¦\n  ¦\n\t¦[¦]¦{¦}¦,¦"¦&a ¦*a¦!t ¦%¦@¦#¦|¦>¦? ¦---¦...¦\\¦`¦ ¦global¦<<: *a¦!!map ¦\0¦\ufeff'.split('¦'),
  "'",
];

test('whatever is written, no message quotes the parser', () => {
  const piece = fc.constantFrom(...PIECES);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      for (const fault of faultsOf(pieces.join(''))) assert.doesNotMatch(fault, LIBRARY);
    }),
    { numRuns: 3000 },
  );
});
