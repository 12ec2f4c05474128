/** `tsbgp replay` against a speaker of @tsbgp/session: what arrives, in which order, and when. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodeMrt, encodeRibAttributes, type MrtValue, mrtContext } from '@tsbgp/mrt';
import { Server } from '@tsbgp/session';
import { decodeUpdate, encodeMessage, Fault, IPV4_UNICAST, IPV6_UNICAST, parseAttribute, parseCapability, parseMessage } from '@tsbgp/wire';
import { tsbgp } from '../../test/world.ts';

const PEERS = [
  { bgpId: '192.0.2.1', address: '192.0.2.1', as: 65_001, fourOctetAs: true },
  { bgpId: '192.0.2.2', address: '192.0.2.2', as: 65_002, fourOctetAs: true },
];

function rib(prefix: string, path: string): MrtValue {
  const isIpv6 = prefix.includes(':');
  const family = isIpv6 ? IPV6_UNICAST : IPV4_UNICAST;
  const hop = isIpv6
    ? parseAttribute('MP_REACH_NLRI', 'ipv6-unicast next-hop 2001:db8::1 nlri { }')
    : parseAttribute('NEXT_HOP', '192.0.2.1');
  const entries = PEERS.map(({ as }, peerIndex) => ({
    peerIndex,
    originatedTime: 0,
    attributes: encodeRibAttributes([
      parseAttribute('ORIGIN', 'igp'),
      parseAttribute('AS_PATH', `${as} ${path}`),
      hop,
      parseAttribute('LOCAL_PREF', '200'),
    ]),
  }));
  return { type: 'rib', family, addPath: false, generic: false, sequence: 0, nlri: { type: 'ip-prefix', family, prefix }, entries };
}

function update(text: string, fourOctetAs = true): MrtValue {
  const peer = { peerAs: 65_001, localAs: 64_512, interfaceIndex: 0, peerAddress: '192.0.2.1', localAddress: '192.0.2.9', fourOctetAs };
  return {
    type: 'bgp-message',
    ...peer,
    local: false,
    addPath: false,
    message: encodeMessage(parseMessage(text), mrtContext({ fourOctetAs })),
  };
}

function file(t: TestContext, ...records: readonly (readonly [seconds: number, value: MrtValue])[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-replay-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file.mrt');
  writeFileSync(path, Buffer.concat(records.map(([timestamp, value]) => encodeMrt({ timestamp: 1_700_000_000 + timestamp }, value))));
  return path;
}

/** A router that takes everything: its port, and what it gets. */
async function router(
  t: TestContext,
  families = ['ipv4-unicast', 'ipv6-unicast'],
): Promise<{ port: number; got: string[]; times: number[] }> {
  const server = new Server({ routerId: '192.0.2.100' });
  t.after(() => server.close());
  const got: string[] = [];
  const times: number[] = [];
  server.addPeerRange(
    { prefix: '127.0.0.0/8', localAs: 64_500, limit: 4 },
    {
      getCapabilities: () => families.map((family) => parseCapability(`multiprotocol ${family}`)),
      onEstablished: (_peer, session) => (bytes, start, end) => {
        const message = decodeUpdate(bytes, start, end, session.receive);
        if (message instanceof Fault) got.push(message.reason);
        else {
          const path = message.attributes.flatMap((each) => (each.type === 'as-path' ? each.value.flatMap(({ asns }) => asns) : []));
          const mp = message.attributes.flatMap((each) => (each.type === 'mp-reach-nlri' ? each.value.nlri : []));
          const nlri = [...message.nlri, ...mp].map((each) => ('prefix' in each ? each.prefix : each.type));
          const hasLocalPref = message.attributes.some(({ type }) => type === 'local-pref');
          const what =
            message.endOfRib === undefined ? [...nlri, ...message.withdrawn.map(({ prefix }) => `-${prefix}`)].join(' ') : 'End-of-RIB';
          got.push(`${what}${path.length > 0 ? ` via ${path.join(' ')}` : ''}${hasLocalPref ? ' LOCAL_PREF' : ''}`);
          times.push(performance.now());
        }
        return undefined;
      },
    },
  );
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { port, got, times };
}

