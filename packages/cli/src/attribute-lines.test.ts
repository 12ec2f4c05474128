import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PathAttribute, PathAttributeSchema } from '@tsbgp/api';
import { fromHex } from '@tsbgp/wire';
import { ATTRIBUTE_VECTORS } from '../../wire/test/vectors/attributes.ts';
import { otherAttribute } from './attribute-lines.ts';

const LINES: readonly { readonly kind: string; readonly message: unknown; readonly name: string; readonly text: string }[] = [
  ...ATTRIBUTE_VECTORS.flatMap(({ type, line }) => (line === undefined ? [] : [{ kind: kindOf(type), ...line }])),
  { kind: 'unknown', message: { code: 99, value: fromHex('c0ffee') }, name: 'attribute 99', text: 'flags 0xc0, 0xc0ffee' },
];

function kindOf(type: string): string {
  return type.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

for (const { kind, message, name, text } of LINES) {
  test(`${kind} is one line: ${name} ${text}`, () => {
    const attribute = { flags: 0xc0, kind: { case: kind, value: message } } as unknown as PathAttribute;
    assert.deepEqual(otherAttribute(attribute), { name, text });
  });
}

test('a kind that this version does not know has a line too', () => {
  const attribute = { flags: 0xc0, kind: { case: 'fromTheFuture', value: {} } } as unknown as PathAttribute;
  assert.deepEqual(otherAttribute(attribute), { name: 'fromTheFuture', text: '(this tsbgp is too old to show it)' });
});

test('every kind of the API has its line here or a column of its own in the view', () => {
  const own = ['origin', 'asPath', 'nextHop', 'multiExitDisc', 'localPref', 'communities', 'largeCommunities', 'extendedCommunities'];
  const kinds = PathAttributeSchema.oneofs[0]!.fields.map(({ localName }) => localName);
  assert.deepEqual([...LINES.map(({ kind }) => kind), ...own].sort(), kinds.sort());
});
