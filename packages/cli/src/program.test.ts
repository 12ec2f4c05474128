import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, DOWN, ROUTE, tsbgp, UP } from '../test/world.ts';
import type { RouteRequest } from './daemon.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { OutputClosed } from './terminal/io.ts';
import { visibleLength } from './terminal/style.ts';

test('neighbor lists; the answer fits 80 columns and is plain in a pipe', async () => {
  const piped = await tsbgp(['neighbor']);
  assert.equal(piped.code, 0);
  assert.match(piped.out, /^Neighbor +AS +State/);
  assert.match(piped.out, /192\.0\.2\.1 +64501 +Established +2d 04h +934,112/);
  assert.ok(!piped.out.includes('\u001b'));
  const terminal = await tsbgp(['neighbor'], { columns: 80 });
  assert.ok(terminal.out.includes('\u001b'));
  for (const line of terminal.out.split('\n')) assert.ok(visibleLength(line) <= 80, line);
  for (const world of [{ columns: 80, env: { NO_COLOR: '1' } }]) assert.ok(!(await tsbgp(['neighbor'], world)).out.includes('\u001b'));
  assert.ok(!(await tsbgp(['neighbor', '--no-color'], { columns: 80 })).out.includes('\u001b'));
});

test('--json: one document, before or after the command', async () => {
  for (const args of [
    ['--json', 'neighbor'],
    ['neighbor', '--json'],
  ]) {
    const [first] = JSON.parse((await tsbgp(args)).out) as { address: string; session: { establishedAt: string } }[];
    assert.equal(first?.address, '192.0.2.1');
    assert.ok(!Number.isNaN(Date.parse(first.session.establishedAt)));
  }
  for (const command of ['health', 'global', 'metrics', 'shutdown', 'neighbor show 192.0.2.1', 'neighbor enable 192.0.2.1']) {
    const { code, out } = await tsbgp([...command.split(' '), '--json']);
    assert.equal(code, 0, command);
    assert.equal(typeof JSON.parse(out), 'object', command);
  }
});

test('rib --json is a line for each route', async () => {
  const { out } = await tsbgp(['rib', '--json']);
  const lines = out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { prefix: string }).prefix),
    ['1.1.1.0/24', '2001:db8::/32', '203.0.113.0/24'],
  );
});

test('rib: filters arrive as they were meant', async () => {
  const asked = async (...args: string[]): Promise<unknown> => (await tsbgp(['rib', ...args])).asked[0]?.[1];
  const nothing = { family: undefined, prefix: undefined, match: undefined, originAs: undefined, community: undefined, limit: undefined };
  assert.deepEqual(await asked(), { ...nothing, table: 'best' });
  assert.deepEqual(await asked('10.0.0.0/8', '--longer', '--limit', '7'), {
    ...nothing,
    table: 'best',
    prefix: '10.0.0.0/8',
    match: 'longer',
    limit: 7,
  });
  assert.deepEqual(await asked('10.1.2.3', '--shorter'), { ...nothing, table: 'best', prefix: '10.1.2.3/32', match: 'shorter' });
  assert.deepEqual(await asked('received', '192.0.2.1', '--family', 'ipv6', '--origin-as', 'AS1.10'), {
    ...nothing,
    table: 'received',
    neighbor: '192.0.2.1',
    family: 'ipv6-unicast',
    originAs: 65_546,
  });
  assert.deepEqual(await asked('received', '10.0.0.0/8'), {
    ...nothing,
    table: 'received',
    neighbor: undefined,
    prefix: '10.0.0.0/8',
    match: 'exact',
  });
  assert.deepEqual(await asked('advertised', '192.0.2.1', '10.0.0.0/8', '--community', 'no-export'), {
    ...nothing,
    table: 'advertised',
    neighbor: '192.0.2.1',
    prefix: '10.0.0.0/8',
    match: 'exact',
    community: 'no-export',
  });
});

