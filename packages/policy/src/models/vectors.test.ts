/** Policy conditions and actions: what GoBGP's tests say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { policyOf } from '../../test/tables.ts';
import { logicVectors } from '../../test/vectors.ts';
import { formatAs } from '../as-path/text.ts';
import { Change } from '../change/change.ts';
import { addCommunitiesAction, removeCommunitiesAction } from '../change/communities.ts';
import type { Action } from '../change/edit.ts';
import type { CommunityKind } from '../community/community.ts';
import { gobgpCommunityPattern } from '../community/gobgp.ts';
import type { CommunityPattern } from '../community/pattern.ts';
import { CommunitySet, type SetMatch } from '../community/set.ts';
import { Route } from '../route/route.ts';

interface ExtendedValue {
  readonly type: string;
  readonly transitive: boolean;
  readonly value: string;
}

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly communities?: readonly string[];
  readonly community?: string;
  readonly regex?: string;
  readonly large_communities?: readonly string[];
  readonly ext_communities?: readonly ExtendedValue[];
  readonly set: never;
  readonly match: string;
  readonly values: readonly string[];
  readonly action: string;
  readonly as_path?: string;
  readonly operator: string;
  readonly value: number;
  readonly attribute: string;
  readonly route_value: number;
  readonly med: number | null;
  readonly prepend: string;
  readonly repeat: number;
  readonly route: { readonly med: number | null; readonly local_pref: number | null };
  readonly statements: readonly { readonly set_med?: string; readonly set_local_pref?: number }[];
  readonly expect: never;
  readonly implementation_specific?: boolean;
}

function patterns(kind: CommunityKind, texts: readonly string[]): CommunityPattern[] {
  return texts.map((text) => {
    const pattern = gobgpCommunityPattern(kind, text);
    assert.ok(typeof pattern !== 'string', String(pattern));
    return pattern;
  });
}

function setMatches(kind: CommunityKind, { set, match }: Vector, route: Route): boolean {
  return new CommunitySet(patterns(kind, set)).test(route.communities, match === 'invert' ? 'none' : (match as SetMatch), undefined);
}

function after(route: Route, action: Action): Route {
  const octets = Change.root().plus(action.editFor(undefined)!).apply(route.bytes);
  assert.ok(typeof octets !== 'string');
  return new Route().setAttributes(octets ?? route.bytes);
}

function changeCommunities(kind: CommunityKind, { action, values }: Vector, route: Route): string[] {
  const given = patterns(kind, values);
  const done = after(route, action === 'remove' ? removeCommunitiesAction(given) : addCommunitiesAction(given, action === 'replace'));
  return done.communities.map(({ fields }) => fields.join(':'));
}

function withCommunities({ communities = [], large_communities: large = [], ext_communities: extended = [] }: Vector): Route {
  const words = [
    communities.length === 0 ? '' : `com=${communities.join(' ')}`,
    large.length === 0 ? '' : `large=${large.join(' ')}`,
    extended.length === 0 ? '' : `ext=${extended.map(extendedText).join(' ')}`,
  ];
  return routeOf(`192.0.2.0/24 path=1; ${words.filter((word) => word !== '').join('; ')}`);
}

/** As octets, because there is no text for a route target that must not leave the AS. */
function extendedText({ type, transitive, value }: ExtendedValue): string {
  const [global, local] = value.split(':') as [string, string];
  const isAddress = global.includes('.');
  const asn = Number(global);
  const form = isAddress ? 1 : asn > 0xffff ? 2 : 0;
  const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
  const administrator = isAddress
    ? global
        .split('.')
        .map((octet) => hex(Number(octet), 2))
        .join('')
    : hex(asn, form === 2 ? 8 : 4);
  return `0x${hex(form | (transitive ? 0 : 0x40), 2)}${type === 'route-target' ? '02' : '03'}${administrator}${hex(Number(local), form === 0 ? 8 : 4)}`;
}

function evaluated(statements: readonly unknown[], line: string): string {
  const route = routeOf(line);
  return outcomeOf(policyOf({ policies: { p: statements } }).evaluate(route, PEER), route);
}

const OPERATORS: Readonly<Record<string, string>> = { eq: '=', ge: '>=', le: '<=' };

