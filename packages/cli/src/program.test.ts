import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANNOUNCE, tsbgp } from '../test/world.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { OutputClosed } from './terminal/io.ts';

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
    ['watch --table x', '--table: found "x". Allowed: best, received, advertised.'],
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
  const getHealth = async () => ({ healthy: false, uptimeSeconds: 1n, neighbors: 0, established: 0, routes: 0n, rssBytes: 0n });
  assert.equal((await tsbgp(['health'], { api: { control: { getHealth } } })).code, 1);
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
    api: {
      rib: {
        async *watchRoutes() {
          yield { events: [{ event: ANNOUNCE }] };
          interrupt.abort();
          throw new CliError(ExitCode.CannotConnect, 'aborted');
        },
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
