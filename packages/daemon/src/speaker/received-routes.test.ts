/**
 * What comes in over real sessions: which routes are used, which end the session, and what the other peers are sent.
 *
 *   we   AS 64500, 192.0.2.254, listening on 127.0.0.1
 *   A    127.0.0.2, AS 65001              B    127.0.0.3, AS 65002
 *   D    127.0.0.4, AS 64500              C    127.0.0.5, AS 65005, two-octet AS numbers
 *   F    127.0.0.6, AS 65006, towards which our AS is 65100
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Rib } from '@tsbgp/rib';
import { type Capability, DEFAULT_CONTEXT, decodeUpdate, Fault, findAttribute, fromHex, toHex, type UpdateMessage } from '@tsbgp/wire';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import type { NeighborConfig } from '../control-plane.ts';
import type { Speaker } from './speaker.ts';

const PEERS = {
  A: { last: 2, as: 65_001 },
  B: { last: 3, as: 65_002 },
  D: { last: 4, as: 64_500 },
  C: { last: 5, as: 65_005, fourOctetAs: false, capabilities: [{ type: 'extended-message' }] as Capability[] },
  F: { last: 6, as: 65_006, localAs: 65_100 },
} as const;
type Name = keyof typeof PEERS;

const ENHANCED: Capability[] = [{ type: 'enhanced-route-refresh' }];
const MARKER = '203.0.113.0/24';

/** A peer that keeps what it is sent. */
class Neighbor extends RawPeer {
  readonly view: Map<string, UpdateMessage> = new Map();
  /** Every UPDATE with routes of its own NLRI field had NEXT_HOP, and its octets. */
  readonly updates: string[] = [];

  constructor(port: number, name: Name, capabilities: readonly Capability[]) {
    const peer: { last: number; as: number; fourOctetAs?: boolean; capabilities?: Capability[] } = PEERS[name];
    super(port, peer.last, 240, { ...peer, capabilities: [...(peer.capabilities ?? []), ...capabilities] });
    const context = { ...DEFAULT_CONTEXT, fourOctetAs: peer.fourOctetAs ?? true, peerType: peer.as === 64_500 ? 'ibgp' : 'ebgp' } as const;
    this.onUpdate = (bytes, start, end) => {
      const update = decodeUpdate(bytes, start, end, context);
      assert.ok(!(update instanceof Fault), 'we send well-formed UPDATEs');
      assert.equal(update.fault, undefined);
      this.updates.push(toHex(bytes, start, end));
      for (const { prefix } of update.withdrawn) this.view.delete(prefix);
      for (const { prefix } of update.nlri) this.view.set(prefix, update);
      if (update.nlri.length > 0) assert.ok(findAttribute(update.attributes, 'next-hop'), 'RFC 4271 §5: NLRI have a NEXT_HOP');
    };
  }

  send(hex: string): void {
    this.socket.write(fromHex(hex));
  }

  has(prefix: string): Promise<void> {
    return this.until(() => this.view.has(prefix), `${prefix} at AS ${this.as}`);
  }

  lost(prefix: string): Promise<void> {
    return this.until(() => !this.view.has(prefix), `${prefix} to go at AS ${this.as}`);
  }
}

interface Scene {
  readonly speaker: Speaker;
  readonly log: { level: string; message: string; fields: Record<string, unknown> }[];
  readonly peer: (name: Name, capabilities?: readonly Capability[]) => Promise<Neighbor>;
  readonly received: (name: Name) => number;
}

async function scene(t: TestContext, more: Partial<NeighborConfig> = {}): Promise<Scene> {
  const log: Scene['log'] = [];
  const note = (level: string) => (fields: object, message: string) => {
    log.push({ level, message, fields: { ...fields } });
  };
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const speaker = makeSpeaker({ localAs: 64_500, routerId: '192.0.2.254', logger });
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  for (const peer of Object.values(PEERS)) {
    const localAs = 'localAs' in peer ? peer.localAs : undefined;
    speaker.addNeighbor(
      makeNeighbor(peer.last, { remoteAs: peer.as, localAs, ...(peer.as !== (localAs ?? 64_500) && { enforceFirstAs: false }), ...more }),
    );
  }
  const peers: Neighbor[] = [];
  t.after(async () => {
    for (const each of peers) await each.close();
    await speaker.close();
  });
  return {
    speaker,
    log,
    async peer(name, capabilities = []) {
      const peer = new Neighbor(port, name, capabilities);
      peers.push(peer);
      await peer.up();
      return peer;
    },
    received: (name) => speaker.getNeighbor(`127.0.0.${PEERS[name].last}`).prefixes[0]!.received,
  };
}