const AS = ['--local-as', '64501', '--remote-as', '64500', '--exit'];

test('a table, then End-of-RIB, then UPDATEs; routes with the same attributes share a message', async (t) => {
  const path = file(
    t,
    [0, { type: 'peer-index-table', collectorBgpId: '192.0.2.9', viewName: '', peers: PEERS }],
    [0, rib('10.1.0.0/16', '3333')],
    [0, rib('10.2.0.0/16', '3333')],
    [0, rib('2001:db8:1::/48', '3333')],
    [5, update('update nlri { 10.3.0.0/16 } attributes { ORIGIN igp; AS_PATH 65001 4444; NEXT_HOP 192.0.2.1 }')],
    [6, update('update withdrawn { 10.1.0.0/16 }')],
  );
  const { port, got } = await router(t);
  const { code, out, err } = await tsbgp(['replay', path, '--to', `127.0.0.1:${port}`, ...AS, '--peer', '65001', '--speed', 'max']);
  assert.equal(code, 0, err);
  assert.match(out, /^4 UPDATEs in \d\.\ds\n$/);
  assert.deepEqual(got, [
    '10.1.0.0/16 10.2.0.0/16 via 65001 3333',
    '2001:db8:1::/48 via 65001 3333',
    'End-of-RIB',
    'End-of-RIB',
    '10.3.0.0/16 via 65001 4444',
    '-10.1.0.0/16',
  ]);
});

test('UPDATEs of a two-octet peer come with their whole path; families that the router does not have are left out', async (t) => {
  const two = 'update nlri { 10.3.0.0/16 } attributes { ORIGIN igp; AS_PATH 65001 23456; NEXT_HOP 192.0.2.1; AS4_PATH 4200000001 }';
  const ipv6 = 'update attributes { MP_REACH_NLRI ipv6-unicast next-hop 2001:db8::2 nlri { 2001:db8:1::/48 }; ORIGIN igp; AS_PATH 65001 }';
  const path = file(t, [0, update(two, false)], [0, update(ipv6)]);
  const { port, got } = await router(t, ['ipv4-unicast']);
  const { code, out } = await tsbgp(['replay', path, '--to', `127.0.0.1:${port}`, ...AS, '--speed', 'max']);
  assert.equal(code, 0);
  assert.match(out, /1 UPDATE in .*, 1 UPDATE or route of other families left out/);
  assert.deepEqual(got, ['End-of-RIB', '10.3.0.0/16 via 65001 4200000001']);
});

test('--speed: UPDATEs keep their distances', async (t) => {
  const path = file(t, ...[0, 3, 6].map((seconds) => [seconds, update(`update withdrawn { 10.${seconds}.0.0/16 }`)] as const));
  const { port, times } = await router(t);
  assert.equal((await tsbgp(['replay', path, '--to', `127.0.0.1:${port}`, ...AS, '--speed', '10'])).code, 0);
  // End-of-RIB of two families, then three UPDATEs with 300 ms between them.
  const [, , first = 0, , last = 0] = times;
  assert.ok(last - first > 550 && last - first < 3000, `${last - first} ms`);
});

test('nobody there, and wrong usage', async (t) => {
  const path = file(t, [0, update('update withdrawn { 10.1.0.0/16 }')]);
  const { port } = await router(t);
  const refused = await tsbgp(['replay', path, '--to', `127.0.0.1:${port}`, '--local-as', '64501', '--remote-as', '64999', '--wait', '1']);
  assert.equal(refused.code, 3);
  assert.match(refused.err, /no session with 127\.0\.0\.1 port \d+ within 1 s\n.*AS 64501/);
  for (const args of [
    ['--speed', '0'],
    ['--to', 'nowhere'],
    ['--router-id', '::1'],
  ]) {
    const { code, err } = await tsbgp(['replay', path, '--to', '192.0.2.1', ...AS, ...args]);
    assert.equal(code, 2);
    assert.match(err, /Allowed: /);
  }
});
