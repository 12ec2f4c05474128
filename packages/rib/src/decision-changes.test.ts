/** Switches of the decision process that change while routes are there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { Rib } from './index.ts';

const LOCAL_AS = 64_500;
const PREFIX = '192.0.2.0/24';

test('destinations with more than one path are decided again, and peers are sent what differs', () => {
  const rib = new Rib({
    localAs: LOCAL_AS,
    bgpIdentifier: 1,
    observer: { fault: () => undefined, endOfRib: () => undefined },
    capacity: { ipv4: 4, ipv6: 4, attributeSets: 4 },
  });
  const [one, two, sink] = [65_001, 65_002, 65_003].map(
    (as, i) => new FakePeer(rib, { address: `10.0.0.${i + 1}`, as, localAs: LOCAL_AS }),
  );
  for (const peer of [one!, two!, sink!]) peer.up();
  one!.announce({ prefix: PREFIX, asPath: [65_001, 65_010] }, { prefix: '198.51.100.0/24', asPath: [65_001] });
  two!.announce({ prefix: PREFIX, asPath: [65_002] });
  settle(rib);
  const table = rib.table(IPV4_UNICAST);
  const best = (): string | undefined => table.peerOf(table.bestPath(table.index.findWire(Uint8Array.of(24, 192, 0, 2), 0)))?.options.name;
  assert.equal(best(), '10.0.0.2', 'the shorter AS_PATH');
  const { decisions } = table;
  rib.changeDecision({ ignoreAsPathLength: true });
  assert.equal(rib.idle, false);
  settle(rib);
  assert.equal(best(), '10.0.0.1', 'the lower address');
  assert.equal(table.decisions - decisions, 1, 'only the prefix that has another path too');
  assert.match(sink!.view.get(PREFIX)!, /65010/);
  rib.changeDecision({});
  settle(rib);
  assert.equal(best(), '10.0.0.2', 'what is left out has its default again');
});