/** A whole UPDATE. */
function update(attributes: string, nlri: string, withdrawn = ''): string {
  const [a, n, w] = [attributes, nlri, withdrawn].map((hex) => hex.replaceAll(' ', ''));
  const length = (octets: number): string => octets.toString(16).padStart(4, '0');
  return `${'ff'.repeat(16)}${length(23 + (a!.length + n!.length + w!.length) / 2)}02${length(w!.length / 2)}${w}${length(a!.length / 2)}${a}${n}`;
}

function refresh(body: string): string {
  return `${'ff'.repeat(16)}${(19 + body.length / 2).toString(16).padStart(4, '0')}05${body}`;
}

const ORIGIN = '40010100';
const PATH_OF_A = '40020602010000fde9';
const HOP_OF_A = '4003047f000002';
const SET_OF_A = ORIGIN + PATH_OF_A + HOP_OF_A;
const SET_OF_D = `${ORIGIN}400200 4003047f000004 40050400000064`;

/** A route that every peer gets, after all that was sent before it. */
async function mark(from: Neighbor, to: Neighbor): Promise<void> {
  from.send(update(from.as === 64_500 ? SET_OF_D : from.as === 65_001 ? SET_OF_A : '', '18cb0071'));
  await to.has(MARKER);
}

test('RFC 7606 §7.11, RFC 8950 §4: IPv4 with an IPv6 next hop, not agreed upon, ends the session with 3/9', async (t) => {
  const { peer } = await scene(t);
  const [a, b] = [await peer('A'), await peer('B')];
  a.send(
    'ffffffffffffffffffffffffffffffff00400200000029800e190001011020010db80000000000000000000000020018c633644001010040020602010000fde9',
  );
  await a.until(() => a.closed, 'the session to end');
  assert.deepEqual(a.notifications, ['3/9']);
  assert.ok(!b.view.has('198.51.100.0/24'));
});

test('RFC 4760 §8: AFI 27, SAFI 1 is ignored, announced or withdrawn', async (t) => {
  const { peer } = await scene(t);
  const [a, b] = [await peer('A'), await peer('B')];
  a.send('ffffffffffffffffffffffffffffffff0023020000000c800e09001b01040a0a0a0a00');
  a.send(update('800f06 001b 01 18c633', ''));
  await mark(a, b);
  assert.deepEqual([a.notifications, a.closed], [[], false]);
});

for (const [title, capabilities, kept] of [
  ['what is still stale at EoRR goes', ENHANCED, false],
  ['without the capability BoRR and EoRR are ignored', [], true],
] as const) {
  test(`RFC 7313 §4.2: ${title}`, async (t) => {
    const { peer, received } = await scene(t);
    const [a, b] = [await peer('A', capabilities), await peer('B')];
    a.send(update(SET_OF_A, '18c63364 18c63365'));
    await b.has('198.51.101.0/24');
    a.send(refresh('00010101'));
    a.send(update(SET_OF_A, '18c63364'));
    a.send(refresh('00010301') + refresh('0001ff01')); // subtypes that nobody knows
    a.send(refresh('00010201'));
    await mark(a, b);
    if (!kept) await b.lost('198.51.101.0/24');
    assert.ok(b.view.has('198.51.100.0/24'));
    assert.equal(received('A'), kept ? 3 : 2);
    assert.deepEqual(a.notifications, []);
  });
}

