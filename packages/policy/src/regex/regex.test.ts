/** Regular expressions: against a naive matcher and against the runtime's own, in linear time, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FULL, scaled } from '../../../../test/scale.ts';
import { Regex } from './regex.ts';
import { charSet, parseRegex, RegexError, type RegexNode } from './syntax.ts';

const UNDERSCORE: RegexNode = {
  type: 'alternatives',
  branches: [{ type: 'start' }, { type: 'chars', set: charSet(' ,{}()[]') }, { type: 'end' }],
};
const SYNTAX = { underscore: UNDERSCORE };

/** Every place at which a match of `node` from `at` may end: read straight from what the operators mean. */
function ends(node: RegexNode, text: string, at: number): Set<number> {
  switch (node.type) {
    case 'chars':
      return new Set(at < text.length && ((node.set >> BigInt(text.charCodeAt(at))) & 1n) === 1n ? [at + 1] : []);
    case 'start':
      return new Set(at === 0 ? [at] : []);
    case 'end':
      return new Set(at === text.length ? [at] : []);
    case 'alternatives':
      return new Set(node.branches.flatMap((branch) => [...ends(branch, text, at)]));
    case 'sequence':
      return node.parts.reduce((places, part) => endsFrom(part, text, places), new Set([at]));
    case 'repeat': {
      let places = new Set([at]);
      for (let i = 0; i < node.min; i++) places = endsFrom(node.part, text, places);
      const all = new Set(places);
      for (let i = node.min; i < node.max && places.size > 0; i++) {
        places = new Set([...endsFrom(node.part, text, places)].filter((place) => !all.has(place)));
        for (const place of places) all.add(place);
      }
      return all;
    }
  }
}

function endsFrom(node: RegexNode, text: string, places: ReadonlySet<number>): Set<number> {
  return new Set([...places].flatMap((place) => [...ends(node, text, place)]));
}

function naive(pattern: string, text: string): boolean {
  const node = parseRegex(pattern, SYNTAX);
  for (let at = 0; at <= text.length; at++) if (ends(node, text, at).size > 0) return true;
  return false;
}

const asn = fc.constantFrom('1', '12', '2', '21', '65001', '65002', '3356');
const path: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: asn },
      { weight: 1, arbitrary: fc.array(asn, { minLength: 1, maxLength: 3 }).map((set) => `{${set.join()}}`) },
    ),
    {
      maxLength: 6,
    },
  )
  .map((hops) => hops.join(' '));

const pattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('1', '2', '12', '65001', '3356', '_', '.', ' ', '[0-9]', '[^1 ]', '[13-5]', '\\d', '^', '$', '_65001_', '\\{', '\\}'),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((parts) => parts.join('')),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,3}', '{1,}', '*?')).map(([a, many]) => `(?:${a})${many}`),
  ),
})).node;

test('random patterns agree with a naive matcher on random paths', () => {
  fc.assert(
    fc.property(pattern, fc.array(path, { minLength: 1, maxLength: 5 }), (source, texts) => {
      const regex = new Regex(source, SYNTAX);
      for (const text of texts) assert.equal(regex.test(text), naive(source, text), `${source} on "${text}"`);
    }),
    { numRuns: scaled(10_000) },
  );
});

test('random patterns agree with the regular expressions of the runtime', () => {
  fc.assert(
    fc.property(
      pattern.filter((source) => !/[*+}?]\)*[*+{]/.test(source.replaceAll('*?', '*'))),
      path,
      (source, text) => {
        const translated = source.replaceAll('_', '(?:^|[ ,{}()[\\]]|$)');
        assert.equal(new Regex(source, SYNTAX).test(text), new RegExp(translated).test(text), `${source} on "${text}"`);
      },
    ),
    { numRuns: scaled(10_000) },
  );
});

test('patterns that take others exponential time take a step for each character', () => {
  const text = `${'1'.repeat(20_000)} x`;
  for (const source of ['(1+)+$', '^(1|1|1)*$', '^(1*)*$', '^(1?){50}1{50}$', '(.*)*(.*)*(.*)*y', '(1|11)+2']) {
    const regex = new Regex(source, SYNTAX);
    const started = process.cpuUsage();
    assert.equal(regex.test(text), false, source);
    const { user } = process.cpuUsage(started);
    assert.ok(user < (FULL ? 2_000_000 : 4_000_000), `${source}: ${user / 1000} ms`);
  }
});

test('time grows with the text, not faster', () => {
  const regex = new Regex('^(([0-9]+_){1,20}|(_.*_)+)+$', SYNTAX);
  const time = (count: number): number => {
    const text = Array.from({ length: count }, (_, i) => 65_000 + (i % 97)).join(' ');
    regex.test(text);
    const started = process.cpuUsage();
    for (let i = 0; i < 20; i++) regex.test(text);
    return process.cpuUsage(started).user;
  };
  time(1000);
  const [small, large] = [time(2_000), time(20_000)];
  assert.ok(large < 60 * small + 100_000, `${small} µs, then ${large} µs for ten times the text`);
});

for (const [source, expected] of [
  ['(1', '"(" is never closed'],
  ['1)', '")" without "("'],
  ['[1', '"[" is never closed'],
  ['*1', 'nothing before "*"'],
  ['1++', 'possessive'],
  ['(?=1)', 'no look-around'],
  ['(1)\\1', 'back reference'],
  ['\\q', 'has no meaning'],
  ['1{3,2}', 'the wrong way round'],
  ['1{2000}', 'above 1000'],
  ['((1{100}){100}){10}', 'too large'],
  ['[9-0]', 'the wrong way round'],
  ['[[:alpha:]]', 'is not known'],
  ['ü', 'not ASCII'],
  ['1\\', 'nothing after the backslash'],
  ['1'.repeat(3000), '3000 characters'],
  ['('.repeat(200), 'nested groups'],
] as const) {
  test(`"${source.slice(0, 20)}" is refused: ${expected}`, () => {
    assert.throws(
      () => new Regex(source),
      (error) => error instanceof RegexError && error.message.includes(expected),
    );
  });
}
