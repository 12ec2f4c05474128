import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Lab } from './lab.ts';
import { commands, type Size, welcome } from './screen.ts';

/** A lab that was not started. */
function lab(isDefaultSocket: boolean): Lab {
  return {
    plan: {
      folder: '/tmp/tsbgp-lab-AbCdEf',
      bgp: { host: '127.0.0.1', port: 1179 },
      peerAddresses: ['127.0.0.11', '127.0.0.12'],
      apiSocket: isDefaultSocket ? '/run/user/1000/tsbgp/tsbgpd.sock' : '/tmp/tsbgp-lab-AbCdEf/tsbgpd.sock',
      isDefaultSocket,
      apiTcp: { host: '127.0.0.1', port: 50_051 },
      metrics: { host: '127.0.0.1', port: 9179 },
    },
    configFile: '/tmp/tsbgp-lab-AbCdEf/tsbgpd.yaml',
    logFile: '/tmp/tsbgp-lab-AbCdEf/tsbgpd.log',
    processes: { daemon: 1_234_567, peers: [1_234_568, 1_234_569] },
    announced: [4161, 4174],
    events: new EventEmitter(),
    stop: async () => {},
  };
}

function rows(text: string, columns: number): number {
  return text
    .split('\n')
    .map((line) => Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)))
    .reduce((a, b) => a + b, 0);
}

const ADDRESSES = ['127.0.0.1:1179', 'tsbgpd.sock', '127.0.0.1:50051', '127.0.0.1:9179', 'tsbgpd.yaml', 'tsbgpd.log'];

for (const isDefaultSocket of [true, false]) {
  for (const [columns, height] of [
    [80, 24],
    [80, 25],
    [120, 24],
    [200, 50],
    [80, 40],
  ] as const) {
    test(`${columns}x${height}: title, addresses and the latest events are visible at once`, () => {
      const size: Size = { columns, rows: height };
      const { text, events } = welcome(lab(isDefaultSocket), size);
      // Events, and the row of the cursor.
      assert.ok(rows(text, columns) + events + 1 <= height, `${rows(text, columns)} rows and ${events} events`);
      assert.ok(events >= 3);
      const plain = stripVTControlCharacters(text);
      assert.ok(plain.includes('tsbgp lab'));
      for (const address of ADDRESSES) assert.ok(plain.includes(address), address);
      assert.ok(plain.lastIndexOf('npm run') < plain.indexOf('127.0.0.1:9179'), 'the addresses come last');
      assert.ok((plain.match(/npm run/g) ?? []).length >= 5);
    });
  }
}

test('a pipe gets everything', () => {
  const endless: Size = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };
  const { text, events } = welcome(lab(false), endless);
  for (const [command] of commands(lab(false).plan)) assert.ok(stripVTControlCharacters(text).includes(command), command);
  assert.equal(events, 5);
});
