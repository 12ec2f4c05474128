/** docs/conformance.md, as `node tools/conformance.ts` wrote it: what is met and asked may only become more. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadVectors } from '../test/shared.ts';

/** RPKI-RTR among the errors: all that is not asked of @tsbgp/wire but the protocols it does not have. */
const RTR_ERRORS = 17;
const LATER = new Set(['rtr']);

/** A ratchet: lower only with the vectors. */
const MET_MIN = 2385;

interface Row {
  readonly area: string;
  readonly vectors: number;
  readonly met: number;
  readonly notMet: number;
  readonly notAsked: number;
}

const doc = readFileSync(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');
const rows: Row[] = [...doc.matchAll(/^\| ([a-zA-Z0-9 -]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|/gm)].map(([, area, ...counts]) => {
  const [vectors, met, notMet, notAsked] = counts.map(Number);
  return { area: area!, vectors: vectors!, met: met!, notMet: notMet!, notAsked: notAsked! };
});

test('every vector of docs/conformance.md is met, or not met with a reason, or of a protocol that is not here', () => {
  assert.ok(rows.length > 20);
  for (const { area, vectors, met, notMet, notAsked } of rows) {
    assert.equal(met + notMet + notAsked, vectors, area);
    assert.equal(notAsked, LATER.has(area) ? vectors : area === 'errors' ? RTR_ERRORS : 0, `not asked of ${area}`);
  }
  assert.ok(rows.reduce((sum, row) => sum + row.met, 0) >= MET_MIN);
  const reasons = [...doc.matchAll(/^\| \S+ \| `[^`]+` \| (.+) \|$/gm)].map(([, reason]) => reason!);
  assert.equal(
    reasons.length,
    rows.reduce((sum, row) => sum + row.notMet, 0),
  );
  for (const reason of reasons) assert.doesNotMatch(reason, /FAILS|NOT TESTED/);
});

for (const { area, vectors } of rows.filter((row) => !row.area.startsWith('ExaBGP'))) {
  const found = loadVectors(area);
  test(`docs/conformance.md counts the vectors of ${area}`, { skip: typeof found === 'string' ? found : false }, () => {
    assert.equal(found.length, vectors);
  });
}
