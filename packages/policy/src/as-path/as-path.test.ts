/** AS paths: text, patterns of each dialect, masks, sets, changes; with the shared vectors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AsPathSegment,
  AttributeCode,
  asPathLength,
  attributeCodec,
  DEFAULT_CONTEXT,
  fromHex,
  mergeAsPaths,
  parseAttribute,
} from '@tsbgp/wire';
import { logicVectors } from '../../test/vectors.ts';
import { aggregateAsPaths } from './aggregate.ts';
import { AsSet, parseAsRange } from './as-set.ts';
import { PRIVATE_ASNS, prependAsns, prependPath, type RemovePrivateMode, removePrivateAsns, replaceAsns, withoutAsns } from './edit.ts';
import { parseAsSet, parseMask } from './mask.ts';
import { firstAs, isConfederation, originAs, readSegments, segmentOctets } from './octets.ts';
import { type AsPathDialect, compileAsPathPattern } from './pattern.ts';
import { pathText } from './text.ts';

function path(text: string): AsPathSegment[] {
  if (text === '') return [];
  const attribute = parseAttribute(`AS_PATH ${text}`);
  assert.ok(attribute.type === 'as-path');
  return attribute.value;
}

function matches(pattern: string, text: string, dialect: AsPathDialect = 'cisco'): boolean {
  const compiled = compileAsPathPattern(pattern, dialect);
  assert.ok(typeof compiled !== 'string', String(compiled));
  const segments = path(text);
  return compiled.test(segments, (form) => pathText(segments, form));
}

for (const [dialect, pattern, text, expected] of [
  ['cisco', '_65001_', '65001', true],
  ['cisco', '_6500_', '65001', false],
  ['cisco', '^65001_', '65001 65002', true],
  ['cisco', '_65002$', '65001 65002', true],
  ['cisco', '_65003_', '65001 {65004 65003}', true],
  ['cisco', '{65003,65004}', '65001 {65004 65003}', true],
  ['cisco', '_65006_', '(65005 65006) 65001', true],
  ['cisco', '^$', '', true],
  ['cisco', '^$', '65001', false],
  ['cisco', '.', '', false],
  ['cisco', '^[0-9]+$', '65001', true],
  ['cisco', '[= 65001 * =]', '65001 1 2 3', true],
  ['rustbgpd', '{65003 65004}', '65001 {65004 65003}', true],
  ['rustbgpd', '_65003_', '65001 {65004 65003}', true],
  ['rustbgpd', '_65005_', '(65005) 65001', false],
  ['bgpgg', '65001_65002', '65001 65002', true],
  ['bgpgg', '_65001$', '65001', false],
  ['bgpgg', '^65001_65003_65004$', '65001 {65003 65004}', true],
] as const) {
  test(`${dialect}: "${pattern}" ${expected ? 'matches' : 'does not match'} "${text}"`, () => {
    assert.equal(matches(pattern, text, dialect), expected);
  });
}

test('a pattern that is none says why and where', () => {
  assert.match(String(compileAsPathPattern('_(65001')), /"\(" is never closed, at character 2/);
  assert.match(String(compileAsPathPattern('[= 65001 x =]')), /"x" in .* is no item/);
  assert.match(String(parseMask('65001')), /begins with "\[="/);
});

test('the first and the origin AS', () => {
  assert.deepEqual([firstAs(path('1 2 3')), originAs(path('1 2 3'))], [1, 3]);
  assert.deepEqual([firstAs([]), originAs([])], [undefined, undefined]);
  assert.equal(originAs(path('1 2 {3 4}')), undefined, 'RFC 6811 §2: the origin of a path that ends with a set is nobody');
  assert.equal(firstAs(path('(65001 65002) 7')), 7);
});

test('octets are read as they are written', () => {
  for (const text of ['1 2 3', '1 {2 3} (4 5) [6]', Array.from({ length: 600 }, (_, i) => i + 1).join(' ')]) {
    const octets = segmentOctets(path(text));
    assert.equal(pathText(readSegments(octets, 0, octets.length)), pathText(path(text)));
  }
});

test('ranges of AS numbers, joined and sorted', () => {
  const set = parseAsSet('64512-65534, 65535, 174, 1.0..1.10')!;
  assert.equal(set.text, '174,64512-65546');
  assert.deepEqual(
    [173, 174, 175, 64_511, 64_512, 65_546, 65_547].map((asn) => set.has(asn)),
    [false, true, false, false, true, true, false],
  );
  for (const wrong of ['5-4', '1-2-3', 'x', '4294967296', '', '-1']) assert.equal(parseAsRange(wrong), undefined, wrong);
});

for (const [mode, before, after] of [
  ['all', '64512 1 {64513 2} 64514', '1 {2}'],
  ['if-only', '64512 1', '64512 1'],
  ['if-only', '64512 64513', ''],
  ['replace', '64512 1 4200000000', '100 1 100'],
  ['all', '(64512 64513) 64514 1', '(64512 64513) 1'],
] as const) {
  test(`private AS numbers, ${mode}: "${before}" becomes "${after}"`, () => {
    assert.equal(pathText(removePrivateAsns(path(before), mode, 100)), after);
  });
}

test('AS numbers are replaced and taken out', () => {
  assert.equal(pathText(replaceAsns(path('1 2 {1 3}'), (asn) => asn === 1, 9)), '9 2 {3,9}');
  assert.equal(pathText(withoutAsns(path('1 {2} 3'), (asn) => asn === 2)), '1 3');
});

interface PathVector {
  readonly id: string;
  readonly kind: string;
  readonly as_path: string;
  readonly regex?: string;
  readonly regexes?: readonly string[];
  readonly match?: string;
  readonly mask: string;
  readonly asn: number;
  readonly set: string;
  readonly hex: string;
  readonly left_hex: string;
  readonly right_hex: string;
  readonly encoding?: string;
  readonly as_notation?: 'asdot' | 'asdot+';
  readonly mode: RemovePrivateMode;
  readonly prepend_as: number;
  readonly count: number;
  readonly expect: never;
}

/** What FRR's tests tell of a path. */
interface Told {
  readonly text: string;
  readonly text_without_confed: string;
  readonly hops: number;
  readonly confed_hops: number;
  readonly all_private: boolean;
  readonly contains_asn: number;
  readonly does_not_contain_asn: number;
  readonly first_as: number | null;
}

