/** What goes out of a speaker over real sessions: what it cannot send is said, and what throws costs one session. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Capability,
  DEFAULT_CONTEXT,
  decodeMessage,
  encodeControlMessage,
  encodeMessage,
  Fault,
  findAttribute,
  formatCommunity,
  formatFamily,
  IPV4_UNICAST,
  IPV6_UNICAST,
  keepaliveBytes,
  type Message,
  parseAttribute,
  readU16,
} from '@tsbgp/wire';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import { Boundaries } from '../boundaries.ts';
import type { LocalRoute } from '../control-plane.ts';
import { Port } from './port.ts';
import type { Speaker } from './speaker.ts';

const LOCAL_AS = 64_500;

interface Line {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

class TestPeer extends RawPeer {
  readonly messages: Message[] = [];
  readonly #capabilities: readonly Capability[];
  readonly #fourOctetAs: boolean;

  constructor(port: number, last: number, capabilities: readonly Capability[]) {
    super(port, last);
    this.#capabilities = capabilities;
    this.#fourOctetAs = capabilities.some(({ type }) => type === 'four-octet-as');
    let carry = Buffer.alloc(0);
    this.socket.on('data', (chunk: Buffer) => {
      carry = Buffer.concat([carry, chunk]);
      for (let length = 0; carry.length >= 19 && carry.length >= (length = readU16(carry, 16)); carry = carry.subarray(length)) {
        const message = decodeMessage(carry, 0, length, { ...DEFAULT_CONTEXT, fourOctetAs: this.#fourOctetAs });
        assert.ok(!(message instanceof Fault), 'what the speaker sends can be read');
        this.messages.push(message);
      }
    });
  }

  override open(): void {
    const open = {
      type: 'open',
      version: 4,
      as: this.as,
      holdTimeSeconds: 240,
      bgpIdentifier: `10.1.0.${this.as % 256}`,
      capabilities: [
        { type: 'multiprotocol', family: IPV4_UNICAST },
        { type: 'multiprotocol', family: IPV6_UNICAST },
        ...this.#capabilities,
      ],
      otherParameters: [],
    } as const;
    this.socket.write(encodeControlMessage({ ...open, capabilities: [...open.capabilities], otherParameters: [] }, DEFAULT_CONTEXT));
  }

  /** UPDATEs and ROUTE-REFRESHes in words. */
  get heard(): string[] {
    return this.messages.flatMap((message) => {
      if (message.type === 'route-refresh') return [`${['request', 'BoRR', 'EoRR'][message.subtype]} ${formatFamily(message.family)}`];
      if (message.type !== 'update') return [];
      if (message.endOfRib !== undefined) return [`End-of-RIB ${formatFamily(message.endOfRib)}`];
      return [...message.withdrawn.map(({ prefix }) => `withdraw ${prefix}`), ...message.nlri.map(({ prefix }) => `announce ${prefix}`)];
    });
  }
}

async function scene(lasts: readonly number[]): Promise<{ speaker: Speaker; port: number; lines: Line[]; boundaries: Boundaries }> {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields: { ...fields }, message });
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const boundaries = new Boundaries(logger);
  const options = { localAs: LOCAL_AS, routerId: '192.0.2.254', logger, boundaries };
  const speaker = makeSpeaker({ ...options, metricSources: [boundaries.addMetrics] });
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  for (const last of lasts) speaker.addNeighbor(makeNeighbor(last, { holdTimeSeconds: 90, connectRetrySeconds: 60 }));
  return { speaker, port, lines, boundaries };
}

function route(prefix: string, asPath: string): LocalRoute {
  return {
    family: IPV4_UNICAST,
    prefix,
    nextHop: '192.0.2.1',
    attributes: [parseAttribute('ORIGIN igp'), parseAttribute(`AS_PATH ${asPath}`)],
  };
}

const REFRESHING: readonly Capability[] = [
  { type: 'four-octet-as', as: 65_002 },
  { type: 'route-refresh' },
  { type: 'enhanced-route-refresh' },
];

test('RFC 6793 §4.2.2: 1,500 large AS numbers while a two-octet peer is up: it does not get the route, which is counted and said', async () => {
  const { speaker, port, lines } = await scene([2, 3]);
  const peer = new TestPeer(port, 2, [{ type: 'route-refresh' }]);
  try {
    await peer.up();
    const path = Array.from({ length: 1500 }, (_, at) => 70_000 + at).join(' ');
    await speaker.addRoutes([route('203.0.113.0/24', '65001')]);
    await peer.until(() => peer.heard.includes('announce 203.0.113.0/24'), 'the small route');
    await speaker.addRoutes([route('198.51.100.0/24', path), route('203.0.113.0/24', path)]);
    await peer.until(() => peer.heard.includes('withdraw 203.0.113.0/24'), 'the withdrawal of what it no longer can have');
    assert.ok(!peer.heard.includes('announce 198.51.100.0/24'));
    assert.equal(speaker.getNeighbor('127.0.0.2').prefixes[0]!.advertised, 0);
    assert.deepEqual((await speaker.routesPage({ table: 'advertised', neighbor: '127.0.0.2' }, 10)).routes, []);
    assert.match(speaker.metrics(), /^tsbgp_neighbor_routes_not_sent\{neighbor="127.0.0.2",family="ipv4-unicast",reason="too-large"\} 2$/m);
    const [said, ...more] = lines.filter(({ message }) => message.includes('fit into no message'));
    assert.equal(said?.level, 'warn');
    assert.deepEqual(said?.fields['neighbors'], ['127.0.0.2']);
    assert.equal(said?.fields['prefix'], '198.51.100.0/24');
    assert.deepEqual(more, [], 'once, not for each route');
  } finally {
    await peer.close();
    await speaker.close();
  }
});