test('rib PREFIX: all paths, the best first, and why each other one is not', async () => {
  const { out, asked } = await tsbgp(['rib', '1.1.1.0/24']);
  assert.deepEqual(asked, [['paths', '1.1.1.0/24']]);
  assert.deepEqual(
    out.split('\n').filter((line) => /^\S|because/.test(line)),
    [
      '1.1.1.0/24  3 paths, best from 192.0.2.1',
      'from 192.0.2.1  best',
      'from 192.0.2.2  not best',
      '  because      longer AS path: 4, that from 192.0.2.1 has 3',
      'from 192.0.2.3  filtered',
      '  because      our own AS is in its AS path (RFC 4271 §9.1.2)',
    ],
  );
  const lines = (await tsbgp(['rib', '1.1.1.0/24', '--json'])).out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { neighbor: string }).neighbor),
    ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  );
});

test('rib ADDRESS asks for the longest match', async () => {
  const { out, asked } = await tsbgp(['rib', '1.1.1.7']);
  assert.deepEqual(asked, [['paths', '1.1.1.7']]);
  assert.match(out, /^1\.1\.1\.0\/24 {2}3 paths, best from 192\.0\.2\.1 {2}longest match of 1\.1\.1\.7\n/);
});

test('rib PREFIX with a filter lists best routes', async () => {
  const { asked, out } = await tsbgp(['rib', '1.1.1.0/24', '--origin-as', '13335']);
  assert.equal(asked[0]?.[0], 'routes');
  assert.match(out, /1\.1\.1\.0\/24 {2}from 192\.0\.2\.1 {2}best\n {2}next hop/);
});

test('what was asked for and is not there is exit code 1; an empty table is not', async () => {
  const daemon = { async *routes() {} };
  for (const args of [
    ['rib', '1.2.3.0/24', '--origin-as', '1'],
    ['rib', 'received', '1.2.3.0/24'],
    ['rib', 'advertised', '192.0.2.1', '1.2.3.0/24'],
    ['rib', '1.2.3.0/24', '--longer'],
    ['rib', '--community', 'no-export'],
    ['rib', '--origin-as', '64999'],
    ['route', 'list', '1.2.3.0/24'],
    ['rib', '1.2.3.0/24', '--origin-as', '1', '--json'],
  ]) {
    const { code, out, err } = await tsbgp(args, { daemon });
    assert.deepEqual([code, out], [1, ''], args.join(' '));
    assert.match(err, /^tsbgp: /, args.join(' '));
  }
  assert.match((await tsbgp(['rib', 'received', '1.2.3.0/24'], { daemon })).err, /--shorter/);
  for (const args of [['rib'], ['rib', 'received', '192.0.2.1'], ['route', 'list'], ['rib', '--json']]) {
    assert.equal((await tsbgp(args, { daemon })).code, 0, args.join(' '));
  }
  assert.match((await tsbgp(['route', 'list'], { daemon })).out, /no routes of our own; add one/);
});

test('route list asks for the routes that were injected', async () => {
  const { asked, out } = await tsbgp(['route', 'list']);
  const [method, query] = asked[0] ?? [];
  assert.deepEqual([method, (query as { neighbor: string }).neighbor], ['routes', '']);
  assert.match(out, /203\.0\.113\.0\/24/);
});

