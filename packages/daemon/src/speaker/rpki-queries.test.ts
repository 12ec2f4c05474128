/** Questions about RPKI, asked of a speaker with a cache. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AspaState, RovState } from '@tsbgp/rib';
import { type Aspa, formatVrp, type SourcedVrp, type Vrp } from '@tsbgp/rpki';
import { cacheConfig, startCache } from '../../test/rpki/rpki-sources.ts';
import { makeSpeaker } from '../../test/speakers.ts';
import { NO_RPKI } from '../rpki-config.ts';
import type { RpkiControl } from '../rpki-control.ts';

const vrp = (prefix: string, maxLength: number, asn: number): Vrp => ({ prefix, maxLength, asn });

async function world(t: TestContext, contents: { readonly vrps?: readonly Vrp[]; readonly aspas?: readonly Aspa[] }): Promise<RpkiControl> {
  const speaker = makeSpeaker();
  t.after(() => speaker.close());
  const { port } = await startCache(t, { vrps: contents.vrps ?? [], aspas: contents.aspas ?? [] });
  speaker.configureRpki({ ...NO_RPKI, caches: [cacheConfig(port, { name: 'cache' })] });
  while (!speaker.rpki.state().isReady) {
    await new Promise<void>((resolve) => {
      const leave = speaker.events.listen(() => {
        leave();
        resolve();
      });
    });
  }
  return speaker.rpki;
}

test('a route is validated, with the VRPs that cover it and how each relates to it', async (t) => {
  const rpki = await world(t, { vrps: [vrp('192.0.0.0/16', 20, 65_001), vrp('192.0.2.0/24', 24, 65_002)] });
  const validate = (prefix: string, originAs: number) => {
    const { rov, covering } = rpki.validate({ prefix, originAs, asPath: [] });
    return [rov, covering.map(({ prefix: of, match, sources }) => `${of} ${match} ${sources.join()}`)];
  };
  const both = (first: string, second: string): string[] => [`192.0.2.0/24 ${first} cache`, `192.0.0.0/16 ${second} cache`];
  assert.deepEqual(validate('192.0.2.0/24', 65_002), [RovState.Valid, both('permits', 'other-origin')]);
  assert.deepEqual(validate('192.0.2.0/24', 65_001), [RovState.Invalid, both('other-origin', 'too-long')]);
  assert.deepEqual(validate('192.0.2.0/24', 0), [RovState.Invalid, both('other-origin', 'other-origin')]);
  assert.deepEqual(validate('198.51.100.0/24', 65_002), [RovState.NotFound, []]);
});

test('an AS_PATH is verified by the role, hop by hop from the origin', async (t) => {
  const rpki = await world(t, {
    vrps: [vrp('192.0.2.0/24', 24, 1)],
    aspas: [
      { customer: 1, providers: [2] },
      { customer: 3, providers: [9] },
    ],
  });
  const asPath = [3, 2, 2, 1];
  const upwards = rpki.validate({ prefix: '192.0.2.0/24', asPath, role: 'provider' });
  assert.deepEqual([upwards.rov, upwards.aspa], [RovState.Valid, AspaState.Unknown]);
  assert.deepEqual(upwards.hops, [
    { from: 1, to: 2, up: 'provider', down: 'no-attestation' },
    { from: 2, to: 3, up: 'no-attestation', down: 'not-provider' },
  ]);
  assert.equal(rpki.validate({ asPath: [2, 3, 1], role: 'provider' }).aspa, AspaState.Invalid);
  assert.equal(rpki.validate({ prefix: '192.0.2.0/24', asPath }).aspa, AspaState.NotChecked);
});

test('what is missing or wrong is named', async (t) => {
  const rpki = await world(t, {});
  for (const [query, field] of [
    [{ asPath: [] }, 'prefix'],
    [{ prefix: '192.0.2.0/24', asPath: [] }, 'origin_as'],
    [{ asPath: [1] }, 'role'],
    [{ prefix: '192.0.2.1/24', originAs: 1, asPath: [] }, 'prefix'],
    [{ asPath: Array.from({ length: 1001 }, () => 1), role: 'peer' }, 'as_path'],
  ] as const) {
    assert.throws(() => rpki.validate(query), { name: 'ControlError', field });
  }
  await assert.rejects(rpki.vrps({ covering: true }, 10), { field: 'covering' });
  await assert.rejects(rpki.vrps({ covering: false, after: 'x' }, 10), { field: 'page_token' });
  await assert.rejects(rpki.vrps({ covering: false }, 1001), { field: 'page_size' });
  assert.throws(() => rpki.aspas({}, 0), { field: 'page_size' });
  // Nothing is known of anything.
  assert.equal(rpki.validate({ prefix: '192.0.2.0/24', originAs: 1, asPath: [] }).rov, RovState.NotChecked);
});

test('pages of VRPs join to all of them, each once; filters', async (t) => {
  const vrps = Array.from({ length: 50 }, (_, n) => [
    vrp(`10.${n}.0.0/16`, 24, 65_000 + (n % 2)),
    vrp(`2001:db8:${n + 1}::/48`, 48, 65_001),
  ]).flat();
  const rpki = await world(t, { vrps });
  const texts = (items: readonly SourcedVrp[]): string[] => items.map(formatVrp).toSorted();
  const all: SourcedVrp[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await rpki.vrps({ covering: false, after }, 7);
    assert.ok(items.length <= 7);
    all.push(...items);
    after = next;
  } while (after !== undefined);
  assert.deepEqual(texts(all), vrps.map(formatVrp).toSorted());
  const found = async (query: object): Promise<string[]> => texts((await rpki.vrps({ covering: false, ...query }, 1000)).items);
  assert.equal((await found({ asn: 65_001 })).length, 75);
  assert.deepEqual(await found({ prefix: '2001:db8:7::/48' }), ['2001:db8:7::/48-48 AS65001']);
  assert.equal((await found({ prefix: '10.0.0.0/13' })).length, 8);
  assert.deepEqual(await found({ prefix: '10.7.1.0/24', covering: true }), ['10.7.0.0/16-24 AS65001']);
  assert.deepEqual(await found({ prefix: '10.7.1.0/24', covering: true, asn: 5 }), []);
});

test('ASPAs by customer, page by page; by provider', async (t) => {
  const aspas = [9, 3, 7, 1].map((customer) => ({ customer, providers: [customer + 1, 100] }));
  const rpki = await world(t, { aspas });
  const first = rpki.aspas({}, 3);
  assert.deepEqual([first.items.map(({ customer }) => customer), first.next], [[1, 3, 7], '7']);
  const { items, next } = rpki.aspas({ after: first.next }, 3);
  assert.deepEqual([items.map(({ customer }) => customer), next], [[9], undefined]);
  assert.deepEqual(rpki.aspas({ provider: 4 }, 10).items, [{ customer: 3, providers: [4, 100], sources: ['cache'] }]);
  assert.equal(rpki.aspas({ customer: 9 }, 10).items.length, 1);
});
