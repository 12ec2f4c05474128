/** Octets and text of each attribute's examples, side by side. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTRIBUTE_VECTORS } from '../../test/vectors/attributes.ts';
import { IBGP } from '../../test/vectors/sessions.ts';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { attributeCodecByName } from './registry.ts';

for (const { type, examples } of ATTRIBUTE_VECTORS) {
  const codec = attributeCodecByName(type)!;
  for (const [octets, text, title, session = IBGP] of examples) {
    test(`${codec.name}: ${title ?? (text || 'empty')}`, () => {
      const bytes = fromHex(octets);
      assert.equal(codec.check(bytes, 0, bytes.length, session), undefined);
      assert.equal(codec.format(codec.decode(bytes, 0, bytes.length, session)), text);
      const out = new ByteWriter();
      codec.encode(out, codec.parse(text), session);
      assert.equal(toHex(out.take()), toHex(bytes));
    });
  }
}