test('neighbor --down, --sort', async () => {
  assert.deepEqual((await tsbgp(['neighbor', '--down'])).out.match(/^[\d:][^ ]*/gm), ['2001:db8::1', '2']);
  const all = Array.from({ length: 3 }, (_, i) => ({ ...UP, address: `192.0.2.${[10, 9, 100][i]}`, flapCount: [0, 5, 2][i]! }));
  const listNeighbors = async () => [...all, { ...DOWN, flapCount: 9 }];
  const order = async (...args: string[]) =>
    (JSON.parse((await tsbgp(['neighbor', '--json', ...args], { daemon: { listNeighbors } })).out) as { address: string }[]).map(
      ({ address }) => address,
    );
  assert.deepEqual(await order('--sort', 'address'), ['192.0.2.9', '192.0.2.10', '192.0.2.100', '2001:db8::1']);
  assert.deepEqual(await order('--sort', 'flaps'), ['2001:db8::1', '192.0.2.9', '192.0.2.100', '192.0.2.10']);
  assert.deepEqual(await order('--sort', 'state'), ['2001:db8::1', '192.0.2.9', '192.0.2.10', '192.0.2.100']);
  assert.deepEqual(await order('--sort', 'uptime', '--down'), ['2001:db8::1']);
  assert.equal((await tsbgp(['neighbor', '--down'], { daemon: { listNeighbors: async () => [UP] } })).out, '1 neighbor, 1 established\n');
  assert.match((await tsbgp(['neighbor', '--sort', 'height'])).err, /^tsbgp: --sort: found "height". Allowed: address, as, /);
});

test('events: a line each, those of the past first; text of peers cannot move the cursor', async () => {
  const { asked, out } = await tsbgp(['events', '192.0.2.1', '--recent', '5', '--no-follow']);
  assert.deepEqual(asked, [['events', { neighbor: '192.0.2.1', recent: 5, follow: false }]]);
  assert.deepEqual(out.split('\n'), [
    '2026-11-20 12:00:00  up          192.0.2.1        Established: ipv4-unicast',
    '2026-11-20 12:00:00  End-of-RIB  192.0.2.1        ipv4-unicast is complete',
    '2026-11-20 12:00:00  received    192.0.2.1        Cease: bye·[2J',
    '',
  ]);
  const json = (await tsbgp(['events', '--json', '--limit', '2'])).out.trimEnd().split('\n');
  assert.deepEqual(
    json.map((line) => (JSON.parse(line) as { type: string }).type),
    ['session-up', 'end-of-rib'],
  );
  const slow = {
    async *events() {
      yield { lost: 7, events: [] };
    },
  };
  assert.equal((await tsbgp(['events'], { daemon: slow })).out, 'too slow: 7 events missing here\n');
});

test('config show: the form of the configuration file, whatever a description holds', async () => {
  const listNeighbors = async () => [
    { ...UP, description: 'a "b": \u001b[2J\n# x', localAs: 65_100, importPolicy: 'accept-all', exportPolicy: 'deny-all' },
    { ...DOWN, isDisabled: true, importPolicy: 'accept-all', exportPolicy: 'accept-all', multihopTtl: 2, remotePort: 1179 },
  ];
  const { out } = await tsbgp(['config', 'show'], { daemon: { listNeighbors } });
  assert.deepEqual(out.split('\n').slice(2), [
    'global:',
    '  as: 64512',
    '  router-id: 192.0.2.254',
    '  listen: ["0.0.0.0:179", "[::]:179"]',
    'neighbors:',
    '  - address: 192.0.2.1',
    '    remote-as: 64501',
    '    description: "a \\"b\\": \\u001b[2J\\n# x"',
    '    local-as: 65100',
    '    families: [ipv4-unicast, ipv6-unicast]',
    '    hold-time: 90',
    '    connect-retry: 10',
    '    import: accept-all',
    '    export: deny-all',
    '  - address: "2001:db8::1"',
    '    remote-as: 64501',
    '    families: [ipv4-unicast, ipv6-unicast]',
    '    multihop: 2',
    '    port: 1179',
    '    hold-time: 90',
    '    connect-retry: 10',
    '    policy: accept-all',
    '    enabled: false',
    '',
  ]);
  assert.deepEqual(JSON.parse((await tsbgp(['config', 'show', '--json'])).out).global, {
    as: 64_512,
    'router-id': '192.0.2.254',
    listen: ['0.0.0.0:179', '[::]:179'],
  });
});

