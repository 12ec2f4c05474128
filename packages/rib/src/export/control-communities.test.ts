/** Every form of a control community, for route servers and members with AS numbers of two and of four octets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAttributes, type PathAttribute, parseExtendedCommunity, STORED_CONTEXT } from '@tsbgp/wire';
import { AttributeTable } from '../attributes/attribute-table.ts';
import { OwnIdentity } from '../attributes/own-identity.ts';
import { only } from './audience.ts';
import { type Control, controlOptions, readControl } from './control-communities.ts';

const SMALL = 64_500;
const LARGE = 4_200_000_000;
const MEMBERS = [65_001, 65_002, 4_200_000_003];
const ALL = -1n;
const [ONE, TWO, THREE] = [only(0), only(1), only(2)];

/** What communities as text ask of a route server: "0:65001", "64500:0:65001" or "rt:0:65001". */
function asked(routeServer: number, text: string, standIn?: number): Control | undefined {
  const attributes = new AttributeTable(new OwnIdentity(routeServer, 1), 4);
  const words = text.split(' ');
  const numbers = (word: string) => word.split(':').map(Number);
  const standard = words.filter((word) => !word.startsWith('rt') && numbers(word).length === 2);
  const large = words.filter((word) => !word.startsWith('rt') && numbers(word).length === 3);
  const extended = words.filter((word) => word.startsWith('rt'));
  const values: PathAttribute[] = [{ type: 'origin', flags: 0x40, value: 'igp' }];
  if (standard.length > 0) {
    const value = standard.map((word) => numbers(word)[0]! * 65_536 + numbers(word)[1]!);
    values.push({ type: 'communities', flags: 0xc0, value });
  }
  if (extended.length > 0) {
    values.push({ type: 'extended-communities', flags: 0xc0, value: extended.map((word) => parseExtendedCommunity(word)) });
  }
  if (large.length > 0) {
    const value = large.map((word) => {
      const [globalAdministrator = 0, localData1 = 0, localData2 = 0] = numbers(word);
      return { globalAdministrator, localData1, localData2 };
    });
    values.push({ type: 'large-communities', flags: 0xc0, value });
  }
  const block = encodeAttributes(values, STORED_CONTEXT);
  const attr = attributes.intern(block, 0, block.length);
  return readControl(attributes, attr, controlOptions(routeServer, standIn), (as) => {
    const number = MEMBERS.indexOf(as);
    return number === -1 ? 0n : only(number);
  });
}

const cases: readonly [title: string, routeServer: number, text: string, allowed: bigint, noExport?: bigint][] = [
  ['standard: to nobody', SMALL, `0:${SMALL}`, 0n],
  ['standard: not to a member', SMALL, '0:65001', ~ONE],
  ['standard: only to a member', SMALL, `0:${SMALL} ${SMALL}:65001`, ONE],
  ['standard: to a member alone leaves the default', SMALL, `${SMALL}:65001`, ALL],
  ['standard: to all wins over to nobody', SMALL, `0:${SMALL} ${SMALL}:${SMALL}`, ALL],
  ['standard: not to a member wins over to it', SMALL, `0:${SMALL} ${SMALL}:65001 ${SMALL}:65002 0:65001`, TWO],
  ['standard: NO_EXPORT to a member', SMALL, '65281:65002', ALL, TWO],
  ['large: to nobody', SMALL, `${SMALL}:0:0`, 0n],
  ['large: not to a member of two octets', SMALL, `${SMALL}:0:65002`, ~TWO],
  ['large: not to a member of four octets', SMALL, `${SMALL}:0:4200000003`, ~THREE],
  ['large: only to two members', SMALL, `${SMALL}:0:0 ${SMALL}:1:65001 ${SMALL}:1:4200000003`, ONE | THREE],
  ['large: to all wins over to nobody', SMALL, `${SMALL}:0:0 ${SMALL}:1:0`, ALL],
  ['large: NO_EXPORT to a member, and to all', SMALL, `${SMALL}:65281:65001 ${SMALL}:65281:0`, ALL, ALL],
  ['large: a route server of four octets', LARGE, `${LARGE}:0:0 ${LARGE}:1:4200000003`, THREE],
  ['extended: to nobody', SMALL, `rt:0:${SMALL}`, 0n],
  ['extended: not to a member of four octets', SMALL, 'rt:0:4200000003', ~THREE],
  ['extended: only to a member of four octets', SMALL, `rt:0:${SMALL} rt:${SMALL}:4200000003`, THREE],
  ['extended: NO_EXPORT to a member', SMALL, 'rt:65281:4200000003', ALL, THREE],
  ['extended: a route server of four octets, to nobody', LARGE, `rt:0:${LARGE}`, 0n],
  ['extended: a route server of four octets, only to a member', LARGE, `rt:0:${LARGE} rt:${LARGE}:65001`, ONE],
  ['forms together', SMALL, `0:${SMALL} ${SMALL}:1:4200000003 rt:${SMALL}:65001`, ONE | THREE],
];

for (const [title, routeServer, text, allowed, noExport = 0n] of cases) {
  test(`${title}: ${text}`, () => {
    assert.deepEqual(asked(routeServer, text), { allowed, noExport });
  });
}

test('communities of others are none', () => {
  for (const text of ['65001:0', '65535:65281', '64501:0:65001', `rt:65001:${SMALL}`]) assert.equal(asked(SMALL, text), undefined, text);
});

test('a route server of four octets is named in standard communities by its stand-in; those that do not name it need none', () => {
  assert.deepEqual(asked(LARGE, '0:65001 65281:65002'), { allowed: ~ONE, noExport: TWO });
  assert.equal(asked(LARGE, '65534:65001'), undefined);
  assert.deepEqual(asked(LARGE, '0:65534 65534:65001', 65_534), { allowed: ONE, noExport: 0n });
  assert.deepEqual(asked(LARGE, '0:65002', 65_534), { allowed: ~TWO, noExport: 0n });
});

test('an AS that no member has excludes or admits no member', () => {
  assert.deepEqual(asked(SMALL, '0:65099'), { allowed: ALL, noExport: 0n });
  assert.deepEqual(asked(SMALL, `0:${SMALL} ${SMALL}:65099`), { allowed: 0n, noExport: 0n });
});
