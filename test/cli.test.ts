/** `tsbgp` with a real daemon: a Speaker, its API and the command line in one process. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { connectDaemon, run } from '@tsbgp/cli';
import { createApiServer } from '../packages/daemon/src/api-server/api-server.ts';
import { Boundaries } from '../packages/daemon/src/boundaries.ts';
import { parseConfig } from '../packages/daemon/src/config/load.ts';
import { Speaker } from '../packages/daemon/src/speaker/speaker.ts';

const CONFIG = `
global: { as: 64512, router-id: 192.0.2.254, listen: [] }
neighbors:
  - { address: 127.0.0.9, remote-as: 64509, description: 'say "hi": \\x1b[2J # no', policy: accept-all, passive: true }
  - { address: 127.0.0.10, remote-as: 64512, families: [ipv4-unicast, ipv6-unicast], hold-time: 30, passive: true, next-hop-self: true }
  - { address: '2001:db8::1', remote-as: 64513, multihop: 3, port: 1179, import: accept-all, enabled: false, connect-retry: 99 }
`;

suite('tsbgp and a daemon', { timeout: 60_000 }, () => {
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-cli-'));
  const unixSocket = join(folder, 'tsbgpd.sock');
  const boundaries = new Boundaries(logger);
  const speaker = new Speaker({
    localAs: 64_512,
    routerId: '192.0.2.254',
    version: 'test',
    onShutdown: () => undefined,
    logger,
    boundaries,
  });
  const api = createApiServer(speaker, { logger, boundaries });

  async function tsbgp(line: string, stdin = ''): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ['', ''];
    const columns = Number.POSITIVE_INFINITY;
    const io = {
      stdin: (async function* () {
        yield stdin;
      })(),
      stdout: { isTerminal: false, columns, write: async (text: string) => void (out += text) },
      stderr: { isTerminal: false, columns, write: async (text: string) => void (err += text) },
      env: { TSBGP_ADDRESS: unixSocket },
      signal: new AbortController().signal,
    };
    const code = await run(line.split(' '), io, connectDaemon);
    return { code, out, err };
  }

  before(async () => {
    await api.listen({ unixSocket });
    for (const neighbor of parseConfig(CONFIG, 'test').config.neighbors) speaker.addNeighbor(neighbor);
  });
  after(async () => {
    await speaker.close();
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('config show is a configuration file that makes the same neighbors', async () => {
    const { code, out } = await tsbgp('config show');
    assert.equal(code, 0);
    const filled = parseConfig(CONFIG, 'before').config;
    const shown = parseConfig(out, 'config show').config;
    assert.deepEqual(shown.global, { ...filled.global, listen: [], listenIsDefault: false });
    const isInternal = (as: number): boolean => as === 64_512;
    assert.deepEqual(
      shown.neighbors,
      filled.neighbors.map((one) => ({
        ...one,
        importPolicy: one.importPolicy ?? (isInternal(one.remoteAs) ? 'accept-all' : 'deny-all'),
        exportPolicy: one.exportPolicy ?? (isInternal(one.remoteAs) ? 'accept-all' : 'deny-all'),
      })),
    );
    const json = await tsbgp('config show --json');
    assert.deepEqual(parseConfig(json.out, 'json').config.neighbors, shown.neighbors);
  });

  test('neighbor add without policy points out RFC 8212 for an external neighbor, and only there', async () => {
    assert.match((await tsbgp('neighbor add 127.0.0.20 --as 64520 --passive')).out, /imports and exports nothing \(RFC 8212\)/);
    assert.doesNotMatch((await tsbgp('neighbor add 127.0.0.21 --as 64512 --passive')).out, /RFC 8212/);
    assert.doesNotMatch((await tsbgp('neighbor add 127.0.0.22 --as 64522 --passive --policy accept-all')).out, /RFC 8212/);
  });

  test('routes of our own: added, listed, found by longest match, gone', async () => {
    assert.equal((await tsbgp('route list')).out, 'no routes of our own; add one: tsbgp route add 203.0.113.0/24 --next-hop 192.0.2.1\n');
    const lines = '203.0.113.0/24\n203.0.113.128/25 --med 7\n2001:db8:1::/48 --next-hop 2001:db8::9\n';
    assert.equal((await tsbgp('route add - --next-hop 192.0.2.9', lines)).out, '✓ 3 routes added\n');
    const list = await tsbgp('route list --json');
    assert.deepEqual(
      list.out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { prefix: string }).prefix)
        .toSorted(),
      ['2001:db8:1::/48', '203.0.113.0/24', '203.0.113.128/25'],
    );
    const found = await tsbgp('rib 203.0.113.200');
    assert.match(
      found.out,
      /^203\.0\.113\.128\/25 {2}1 path, best from local {2}longest match of 203\.0\.113\.200\n\nfrom local {2}best\n/,
    );
    assert.equal((await tsbgp('route del 203.0.113.0/24 203.0.113.128/25 2001:db8:1::/48')).code, 0);
    const gone = await tsbgp('rib 203.0.113.0/24');
    assert.deepEqual([gone.code, gone.out], [1, '']);
    assert.match(
      gone.err,
      /^tsbgp: there is no path to 203\.0\.113\.0\/24\n {2}routes that cover it: tsbgp rib 203\.0\.113\.0\/24 --shorter\n$/,
    );
    assert.equal((await tsbgp('rib 203.0.113.1')).err, 'tsbgp: no route covers 203.0.113.1\n');
  });

  test('a refused line of a batch is named by its number', async () => {
    const { code, err } = await tsbgp('route add - --next-hop 192.0.2.9', '203.0.113.0/24\n198.51.100.0/24 --next-hop 2001:db8::1\n');
    assert.equal(code, 1);
    assert.match(err, /^tsbgp: line 2: 198\.51\.100\.0\/24: next_hop: found "2001:db8::1", allowed/);
    assert.equal((await tsbgp('route list --json')).out, '');
  });

  test('a refusal names its field once', async () => {
    for (const line of [
      'neighbor add 127.0.0.9 --as 64509',
      'neighbor show 127.0.0.99',
      'neighbor add 127.0.0.30 --as 64512 --passive --route-server-client',
    ]) {
      const { code, err } = await tsbgp(line);
      assert.equal(code, 1, line);
      assert.doesNotMatch(err, /(\b[\w.]+: )\1/, err);
    }
  });

  test('events: what is remembered, and what happens', async () => {
    await tsbgp('neighbor disable 127.0.0.9 --reason tea');
    await tsbgp('neighbor enable 127.0.0.9');
    const past = await tsbgp('events 127.0.0.9 --no-follow');
    assert.deepEqual(
      past.out
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^.*127\.0\.0\.9 +/, '')),
      ['neighbor added, AS 64509', 'neighbor disabled', 'neighbor enabled'],
    );
    const live = tsbgp('events --recent 0 --limit 1 --json');
    while (speaker.events.listenerCount === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    speaker.disableNeighbor('127.0.0.9');
    const event = JSON.parse((await live).out) as { type: string; neighbor: string; text: string };
    assert.deepEqual([event.type, event.neighbor, event.text], ['neighbor-changed', '127.0.0.9', 'neighbor disabled']);
  });
});
