/** The whole program: reload, signals, events, the command line, a peer that misbehaves. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startProgram, until } from '../../test/running.ts';

const neighbor = (more: string): string =>
  `neighbor 127.0.0.1 { router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001; peer-as 65001; family { ipv4 unicast; } ${more} }`;
const route = (prefix: string): string => `route ${prefix} next-hop 192.0.2.1;`;

test('reload: routes that differ are sent; a changed session ends with 6/3 and comes again; a neighbor that is gone is closed without NOTIFICATION', async (t) => {
  const { plugin, child, write, output } = await startProgram(t, neighbor(`static { ${route('10.0.0.0/24')} ${route('10.0.1.0/24')} }`));
  await until('the first routes', () => plugin.updates.some(({ endOfRib }) => endOfRib !== undefined));
  assert.deepEqual(plugin.prefixes.toSorted(), ['10.0.0.0/24', '10.0.1.0/24']);

  write(neighbor(`static { ${route('10.0.0.0/24')} ${route('10.0.2.0/24')} }`));
  child.kill('SIGUSR1');
  await until('the difference', () => plugin.prefixes.length === 4);
  assert.deepEqual(plugin.prefixes.slice(2), ['-10.0.1.0/24', '10.0.2.0/24']);
  assert.equal(plugin.ups, 1);

  write('neighbor 127.0.0.1 { what; }');
  child.kill('SIGUSR1');
  await until('the refusal', () => output().includes('the configuration stays as it is'));

  write(neighbor(`hold-time 30; static { ${route('10.0.0.0/24')} }`));
  child.kill('SIGUSR1');
  await until('the second session', () => plugin.ups === 2);
  const [message] = plugin.notifications;
  assert.deepEqual([message?.code, message?.subcode, new TextDecoder().decode(message?.data)], [6, 3, 'Peer De-configured']);

  write('');
  child.kill('SIGUSR1');
  await until('the end', () => plugin.closes.length === 2);
  assert.equal(plugin.closes[1]?.type, 'connection-lost');
  assert.equal(plugin.notifications.length, 1);
});

const SCRIPT = 'process p { run /bin/sh -c "cat >> FOLDER/events"; encoder json; }';
const API =
  'api { processes [ p ]; neighbor-changes; fsm; signal; negotiated; receive { parsed; open; notification; keepalive; update; } send { packets; open; } }';

test('events reach a program in order; SIGTERM tells it, and closes without NOTIFICATION', async (t) => {
  const { plugin, child, read } = await startProgram(t, `${SCRIPT} ${neighbor(API)}`);
  await until('the session', () => plugin.updates.length > 0);
  child.kill('SIGTERM');
  await until('the end', () => child.exitCode !== null);
  const events = read('events')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string; counter?: number; neighbor?: { state?: string; direction?: string } });
  const shown = events.map(({ type, neighbor: each }) => [type, each?.state ?? each?.direction].filter(Boolean).join(' '));
  const order = ['state connected', 'open send', 'open receive', 'negotiated', 'state up', 'signal', 'state down', 'notification'];
  assert.deepEqual(
    shown.filter((each) => order.includes(each)),
    order,
    shown.join('\n'),
  );
  assert.ok(shown.includes('fsm ESTABLISHED') && shown.includes('keepalive receive'));
  const counters = events.flatMap(({ counter }) => (counter === undefined ? [] : [counter]));
  assert.deepEqual(
    counters,
    counters.map((_, i) => i + 1),
  );
  assert.equal(child.exitCode, 0);
  assert.equal(plugin.notifications.length, 0);
});

test('the command line over the socket and over named pipes', async (t) => {
  const { plugin, run, output } = await startProgram(t, neighbor(''), {}, (folder) => {
    mkdirSync(join(folder, 'run/exabgp'), { recursive: true });
    for (const name of ['exabgp.in', 'exabgp.out']) execFileSync('mkfifo', ['-m', '600', join(folder, 'run/exabgp', name)]);
  });
  await until('the session', () => plugin.ups === 1);
  assert.equal(output().match(/commands from/g)?.length, 2);
  assert.equal((await run(['cli', 'a r 10.9.0.0/24 next-hop 192.0.2.1'])).output, '');
  assert.match((await run(['cli', '--pipe', 's adj-rib out'])).output, /^127\.0\.0\.1 ipv4 unicast 10\.9\.0\.0\/24/m);
  assert.match((await run(['cli', 'show', 'neighbor', 'summary'])).output, /^Peer +AS +up\/down state/);
  assert.equal((await run(['cli', 'nonsense'])).code, 1);
  assert.deepEqual(plugin.prefixes, ['10.9.0.0/24']);
});

const TEARDOWN = 'process p { run /bin/sh -c "sleep 1; echo neighbor 127.0.0.1 teardown 4; cat > FOLDER/answers"; encoder text; }';

test('teardown: NOTIFICATION with the name of the subcode; the session comes again', async (t) => {
  const { plugin, read } = await startProgram(t, `${TEARDOWN} ${neighbor('api { processes [ p ]; }')}`);
  await until('the second session', () => plugin.ups === 2);
  const [message] = plugin.notifications;
  assert.deepEqual([message?.code, message?.subcode], [6, 4]);
  assert.deepEqual([...(message?.data ?? [])], [20, ...new TextEncoder().encode('Administrative Reset')]);
  await until('the answer', () => read('answers') === 'done\n');
});

test('a message of an unknown type ends the session with the text of ExaBGP', async (t) => {
  const { plugin } = await startProgram(t, neighbor(''));
  await until('the session', () => plugin.writer !== undefined);
  plugin.writer!.write(Uint8Array.from([...new Uint8Array(16).fill(0xff), 0, 19, 255]));
  await until('the answer', () => plugin.notifications.length > 0);
  const [message] = plugin.notifications;
  assert.deepEqual(
    [message?.code, message?.subcode, new TextDecoder().decode(message?.data)],
    [1, 0, 'can not decode update message of type "255"'],
  );
});

test('a range accepts peers; ROUTE-REFRESH brings all routes again', async (t) => {
  const config = `neighbor 127.0.0.0/8 { router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001; peer-as auto; listen PORT; capability { route-refresh; } family { ipv4 unicast; } static { ${route('10.0.0.0/24')} } }`;
  const { createServer } = await import('node:net');
  const probe = createServer();
  const port = await new Promise<number>((resolve) =>
    probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port)),
  );
  await new Promise((resolve) => probe.close(resolve));
  const { output } = await startProgram(t, config.replace('PORT', String(port)));
  await until('the listener', () => output().includes('listening on'));
  const { Server } = await import('@tsbgp/session');
  const { TestPeer } = await import('../../test/running.ts');
  const server = new Server({ routerId: '10.0.0.7' });
  t.after(() => server.close());
  const plugin = new TestPeer();
  const peer = server.addPeer({ remoteAddress: '127.0.0.1', localAs: 65_007, remoteAs: 65_001 }, plugin, {
    localAddress: '127.0.0.5',
    remotePort: port,
  });
  await until('the route', () => plugin.prefixes.length === 1);
  assert.equal(peer.sendRouteRefresh(257 as never), true);
  await until('the route again', () => plugin.prefixes.length === 2);
  assert.deepEqual(plugin.prefixes, ['10.0.0.0/24', '10.0.0.0/24']);
});