for (const [gracefulRestart, isKept] of [
  ['off', false],
  ['helper', true],
] as const) {
  const why = isKept ? 'do not count, as its End-of-RIB will come' : 'count where we did not announce it, as no End-of-RIB need come';
  test(`RFC 7313 §4: marks before End-of-RIB of a peer with graceful restart ${why}`, async (t) => {
    const { peer } = await scene(t, { gracefulRestart });
    const restart: Capability = {
      type: 'graceful-restart',
      restartState: false,
      notification: false,
      restartTimeSeconds: 120,
      families: [],
    };
    const [a, b] = [await peer('A', [...ENHANCED, restart]), await peer('B')];
    a.send(update(SET_OF_A, '18c63364'));
    a.send(refresh('00010101') + refresh('00010201'));
    await mark(a, b);
    assert.equal(b.view.has('198.51.100.0/24'), isKept);
  });
}

for (const [body, title] of [
  ['0001010100', 'BoRR of five octets'],
  ['0001020100000000', 'EoRR of eight octets'],
] as const) {
  test(`RFC 7313 §5: ${title} ends the session with 7/1`, async (t) => {
    const { peer } = await scene(t);
    const a = await peer('A', ENHANCED);
    a.send(refresh(body));
    await a.until(() => a.closed, 'the session to end');
    assert.deepEqual(a.notifications, ['7/1']);
  });
}

test('RFC 4271 §6.3 (a): a route whose NEXT_HOP is our own address is ignored and logged', async (t) => {
  const { peer, received, log } = await scene(t);
  const [a, b, d] = [await peer('A'), await peer('B'), await peer('D')];
  a.send('ffffffffffffffffffffffffffffffff002f02000000144001010040020602010000fde94003047f00000118c63364');
  // The same in MP_REACH_NLRI.
  a.send(update(`800e0d 00010104 7f000001 00 18c63365${ORIGIN}${PATH_OF_A}`, ''));
  await mark(a, b);
  await d.has(MARKER);
  assert.deepEqual([...b.view.keys()], [MARKER]);
  assert.deepEqual([...d.view.keys()], [MARKER]);
  assert.equal(received('A'), 3);
  assert.ok(log.some(({ level, fields }) => level === 'warn' && fields['reason'] === 'next-hop' && fields['neighbor'] === '127.0.0.2'));
});

test('RFC 4456 §8: routes with our ORIGINATOR_ID or cluster identifier are ignored', async (t) => {
  const { peer } = await scene(t);
  const [d, b] = [await peer('D'), await peer('B')];
  d.send('ffffffffffffffffffffffffffffffff0037020000001c400101004002004003047f00000440050400000064800904c00002fe18c63364');
  d.send(update(`${SET_OF_D} 80090401010101 800a08 01020304c00002fe`, '18c63365'));
  await mark(d, b);
  assert.deepEqual([...b.view.keys()], [MARKER]);
});

test('RFC 4271 §9.1.2: the AS we use on a session is a loop there, and our global AS too', async (t) => {
  const { peer } = await scene(t);
  const [f, a, b] = [await peer('F'), await peer('A'), await peer('B')];
  const path = (asns: string): string => `${ORIGIN}40020e0203${asns.replaceAll(' ', '')}4003047f000006`;
  f.send(update(path('0000fdee 0000fe4c 0000fe14'), '18c63364'));
  f.send(update(path('0000fdee 0000fbf4 0000fe14'), '18c63365'));
  f.send(update(path('0000fdee 0000fe15 0000fe14'), '18c63366'));
  // On another session AS 65100 is not ours.
  a.send(update(`${ORIGIN}40020a0202 0000fde9 0000fe4c${HOP_OF_A}`, '18c63367'));
  await b.has('198.51.102.0/24');
  await b.has('198.51.103.0/24');
  assert.deepEqual([...b.view.keys()].sort(), ['198.51.102.0/24', '198.51.103.0/24']);
});

test('RFC 5065 §4.1, §5: confederation segments are treat-as-withdraw from an internal peer too: we are in no confederation', async (t) => {
  const { peer, received, log } = await scene(t);
  const [d, b] = [await peer('D'), await peer('B')];
  d.send(update(SET_OF_D, '18c63364'));
  await b.has('198.51.100.0/24');
  d.send('ffffffffffffffffffffffffffffffff0036020000001b4001010040020603010000ffdd4003047f0000044005040000006418c63364');
  await b.lost('198.51.100.0/24');
  await mark(d, b);
  assert.equal(received('D'), 1);
  assert.deepEqual(d.notifications, []);
  assert.ok(log.some(({ message }) => message.includes('treated as withdraw')));
});

