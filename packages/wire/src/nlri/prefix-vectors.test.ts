/** Vectors of plain prefixes from other implementations' test suites. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadVectors } from '../../test/shared.ts';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT } from '../context.ts';
import { family } from '../family.ts';
import { canonicalPrefix, isPrefixFamily } from './ip-prefix.ts';
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
    const of = family(afi, safi);
    if (vector.kind !== 'nlri' || !isPrefixFamily(of)) continue;
    test(`prefixes of ${area}: ${vector.id}`, () => {
      const bytes = fromHex(vector.hex);
      const context = { ...DEFAULT_CONTEXT, addPath: new Set(addpath.map(([a, s]) => family(a, s))) };
      assert.equal(nlriAreWhole(bytes, 0, bytes.length, of, context), vector.expect_error === undefined);
      if (vector.expect_error !== undefined) return;
      const got = decodeNlri(bytes, 0, bytes.length, of, context);
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
