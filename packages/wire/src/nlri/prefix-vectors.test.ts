/** Vectors of plain prefixes from other implementations' test suites. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadVectors } from '../../test/shared.ts';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT } from '../context.ts';
import { makeFamily } from '../family.ts';
import { familyCodec } from './families.ts';
import { canonicalPrefix, ipPrefix } from './ip-prefix.ts';
import { appendNlri, decodeNlri, nlriAreWhole } from './nlri.ts';

interface Expected {
  readonly prefix: string;
  readonly path_id?: number;
}

for (const area of ['update', 'add-path', 'errors']) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`prefixes of ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    const { afi = 0, safi = 0, addpath = [] } = vector.context ?? {};
    const family = makeFamily(afi, safi);
    if (vector.kind !== 'nlri' || familyCodec(family)?.type !== ipPrefix.type) continue;
    test(`prefixes of ${area}: ${vector.id}`, () => {
      const bytes = fromHex(vector.hex);
      const context = { ...DEFAULT_CONTEXT, addPath: new Set(addpath.map(([a, s]) => makeFamily(a, s))) };
      assert.equal(nlriAreWhole(bytes, 0, bytes.length, family, context), vector.expect_error === undefined);
      if (vector.expect_error !== undefined) return;
      const got = decodeNlri(bytes, 0, bytes.length, family, context);
      assert.deepEqual(
        got.map((nlri) => nlri.type === 'ip-prefix' && [nlri.prefix, nlri.pathIdentifier]),
        (vector.expect as Expected[]).map(({ prefix, path_id: pathIdentifier }) => [canonicalPrefix(prefix), pathIdentifier]),
      );
      const out = new ByteWriter();
      for (const nlri of got) appendNlri(out, nlri, context);
      assert.equal(toHex(out.take()), vector.hex);
    });
  }
}