test('RFC 4271 §4.3: bits of flags that mean nothing are not sent on', async (t) => {
  const { peer } = await scene(t);
  const [a, b, d] = [await peer('A'), await peer('B'), await peer('D')];
  a.send('ffffffffffffffffffffffffffffffff003302000000184001010040020602010000fde94003047f000002c563010118c63364');
  a.send(update(`450101004f020602010000fde960030 47f000002cf630101`, '18c63365'));
  for (const to of [b, d]) {
    await to.has('198.51.100.0/24');
    await to.has('198.51.101.0/24');
    for (const prefix of ['198.51.100.0/24', '198.51.101.0/24']) {
      const flags = to.view.get(prefix)!.attributes.map((attribute) => attribute.flags);
      // The attribute that nobody knows has Partial when we send it on (RFC 4271 §5).
      for (const each of flags) assert.equal(each & 0x0f, 0);
      assert.deepEqual(flags, to === d ? [0x40, 0x40, 0x40, 0x40, 0xe0] : [0x40, 0x40, 0x40, 0xe0]);
    }
  }
});

test('RFC 4271 §9.1.2.2 c: MEDs of two external peers without an AS_PATH are not compared', async (t) => {
  const { peer } = await scene(t);
  const [a, b, d] = [await peer('A'), await peer('B'), await peer('D')];
  b.send(update(`${ORIGIN}4002004003047f0000038004 04 00000001`, '18c63364'));
  await d.has('198.51.100.0/24');
  a.send(update(`${ORIGIN}400200${HOP_OF_A}8004 04 000003e7`, '18c63364'));
  await mark(a, d);
  // A has the lower address of the two.
  await d.until(() => findAttribute(d.view.get('198.51.100.0/24')!.attributes, 'multi-exit-disc')?.value === 999, 'the route of A');
});

test('RFC 7606 §3 (g): an AGGREGATOR after one that was discarded is not sent on', async (t) => {
  const { peer } = await scene(t);
  const [a, b] = [await peer('A'), await peer('B')];
  a.send(update(`${SET_OF_A}c00700c007080000fde9c0000201`, '18c63364'));
  await b.has('198.51.100.0/24');
  assert.equal(findAttribute(b.view.get('198.51.100.0/24')!.attributes, 'aggregator'), undefined);
});

test('a two-octet peer with an AS_PATH of 20,000 numbers: treated as withdrawn, the session stays', async (t) => {
  const { peer, received } = await scene(t);
  const [c, b] = [await peer('C'), await peer('B')];
  const set = `${ORIGIN}4002040201fded4003047f000005`;
  c.send(update(set, '18c63364'));
  await b.has('198.51.100.0/24');
  let path = '';
  for (let left = 20_000; left > 0; left -= 250) path += `02fa${'fded'.repeat(250)}`;
  const long = `${ORIGIN}5002${(path.length / 2).toString(16)}${path}4003047f000005`;
  c.send(update(long, '18c63364'));
  await b.lost('198.51.100.0/24');
  c.send(update(set, '18cb0071'));
  await b.has(MARKER);
  assert.equal(received('C'), 1);
  assert.deepEqual(c.notifications, []);
});

test('an exception while an UPDATE comes in costs that session alone, and its routes', async (t) => {
  const { peer, received } = await scene(t);
  const [a, b, d] = [await peer('A'), await peer('B'), await peer('D')];
  a.send(update(SET_OF_A, '18c63364'));
  await b.has('198.51.100.0/24');
  const failing = t.mock.method(Rib.prototype, 'ingest', () => {
    throw new RangeError('planted');
  });
  a.send(update(SET_OF_A, '18c63365'));
  await a.until(() => a.closed, 'the session to end');
  assert.match(a.notifications.join(), /^6\//);
  failing.mock.restore();
  await b.lost('198.51.100.0/24');
  d.send(update(SET_OF_D, '18cb0071'));
  await b.has(MARKER);
  assert.equal(received('D'), 1);
});
