/** NO_EXPORT is added in canonical form: the set is the very one that a peer would have sent with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAttributes, encodeAttributes, findAttribute, type PathAttribute, STORED_CONTEXT } from '@tsbgp/wire';
import { AttributeTable } from './attribute-table.ts';
import { addNoExport } from './change.ts';
import { OwnIdentity } from './own-identity.ts';

const NO_EXPORT = 0xffff_ff01;
const ORIGIN: PathAttribute = { type: 'origin', flags: 0x40, value: 'igp' };
const LARGE: PathAttribute = {
  type: 'large-communities',
  flags: 0xc0,
  value: [{ globalAdministrator: 1, localData1: 2, localData2: 3 }],
};

function communities(...value: number[]): PathAttribute {
  return { type: 'communities', flags: 0xc0, value };
}

function table(): { readonly attributes: AttributeTable; readonly intern: (values: readonly PathAttribute[]) => number } {
  const attributes = new AttributeTable(new OwnIdentity(64_500, 1), 2);
  const intern = (values: readonly PathAttribute[]): number => {
    const block = encodeAttributes(values, STORED_CONTEXT);
    return attributes.intern(block, 0, block.length);
  };
  return { attributes, intern };
}

for (const [title, before, after] of [
  ['without communities, between others', [ORIGIN, LARGE], [ORIGIN, communities(NO_EXPORT), LARGE]],
  ['without communities, at the end', [ORIGIN], [ORIGIN, communities(NO_EXPORT)]],
  ['with communities', [ORIGIN, communities(1, 2), LARGE], [ORIGIN, communities(1, 2, NO_EXPORT), LARGE]],
] as const) {
  test(`a set ${title}`, () => {
    const { attributes, intern } = table();
    assert.equal(addNoExport(attributes, intern(before)), intern(after));
  });
}

test('a list that gets longer than 255 octets gets a longer header', () => {
  const { attributes, intern } = table();
  const many = Array.from({ length: 63 }, (_, at) => at + 1);
  const changed = addNoExport(attributes, intern([ORIGIN, communities(...many)]));
  const octets = attributes.octets(changed as never);
  const value = findAttribute(decodeAttributes(octets, 0, octets.length, STORED_CONTEXT).attributes, 'communities')!.value;
  assert.deepEqual(value, [...many, NO_EXPORT]);
});

test('a set that has NO_EXPORT stays as it is', () => {
  const { attributes, intern } = table();
  const attr = intern([ORIGIN, communities(NO_EXPORT, 5)]);
  assert.equal(addNoExport(attributes, attr), attr);
});
