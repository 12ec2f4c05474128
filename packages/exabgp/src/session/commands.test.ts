/** Commands: selectors, forms, answers, both sets; with neighbors that have no session. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ApiVersion,
  CommandRunner,
  type CommandSource,
  type Control,
  parseRoutes,
  SyntaxFault,
  select,
  splitPeerSelector,
  splitSelector,
  textOfJsonCommand,
} from '@tsbgp/process-api';
import fc from 'fast-check';
import { parseConfiguration } from '../config/configuration.ts';
import { readCreatedNeighbor } from '../config/created-neighbor.ts';
import { changeRoutes } from './change-routes.ts';
import { Neighbor } from './neighbor.ts';

const CONFIG = `
neighbor 192.0.2.1 { local-address 192.0.2.9; local-as 65000; peer-as 65001; family { ipv4 unicast; ipv4 flow; } }
neighbor 192.0.2.2 { local-address 192.0.2.9; local-as 65000; peer-as 65002; family { ipv4 unicast; ipv6 unicast; } }
`;

const HOST = {
  softwareVersion: '',
  state: () => {},
  message: () => {},
  update: () => {},
  wantsSent: () => false,
  established: () => {},
  closed: () => {},
  touched: () => {},
};

function world(apiVersion: ApiVersion = 5) {
  const { neighbors: configs } = parseConfiguration(CONFIG, 'test', { etc: '', folder: '', path: '' });
  const neighbors = configs.map((config) => new Neighbor(config, HOST));
  const written: string[] = [];
  const source: CommandSource = {
    name: 'test',
    neighbors: () => neighbors,
    write: (line) => written.push(line),
    backlogBytes: () => 0,
    ack: 'on',
    sync: false,
    encoder: 'text',
    pause: () => {},
    resume: () => {},
  };
  const logged: string[] = [];
  const control: Control = {
    apiVersion,
    version: '5.0.0',
    uuid: 'u-u-i-d',
    startedAt: new Date(),
    showRoutesFormat: 'v1',
    neighbors: () => neighbors,
    neighborsOf: () => neighbors,
    changeRoutes,
    changeWatchdog(name, purpose) {
      for (const each of neighbors) each[purpose === 'announce' ? 'announceWatchdog' : 'withdrawWatchdog'](name);
    },
    clearOut() {
      for (const each of neighbors) each.clearOut();
    },
    queueStatus: () => ({ test: { items: 0, bytes: 0 } }),
    shutdown: () => {},
    reload: () => {},
    restart: () => {},
    createNeighbor: (peerAddress, body) => void neighbors.push(new Neighbor(readCreatedNeighbor(peerAddress, body), HOST)),
    deleteNeighbor: ({ name }) =>
      void neighbors.splice(
        neighbors.findIndex((each) => each.name === name),
        1,
      ),
    log: (message) => logged.push(message),
  };
  const runner = new CommandRunner(source, control);
  const run = async (...lines: readonly string[]): Promise<string[]> => {
    runner.push(lines);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return written.splice(0);
  };
  const sizes = (): number[] => neighbors.map(({ rib }) => rib.size);
  return { run, neighbors, logged, sizes };
}

test('selectors: one, several, all, keys; none that matches is an error', async () => {
  const { run, sizes } = world();
  assert.deepEqual(await run('announce route 10.0.0.0/24 next-hop 192.0.2.9'), ['done']);
  assert.deepEqual(await run('neighbor 192.0.2.1 announce route 10.0.1.0/24 next-hop 192.0.2.9'), ['done']);
  assert.deepEqual(await run('neighbor * announce route 10.0.2.0/24 next-hop 192.0.2.9'), ['done']);
  assert.deepEqual(sizes(), [3, 2]);
  assert.deepEqual(await run('neighbor 192.0.2.1 , neighbor 192.0.2.2 peer-as 65002 announce route 10.0.3.0/24 next-hop 192.0.2.9'), [
    'done',
  ]);
  assert.deepEqual(await run('neighbor 192.0.2.1, neighbor 192.0.2.2 announce route 10.0.4.0/24 next-hop 192.0.2.9'), ['done']);
  assert.deepEqual(sizes(), [5, 4]);
  assert.deepEqual(
    await run(
      'neighbor 192.0.2.1 peer-as 65002 announce route 10.0.5.0/24 next-hop 192.0.2.9',
      'neighbor 192.0.2.11 announce route 10.0.5.0/24 next-hop 192.0.2.9',
    ),
    ['error', 'error'],
  );
});

test('a selector matches whole words of the identity', () => {
  const { neighbors } = world();
  const count = (line: string): number => select(neighbors, splitSelector(line).terms).length;
  assert.deepEqual(
    ['neighbor 192.0.2.1 x', 'neighbor 192.0.2 x', 'neighbor * local-as 65000 x', 'neighbor * peer-as 6500 x', 'x'].map(count),
    [1, 0, 2, 0, 2],
  );
  assert.equal(splitSelector('neighbor 192.0.2.1 local-as 65000 announce route 10.0.0.0/24').rest, 'announce route 10.0.0.0/24');
  assert.deepEqual(splitPeerSelector('[192.0.2.1 peer-as 65001, 192.0.2.2] announce eor'), {
    terms: [['neighbor 192.0.2.1', 'peer-as 65001'], ['neighbor 192.0.2.2']],
    rest: 'announce eor',
  });
});

test('routes: announced, changed, withdrawn; attributes with several prefixes; a family that nobody has', async () => {
  const { run, sizes } = world();
  assert.deepEqual(await run('announce attributes next-hop 192.0.2.9 med 5 nlri 10.0.0.0/24 10.0.1.0/24'), ['done']);
  assert.deepEqual(await run('announce flow route { match { source 10.0.0.1/32; } then { discard; } }'), ['done']);
  assert.deepEqual(await run('announce ipv6 unicast 2001:db8::/32 next-hop 2001:db8::1'), ['done']);
  assert.deepEqual(sizes(), [3, 3]);
  assert.deepEqual(await run('withdraw route 10.0.0.0/24', 'withdraw route 10.99.0.0/24'), ['done', 'done']);
  assert.deepEqual(sizes(), [2, 2]);
  assert.deepEqual(await run('announce vpls rd 192.0.2.1:1 endpoint 1 base 100 offset 1 size 8 next-hop 192.0.2.9'), ['error']);
});

test('what cannot be read is an error, with the reason in the log', async () => {
  const { run, logged } = world();
  assert.deepEqual(
    await run(
      'announce route 10.0.0.1/8 next-hop 192.0.2.9',
      'announce route 10.0.0.0/8',
      'anounce route',
      'announce route 10.0.0.0/8 next-hop self med many',
    ),
    ['error', 'error', 'error', 'error'],
  );
  assert.match(logged[0]!, /allowed is a prefix whose bits after \/8 are zero/);
  assert.match(logged[3]!, /found "many", allowed is 0 to 4294967295/);
});

test('acknowledgements: disable is answered once more, silence is not, enable is', async () => {
  const { run } = world();
  assert.deepEqual(await run('disable-ack', 'announce route 10.0.0.0/24 next-hop 192.0.2.9', 'bogus'), ['done']);
  assert.deepEqual(await run('enable-ack', 'silence-ack', '# nothing', 'enable-ack', '# a comment'), ['done', 'done', 'done']);
  assert.deepEqual(await run('version', 'debug a remark', ''), ['exabgp 5.0.0', 'done']);
});

test('commands that need a session fail without one', async () => {
  const { run } = world();
  const answers = await run(
    'announce eor',
    'announce route-refresh ipv4 unicast',
    'teardown 4',
    'flush adj-rib out',
    'announce operational asm afi ipv4 safi unicast advisory "x"',
  );
  assert.deepEqual(answers, ['error', 'error', 'error', 'error', 'error']);
  assert.deepEqual(await run('clear adj-rib out', 'clear adj-rib in', 'announce watchdog', 'reset'), ['done', 'done', 'done']);
});

test('show adj-rib out: text, extensive, JSON of both forms; lines after it wait their turn', async () => {
  const { run } = world();
  await run('neighbor 192.0.2.1 announce route 10.0.0.0/24 next-hop 192.0.2.9 med 5 community 65000:1');
  assert.deepEqual(await run('show adj-rib out', '# after'), ['192.0.2.1 ipv4 unicast 10.0.0.0/24', 'done', 'done']);
  const [extensive] = await run('show adj-rib out extensive');
  assert.match(
    extensive!,
    /^neighbor 192\.0\.2\.1 local-ip .* ipv4 unicast 10\.0\.0\.0\/24 next-hop 192\.0\.2\.9 origin igp as-path \( 65000 \) med 5 community 65000:1$/,
  );
  assert.deepEqual(await run('show adj-rib out json'), [
    '{"192.0.2.1": {"routes": [{"prefix": "10.0.0.0/24", "family": "ipv4 unicast"}]}}',
    'done',
  ]);
  assert.deepEqual(await run('show adj-rib out flow', 'show adj-rib sideways'), ['done', 'error']);
});

test('JSON commands are text commands', async () => {
  const { run, sizes } = world();
  const command = {
    exabgp: '5.0.0',
    type: 'announce',
    neighbor: '192.0.2.1',
    route: { prefix: '10.0.0.0/24', 'next-hop': '192.0.2.9', community: ['65000:1', '65000:2'], med: 5 },
  };
  assert.equal(
    textOfJsonCommand(JSON.stringify(command)),
    'neighbor 192.0.2.1 announce route 10.0.0.0/24 next-hop 192.0.2.9 community [ 65000:1 65000:2 ] med 5',
  );
  assert.deepEqual(await run(JSON.stringify(command)), ['done']);
  assert.deepEqual(sizes(), [1, 0]);
  assert.equal(
    textOfJsonCommand('{"type": "withdraw", "route": {"nlri": ["10.0.0.0/24", "10.0.1.0/24"]}}'),
    'withdraw attributes nlri 10.0.0.0/24 10.0.1.0/24',
  );
  for (const wrong of [
    '{',
    '{"type": "look"}',
    '{"type": "announce"}',
    '{"type": "announce", "route": {"prefix": "10.0.0.0/24; shutdown"}}',
    '{"type": "announce", "route": {"nlri": []}}',
  ]) {
    assert.throws(() => textOfJsonCommand(wrong), SyntaxFault);
    assert.deepEqual(await run(wrong), ['error']);
  }
});

test('a group without an end does not grow for ever: it is an error, and nothing of it is carried out', async () => {
  const { run, logged, sizes } = world(6);
  const long = `announce route 10.0.1.0/24 next-hop 192.0.2.9 ${'x'.repeat(1_000_000)}`;
  const answers = await run('group start', 'announce route 10.0.0.0/24 next-hop 192.0.2.9', ...Array.from({ length: 18 }, () => long));
  assert.deepEqual(answers.slice(-3), ['done', 'error', 'error']);
  assert.deepEqual(await run('group end'), ['error']);
  assert.match(logged.at(-1)!, /found a group of \d+ characters, of which nothing is carried out; allowed are 16777216 in "group end"/);
  assert.deepEqual(sizes(), [0, 0]);
  assert.deepEqual(await run('peer * announce route 10.0.2.0/24 next-hop 192.0.2.9'), ['done']);
  assert.deepEqual(sizes(), [1, 1]);
});

test('version 6: peers, groups, routes, dynamic peers', async () => {
  const { run, sizes, neighbors } = world(6);
  assert.deepEqual(
    await run('peer [192.0.2.1, 192.0.2.2] announce route 10.0.0.0/24 next-hop 192.0.2.9', 'peer 192.0.2.1 withdraw route 10.0.0.0/24'),
    ['done', 'done'],
  );
  assert.deepEqual(sizes(), [0, 1]);
  const group =
    'peer * group attributes next-hop 192.0.2.9 med 7 ; announce route 10.0.1.0/24 ; announce route 10.0.2.0/24 ; withdraw route 10.0.0.0/24';
  assert.deepEqual(await run(group), ['{"status":"group processed","announced":2,"withdrawn":1}', 'done']);
  assert.deepEqual(sizes(), [2, 2]);
  assert.deepEqual(await run('group start', 'announce route 10.0.3.0/24 next-hop 192.0.2.9', 'group end'), [
    '{"status":"group started"}',
    'done',
    'done',
    '{"status":"group processed","announced":1,"withdrawn":0}',
    'done',
  ]);
  assert.deepEqual(await run('peer create 192.0.2.3 local-address 192.0.2.9 local-as 65000 peer-as 65003 router-id 192.0.2.9'), ['done']);
  assert.equal(neighbors.length, 3);
  assert.deepEqual(await run('peer delete 192.0.2.3', 'peer delete 192.0.2.33', 'neighbor 192.0.2.1 announce eor'), [
    'done',
    'error',
    'error',
  ]);
  assert.equal(neighbors.length, 2);
});

test('any text is read as routes or refused with a SyntaxFault', () => {
  const words = fc.constantFrom(
    'route',
    '10.0.0.0/24',
    'next-hop',
    '192.0.2.1',
    'self',
    'community',
    '[',
    ']',
    '(',
    ')',
    '65000:1',
    'flow',
    '{',
    '}',
    ';',
    'match',
    'then',
    'source',
    'as-path',
    ',',
    '"',
    'ipv6',
    'mup',
    'split',
    '/25',
    'label',
    '5',
    'rd',
    '1:1',
    'attributes',
    'nlri',
    'sr-policy',
    'segment-list',
    'constructor',
    '__proto__',
    'toString',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(words, { maxLength: 16 }).map((list) => list.join(' ')),
        fc.string(),
      ),
      fc.constantFrom('announce', 'withdraw'),
      (text, purpose) => {
        try {
          parseRoutes(text, purpose as 'announce');
        } catch (error) {
          assert.ok(error instanceof SyntaxFault, String(error));
        }
      },
    ),
    { numRuns: 5000 },
  );
});