test('RFC 4724 §2, RFC 7313 §4: KEEPALIVE and ROUTE-REFRESH right after OPEN: End-of-RIB comes, then the refresh with its marks', async () => {
  const { speaker, port } = await scene([2]);
  await speaker.addRoutes([route('203.0.113.0/24', '65001')]);
  const peer = new TestPeer(port, 2, REFRESHING);
  try {
    const refresh = encodeMessage({ type: 'route-refresh', family: IPV4_UNICAST, subtype: 0 }, DEFAULT_CONTEXT);
    assert.equal(Buffer.from(refresh.subarray(19)).toString('hex'), '00010001');
    peer.socket.on('connect', () => {
      peer.socket.write(keepaliveBytes());
      peer.socket.write(refresh);
    });
    await peer.until(() => peer.heard.includes('EoRR ipv4-unicast'), 'EoRR');
    await peer.until(() => peer.heard.includes('End-of-RIB ipv6-unicast'), 'End-of-RIB of the other family');
    assert.deepEqual(
      peer.heard.filter((line) => !line.includes('ipv6')),
      ['announce 203.0.113.0/24', 'End-of-RIB ipv4-unicast', 'BoRR ipv4-unicast', 'announce 203.0.113.0/24', 'EoRR ipv4-unicast'],
    );
  } finally {
    await peer.close();
    await speaker.close();
  }
});

test("an exception of a session's port ends that session with Cease/8, is logged once and counted, and costs nobody else", async () => {
  const { speaker, port, lines, boundaries } = await scene([2, 3]);
  const one = new TestPeer(port, 2, REFRESHING);
  const two = new TestPeer(port, 3, [{ type: 'four-octet-as', as: 65_003 }]);
  const { write } = Port.prototype;
  try {
    await Promise.all([one.up(), two.up()]);
    await one.until(() => one.heard.length === 2, 'End-of-RIB');
    await two.until(() => two.heard.length === 2, 'End-of-RIB');
    let thrown = false;
    Port.prototype.write = function (messages) {
      if (thrown) return write.call(this, messages);
      thrown = true;
      throw new Error('planted in a port');
    };
    await speaker.addRoutes([route('203.0.113.0/24', '65001')]);
    const ended = () => one.closed || two.closed;
    await Promise.race([one.until(ended, 'the end of a session'), two.until(ended, 'the end of a session')]);
    const [failed, other] = one.closed ? [one, two] : [two, one];
    assert.deepEqual(failed.notifications, ['6/8']);
    await other.until(() => other.heard.includes('announce 203.0.113.0/24'), 'the route of the other');
    assert.equal(other.closed, false);
    assert.equal(boundaries.count('export'), 1);
    assert.equal(lines.filter(({ message }) => message.includes('unexpected error contained (export)')).length, 1);
    assert.equal(speaker.health().established, 1);
  } finally {
    Port.prototype.write = write;
    await Promise.all([one.close(), two.close()]);
    await speaker.close();
  }
});

test('what a writer throws when it is uncorked is told, and the ports after it are uncorked', () => {
  const calls: string[] = [];
  const corked: Port[] = [];
  const writerOf = (name: string, fails: boolean) => ({
    backlogBytes: 0,
    onDrain: undefined,
    cork: () => void calls.push(`${name} cork`),
    write: () => calls.push(`${name} write`) > 0,
    flushed: () => Promise.resolve(),
    uncork() {
      calls.push(`${name} uncork`);
      if (fails) throw new Error('gone');
    },
  });
  const failed: unknown[] = [];
  const ALWAYS = { isOpen: true, sent: () => undefined, close: () => undefined };
  for (const [name, fails] of [
    ['a', true],
    ['b', false],
  ] as const) {
    const onFailure = (error: unknown): number => failed.push((error as Error).message);
    new Port(writerOf(name, fails), corked, onFailure, ALWAYS).write(new Uint8Array(19));
  }
  for (const port of corked) port.uncork();
  assert.deepEqual(calls, ['a cork', 'a write', 'b cork', 'b write', 'a uncork', 'b uncork']);
  assert.deepEqual(failed, ['gone']);
});

