/** From the octets of a capture file to messages, however they are wrapped, cut, lost or reordered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CONTEXT, encodeMessage, Fault, formatMessage, fromHex, IPV4_UNICAST, parseMessage, type WireContext } from '@tsbgp/wire';
import { block, concat, ethernet, Flag, ipv4, ipv6, octets, pcap, pcapng, type Segment, tcp } from '../../test/packets.ts';
import { openInput } from '../input/open-input.ts';
import { BgpCapture, type CaptureOptions } from './bgp-capture.ts';

const WIDE = { ...DEFAULT_CONTEXT, peerType: 'ibgp' as const };

function message(text: string, context: WireContext = WIDE): Uint8Array {
  return encodeMessage(parseMessage(text), context);
}

const OPEN = 'open as 65001 hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv4-unicast; four-octet-as 65001 }';
const UPDATE = 'update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 65002; NEXT_HOP 192.0.2.1 }';
const MESSAGES = concat(message(OPEN), message('keepalive'), message(UPDATE), message('keepalive'));
const TEXTS = [OPEN, 'keepalive', UPDATE, 'keepalive'];

async function* inChunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** What the file holds: messages as text; notes begin with `!`. */
async function read(file: Uint8Array, chunk = 7, options: Partial<CaptureOptions> = {}): Promise<string[]> {
  return (await entriesOf(file, chunk, options)).map(({ content }) => {
    if (content.type === 'note') return `! ${content.text}`;
    const guesses = content.guesses.map((guess) => `(${guess}) `).join('');
    return guesses + (content.message instanceof Fault ? `! ${content.message.reason}` : formatMessage(content.message));
  });
}

async function entriesOf(file: Uint8Array, chunk: number, options: Partial<CaptureOptions> = {}) {
  const input = await openInput('-', inChunks(file, chunk));
  assert.equal(input.type, 'capture');
  const capture = new BgpCapture({ port: 179, ...options });
  const entries = [];
  if (input.type === 'capture') for await (const packet of input.packets) entries.push(...capture.push(packet));
  return [...entries, ...capture.finish()];
}

function segments(...list: readonly Segment[]): Uint8Array[] {
  return list.map((each) => ethernet(ipv4(tcp(each), each.fromClient)));
}

const WHOLE = segments({ sequence: 100, payload: MESSAGES });

test('pcap: both byte orders, micro- and nanoseconds', async () => {
  for (const little of [true, false]) {
    for (const nanoseconds of [true, false]) {
      const [first] = await entriesOf(pcap(WHOLE, { little, nanoseconds }), 100);
      assert.equal(first?.timeMicros, 1_700_000_000_123_456);
      assert.deepEqual(
        [first?.source, first?.sourcePort, first?.destination, first?.destinationPort],
        ['10.0.0.1', 50_000, '10.0.0.2', 179],
      );
      assert.deepEqual(await read(pcap(WHOLE, { little, nanoseconds })), TEXTS);
    }
  }
});

test('pcapng: both byte orders, any unit of time, unknown blocks', async () => {
  for (const little of [true, false]) {
    for (const resolution of [3, 6, 9]) {
      const file = pcapng(WHOLE, { little, resolution });
      const [first] = await entriesOf(file, 100);
      assert.equal(first?.timeMicros, 1_700_000_000_000_000);
      assert.deepEqual(await read(concat(file, block(0x0bad, octets(1, 2, 3), little))), TEXTS);
    }
  }
});

