/** Files of prefixes and AS numbers: their forms, their lists, their mistakes with lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PrefixSet } from '../prefix/set.ts';
import { SetFileFault } from './fault.ts';
import { ALL_LISTS } from './lists.ts';
import { readSetFile } from './read.ts';

function prefixes(text: string, list: string = ALL_LISTS): string[] {
  return [...(readSetFile(text, 'prefixes', [list]).lists.get(list) as PrefixSet).entries()];
}

function asNumbers(text: string, list: string = ALL_LISTS): string | undefined {
  return readSetFile(text, 'as-numbers', [list]).lists.get(list)?.text;
}

const BGPQ4 = `{ "AS64501": [
    { "prefix": "192.0.2.0\\/24", "exact": true },
    { "prefix": "198.51.100.0\\/22", "exact": false,
      "greater-equal": 23, "less-equal": 24 },
    { "prefix": "2001:db8::\\/32", "exact": false, "less-equal": 48 }
] }
`;

test('bgpq4 -j: prefixes, their lengths, the list by its name', () => {
  const expected = ['192.0.2.0/24', '198.51.100.0/22 ge 23 le 24', '2001:db8::/32 le 48'];
  assert.deepEqual(prefixes(BGPQ4), expected);
  assert.deepEqual(prefixes(BGPQ4, 'AS64501'), expected);
  assert.equal(asNumbers('{"NN": [64501,64502,\n 64510]}'), '64501-64502,64510');
});

test('plain JSON, with one list or many', () => {
  const text = '{ "a": ["192.0.2.0/24", "198.51.100.0/22 le 24"], "b": [], "c": ["\\u0031\\u0030.0.0.0/8"] }';
  assert.deepEqual(prefixes(text, 'a'), ['192.0.2.0/24', '198.51.100.0/22 le 24']);
  assert.deepEqual(prefixes(text, 'b'), []);
  assert.deepEqual(prefixes(text, 'c'), ['10.0.0.0/8']);
  assert.equal(prefixes(text).length, 3);
  assert.deepEqual(prefixes('[]'), []);
  assert.equal(asNumbers(' [ 64501, "64512-65534" ] '), '64501,64512-65534');
});

test('plain lists: lines or blanks between entries, comments, sections', () => {
  const text = [
    '# from whois',
    '192.0.2.0/24',
    '[AS64501]',
    '198.51.100.0/22 le 24   ; with lengths',
    '10.0.0.0/8{16,24} 10.1.0.0/16+,',
    '',
    '[ AS64502 ]\r',
    '2001:db8::/32\r',
  ].join('\n');
  assert.deepEqual(prefixes(text, 'AS64501'), ['10.0.0.0/8 ge 16 le 24', '10.1.0.0/16 le 32', '198.51.100.0/22 le 24']);
  assert.deepEqual(prefixes(text, 'AS64502'), ['2001:db8::/32']);
  assert.equal(prefixes(text).length, 5);
  assert.deepEqual(readSetFile(text, 'prefixes', []).names, ['AS64501', 'AS64502']);
  assert.equal(asNumbers('AS64501, as64502\n64512-64514 1.10 # asdot'), '64501-64502,64512-64514,65546');
});

const IRR = `% whois
route:      192.0.2.0/24
descr:      Acme # a comment
            in two lines
origin:     AS64501
source:     RIPE

route6:     2001:db8::/32
origin:     as64502

as-set:     AS64501:AS-ALL
members:    AS64501, AS64502
members:    AS64510

route-set:  AS64501:RS-CUSTOMERS
members:    198.51.100.0/22^23-24
+           203.0.113.0/24^+
mp-members: 2001:db8:1::/48

person:     Nobody
members:    not looked at
`;

test('objects of an IRR: routes by origin, members by the name of their set', () => {
  assert.deepEqual(prefixes(IRR, 'AS64501'), ['192.0.2.0/24']);
  assert.deepEqual(prefixes(IRR, 'AS64502'), ['2001:db8::/32']);
  const members = ['198.51.100.0/22 ge 23 le 24', '203.0.113.0/24 le 32', '2001:db8:1::/48'];
  assert.deepEqual(prefixes(IRR, 'AS64501:RS-CUSTOMERS'), members);
  assert.equal(prefixes(IRR).length, 5);
  assert.equal(asNumbers(IRR), '64501-64502,64510');
  assert.equal(asNumbers(IRR, 'AS64501:AS-ALL'), '64501-64502,64510');
});

for (const [title, kind, text, line, found] of [
  ['no prefix', 'prefixes', '192.0.2.0/24\n\n192.0.2.0/33\n', 3, '"192.0.2.0/33" is not a prefix'],
  ['an HTML page', 'prefixes', '<html>\n', 1, '"<html>" is not a prefix'],
  ['nothing', 'prefixes', '', 0, 'no entry'],
  ['comments alone', 'as-numbers', '# fetched\n', 0, 'no entry'],
  ['no AS number', 'as-numbers', '64501\nAS-ACME\n', 2, '"AS-ACME" is not an AS number'],
  ['JSON that was cut off', 'prefixes', '{ "a": [\n{ "prefix": "192.0.2.0/24", "exact": true },', 2, 'the end of the file'],
  ['JSON with a wrong prefix', 'prefixes', '{ "a": [\n\n "192.0.2.0/24",\n "x/24"] }', 4, '"x/24" is not a prefix'],
  ['JSON with an unknown key', 'prefixes', '{ "a": [\n{ "prefix": "192.0.2.0/24", "asn": 5 }] }', 2, 'the key "asn"'],
  ['JSON without a prefix', 'prefixes', '{ "a": [\n{ "exact": true }] }', 2, 'an entry without "prefix"'],
  ['JSON with more behind it', 'as-numbers', '[64501]\n[64502]', 2, '"[" after the end'],
  ['a comma at the end', 'as-numbers', '[64501,\n]', 2, '"]"'],
  ['a text without end', 'as-numbers', '["64501]', 1, 'a text that does not end'],
  ['a name that is not expanded', 'as-numbers', 'as-set: AS-A\nmembers: AS64501\nmembers: AS-B\n', 3, '"AS-B" is not an AS number'],
  ['a route without origin', 'prefixes', '\nroute: 192.0.2.0/24\nsource: X\n', 2, 'a route without "origin"'],
  ['a line that is no attribute', 'prefixes', 'route: 192.0.2.0/24\norigin: AS1\nwhat?\n', 3, '"what?"'],
] as const) {
  test(`is refused with its line: ${title}`, () => {
    assert.throws(
      () => readSetFile(text, kind, [ALL_LISTS]),
      (error) => {
        assert.ok(error instanceof SetFileFault);
        assert.deepEqual([error.line, error.found.startsWith(found)], [line, true], error.found);
        return true;
      },
    );
  });
}

test('every cut of a file in JSON is refused', () => {
  const text = BGPQ4.trimEnd();
  for (let end = 1; end < text.length; end++) assert.throws(() => readSetFile(text.slice(0, end), 'prefixes', [ALL_LISTS]), SetFileFault);
});