test('another export policy, next hop, AS of the neighbor: the session stays where it can, and only the difference is sent', async () => {
  const { speaker, port } = await scene([2]);
  const peer = new TestPeer(port, 2, REFRESHING);
  try {
    await peer.up();
    await speaker.addRoutes([route('203.0.113.0/24', ''), route('198.51.100.0/24', '65001')]);
    await peer.until(() => peer.heard.includes('announce 198.51.100.0/24'), 'the routes');
    const { config } = speaker.getNeighbor('127.0.0.2');
    const { establishedAt } = speaker.getNeighbor('127.0.0.2').session!;
    peer.messages.length = 0;
    assert.deepEqual((await speaker.changeNeighbor({ ...config, description: 'transit' }, false)).touched, []);
    assert.deepEqual((await speaker.changeNeighbor({ ...config, exportPolicy: 'deny-all' }, false)).touched, ['export']);
    await peer.until(() => peer.heard.length === 2, 'the withdrawals');
    assert.deepEqual(peer.heard.toSorted(), ['withdraw 198.51.100.0/24', 'withdraw 203.0.113.0/24']);
    await speaker.changeNeighbor(config, false);
    await peer.until(() => peer.heard.length === 4, 'the routes again');
    await assert.rejects(speaker.changeNeighbor({ ...config, remoteAs: 65_099, holdTimeSeconds: 30 }, false), {
      code: 'failed-precondition',
      field: 'reset_session',
      message: /a change of remote-as, hold-time resets the session/,
    });
    assert.equal(speaker.getNeighbor('127.0.0.2').session!.establishedAt, establishedAt);
    assert.equal(speaker.getNeighbor('127.0.0.2').config.remoteAs, config.remoteAs);
    assert.deepEqual((await speaker.changeNeighbor({ ...config, remoteAs: 65_099 }, true)).touched, ['session']);
    await peer.until(() => peer.messages.some((message) => message.type === 'notification' && message.subcode === 6), 'Cease/6');
    assert.equal(speaker.getNeighbor('127.0.0.2').config.remoteAs, 65_099);
  } finally {
    await peer.close();
    await speaker.close();
  }
});

test('RFC 8326: a graceful shutdown says so first, can be called off, and closes the session after its time', async () => {
  const { speaker, port } = await scene([2]);
  const peer = new TestPeer(port, 2, REFRESHING);
  const communities = (): string[] =>
    peer.messages.flatMap((message) => {
      if (message.type !== 'update' || message.nlri.length === 0) return [];
      return [findAttribute(message.attributes, 'communities')?.value.map(formatCommunity).join(' ') ?? 'none'];
    });
  try {
    await peer.up();
    await speaker.addRoutes([route('203.0.113.0/24', '')]);
    await peer.until(() => communities().length === 1, 'the route');
    speaker.disableNeighbor('127.0.0.2', undefined, 3600);
    await peer.until(() => communities().length === 2, 'the route again');
    assert.ok(speaker.getNeighbor('127.0.0.2').leavesAt);
    speaker.enableNeighbor('127.0.0.2');
    await peer.until(() => communities().length === 3, 'the route as it was');
    assert.deepEqual(communities(), ['none', 'graceful-shutdown', 'none']);
    assert.equal(speaker.getNeighbor('127.0.0.2').leavesAt, undefined);
    speaker.disableNeighbor('127.0.0.2', 'bye', 1);
    await peer.until(() => peer.messages.some((message) => message.type === 'notification' && message.subcode === 2), 'Cease/2');
    assert.deepEqual(communities(), ['none', 'graceful-shutdown', 'none', 'graceful-shutdown']);
    assert.equal(speaker.getNeighbor('127.0.0.2').adminState, 'down');
  } finally {
    await peer.close();
    await speaker.close();
  }
});

test('another configuration leaves a neighbor down that was disabled, and what is shut down gracefully goes down in time', async () => {
  const { speaker, port } = await scene([2]);
  const peer = new TestPeer(port, 2, REFRESHING);
  try {
    await peer.up();
    const { config } = speaker.getNeighbor('127.0.0.2');
    speaker.disableNeighbor('127.0.0.2', undefined, 1);
    await speaker.changeNeighbor({ ...config, holdTimeSeconds: 10 }, true);
    assert.ok(speaker.getNeighbor('127.0.0.2').leavesAt);
    await peer.until(() => speaker.getNeighbor('127.0.0.2').adminState === 'down', 'the end of the wait');
    await speaker.changeNeighbor({ ...config, holdTimeSeconds: 30 }, false);
    assert.equal(speaker.getNeighbor('127.0.0.2').adminState, 'down');
    await speaker.changeNeighbor({ ...config, enabled: false }, false);
    await speaker.changeNeighbor({ ...config, enabled: true }, false);
    assert.equal(speaker.getNeighbor('127.0.0.2').adminState, 'up');
  } finally {
    await peer.close();
    await speaker.close();
  }
});