const HOLDS: Readonly<Record<string, (vector: Vector) => void>> = {
  'community-set-condition': (vector) => assert.equal(setMatches('standard', vector, withCommunities(vector)), vector.expect, vector.id),
  'large-community-set-condition': (vector) => assert.equal(setMatches('large', vector, withCommunities(vector)), vector.expect, vector.id),
  'ext-community-set-condition': (vector) =>
    assert.equal(setMatches('extended', vector, withCommunities(vector)), vector.expect, vector.id),
  'community-regex'(vector) {
    const route = routeOf(`192.0.2.0/24 path=1; com=${vector.community}`);
    assert.equal(
      new CommunitySet(patterns('standard', [vector.regex!])).test(route.communities, 'any', undefined),
      vector.expect,
      vector.id,
    );
  },
  'community-action': (vector) =>
    assert.deepEqual(changeCommunities('standard', vector, withCommunities(vector)), vector.expect, vector.id),
  'large-community-action': (vector) =>
    assert.deepEqual(changeCommunities('large', vector, withCommunities(vector)), vector.expect, vector.id),
  'community-count-condition'(vector) {
    const match = { 'standard-community-count': `${OPERATORS[vector.operator]} ${vector.value}` };
    const com = vector.communities!.length === 0 ? '' : `; com=${vector.communities!.join(' ')}`;
    assert.equal(evaluated([{ match, action: 'reject' }], `192.0.2.0/24 path=1${com}`) === 'reject', vector.expect, vector.id);
  },
  'as-path-length-condition'(vector) {
    const match = { 'as-path-length': `${OPERATORS[vector.operator]} ${vector.value}` };
    assert.equal(evaluated([{ match, action: 'reject' }], `192.0.2.0/24 path=${vector.as_path}`) === 'reject', vector.expect, vector.id);
  },
  'equal-condition'(vector) {
    const [key, field] = vector.attribute === 'med' ? ['med', 'med'] : ['local-preference', 'lp'];
    const outcome = evaluated(
      [{ match: { [key!]: vector.value }, action: 'reject' }],
      `192.0.2.0/24 path=1; ${field}=${vector.route_value}`,
    );
    assert.equal(outcome === 'reject', vector.expect, vector.id);
  },
  'med-action'(vector) {
    const route = routeOf(`192.0.2.0/24 path=1${vector.med === null ? '' : `; med=${vector.med}`}`);
    const verdict = policyOf({ policies: { p: [{ set: { med: vector.set } }] } }).evaluate(route, PEER);
    assert.ok(verdict.type === 'accept');
    const med = new Route().setAttributes((verdict.change.apply(route.bytes) ?? route.bytes) as Uint8Array).med ?? null;
    // GoBGP does not change a MED that would overflow; here it stops at the highest number, as elsewhere.
    assert.equal(med, vector.id === 'gobgp-policy-med-04' ? 0xffff_ffff : vector.expect, vector.id);
  },
  'as-path-prepend-action'(vector) {
    const prepend = { as: vector.prepend === 'last-as' ? 'last' : vector.prepend, count: vector.repeat };
    assert.equal(
      evaluated([{ set: { 'as-path': { prepend } } }], `192.0.2.0/24 path=${vector.as_path}`),
      `accept path=${String(vector.expect)}`,
      vector.id,
    );
  },
  'policy-statements'(vector) {
    const statements = vector.statements.map(({ set_med: med, set_local_pref: localPref }) => ({
      set: { ...(med === undefined ? {} : { med }), ...(localPref === undefined ? {} : { 'local-preference': localPref }) },
    }));
    const { med, local_pref: localPref } = vector.expect as { med: number; local_pref: number };
    assert.equal(evaluated(statements, '192.0.2.0/24 path=1'), `accept med=${med}; lp=${localPref}`, vector.id);
  },
  // These are in prefix/set.test.ts.
  'prefix-entry-match': () => undefined,
  'prefix-set-match': () => undefined,
};

const { vectors, skip } = logicVectors<Vector>('policy');
test('shared vectors: policies are there', { skip }, () => assert.ok(vectors.length > 50));
for (const kind of new Set(vectors.map((vector) => vector.kind))) {
  test(`shared vectors: ${kind}`, () => {
    const hold = HOLDS[kind];
    assert.ok(hold !== undefined, `${kind} has no test`);
    for (const vector of vectors.filter((one) => one.kind === kind)) hold(vector);
  });
}

test('AS numbers in extended communities of GoBGP have a dot', () => assert.equal(formatAs(65_030_000, 'asdot'), '992.18288'));
