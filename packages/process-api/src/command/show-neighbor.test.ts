/** `show neighbor` of the two invented peers of the corpus, exactly. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ApiVersion } from '../events/api-version.ts';
import type { NeighborView } from './neighbor-view.ts';
import { extensiveLines, neighborJson, summaryHeader, summaryLine } from './show-neighbor.ts';

const FILE = join(import.meta.dirname, '../../../../../shared/conformance/exabgp/peer-show.json');
const SKIP: string | false = existsSync(FILE) ? false : 'the folder ../shared is not there';

interface Shown {
  readonly summary: string;
  readonly extensive: string;
  readonly json: object;
}

type Release = { readonly summary_header: string } & Readonly<Record<'established' | 'down', Shown>>;

const ESTABLISHED: NeighborView = {
  isUp: true,
  seconds: 3725,
  fsm: 'ESTABLISHED',
  local: { address: '192.0.2.1', as: 65001, id: '10.0.0.1', hold: 180 },
  peer: { address: '192.0.2.2', as: 65002, id: '10.0.0.2', hold: 90 },
  capabilities: [
    ['asn4', true, true],
    ['route-refresh', true, true],
    ['multi-session', false, false],
    ['operational', false, null],
    ['add-path', true, false],
    ['extended-message', true, true],
    ['graceful-restart', false, true],
  ],
  families: [
    ['ipv4 unicast', true, true, false],
    ['ipv6 unicast', false, false, false],
  ],
  messages: [
    ['open', 1, 1],
    ['notification', 0, 0],
    ['keepalive', 63, 62],
    ['update', 5, 7],
    ['refresh', 0, 0],
    ['total', 69, 70],
  ],
  received: 12,
  withdrawn: 3,
};

const DOWN: NeighborView = {
  isUp: false,
  seconds: 42,
  fsm: 'ACTIVE',
  local: ESTABLISHED.local,
  peer: { address: '192.0.2.3', as: 65003, id: undefined, hold: undefined },
  capabilities: ESTABLISHED.capabilities.map(([name]) => [name, name === 'asn4' || name === 'extended-message', null] as const),
  families: [['ipv4 unicast', null, false, false]],
  messages: ESTABLISHED.messages.map(([name]) => [name, 0, 0] as const),
  received: 0,
  withdrawn: 0,
};

const RELEASES: readonly (readonly [ApiVersion, '5.0.13' | '6.0.0-dev'])[] = [
  [5, '5.0.13'],
  [6, '6.0.0-dev'],
];

for (const [version, release] of RELEASES) {
  test(`peer-show.json: ${release}`, { skip: SKIP }, () => {
    const expected = (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Release>)[release]!;
    assert.equal(summaryHeader(version), expected.summary_header);
    for (const [name, view] of [
      ['established', ESTABLISHED],
      ['down', DOWN],
    ] as const) {
      assert.equal(summaryLine(view, version), expected[name].summary);
      assert.deepEqual(extensiveLines(view, version), expected[name].extensive.split('\n'));
      assert.equal(JSON.stringify(neighborJson(view, version)), JSON.stringify(expected[name].json));
    }
  });
}