test('link layers: VLAN tags, MPLS, PPPoE, PPP, HDLC, loopback, raw, Linux cooked', async () => {
  const packet = ipv4(tcp({ sequence: 1, payload: MESSAGES }));
  const mpls = concat(new Uint8Array(12), octets(0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64), packet);
  const pppoe = concat(new Uint8Array(12), octets(0x88, 0x64, 0x11, 0, 0, 1, 0, 99, 0, 0x21), packet);
  for (const [linkType, frame] of [
    [1, ethernet(packet, 0x8100)],
    [1, ethernet(packet, 0x88a8, 0x8100)],
    [1, mpls],
    [1, pppoe],
    [0, concat(octets(2, 0, 0, 0), packet)],
    [9, concat(octets(0xff, 3, 0, 0x21), packet)],
    [9, concat(octets(0x0f, 0, 8, 0), packet)],
    [101, packet],
    [104, concat(octets(0x0f, 0, 8, 0), packet)],
    [108, concat(octets(0, 0, 0, 2), packet)],
    [113, concat(new Uint8Array(14), octets(8, 0), packet)],
    [178, concat(octets(0x4d, 0x47, 0x43, 0x01), ethernet(packet))],
    [178, concat(octets(0x4d, 0x47, 0x43, 0x81, 0, 3, 1, 1, 4), ethernet(packet))],
    [178, concat(octets(0x4d, 0x47, 0x43, 0x03, 2, 0, 0, 0), packet)],
    [179, concat(octets(0x4d, 0x47, 0x43, 0x01), octets(0xff, 3, 0, 0x21), packet)],
    [276, concat(octets(8, 0), new Uint8Array(18), packet)],
  ] as const) {
    assert.deepEqual(await read(pcap([frame], { linkType })), TEXTS, `link type ${linkType}`);
  }
  assert.deepEqual(await read(pcap([packet], { linkType: 147 })), [], 'a link type that is not known');
});

test('tunnels: IP in IP, GRE, ERSPAN, VXLAN, several in each other', async () => {
  const packet = ipv4(tcp({ sequence: 1, payload: MESSAGES }));
  const packet6 = ipv6(tcp({ sequence: 1, payload: MESSAGES }));
  const outer = (protocol: number, payload: Uint8Array): Uint8Array => {
    const bytes = ipv4(payload);
    bytes[9] = protocol;
    return bytes;
  };
  const vxlan = concat(octets(0xc0, 0, 0x12, 0xb5, 0, 0, 0, 0), octets(8, 0, 0, 0, 0, 0, 7, 0), ethernet(packet));
  for (const [title, tunneled] of [
    ['IPv4 in IPv4', outer(4, packet)],
    ['IPv6 in IPv4', outer(41, packet6)],
    ['IPv4 in IPv6', ipv6(packet, 4)],
    ['GRE', outer(47, concat(octets(0, 0, 8, 0), packet))],
    ['GRE with checksum, key and sequence number', outer(47, concat(octets(0xb0, 0, 0x86, 0xdd), new Uint8Array(12), packet6))],
    ['GRE with Ethernet', outer(47, concat(octets(0, 0, 0x65, 0x58), ethernet(packet)))],
    ['GRE with MPLS', outer(47, concat(octets(0, 0, 0x88, 0x47, 0, 1, 1, 64), packet))],
    ['ERSPAN I', outer(47, concat(octets(0, 0, 0x88, 0xbe), ethernet(packet)))],
    ['ERSPAN II', outer(47, concat(octets(0x10, 0, 0x88, 0xbe), new Uint8Array(4), new Uint8Array(8), ethernet(packet)))],
    ['ERSPAN III', outer(47, concat(octets(0x10, 0, 0x22, 0xeb), new Uint8Array(4), new Uint8Array(12), ethernet(packet)))],
    ['VXLAN', outer(17, vxlan)],
    ['IPv4 in GRE in IPv4', outer(4, outer(47, concat(octets(0, 0, 8, 0), packet)))],
  ] as const) {
    assert.deepEqual(await read(pcap([ethernet(tunneled)])), TEXTS, title);
  }
  let deep = packet;
  for (let depth = 0; depth < 100; depth++) deep = outer(4, deep);
  assert.deepEqual(await read(pcap([ethernet(deep)])), [], 'packets in packets have a bound');
});

test('IPv6, with extension headers and fragments', async () => {
  const segment = tcp({ sequence: 1, payload: MESSAGES });
  assert.deepEqual(await read(pcap([ethernet(ipv6(segment))])), TEXTS);
  const hopByHop = octets(60, 0, 0, 0, 0, 0, 0, 0);
  const destination = octets(6, 0, 0, 0, 0, 0, 0, 0);
  assert.deepEqual(await read(pcap([ethernet(ipv6(segment, 0, concat(hopByHop, destination)))])), TEXTS);
  const half = 48;
  const first = ipv6(segment.subarray(0, half), 44, octets(6, 0, 0, 1, 0, 0, 0, 9));
  const second = ipv6(segment.subarray(half), 44, octets(6, 0, half >>> 8, half, 0, 0, 0, 9));
  assert.deepEqual(await read(pcap([ethernet(second), ethernet(first)])), TEXTS);
});

