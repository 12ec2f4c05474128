/** Communities: what other implementations' tests say (OpenBGPD, FRR). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttributeCode, formatExtendedCommunity, fromHex, toHex } from '@tsbgp/wire';
import { PEER, routeOf } from '../../test/routes.ts';
import { logicVectors } from '../../test/vectors.ts';
import { Change } from '../change/change.ts';
import { addCommunitiesAction, removeCommunitiesAction, removeNonTransitiveAction, sortCommunitiesAction } from '../change/communities.ts';
import type { Action } from '../change/edit.ts';
import type { Peer } from '../route/peer.ts';
import { Route } from '../route/route.ts';
import { type CommunityPattern, parseCommunityPattern } from './pattern.ts';
import { CommunitySet } from './set.ts';

interface Value {
  readonly type: 'community' | 'large-community' | 'ext-community';
  readonly value: string;
  readonly encoding?: string;
  readonly subtype?: string;
}

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly hex: string;
  readonly expect_hex: string;
  readonly local_as: number;
  readonly neighbour_as: number;
  readonly set: readonly Value[];
  readonly match?: Value;
  readonly delete?: Value;
  readonly expect: {
    readonly text: string;
    readonly matches?: boolean;
    readonly matches_delete_pattern_after_delete?: boolean;
    readonly count_communities?: number;
    readonly count_ext_communities?: number;
    readonly count_large_communities?: number;
    readonly count_communities_after?: number;
    readonly count_ext_communities_after?: number;
    readonly count_large_communities_after?: number;
  };
}

/** OpenBGPD's words in ours. */
function patternOf({ type, value, encoding, subtype }: Value): CommunityPattern {
  const words = value.replaceAll('local-as', '{local-as}').replaceAll('neighbor-as', '{peer-as}');
  const name = subtype === 'route-target' ? 'rt' : subtype === 'route-origin' || subtype === 'site-of-origin' ? 'soo' : (subtype ?? '');
  if (type === 'ext-community' && words === '*' && encoding !== undefined) {
    const any = { low: 0, high: 0xffff_ffff };
    return { type: 'fields', kind: 'extended', text: '*', fields: [any, any], forms: [((encoding === '4-octet-as' ? 2 : 0) << 8) | 2] };
  }
  // An AS number in a pattern of OpenBGPD stands for both encodings, as here.
  const pattern = parseCommunityPattern(type !== 'ext-community' ? words : words === '*' ? '/./extended' : `${name}:${words}`);
  assert.ok(typeof pattern !== 'string', String(pattern));
  return pattern;
}

/** A value that is set has one encoding. */
function valueOf(value: Value): CommunityPattern {
  const pattern = patternOf(value);
  const type = { '2-octet-as': 0, ipv4: 1, '4-octet-as': 2 }[value.encoding ?? ''];
  return pattern.type === 'fields' && type !== undefined ? { ...pattern, forms: [(type << 8) | (pattern.forms[0]! & 0xff)] } : pattern;
}

function done(route: Route, peer: Peer, ...actions: Action[]): Route {
  const change = actions.reduce((sum, action) => {
    const edit = action.editFor(peer);
    return edit === undefined ? sum : sum.plus(edit);
  }, Change.root());
  const octets = change.apply(route.bytes, route.start, route.end);
  assert.ok(typeof octets !== 'string');
  return new Route().setAttributes(octets ?? route.bytes);
}

function count(route: Route, kind: string): number {
  return route.communities.filter((community) => community.kind === kind).length;
}

const HOLDS: Readonly<Record<string, (vector: Vector) => void>> = {
  'community-filter'({ id, local_as: localAs, neighbour_as: as, set, match, delete: removed, expect }) {
    const peer = { ...PEER, localAs, as };
    const before = done(routeOf('192.0.2.0/24 path=1'), peer, ...set.map((value) => addCommunitiesAction([valueOf(value)])));
    const matches = (value: Value, route: Route): boolean => new CommunitySet([patternOf(value)]).test(route.communities, 'any', peer);
    const counts = (route: Route, suffix: '' | '_after'): void => {
      for (const [key, kind] of [
        ['communities', 'standard'],
        ['ext_communities', 'extended'],
        ['large_communities', 'large'],
      ] as const) {
        const wanted = expect[`count_${key}${suffix}`];
        if (wanted !== undefined) assert.equal(count(route, kind), wanted, `${id} ${key}${suffix}`);
      }
    };
    counts(before, '');
    if (match !== undefined) assert.equal(matches(match, before), expect.matches, id);
    if (removed === undefined) return;
    const after = done(before, peer, removeCommunitiesAction([patternOf(removed)]));
    assert.equal(matches(removed, after), expect.matches_delete_pattern_after_delete, `${id} after`);
    counts(after, '_after');
  },
  'community-attributes-canonicalise'({ id, hex, expect_hex: expected }) {
    const route = done(new Route().setAttributes(fromHex(hex)), PEER, removeNonTransitiveAction(), sortCommunitiesAction());
    assert.equal(toHex(route.bytes), expected, id);
  },
  'ext-community-text'({ id, hex, expect }) {
    // FRR writes a blank after the name.
    assert.equal(formatExtendedCommunity(fromHex(hex)).replace(':', ' ').replace('ro ', 'soo '), expect.text, id);
  },
};

const { vectors, skip } = logicVectors<Vector>('communities');
test('shared vectors: communities are there', { skip }, () => assert.ok(vectors.length > 70));
for (const kind of new Set(vectors.map((vector) => vector.kind))) {
  test(`shared vectors: ${kind}`, () => {
    const hold = HOLDS[kind];
    assert.ok(hold !== undefined, `${kind} has no test`);
    for (const vector of vectors.filter((one) => one.kind === kind)) hold(vector);
  });
}

test('the code of an attribute is that of its communities', () => {
  const route = done(routeOf('192.0.2.0/24 path=1'), PEER, addCommunitiesAction([parseCommunityPattern('1:2:3') as CommunityPattern]));
  assert.equal(route.bytes[route.bytes.length - 14], AttributeCode.LargeCommunities);
});
