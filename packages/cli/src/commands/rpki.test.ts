import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AspaState, AspaHop_Attestation as Attestation, RpkiCache_State as CacheState, Vrp_Match as Match, RovState } from '@tsbgp/api';
import { tsbgp } from '../../test/world.ts';

const TOTALS = {
  configured: true,
  ready: true,
  ipv4Vrps: 400_000n,
  ipv6Vrps: 100_000n,
  aspas: 1n,
  vrpBytes: 4096n,
  revalidated: 12n,
  revalidating: false,
  files: [{ path: '/etc/slurm.json', slurm: true, ipv4Vrps: 1n, ipv6Vrps: 0n, aspas: 0n, age: 5, error: '' }],
};
const CACHE = {
  name: 'pop-1',
  transport: 'tls',
  preference: 1,
  state: CacheState.SYNCED,
  version: 2,
  serial: 7,
  ipv4Vrps: 400_000n,
  ipv6Vrps: 100_000n,
  aspas: 1n,
  dataAge: 61,
  dataExpires: 7139,
  lastError: 'it was away',
};
const DEAD = {
  ...CACHE,
  name: 'pop-2',
  state: CacheState.WAITING,
  version: undefined,
  serial: undefined,
  dataAge: undefined,
  dataExpires: undefined,
};

function sources(totals: object = TOTALS, caches: object[] = [CACHE, DEAD]) {
  return { api: { rpki: { getRpki: async () => totals, listCaches: async () => ({ caches }) } } };
}

test('rpki: totals, caches with ages and what is wrong with those that are not in sync, files', async () => {
  const { out } = await tsbgp(['rpki'], sources());
  assert.match(out, /^ready {2}400,000 IPv4 and 100,000 IPv6 VRPs, 1 ASPA$/m);
  assert.match(out, /^pop-1 +tls +1 +in sync +2 +7 +500,000 +1 +1m 01s +1h 58m$/m);
  assert.match(out, /^pop-2 +tls +1 +waiting +500,000 +1 +it was away$/m);
  assert.match(out, /^\/etc\/slurm\.json +SLURM +1 +0 +5s$/m);
});

test('rpki: nothing is configured; JSON', async () => {
  assert.match((await tsbgp(['rpki'], sources({ ...TOTALS, configured: false }, []))).out, /no section rpki/);
  const json = JSON.parse((await tsbgp(['rpki', '--json'], sources())).out) as { caches: { state: string; ipv4Vrps: number }[] };
  assert.deepEqual([json.caches[0]!.state, json.caches[0]!.ipv4Vrps, json.caches.length], ['in sync', 400_000, 2]);
});

const ANSWER = {
  rov: RovState.INVALID,
  aspa: AspaState.INVALID,
  covering: [
    { prefix: '192.0.2.0/24', maxLength: 24, asn: 64_496, sources: ['pop-1'], match: Match.OTHER_ORIGIN },
    { prefix: '192.0.0.0/16', maxLength: 16, asn: 64_501, sources: ['pop-1'], match: Match.TOO_LONG },
  ],
  hops: [
    { fromAs: 64_501, toAs: 64_502, up: Attestation.NOT_PROVIDER, down: Attestation.UNSPECIFIED },
    { fromAs: 64_502, toAs: 64_503, up: Attestation.PROVIDER, down: Attestation.NOT_PROVIDER },
  ],
};

test('rpki validate: the states, and why', async () => {
  const { out, asked } = await tsbgp(
    ['rpki', 'validate', '192.0.2.0/24', 'AS64501', '--as-path', '64503 64502 64501', '--role', 'provider'],
    {
      api: { rpki: { validate: async () => ANSWER } },
    },
  );
  assert.deepEqual(asked, [
    ['rpki.validate', { prefix: '192.0.2.0/24', originAs: 64_501, asPath: [64_503, 64_502, 64_501], role: 'provider' }],
  ]);
  assert.match(out, /^192\.0\.2\.0\/24 AS64501 {2}invalid$/m);
  assert.match(out, /^192\.0\.2\.0\/24 +24 +64496 +another AS +pop-1$/m);
  assert.match(out, /^192\.0\.0\.0\/16 +16 +64501 +the prefix is too long +pop-1$/m);
  assert.match(out, /^AS path {2}invalid$/m);
  assert.match(out, /^ {2}64501 to 64502 {2}not up$/m);
  assert.match(out, /^ {2}64502 to 64503 {2}up, to a provider, not down$/m);
});

test('rpki validate: nothing covers it; JSON; a wrong AS path is refused before the daemon is asked', async () => {
  const world = {
    api: { rpki: { validate: async () => ({ rov: RovState.NOT_FOUND, aspa: AspaState.NOT_CHECKED, covering: [], hops: [] }) } },
  };
  assert.match((await tsbgp(['rpki', 'validate', '192.0.2.0/24', '64501'], world)).out, /not found\nno VRP covers the prefix\n/);
  const json = JSON.parse((await tsbgp(['rpki', 'validate', '192.0.2.0/24', '64501', '--json'], world)).out) as object;
  assert.deepEqual(json, { prefix: '192.0.2.0/24', originAs: 64_501, rov: 'not-found', covering: [], hops: [] });
  const wrong = await tsbgp(['rpki', 'validate', '192.0.2.0/24', '--as-path', '64501 x'], world);
  assert.deepEqual([wrong.code === 0, wrong.asked], [false, []]);
});

test('rpki vrps: page after page, up to the limit', async () => {
  const vrp = (n: number) => ({ prefix: `192.0.${n}.0/24`, maxLength: 24, asn: n, sources: ['pop-1'] });
  const world = {
    api: {
      rpki: {
        listVrps: async ({ pageToken }: { pageToken: string }) =>
          pageToken === '' ? { vrps: [vrp(1), vrp(2)], nextPageToken: '7' } : { vrps: [vrp(3)], nextPageToken: '' },
      },
    },
  };
  const all = await tsbgp(['rpki', 'vrps', '192.0.0.0/16', '--as', '5'], world);
  assert.deepEqual(
    all.asked.map(([, request]) => request),
    ['', '7'].map((pageToken) => ({ prefix: '192.0.0.0/16', covering: false, asn: 5, pageSize: 1000, pageToken })),
  );
  assert.match(all.out, /^192\.0\.3\.0\/24 +24 +3 +pop-1$/m);
  const two = await tsbgp(['rpki', 'vrps', '--limit', '2'], world);
  assert.match(two.out, /the first 2 VRPs\n$/);
  assert.equal(two.asked.length, 1);
  const json = await tsbgp(['rpki', 'vrps', '--json'], world);
  assert.equal(json.out.trim().split('\n').length, 3);
});

test('rpki aspas: providers, or that there are none', async () => {
  const aspas = [
    { customer: 1, providers: [2, 3], sources: ['pop-1'] },
    { customer: 4, providers: [0], sources: ['pop-1'] },
  ];
  const { out, asked } = await tsbgp(['rpki', 'aspas', '--provider', '2'], {
    api: { rpki: { listAspas: async () => ({ aspas, nextPageToken: '' }) } },
  });
  assert.deepEqual(asked, [['rpki.listAspas', { customer: undefined, provider: 2, pageSize: 1000, pageToken: '' }]]);
  assert.match(out, /^ +1 +2 3 +pop-1$/m);
  assert.match(out, /^ +4 +none +pop-1$/m);
  assert.match(
    (await tsbgp(['rpki', 'aspas'], { api: { rpki: { listAspas: async () => ({ aspas: [], nextPageToken: '' }) } } })).out,
    /no ASPAs/,
  );
});