test('IPv4 fragments, in any order', async () => {
  const segment = tcp({ sequence: 1, payload: MESSAGES });
  const pieces = [
    ipv4(segment.subarray(0, 40), true, 0x2000),
    ipv4(segment.subarray(40, 80), true, 0x2000 | 5),
    ipv4(segment.subarray(80), true, 10),
  ].map((each) => ethernet(each));
  assert.deepEqual(await read(pcap([pieces[2]!, pieces[0]!, pieces[1]!])), TEXTS);
  assert.deepEqual(await read(pcap([pieces[2]!, pieces[0]!])), ['! IP fragments are missing, 40 octets']);
  assert.deepEqual(await read(pcap([pieces[0]!, pieces[1]!])), ['! the last of its IP fragments is missing']);
  assert.deepEqual(await read(pcap([pieces[2]!, pieces[1]!])), [], 'without the first one nobody knows the ports');
});

test('segments of every size, out of order, twice, overlapping, over the end of the sequence numbers', async () => {
  for (const size of [1, 5, 19, 64]) {
    const parts: Segment[] = [];
    for (let at = 0; at < MESSAGES.length; at += size) {
      parts.push({ sequence: (0xffff_fff0 + at) >>> 0, payload: MESSAGES.subarray(at, at + size + 3) });
    }
    const syn: Segment = { sequence: 0xffff_ffef, flags: Flag.Syn };
    assert.deepEqual(await read(pcap(segments(syn, ...parts))), TEXTS, `in order, ${size}`);
    assert.deepEqual(await read(pcap(segments(syn, ...parts.toReversed()))), TEXTS, `in reverse, ${size}`);
    assert.deepEqual(await read(pcap(segments(syn, ...parts, ...parts))), TEXTS, `twice, ${size}`);
  }
});

test('a missing segment: what is lost is said, and the next message is found', async () => {
  const first = message(OPEN).length + 10;
  const parts = segments(
    { sequence: 1, payload: MESSAGES.subarray(0, first) },
    { sequence: 1 + first + 9, payload: MESSAGES.subarray(first + 9) },
  );
  assert.deepEqual(await read(pcap(parts)), [
    OPEN,
    '! 10 octets of a message whose header is cut off',
    '! 9 octets missing in the capture',
    UPDATE,
    'keepalive',
  ]);
});

test('a gap is declared when the receiver has acknowledged what follows it', async () => {
  const cut = message(OPEN).length;
  const lost = segments(
    { sequence: 1, payload: MESSAGES.subarray(0, cut) },
    { sequence: 1 + cut + 19, payload: MESSAGES.subarray(cut + 19) },
    { fromClient: false, sequence: 1, acknowledgment: 1 + MESSAGES.length, flags: Flag.Ack, payload: message('keepalive') },
  );
  const places = (await entriesOf(pcap(lost), 1000)).map(({ packet, connection, content }) =>
    content.type === 'note'
      ? [packet, connection, content.text]
      : [packet, connection, content.message instanceof Fault ? '' : content.message.type],
  );
  assert.deepEqual(places, [
    [1, 1, 'open'],
    [2, 1, '19 octets missing in the capture'],
    [2, 1, 'update'],
    [2, 1, 'keepalive'],
    [3, 1, 'keepalive'],
  ]);
});

test('a side that acknowledges octets has read them: the OPEN after a gap comes before the UPDATE that depends on it', async () => {
  const narrow = { ...DEFAULT_CONTEXT, fourOctetAs: false };
  const open = 'open as 65002 hold-time 90 bgp-identifier 192.0.2.2 capabilities { multiprotocol ipv4-unicast }';
  const capture = segments(
    { sequence: 1, payload: message(OPEN) },
    { fromClient: false, sequence: 100, flags: Flag.Ack },
    // Ten octets before it are missing.
    { fromClient: false, sequence: 110, payload: message(open) },
    { sequence: 1 + message(OPEN).length, acknowledgment: 110 + message(open).length, payload: message(UPDATE, narrow) },
  );
  assert.deepEqual(await read(pcap(capture)), [OPEN, '! 10 octets missing in the capture', open, UPDATE]);
});