function octetsOf({ encoding, as_path: text }: PathVector, hex: string | undefined): AsPathSegment[] {
  if (hex === undefined) return path(text.replaceAll('{', ' {').replaceAll('[', ' ['));
  const bytes = fromHex(hex);
  if (encoding?.startsWith('4') === true) return readSegments(bytes, 0, bytes.length);
  // Two octets an AS number, as old speakers send them: widened, as the RIB does before anyone sees them.
  const wide: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const count = bytes[at + 1]!;
    wide.push(bytes[at]!, count);
    for (let i = 0; i < count; i++) wide.push(0, 0, bytes[at + 2 + 2 * i]!, bytes[at + 3 + 2 * i]!);
    at += 2 + 2 * count;
  }
  return readSegments(Uint8Array.from(wide), 0, wide.length);
}

function check(segments: readonly AsPathSegment[], told: Told, vector: PathVector): void {
  const asns = segments.flatMap((segment) => segment.asns);
  const outside = segments.filter((segment) => !isConfederation(segment));
  const text = pathText(segments, 'cisco', vector.as_notation ?? 'asplain');
  const got = {
    text,
    text_without_confed: pathText(outside, 'cisco', vector.as_notation ?? 'asplain'),
    hops: asPathLength(segments),
    confed_hops: asPathLength(
      segments.filter(isConfederation).map((one) => ({ ...one, type: one.type === 'confed-set' ? 'set' : 'sequence' })),
    ),
    contains_asn: asns.length === 0 || asns.includes(told.contains_asn),
    does_not_contain_asn: asns.length === 0 || !asns.includes(told.does_not_contain_asn),
    // FRR: the first AS of the first segment, unless that is a confederation's.
    first_as: segments[0] === undefined || isConfederation(segments[0]) ? null : firstAs(segments),
  };
  const { all_private: isPrivate, ...rest } = told;
  assert.deepEqual(got, { ...rest, contains_asn: true, does_not_contain_asn: true, first_as: told.first_as }, vector.id);
  // FRR counts 65535 as private, RFC 6996 does not.
  if (!asns.includes(65_535)) assert.equal(asns.length > 0 && asns.every((asn) => PRIVATE_ASNS.has(asn)), isPrivate, vector.id);
}

/** Malformed paths do not reach a policy: the codec refuses them. */
function isFaulty(hex: string): boolean {
  const bytes = fromHex(hex);
  return attributeCodec(AttributeCode.AsPath)!.check(bytes, 0, bytes.length, { ...DEFAULT_CONTEXT, fourOctetAs: false }) !== undefined;
}

