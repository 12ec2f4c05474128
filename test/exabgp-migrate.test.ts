/** `exabgp migrate`: every configuration of the corpus that ExaBGP reads becomes a file that tsbgpd reads, and the two mean the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigRejected } from '../packages/daemon/src/config/config-error.ts';
import { parseConfig } from '../packages/daemon/src/config/load.ts';
import { type Configuration, parseConfiguration } from '../packages/exabgp/src/config/configuration.ts';
import { migrate } from '../packages/exabgp/src/migrate/migrate.ts';
import { type CorpusCase, corpusFiles, corpusJson, SKIP } from '../packages/exabgp/test/corpus.ts';

const PLACES = { etc: '/etc/exabgp', folder: '/etc/exabgp', path: '/usr/bin:/bin' };

function loaded(text: string) {
  try {
    return parseConfig(text, 'tsbgpd.yaml').config;
  } catch (error) {
    if (error instanceof ConfigRejected) assert.fail(`${error.message}\n${text}`);
    throw error;
  }
}

/** Undefined where the file is one that must be refused. */
function parsed(text: string): Configuration | undefined {
  try {
    return parseConfiguration(text.replaceAll(/\brun [^;]+;/g, 'run /bin/cat;'), 'exabgp.conf', PLACES);
  } catch {
    return undefined;
  }
}

describe('the corpus of ExaBGP', { skip: SKIP }, () => {
  for (const folder of ['encoding', 'api']) {
    for (const file of corpusFiles(folder)) {
      const { config, config_files: configs } = corpusJson<CorpusCase>(`${folder}/${file}`)!;
      for (const [at, text] of [config, ...(configs ?? []).map((each) => each.text)].entries()) {
        const configuration = text === undefined ? undefined : parsed(text);
        if (configuration === undefined) continue;
        test(`${folder}/${file} ${at}: tsbgpd reads what becomes of it`, () => {
          const { neighbors, processes } = loaded(migrate(configuration, file));
          const peers = configuration.neighbors.filter(({ rangeBits }) => rangeBits === undefined).map(({ peerAddress }) => peerAddress);
          assert.deepEqual(
            neighbors.map(({ address }) => address),
            [...new Set(peers)],
          );
          assert.equal(processes.length, configuration.processes.length);
        });
      }
    }
  }
});

test('neighbors, routes and programs keep their meaning; what has no equal is named', () => {
  const text = `
process service-watch { run /bin/cat; encoder json; }
process other_one { run /bin/cat; encoder text; respawn false; }
neighbor 192.0.2.1 {
  router-id 192.0.2.254; local-address 192.0.2.254; local-as 65000; peer-as 65001; hold-time 90; description "transit"; md5-password secret;
  family { ipv4 unicast; ipv4 flow; }
  api { processes [ service-watch ]; neighbor-changes; receive { parsed; update; } }
  static {
    route 203.0.113.0/24 next-hop self community [65000:1 no-export] as-path [65000 65010] med 5;
    route 203.0.114.0/24 next-hop 192.0.2.9 aggregator (65000:1.2.3.4);
  }
  flow { route x { match { destination 192.0.2.0/24; } then { discard; } } }
}
neighbor 192.0.2.2 {
  router-id 192.0.2.253; local-address 192.0.2.254; local-as 65000; peer-as 65002; incoming-ttl 255; rate-limit 5;
  family { ipv4 unicast; }
  capability { graceful-restart 120; add-path send/receive; }
  static { route 203.0.113.0/24 next-hop self community [65000:1 no-export] as-path [65000 65010] med 5; }
}
neighbor 192.0.2.0/28 { router-id 192.0.2.254; local-address 192.0.2.254; local-as 65000; peer-as 65003; }
`;
  const yaml = migrate(parseConfiguration(text, 'exabgp.conf', PLACES), 'exabgp.conf');
  const { global, neighbors, own, processes } = loaded(yaml);
  assert.deepEqual([global.as, global.routerId], [65_000, '192.0.2.254']);
  const [first, second] = neighbors;
  assert.deepEqual(
    [first!.remoteAs, first!.holdTimeSeconds, first!.description, first!.password?.value, first!.importPolicy, first!.exportPolicy],
    [65_001, 90, 'transit', 'secret', 'deny-all', 'accept-all'],
  );
  assert.deepEqual(
    [second!.ttlSecurityHops, second!.addPath, second!.gracefulRestart, second!.restartTimeSeconds, second!.exportPolicy],
    [1, 'both', 'restarting', 120, 'to-1'],
  );
  assert.deepEqual(
    own.routes.map(({ prefix }) => prefix),
    ['203.0.113.0/24', '203.0.114.0/24'],
  );
  assert.match(yaml, /to-1: \[ \{ match: \{ prefix: \["203\.0\.114\.0\/24"\] \}, action: reject \}, \{ action: accept \} \]/);
  assert.match(yaml, /as-path: "65010"\n {4}med: 5\n {4}community: \["65000:1", no-export\]/);
  assert.deepEqual(
    processes.map(({ name, encoder, respawn, neighbors: heard, events, receive }) => [name, encoder, respawn, heard, events, receive]),
    [
      ['service-watch', 'json', true, ['192.0.2.1'], ['state'], ['update']],
      ['other-one', 'text', false, undefined, [], []],
    ],
  );
  for (const sentence of [
    /no equal: neighbor 192\.0\.2\.0\/28: tsbgpd has no neighbors by prefix/,
    /no equal: rate-limit 5/,
    /no equal: router-id 192\.0\.2\.253: a daemon has one, ours is 192\.0\.2\.254/,
    /no equal: a route of ipv4-flowspec, destination-prefix 192\.0\.2\.0\/24/,
    /no equal: aggregator/,
    /# it was other_one/,
  ]) {
    assert.match(yaml, sentence);
  }
});