/** MP_REACH_NLRI of 2001:db8:1::/48, ORIGIN, BGPSEC_PATH of AS 65001 with one signature. */
const BGPSEC_UPDATE = fromHex(
  `${'ff'.repeat(16)}006702 0000 0050 800e1c00020110${'20010db8000000000000000000000001'}00 3020010db80001 40010100 90210029 0008 0100 0000fde9 0021 01${'11'.repeat(20)} 0008${'22'.repeat(8)}`.replaceAll(
    ' ',
    '',
  ),
);
const MISSING = 'mandatory attribute 2 is missing';

for (const [who, fromSender, fromReceiver, fault] of [
  ['both OPENs offer it', '; bgpsec 0 send afi-2', '; bgpsec 0 receive afi-2', undefined],
  ['the receiver does not take it', '; bgpsec 0 send afi-2', '', MISSING],
  ['both send it', '; bgpsec 0 send afi-2', '; bgpsec 0 send afi-2', MISSING],
  ['it was offered for another family', '; bgpsec 0 send afi-1', '; bgpsec 0 receive afi-1', MISSING],
  ['the OPEN of the receiver is not there', '; bgpsec 0 send afi-2', undefined, undefined],
  ['the only OPEN does not offer it', '', undefined, MISSING],
  ['no OPEN is there', undefined, undefined, undefined],
] as const) {
  test(`RFC 8205 §3, §4.1: BGPSEC_PATH in place of AS_PATH, and ${who}`, async () => {
    const open = (as: number, more: string | undefined) =>
      more === undefined
        ? message('keepalive')
        : message(
            `open as ${as} hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv6-unicast; four-octet-as ${as}${more} }`,
          );
    const first = open(65_001, fromSender);
    const capture = segments(
      { sequence: 1, payload: first },
      { fromClient: false, sequence: 100, payload: open(65_002, fromReceiver) },
      { sequence: 1 + first.length, payload: BGPSEC_UPDATE },
    );
    const content = (await entriesOf(pcap(capture), 100)).at(-1)?.content;
    assert.ok(content?.type === 'message' && !(content.message instanceof Fault) && content.message.type === 'update');
    assert.equal(content.message.fault?.reason, fault);
  });
}

test('sequence numbers that jump farther than any window', async () => {
  const far = segments({ sequence: 1, payload: message('keepalive') }, { sequence: 0x4000_0000, payload: message('keepalive') });
  assert.deepEqual(await read(pcap(far)), ['keepalive', '! the sequence numbers go on somewhere else', 'keepalive']);
});

test('many connections: the quietest is forgotten first, and what it had becomes notes', async () => {
  const begun = MESSAGES.subarray(0, 30);
  const each = [50_001, 50_002, 50_003].flatMap((port) => segments({ port, sequence: 1, payload: begun }));
  const rest = segments({ port: 50_003, sequence: 31, payload: MESSAGES.subarray(30) });
  const lost = `! a message of ${message(OPEN).length} octets, of which ${message(OPEN).length - 30} are missing`;
  assert.deepEqual(await read(pcap([...each, ...rest]), 1000, { connectionsMax: 1 }), [lost, lost, ...TEXTS]);
  const waiting = message(OPEN).length;
  assert.deepEqual(await read(pcap([...each, ...rest]), 1000, { waitingOctetsMax: 2 * waiting }), [lost, ...TEXTS, lost]);
});

test('packets cut off by a snap length', async () => {
  const cut = segments({ sequence: 1, payload: MESSAGES }).map((each) => each.subarray(0, each.length - 10));
  const next = segments({ sequence: 1 + MESSAGES.length, payload: message('keepalive') });
  assert.deepEqual(await read(pcap([...cut, ...next])), [
    ...TEXTS.slice(0, 3),
    '! 9 octets of a message whose header is cut off',
    '! 10 octets missing in the capture',
    'keepalive',
  ]);
  const header = segments({ sequence: 1, payload: MESSAGES }).map((each) => each.subarray(0, 14 + 20 + 10));
  assert.deepEqual(await read(pcap(header)), [`! cut off within the TCP header, ${MESSAGES.length + 10} octets missing`]);
});

