/** Who we are to the peer: another AS number of ours when it does not know us by the first (dual AS), and roles that do not fit. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Role } from '@tsbgp/wire';
import { Recorder } from '../test/recorder.ts';
import { type Peer, type PeerConfig, type PeerOptions, Server } from './index.ts';

interface Side {
  readonly peer: Peer;
  readonly plugin: Recorder;
}

/** Two servers on 127.0.0.x; the first one connects to the second. */
async function pair(
  t: TestContext,
  one: Partial<PeerConfig> & PeerOptions & { role?: number },
  two: Partial<PeerConfig> & PeerOptions & { role?: number },
): Promise<[Side, Side]> {
  const servers = ['10.0.0.1', '10.0.0.2'].map((routerId) => new Server({ routerId }));
  t.after(() => Promise.all(servers.map((server) => server.close())));
  const { port } = await servers[1]!.listen({ host: '127.0.0.2', port: 0 });
  const side = (index: number, { role, ...options }: typeof one): Side => {
    const plugin = new Recorder();
    plugin.capabilities = role === undefined ? [] : [{ type: 'role', role }];
    const config = { remoteAddress: `127.0.0.${2 - index}`, localAs: 65_001 + index, remoteAs: 65_002 - index, ...options };
    const peer = servers[index]!.addPeer(config, plugin, {
      localAddress: `127.0.0.${1 + index}`,
      passive: index === 1,
      remotePort: port,
      idleHoldSeconds: 0.05,
      connectRetrySeconds: 0.1,
      ...options,
    });
    return { peer, plugin };
  };
  const second = side(1, two);
  return [side(0, one), second];
}

test('dual AS: a peer that refuses the one AS number gets the other in the next OPEN, and the session says which it is', async (t) => {
  const [{ peer, plugin }, other] = await pair(t, { localAs: 65_100, alternateLocalAs: 65_001 }, { remoteAs: 65_001 });
  const { session } = await plugin.established();
  assert.deepEqual([session.localAs, peer.config.localAs], [65_001, 65_001]);
  assert.equal((await other.plugin.established()).session.remoteAs, 65_001);
});

test('dual AS: a peer that takes the first one keeps it', async (t) => {
  const [{ plugin }] = await pair(t, { localAs: 65_100, alternateLocalAs: 65_001 }, { remoteAs: 65_100 });
  assert.equal((await plugin.established()).session.localAs, 65_100);
});

test('without another AS the peer is asked with the same one again', async (t) => {
  const [{ peer, plugin }] = await pair(t, { localAs: 65_100 }, { remoteAs: 65_001 });
  await plugin.until(() => peer.counters.notificationReceived >= 2);
  assert.equal(peer.config.localAs, 65_100);
});

test('RFC 9234 §4.2: roles the wrong way round: the error of either side says what must be set', async (t) => {
  const [one, two] = await pair(t, { role: Role.Customer }, { role: Role.Customer });
  await one.plugin.until(() => one.peer.lastError?.notification !== undefined && two.peer.lastError?.notification !== undefined);
  const expected = "our role is customer, the peer's customer: either the peer's must be provider, or ours provider";
  const texts = [one, two].map(({ peer }) => peer.lastError!.text);
  assert.ok(
    texts.some((text) => text.endsWith(`Role Mismatch: ${expected}`)),
    texts.join('\n'),
  );
  for (const text of texts) assert.match(text, /Role Mismatch: our role is customer.*peer's must be provider/);
});

test('RFC 9234 §4.2: a peer without a role in strict mode: the error says which it must have', async (t) => {
  const [one] = await pair(t, { role: Role.RouteServer, strictRole: true }, {});
  await one.plugin.until(() => one.peer.lastError?.direction === 'sent');
  assert.match(one.peer.lastError!.text, /Role Mismatch: our role is rs: the peer's must be rs-client$/);
});