test('rib is written while it arrives', async () => {
  let written = 0;
  const seen: number[] = [];
  const { out } = await tsbgp(['rib'], {
    daemon: {
      async *routes() {
        for (let i = 0; i < 3; i++) {
          seen.push(written);
          yield [ROUTE];
          written++;
        }
      },
    },
  });
  assert.equal(out.split('\n').length, 5);
  assert.deepEqual(seen, [0, 1, 2]);
});

test('watch: a line for each change, in both faces', async () => {
  const { out } = await tsbgp(['watch', '--table', 'received']);
  const [announce, withdraw, lost] = out.split('\n');
  assert.match(announce!, /^\d\d:\d\d:\d\d {2}\+ {2}1\.1\.1\.0\/24 +192\.0\.2\.1 +64501 1299 13335 i$/);
  assert.match(withdraw!, /^\d\d:\d\d:\d\d {2}- {2}1\.1\.1\.0\/24 +192\.0\.2\.1$/);
  assert.match(lost!, /7 changes are missing/);
  const json = (await tsbgp(['watch', '--json', '--limit', '2'])).out.trimEnd().split('\n');
  assert.deepEqual(
    json.map((line) => (JSON.parse(line) as { type: string }).type),
    ['announce', 'withdraw'],
  );
});

test('neighbor add: what was written and nothing else; RFC 8212 is pointed out', async () => {
  const { asked, out } = await tsbgp([
    'neighbor',
    'add',
    '192.0.2.9',
    '--as',
    '64509',
    '--families',
    'ipv4,ipv6',
    '--hold-time',
    '30',
    '--passive',
  ]);
  const request = Object.fromEntries(Object.entries(asked[0]?.[1] as object).filter(([, value]) => value !== undefined));
  assert.deepEqual(request, {
    address: '192.0.2.9',
    remoteAs: 64_509,
    families: ['ipv4-unicast', 'ipv6-unicast'],
    holdTimeSeconds: 30,
    passive: true,
  });
  assert.match(out, /eBGP without policy imports and exports nothing \(RFC 8212\)/);
  const importing = await tsbgp(['neighbor', 'add', '192.0.2.9', '--as', '64509', '--import', 'accept-all']);
  assert.match(importing.out, /eBGP without policy exports nothing \(RFC 8212\)\n.* --export accept-all/);
  const chosen = await tsbgp(['neighbor', 'add', '192.0.2.9', '--as', '64509', '--policy', 'deny-all']);
  assert.doesNotMatch(chosen.out, /RFC 8212/);
  const accepting = await tsbgp(['neighbor', 'add', '192.0.2.9', '--as', '64509', '--policy', 'accept-all', '--disabled']);
  assert.deepEqual(
    (({ importPolicy, exportPolicy, enabled }) => [importPolicy, exportPolicy, enabled])(
      accepting.asked[0]?.[1] as Record<string, unknown>,
    ),
    ['accept-all', 'accept-all', false],
  );
  assert.doesNotMatch(accepting.out, /RFC 8212/);
});