test('a capture that begins and ends within a message', async () => {
  const parts = segments({ sequence: 1, payload: MESSAGES.subarray(20, MESSAGES.length - 2) });
  const rest = message(OPEN).length - 20;
  assert.deepEqual(await read(pcap(parts)), [
    `! ${rest} octets that are no BGP message`,
    'keepalive',
    UPDATE,
    '! 17 octets of a message whose header is cut off',
  ]);
});

test('what the OPENs agreed decides; the same two ports connect again and agree on something else', async () => {
  const narrow = 'open as 65001 hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv4-unicast }';
  const addPath = { ...WIDE, addPath: new Set([IPV4_UNICAST]) };
  const both = 'open as 65001 hold-time 90 bgp-identifier 192.0.2.1 capabilities { four-octet-as 65001; add-path ipv4-unicast:both }';
  const withIds = 'update nlri { 192.0.2.0/24 path-id 7 } attributes { ORIGIN igp; AS_PATH 65001; NEXT_HOP 192.0.2.1 }';
  const one = concat(message(narrow), message(UPDATE, { ...WIDE, fourOctetAs: false }));
  const two = concat(message(both), message(withIds, addPath));
  const file = pcap(
    segments(
      { sequence: 1, flags: Flag.Syn },
      { fromClient: false, sequence: 1, flags: Flag.Syn | Flag.Ack },
      { fromClient: false, sequence: 2, payload: message(narrow) },
      { sequence: 2, payload: one },
      { sequence: 5000, flags: Flag.Syn },
      { fromClient: false, sequence: 9000, flags: Flag.Syn | Flag.Ack },
      { fromClient: false, sequence: 9001, payload: message(both) },
      { sequence: 5001, payload: two },
    ),
  );
  assert.deepEqual(await read(file), [narrow, narrow, UPDATE, both, both, withIds]);
});

test('without OPENs, what fits is used and named as a guess', async () => {
  const narrow = message(UPDATE, { ...WIDE, fourOctetAs: false });
  assert.deepEqual(await read(pcap(segments({ sequence: 1, payload: narrow }))), [`(AS numbers of two octets) ${UPDATE}`]);
  const ids =
    'update nlri { 192.0.2.0/24 path-id 1; 198.51.100.0/24 path-id 2 } attributes { ORIGIN igp; AS_PATH 65001; NEXT_HOP 192.0.2.1 }';
  const file = pcap(segments({ sequence: 1, payload: message(ids, { ...WIDE, addPath: new Set([IPV4_UNICAST]) }) }));
  assert.deepEqual(await read(file), [`(path identifiers (ADD-PATH)) ${ids}`]);
});

test('a damaged file is read up to the damage, and the error names the place', async () => {
  const good = pcap(WHOLE);
  const bad = concat(good, octets(0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0));
  await assert.rejects(read(bad), /standard input: packet 2 claims 2147483647 octets: the file is damaged there/);
  await assert.rejects(read(good.subarray(0, good.length - 1)), /the file ends within packet 1: 1 octet missing/);
  await assert.rejects(read(concat(good, octets(1, 2, 3))), /the file ends within the head of packet 2, of which it has 3 octets/);
  const ng = pcapng(WHOLE);
  await assert.rejects(read(ng.subarray(0, ng.length - 5)), /the file ends within packet 1: 5 octets missing/);
  await assert.rejects(read(concat(ng, octets(6, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0))), /behind packet 1 a block claims 13 octets/);
});

test('random octets in segments: notes, never an error, nothing without end', async () => {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
  for (let round = 0; round < 200; round++) {
    const bytes = MESSAGES.slice();
    for (let i = 0; i < 5; i++) bytes[random() % bytes.length] = random();
    const cut = random() % bytes.length;
    const frames = segments({ sequence: 1, payload: bytes.subarray(0, cut) }, { sequence: 1 + cut, payload: bytes.subarray(cut) });
    for (const frame of frames) if (random() % 4 === 0) frame[14 + (random() % 40)] = random();
    await read(pcap(frames), 1000);
  }
});
