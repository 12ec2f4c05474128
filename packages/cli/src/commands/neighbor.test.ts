import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResetNeighborRequest_Kind as Kind } from '@tsbgp/api';
import { DOWN, tsbgp, UP } from '../../test/world.ts';
import { ExitCode } from '../exit-code.ts';
import { visibleLength } from '../terminal/style.ts';

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

test('a second neighbor is refused, not passed over', async () => {
  for (const command of ['show', 'del', 'enable', 'disable', 'reset']) {
    const { code, err, asked } = await tsbgp(['neighbor', command, '192.0.2.1', '192.0.2.2']);
    assert.deepEqual([code, asked], [ExitCode.Usage, []], command);
    assert.match(err, /too many arguments/);
  }
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
    ['neighbors.disableNeighbor', { address: '192.0.2.1', reason: 'coffee' }],
  ]);
  for (const flags of [['--graceful'], ['--wait', '60'], ['--graceful', '--wait', '60']]) {
    assert.deepEqual((await tsbgp(['neighbor', 'shutdown', '192.0.2.1', ...flags])).asked, [
      ['neighbors.disableNeighbor', { address: '192.0.2.1', gracefulSeconds: 60 }],
    ]);
  }
  for (const [flags, kind] of [
    [[], Kind.HARD],
    [['--soft'], Kind.SOFT],
    [['--soft-in'], Kind.SOFT_IN],
    [['--soft-out'], Kind.SOFT_OUT],
    [['--soft-in', '--soft-out'], Kind.SOFT],
  ] as const) {
    const { asked } = await tsbgp(['neighbor', 'reset', '192.0.2.1', ...flags]);
    assert.deepEqual(asked, [['neighbors.resetNeighbor', { address: '192.0.2.1', kind, families: [] }]]);
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

test('neighbor set: what was written and what goes back to its default, by the names of the API', async () => {
  const api = { neighbors: { changeNeighbor: () => ({ touched: ['export'] }) } };
  const set = (...args: string[]) => tsbgp(['neighbor', 'set', '192.0.2.1', ...args], { api });
  const { out, asked } = await set('--hold-time', '30', '--best-path-only', '--unset', 'description,policy');
  assert.match(out, /the session stays/);
  assert.deepEqual(asked.at(-1)?.[1], {
    neighbor: { address: '192.0.2.1', holdTime: 30, bestPathOnly: true },
    fields: { paths: ['hold_time', 'best_path_only', 'description', 'import_policy', 'export_policy'] },
    resetSession: false,
  });
  for (const [args, message] of [
    [[], /nothing to change/],
    [['--unset', 'height'], /found "height". Allowed: as, /],
    [['--hold-time', '30', '--unset', 'hold-time'], /both set and unset/],
  ] as const) {
    const { code, err } = await set(...args);
    assert.equal(code, ExitCode.Usage);
    assert.match(err, message);
  }
});

test('neighbor show: rejected routes by reason, limits, filters, and what is waited for', async () => {
  const [counts] = UP.prefixes;
  const found = {
    ...UP,
    maxPrefix: { 'ipv4-unicast': 1000 },
    maxPrefixAction: 'discard',
    prefixes: [
      {
        ...counts!,
        rejected: { 'as-loop': 3 },
        discarded: { 'max-prefix': 4 },
        limitState: 'reached' as const,
        refreshing: true,
        prefixFilter: [{ sequence: 5, deny: true, prefix: '10.0.0.0/8', minLength: 0, maxLength: 24 }],
      },
    ],
  };
  const { out } = await tsbgp(['neighbor', 'show', '192.0.2.1'], { daemon: { getNeighbor: async () => found } });
  assert.match(out, /ipv4-unicast +as-loop +3 +0/);
  assert.match(out, /ipv4-unicast +max-prefix +0 +4/);
  assert.match(out, /1,000 reached/);
  assert.match(out, /max prefix +ipv4-unicast 1,000/);
  assert.match(out, /ipv4-unicast +5 +deny +10\.0\.0\.0\/8 +le 24/);
  assert.match(out, /waits +for the end of its route refresh: ipv4-unicast/);
});

test('neighbor show: which limit keeps the session down, and until when', async () => {
  const text = 'more than 3 routes received (max-prefix): the session ends';
  const show = async (limitRestartAt: Date | undefined): Promise<string> => {
    const found = { ...DOWN, limitShutdown: text, limitRestartAt };
    return (await tsbgp(['neighbor', 'show', '2001:db8::1'], { daemon: { getNeighbor: async () => found } })).out;
  };
  assert.match(await show(undefined), /the session ends; start it with tsbgp neighbor enable/);
  assert.match(await show(new Date(Date.now() + 1_800_000)), /the session ends; starts again in (?:29|30)m/);
});

test('neighbor add, show: a group and tags; several tags with commas between', async () => {
  const add = ['neighbor', 'add', '192.0.2.9', '--as', '64501', '--policy', 'accept-all', '--group', 'customers', '--tags', 'paid,new'];
  const { asked } = await tsbgp(add);
  const added = asked[0]?.[1] as { group: unknown; tags: unknown } | undefined;
  assert.deepEqual([added?.group, added?.tags], ['customers', ['paid', 'new']]);
  const show = async (found: object): Promise<string> =>
    (await tsbgp(['neighbor', 'show', '192.0.2.1'], { daemon: { getNeighbor: async () => ({ ...UP, ...found }) } })).out;
  assert.match(await show({ group: 'customers', tags: ['paid', 'new'] }), /group +customers\n +tags +paid, new\n/);
  assert.doesNotMatch(await show({ group: undefined, tags: [] }), /group|tags/);
});

test('neighbor add: numbers for every family or by family', async () => {
  const limits = async (value: string): Promise<unknown> => {
    const { asked } = await tsbgp(['neighbor', 'add', '192.0.2.9', '--as', '64501', '--policy', 'accept-all', '--max-prefix', value]);
    return (asked[0]?.[1] as { maxPrefix: unknown } | undefined)?.maxPrefix;
  };
  assert.deepEqual(await limits('1000'), { 'ipv4-unicast': 1000, 'ipv6-unicast': 1000 });
  assert.deepEqual(await limits('ipv4=1000,ipv6-unicast=5'), { 'ipv4-unicast': 1000, 'ipv6-unicast': 5 });
  assert.equal(await limits('ipv4=x'), undefined);
  assert.equal(await limits('ipv9=5'), undefined);
});

test('a neighbor that restarts: since when, how many stale routes, and how long they stay', async () => {
  const now = Date.now();
  const [counts] = UP.prefixes;
  const found = {
    ...UP,
    state: 'Active',
    isUp: false,
    session: undefined,
    restartingSince: new Date(now - 7_260_000),
    prefixes: [{ ...counts!, stale: 1200, staleRoutes: { phase: 'long-lived' as const, until: new Date(now + 7_260_000) } }],
  };
  const daemon = { getNeighbor: async () => found, listNeighbors: async () => [found] };
  const { out } = await tsbgp(['neighbor', 'show', '192.0.2.1'], { daemon });
  assert.match(
    out,
    /restarting +lost 2h.* ago; ipv4-unicast: 1,200 stale routes, the last choice while it is away \(RFC 9494\), at most 2h.* more/,
  );
  assert.match(out, /^Prefixes .* stale /m);
  const table = await tsbgp(['neighbor'], { daemon });
  assert.match(table.out, /restarts, 1,200 stale routes/);
});