test('neighbor disable and reset carry reason and kind', async () => {
  assert.deepEqual((await tsbgp(['neighbor', 'disable', '192.0.2.1', '--reason', 'coffee'])).asked, [
    ['disableNeighbor', '192.0.2.1', 'coffee'],
  ]);
  for (const [flags, kind] of [
    [[], 'hard'],
    [['--soft'], 'soft'],
    [['--soft-in'], 'soft-in'],
    [['--soft-out'], 'soft-out'],
    [['--soft-in', '--soft-out'], 'soft'],
  ] as const) {
    const { asked } = await tsbgp(['neighbor', 'reset', '192.0.2.1', ...flags]);
    assert.equal((asked[0]![2] as { kind: string }).kind, kind);
  }
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

test('a wrong value is said as a person says it: where, what was found, what is allowed', async () => {
  for (const [args, complaint] of [
    ['rib 10.0.0.0/33', 'prefix: found "10.0.0.0/33". Allowed: an IPv4 or IPv6 prefix, e.g. 192.0.2.0/24 or 2001:db8::/32.'],
    ['rib 10.0.0.1/8', 'prefix: found "10.0.0.1/8". Its address has bits beyond /8. Allowed: 10.0.0.0/8, or the address alone.'],
    [
      'route add 2001:db8::1/32 --next-hop ::1',
      'prefix: found "2001:db8::1/32". Its address has bits beyond /32. Allowed: 2001:db8::/32, or',
    ],
    ['route add 10.0.0.0/33 --next-hop 192.0.2.1', 'prefix: found "10.0.0.0/33". Allowed: an IPv4 or IPv6 prefix'],
    ['route del foo', 'prefix: found "foo". Allowed: an IPv4 or IPv6 prefix'],
    ['neighbor show foo', 'neighbor: found "foo". Allowed: an IPv4 or IPv6 address, e.g. 192.0.2.1 or 2001:db8::1.'],
    ['neighbor add 192.0.2.1 --as x', '--as: found "x". Allowed: an AS number from 1 to 4294967295, e.g. 64500 or 1.10.'],
    ['rib received foo', 'neighbor: found "foo". Allowed: an IPv4'],
    ['watch --table x', '--table: found "x". Allowed: best, received.'],
    [`rib ${'1'.repeat(500)}`, `prefix: found "${'1'.repeat(60)}…". Allowed: `],
    ['rib a\u001b[2J', 'prefix: found "a·[2J". Allowed: '],
    ['completions tcsh', 'shell: found "tcsh". Allowed: bash, zsh, fish.'],
    ['neighbr', "unknown command 'neighbr'"],
    ['rib --path-id 1', "unknown option '--path-id'"],
    ['route add 10.0.0.0/8 --next-hop 192.0.2.1 --path-id 1', "unknown option '--path-id'"],
  ] as const) {
    const { code, err } = await tsbgp(args.split(' '));
    assert.equal(code, ExitCode.Usage, args);
    assert.ok(err.startsWith(`tsbgp: ${complaint}`), err);
  }
});

for (const command of ['neighbor disable 192.0.2.1', 'neighbor reset 192.0.2.1 --hard', 'shutdown']) {
  test(`RFC 9003 §2: ${command} --reason of more than 255 octets is refused, not cut`, async () => {
    const fits = 'ä'.repeat(127);
    assert.equal((await tsbgp([...command.split(' '), '--reason', fits])).code, 0);
    const { code, err, asked } = await tsbgp([...command.split(' '), '--reason', 'ä'.repeat(130)]);
    assert.deepEqual([code, asked], [ExitCode.Usage, []]);
    assert.match(err, /^tsbgp: --reason: found "ä{60}…"\. That is 260 octets in UTF-8\. Allowed: at most 255 \(RFC 9003\)/);
  });
}

test('help wraps between words and fits 80 columns', async () => {
  for (const args of [
    [],
    ['rib'],
    ['rib', 'received'],
    ['route', 'add'],
    ['neighbor'],
    ['neighbor', 'add'],
    ['watch'],
    ['events'],
    ['route'],
  ]) {
    const { out } = await tsbgp([...args, '--help'], { columns: 80 });
    for (const line of out.split('\n')) assert.ok(line.length <= 80, `${args.join(' ')}: ${line}`);
  }
});

test('route del: how many there were; none is refused', async () => {
  assert.match((await tsbgp(['route', 'del', '10.0.0.0/8', '11.0.0.0/8'])).out, /2 routes deleted/);
  const daemon = { deleteRoutes: async (batches: AsyncIterable<readonly unknown[]>) => (await collect(batches)).length - 1 };
  assert.match((await tsbgp(['route', 'del', '10.0.0.0/8', '11.0.0.0/8'], { daemon })).out, /1 route deleted, 1 not found/);
  assert.equal((await tsbgp(['route', 'del', '10.0.0.0/8'], { daemon })).code, ExitCode.Refused);
});

test('exit codes: refused 1, usage 2, nobody there 3', async () => {
  const refused = await tsbgp(['neighbor', 'show', '192.0.2.77']);
  assert.deepEqual([refused.code, refused.out], [1, '']);
  assert.match(refused.err, /tsbgp: address: there is no neighbor 192\.0\.2\.77/);
  for (const args of [
    [],
    ['neighbr'],
    ['neighbor', 'x'],
    ['neighbor', 'add', '192.0.2.1'],
    ['neighbor', 'show', '192.0.2'],
    ['neighbor', 'reset', '192.0.2.1', '--hard', '--soft'],
    ['neighbor', 'reset', '192.0.2.1', '--families', 'ipv4'],
    ['rib', '--longer'],
    ['rib', '10.0.0.0/8', '--longer', '--shorter'],
    ['rib', '10.0.0.0/33'],
    ['rib', 'received', 'nobody'],
    ['rib', '--community', 'x'],
    ['route', 'add', '10.0.0.0/8'],
    ['route', 'add', '10.0.0.0/8', '-', '--next-hop', '192.0.2.1'],
    ['route', 'add'],
    ['route', 'add', '--file', '/nowhere/at/all'],
    ['completions', 'tcsh'],
  ]) {
    const { code, err } = await tsbgp(args);
    assert.equal(code, ExitCode.Usage, args.join(' '));
    assert.notEqual(err, '', args.join(' '));
  }
  const listNeighbors = async (): Promise<never> => {
    throw new CliError(ExitCode.CannotConnect, 'no daemon at x', ['start one']);
  };
  const { code, err } = await tsbgp(['neighbor'], { daemon: { listNeighbors } });
  assert.deepEqual([code, err], [3, 'tsbgp: no daemon at x\n  start one\n']);
  const health = async () => ({ healthy: false, uptimeSeconds: 1, neighbors: 0, established: 0, routes: 0, rssBytes: 0 });
  assert.equal((await tsbgp(['health'], { daemon: { health } })).code, 1);
});

test('help and version are fine', async () => {
  for (const args of [['--help'], ['rib', '--help'], ['route', 'add', '--help'], ['--version']]) {
    const { code, out } = await tsbgp(args);
    assert.equal(code, 0);
    assert.notEqual(out, '');
  }
});

test('Ctrl-C in a stream, and a reader that goes away, end quietly', async () => {
  const interrupt = new AbortController();
  const watching = await tsbgp(['watch'], {
    signal: interrupt.signal,
    daemon: {
      async *watch() {
        yield [{ type: 'announce', route: ROUTE }];
        interrupt.abort();
        throw new CliError(ExitCode.CannotConnect, 'aborted');
      },
    },
  });
  assert.deepEqual([watching.code, watching.err], [0, '']);
  const closed = await tsbgp(['rib'], {
    daemon: {
      // oxlint-disable-next-line require-yield -- stands for the write that fails
      async *routes() {
        throw new OutputClosed();
      },
    },
  });
  assert.deepEqual([closed.code, closed.err], [0, '']);
});

test('completions ask the daemon that the line names, and are silent when it is not there', async () => {
  const found = await tsbgp(['__complete', '--', '-a', '127.0.0.1:1', 'neighbor', 'show', '']);
  assert.deepEqual(found.asked, [['connect', '127.0.0.1:1'], ['listNeighbors']]);
  assert.equal(found.out.split('\n')[0], '192.0.2.1\tAS 64501 Established transit, circuit 4711');
  const hanging = { listNeighbors: () => new Promise<never>(() => {}) };
  const none = await tsbgp(['__complete', '--', 'neighbor', 'show', ''], { daemon: hanging });
  assert.deepEqual([none.code, none.out, none.err], [0, '', '']);
  assert.match((await tsbgp(['__complete', '--', 'rib', '--longer', '--or'])).out, /^--origin-as\t/);
});
