import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, ROUTE, tsbgp } from '../test/world.ts';
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

test('rib: a single prefix is a page, an absent one says what to try', async () => {
  assert.match((await tsbgp(['rib', '1.1.1.0/24'])).out, /1\.1\.1\.0\/24 {2}from 192\.0\.2\.1 {2}best\n {2}next hop/);
  const { code, out } = await tsbgp(['rib', '1.2.3.0/24'], { daemon: { async *routes() {} } });
  assert.equal(code, 0);
  assert.match(out, /--shorter/);
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
  assert.match(out, /RFC 8212/);
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
    '203.0.113.0/24 --next-hop 192.0.2.9 --as-path=65001,{65002} --origin egp --med 5 --local-pref 200 --community 65000:1,no-export --community 65000:2 --large-community 65000:1:2 --ext-community rt:65000:7 --path-id 3';
  const { requests } = await added(line.split(' '));
  assert.deepEqual(requests, [
    {
      prefix: '203.0.113.0/24',
      nextHop: '192.0.2.9',
      pathIdentifier: 3,
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