const HOLDS: Readonly<Record<string, (vector: PathVector) => void>> = {
  'as-path-regex'(vector) {
    const all = (vector.regexes ?? [vector.regex!]).map((regex) => matches(regex, vector.as_path));
    const got = vector.match === 'invert' ? !all.includes(true) : vector.match === 'all' ? !all.includes(false) : all.includes(true);
    assert.equal(got, vector.expect, vector.id);
  },
  'as-path-mask': (vector) => assert.equal(matches(vector.mask, vector.as_path), vector.expect, vector.id),
  'as-path-contains'({ as_path: text, asn, expect, id }) {
    assert.equal(
      path(text).some(({ asns }) => asns.includes(asn)),
      expect,
      id,
    );
  },
  'as-path-contains-any'({ as_path: text, mask, expect, id }) {
    const set = parseAsSet(mask.slice(1, -1))!;
    assert.equal(
      path(text).some(({ asns }) => asns.some((asn) => set.has(asn))),
      expect,
      id,
    );
  },
  'as-path-filter'({ as_path: text, set, expect, id }) {
    const kept = parseAsSet(set.slice(1, -1))!;
    assert.equal(pathText(withoutAsns(path(text), (asn) => !kept.has(asn))), expect, id);
  },
  'as-path-delete'({ as_path: text, set, expect, id }) {
    const gone = parseAsSet(set)!;
    assert.equal(pathText(withoutAsns(path(text), (asn) => gone.has(asn))), expect, id);
  },
  'as-path-parse'(vector) {
    if (!Object.hasOwn(vector.expect, 'malformed')) check(octetsOf(vector, vector.hex), vector.expect, vector);
    else assert.ok(isFaulty(vector.hex), vector.id);
  },
  'as-path-length': (vector) => assert.equal(asPathLength(octetsOf(vector, vector.hex)), vector.expect, vector.id),
  'as-path-first-as': (vector) => assert.equal(firstAs(octetsOf(vector, vector.hex)), vector.expect, vector.id),
  'as-path-aggregate'(vector) {
    check(aggregateAsPaths(octetsOf(vector, vector.left_hex), octetsOf(vector, vector.right_hex)), vector.expect, vector);
  },
  'as-path-as4-reconcile'(vector) {
    // `left` is AS4_PATH, `right` is AS_PATH, or the other way round: the one with AS_TRANS is AS_PATH.
    const [left, right] = [octetsOf(vector, vector.left_hex), octetsOf(vector, vector.right_hex)];
    check(mergeAsPaths(left, right), vector.expect, vector);
  },
  'as-path-prepend'(vector) {
    check(prependPath(octetsOf(vector, vector.left_hex), octetsOf(vector, vector.right_hex)), vector.expect, vector);
  },
  'as-path-prepend-as'({ as_path: text, prepend_as: asn, count, expect, id }) {
    const got = pathText(
      prependAsns(
        path(text),
        Array.from({ length: count }, () => asn),
      ),
    );
    assert.equal(got, String(expect).replaceAll(/\s+/g, ' '), id);
  },
  'as-path-same-neighbour-as'(vector) {
    const [left, right] = [octetsOf(vector, vector.left_hex), octetsOf(vector, vector.right_hex)];
    const first = firstAs(left);
    assert.equal(
      first !== undefined && first === firstAs(right),
      (vector.expect as { same_leftmost_as: boolean }).same_leftmost_as,
      vector.id,
    );
  },
  'remove-private-as'({ as_path: text, mode, expect, id }) {
    assert.equal(pathText(removePrivateAsns(path(text), mode, 65_000)), expect, id);
  },
};

for (const file of ['aspath-match', 'aspath-ops']) {
  const { vectors, skip } = logicVectors<PathVector>(file);
  for (const kind of new Set(vectors.map((vector) => vector.kind))) {
    test(`shared vectors: ${file}: ${kind}`, () => {
      const hold = HOLDS[kind];
      assert.ok(hold !== undefined, `${kind} has no test`);
      for (const vector of vectors.filter((one) => one.kind === kind)) hold(vector);
    });
  }
  test(`shared vectors: ${file} are there`, { skip }, () => assert.ok(vectors.length > 30));
}

test('an empty set holds nothing', () => assert.ok(!new AsSet([]).has(0)));
