import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, ROUTE, tsbgp } from '../../test/world.ts';
import type { RouteKeyRequest, RouteRequest } from '../daemon.ts';
import { ExitCode } from '../exit-code.ts';

test('route list asks for the routes that were injected', async () => {
  const { asked, out } = await tsbgp(['route', 'list']);
  const [method, query] = asked[0] ?? [];
  assert.deepEqual([method, (query as { neighbor: string }).neighbor], ['routes', '']);
  assert.match(out, /203\.0\.113\.0\/24/);
});

async function added(args: readonly string[], stdin = ''): Promise<{ requests: RouteRequest[]; code: number; err: string }> {
  let requests: RouteRequest[] = [];
  const { code, err } = await tsbgp(['route', 'add', ...args], {
    stdin,
    daemon: { addRoutes: async (batches) => (requests = await collect(batches)).length },
  });
  return { requests, code, err };
}

test('route add: every attribute', async () => {
  const line =
    '203.0.113.0/24 --next-hop 192.0.2.9 --as-path=65001,{65002} --origin egp --med 5 --local-pref 200 --community 65000:1,no-export --community 65000:2 --large-community 65000:1:2 --ext-community rt:65000:7';
  const { requests } = await added(line.split(' '));
  assert.deepEqual(requests, [
    {
      prefix: '203.0.113.0/24',
      nextHop: '192.0.2.9',
      place: '',
      attributes: [
        { type: 'origin', flags: 0x40, value: 'egp' },
        {
          type: 'as-path',
          flags: 0x40,
          value: [
            { type: 'sequence', asns: [65_001] },
            { type: 'set', asns: [65_002] },
          ],
        },
        { type: 'multi-exit-disc', flags: 0x80, value: 5 },
        { type: 'local-pref', flags: 0x40, value: 200 },
        { type: 'communities', flags: 0xc0, value: [0xfde8_0001, 0xffff_ff01, 0xfde8_0002] },
        { type: 'extended-communities', flags: 0xc0, value: [new Uint8Array([0, 2, 0xfd, 0xe8, 0, 0, 0, 7])] },
        { type: 'large-communities', flags: 0xc0, value: [{ globalAdministrator: 65_000, localData1: 1, localData2: 2 }] },
      ],
    },
  ]);
});

test('route add: several prefixes, standard input, a file; lines win over the command line', async () => {
  assert.deepEqual(
    (await added(['10.0.0.0/8', '11.0.0.0/8', '--next-hop', '192.0.2.9'])).requests.map((one) => one.prefix),
    ['10.0.0.0/8', '11.0.0.0/8'],
  );
  const text = '# ours\n10.0.0.0/8\n\n2001:db8::/32 --next-hop 2001:db8::9 --as-path "65001 65002"  # one\n';
  const folder = await mkdtemp(join(tmpdir(), 'tsbgp-cli-'));
  try {
    writeFileSync(join(folder, 'routes'), text);
    for (const { requests } of [
      await added(['-', '--next-hop', '192.0.2.9'], text),
      await added(['--file', join(folder, 'routes'), '--next-hop', '192.0.2.9']),
    ]) {
      assert.deepEqual(
        requests.map(({ prefix, nextHop, attributes }) => [prefix, nextHop, attributes.length]),
        [
          ['10.0.0.0/8', '192.0.2.9', 0],
          ['2001:db8::/32', '2001:db8::9', 1],
        ],
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('route add: a wrong line is named, with its number', async () => {
  for (const [line, complaint] of [
    ['10.0.0.0/33', /line 2: .*prefix/],
    ['10.0.0.0/8 --med x', /line 2: .*--med/],
    ['10.0.0.0/8 --nonsense', /line 2: .*nonsense/],
    ['10.0.0.0/8 "open', /line 2: .*not closed/],
  ] as const) {
    const { code, err } = await added(['-', '--next-hop', '192.0.2.9'], `11.0.0.0/8\n${line}\n`);
    assert.equal(code, ExitCode.Usage, line);
    assert.match(err, complaint);
  }
});

test('route del: how many there were; none is refused', async () => {
  assert.match((await tsbgp(['route', 'del', '10.0.0.0/8', '11.0.0.0/8'])).out, /2 routes deleted/);
  const daemon = { deleteRoutes: async (batches: AsyncIterable<readonly unknown[]>) => (await collect(batches)).length - 1 };
  assert.match((await tsbgp(['route', 'del', '10.0.0.0/8', '11.0.0.0/8'], { daemon })).out, /1 route deleted, 1 not found/);
  assert.equal((await tsbgp(['route', 'del', '10.0.0.0/8'], { daemon })).code, ExitCode.Refused);
});

test('route add: who adds them is $USER, or what --added-by says', async () => {
  for (const [args, env, expected] of [
    [[], { USER: 'alice' }, 'alice'],
    [['--added-by', 'anycast script'], { USER: 'alice' }, 'anycast script'],
    [[], {}, undefined],
  ] as const) {
    let addedBy: string | undefined = 'not asked';
    const daemon = {
      addRoutes: async (batches: AsyncIterable<readonly RouteRequest[]>, by?: string) => ((addedBy = by), (await collect(batches)).length),
    };
    await tsbgp(['route', 'add', '10.0.0.0/8', '--next-hop', '192.0.2.9', ...args], { env, daemon });
    assert.equal(addedBy, expected);
  }
});

test('route list: where each route comes from', async () => {
  const route = { ...ROUTE, neighbor: '' };
  const daemon = {
    async *routes() {
      yield [
        { ...route, source: 'api', addedBy: 'alice' } as const,
        { ...route, source: 'api' } as const,
        { ...route, source: 'configuration' } as const,
        { ...route, source: 'aggregate' } as const,
      ];
    },
  };
  const { out } = await tsbgp(['route', 'list'], { daemon });
  assert.match(out, /Source/);
  assert.deepEqual(
    out.split('\n').flatMap((line) => /local +(api, alice|api|configuration|aggregate)/.exec(line)?.[1] ?? []),
    ['api, alice', 'api', 'configuration', 'aggregate'],
  );
});

test('route add and del: an NLRI of another family, which needs no next hop here; a line may name its own', async () => {
  const flow = 'destination-prefix 198.51.100.0/24';
  const expected = { prefix: flow, family: 'ipv4-flowspec', nextHop: '', attributes: [], place: '' };
  assert.deepEqual((await added(['--family', 'ipv4-flowspec', flow])).requests, [expected]);
  const lines = await added(['-'], `'${flow}' --family ipv4-flowspec\n203.0.113.0/24 --next-hop 192.0.2.9\n`);
  assert.deepEqual(
    lines.requests.map(({ family, prefix }) => [family, prefix]),
    [
      ['ipv4-flowspec', flow],
      [undefined, '203.0.113.0/24'],
    ],
  );
  let deleted: RouteKeyRequest[] = [];
  await tsbgp(['route', 'del', '--family', 'ipv4-flowspec', flow], {
    daemon: { deleteRoutes: async (batches) => (deleted = await collect(batches)).length },
  });
  assert.deepEqual(deleted, [{ prefix: flow, family: 'ipv4-flowspec', place: '' }]);
});
