/** Where the parts of a message lie: every octet has its place once, and the values are those of `decodeMessage`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadVectors, sharedWireFolder } from '../test/shared.ts';
import { UPDATE_AREAS } from '../test/vectors/nlri.ts';
import { fromHex, toHex } from './bytes.ts';
import { HEADER_LENGTH, MessageType } from './codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from './context.ts';
import { Afi, makeFamily, Safi } from './family.ts';
import { Fault } from './fault.ts';
import { writeHeader } from './messages/header.ts';
import { decodeMessage, dissectMessage, encodeMessage } from './messages/message.ts';
import { decodeAttributes } from './scan/decode-attributes.ts';
import { allSpans, type Span, SpanRecorder, spansAt } from './spans.ts';
import { parseMessage } from './text/message.ts';

const IBGP: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp', extendedMessage: true };
const CONTEXTS: readonly WireContext[] = [
  IBGP,
  DEFAULT_CONTEXT,
  {
    ...IBGP,
    fourOctetAs: false,
    addPath: new Set([1, 4, 128].map((safi) => makeFamily(Afi.Ipv4, safi)).concat(makeFamily(Afi.L2vpn, Safi.Evpn))),
  },
];

function message(type: number, body: string): Uint8Array {
  const octets = fromHex(body);
  const bytes = new Uint8Array(HEADER_LENGTH + octets.length);
  writeHeader(bytes, 0, bytes.length, type);
  bytes.set(octets, HEADER_LENGTH);
  return bytes;
}

/** Path and octets of all parts, from `under` down. */
function shown(whole: Span, bytes: Uint8Array, under: string): string[] {
  return [...allSpans(whole)]
    .filter(({ path }) => path === under || path.startsWith(`${under}.`))
    .map(({ path, start, end, parts }) => (parts === undefined ? `${path} ${toHex(bytes, start, end)}` : path));
}

/** Parts lie in their whole, cover it, and do not overlap; paths are told apart. */
function checkTree(whole: Span, start: number, end: number): void {
  assert.deepEqual([whole.start, whole.end], [start, end]);
  const paths = new Set<string>();
  for (const span of allSpans(whole)) {
    assert.ok(span === whole || span.end > span.start, `${span.path} has no octets`);
    assert.ok(!paths.has(span.path), `${span.path} twice`);
    paths.add(span.path);
    if (span.parts === undefined) continue;
    let at = span.start;
    for (const part of span.parts) {
      assert.equal(part.start, at, `${part.path} begins where the part before it ends`);
      at = part.end;
    }
    assert.equal(at, span.end, `the parts of ${span.path} end where it does`);
  }
}

/** The message is what `decodeMessage` gives, and every octet has its place; also among other octets. */
function checkDissection(bytes: Uint8Array, context: WireContext): void {
  const { message: found, spans } = dissectMessage(bytes, 0, bytes.length, context, { lenient: true });
  assert.deepEqual(found, decodeMessage(bytes, 0, bytes.length, context, { lenient: true }));
  checkTree(spans, 0, bytes.length);
  const faults = [...allSpans(spans)].filter(({ fault }) => fault !== undefined);
  const wrong = found instanceof Fault ? found : found.type === 'update' ? found.fault : undefined;
  // The verdict has a place; so have those that are weaker.
  if (wrong === undefined) assert.deepEqual(faults, []);
  else
    assert.ok(
      faults.some(({ fault }) => fault === wrong || fault?.action === wrong.action),
      wrong.reason,
    );
  if (!(found instanceof Fault)) assert.equal(spans.value, found);
  for (const offset of [0, bytes.length - 1]) {
    const at = spansAt(spans, offset);
    assert.equal(at[0], spans);
    assert.equal(at.at(-1)!.parts, undefined);
  }
}

test('an UPDATE: every attribute with flags, type, length and value, every AS number, every prefix', () => {
  const bytes = message(
    MessageType.Update,
    '0004 18 c63364 001c 400101 00 50020006 0201 0000fde9 400304 c0000201 c008 04 fde80064 10 0a01 00',
  );
  const { message: update, spans } = dissectMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT);
  assert.ok(!(update instanceof Fault) && update.type === 'update');
  assert.deepEqual(shown(spans, bytes, 'path-attributes.as-path'), [
    'path-attributes.as-path',
    'path-attributes.as-path.flags 50',
    'path-attributes.as-path.type 02',
    'path-attributes.as-path.length 0006',
    'path-attributes.as-path.value',
    'path-attributes.as-path.value.segment',
    'path-attributes.as-path.value.segment.type 02',
    'path-attributes.as-path.value.segment.count 01',
    'path-attributes.as-path.value.segment.as 0000fde9',
  ]);
  assert.deepEqual(shown(spans, bytes, 'header'), [
    'header',
    `header.marker ${'ff'.repeat(16)}`,
    `header.length 00${bytes.length.toString(16)}`,
    'header.type 02',
  ]);
  assert.deepEqual(shown(spans, bytes, 'withdrawn-routes').slice(1), [
    'withdrawn-routes.prefix',
    'withdrawn-routes.prefix.length 18',
    'withdrawn-routes.prefix.address c63364',
  ]);
  const named = new Map([...allSpans(spans)].map((span) => [span.path, span]));
  assert.equal(named.get('path-attributes.communities.value.community')!.value, 0xfde80064);
  assert.deepEqual(named.get('nlri.prefix[1]')!.value, update.nlri[1]);
  assert.equal(named.get('path-attributes.as-path')!.value, update.attributes[1]);
  assert.deepEqual(
    spansAt(spans, bytes.length - 1).map(({ name }) => name),
    ['update', 'nlri', 'prefix', 'length'],
  );
});

test('offsets are those of the octets that were given', () => {
  const bytes = message(MessageType.Keepalive, '');
  const stream = new Uint8Array([...bytes, ...bytes]);
  const { spans } = dissectMessage(stream, bytes.length, stream.length, DEFAULT_CONTEXT);
  checkTree(spans, bytes.length, stream.length);
});

for (const [what, text, paths] of [
  [
    'MP_REACH_NLRI of VPN prefixes',
    'update attributes { MP_REACH_NLRI ipv4-mpls-vpn next-hop 192.0.2.1 nlri { 65000:1 192.0.2.0/24 labels 16,17 } }',
    'afi safi next-hop-length next-hop reserved nlri nlri.length nlri.label[0] nlri.label[1] nlri.rd nlri.prefix',
  ],
  [
    'EVPN',
    'update attributes { MP_UNREACH_NLRI l2vpn-evpn nlri { inclusive-multicast rd 65000:1 ethernet-tag 0 originating-router 192.0.2.1 } }',
    'afi safi nlri nlri.route-type nlri.length nlri.rd nlri.ethernet-tag nlri.originating-router',
  ],
  [
    'a flow specification',
    'update attributes { MP_REACH_NLRI ipv4-flowspec nlri { destination-prefix 192.0.2.0/24 port >=1&<=1023 } }',
    'afi safi next-hop-length reserved nlri nlri.length nlri.destination-prefix nlri.destination-prefix.type nlri.destination-prefix.length ' +
      'nlri.destination-prefix.prefix nlri.port nlri.port.type nlri.port.operator[0] nlri.port.value[0] nlri.port.operator[1] ' +
      'nlri.port.value[1]',
  ],
  [
    'TLVs within TLVs',
    'update attributes { PREFIX_SID srv6-l3-service (sid-information sid=2001:db8:: flags=0 behavior=19) }',
    'srv6-l3-service srv6-l3-service.type srv6-l3-service.length srv6-l3-service.reserved srv6-l3-service.sid-information ' +
      ['type', 'length', 'reserved', 'sid', 'flags', 'behavior', 'reserved2']
        .map((part) => `srv6-l3-service.sid-information.${part}`)
        .join(' '),
  ],
  [
    'BGP-LS descriptors',
    'update attributes { MP_UNREACH_NLRI bgp-ls nlri { node protocol 2 identifier 1 descriptors [local-node [as 65001]] } }',
    'afi safi nlri nlri.type nlri.length nlri.protocol nlri.identifier nlri.local-node nlri.local-node.type nlri.local-node.length ' +
      'nlri.local-node.as nlri.local-node.as.type nlri.local-node.as.length nlri.local-node.as.value',
  ],
] as const) {
  test(`${what}: each part has its place`, () => {
    const bytes = encodeMessage(parseMessage(text), IBGP);
    const { spans } = dissectMessage(bytes, 0, bytes.length, IBGP);
    checkTree(spans, 0, bytes.length);
    const value = [...allSpans(spans)].find(({ name }) => name === 'value')!;
    const found = [...allSpans(value)].slice(1).map(({ path }) => path.slice(value.path.length + 1));
    assert.deepEqual(found.join(' '), paths);
  });
}

test('an OPEN: fields, parameters, capabilities and what they hold', () => {
  const bytes = message(MessageType.Open, '04 5ba0 005a c0000201 14 0212 4104 fa56ea00 0104 0001 0001 4504 00010103');
  const { spans } = dissectMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT);
  checkTree(spans, 0, bytes.length);
  const paths = [...allSpans(spans)].map(({ path }) => path).filter((path) => !path.startsWith('header') && path !== '');
  assert.deepEqual(
    paths.map((path) => path.replace('parameter.', '')).join(' '),
    [
      'version my-as hold-time bgp-identifier optional-parameters-length parameter type length',
      'four-octet-as four-octet-as.code four-octet-as.length four-octet-as.as',
      'multiprotocol multiprotocol.code multiprotocol.length multiprotocol.afi multiprotocol.reserved multiprotocol.safi',
      'add-path add-path.code add-path.length add-path.afi add-path.safi add-path.send-receive',
    ].join(' '),
  );
});

/** Body, type, and where the fault lies: its path and octets. */
const FAULTS: readonly (readonly [string, number, string, string, string])[] = [
  ['a marker that is not all ones', 4, 'marker', 'header.marker', `${'ff'.repeat(15)}fe`],
  ['an unknown type', 9, '', 'header.type', '09'],
  ['OPEN: version 3', 1, '03 fde9 005a c0000201 00', 'version', '03'],
  ['OPEN: hold time 1', 1, '04 fde9 0001 c0000201 00', 'hold-time', '0001'],
  ['OPEN: AS 0', 1, '04 0000 005a c0000201 00', 'my-as', '0000'],
  ['OPEN: a capability that is malformed', 1, '04 fde9 005a c0000201 07 0205 0103 000100', 'parameter.capability', '0103000100'],
  ['OPEN: a parameter that is cut short', 1, '04 fde9 005a c0000201 02 02ff', 'octets', '02ff'],
  ['UPDATE: ORIGIN of value 9', 2, '0000 0014 40010109 400206 02010000fde9 400304 c0000201 10 0a01', 'path-attributes.origin', '40010109'],
  [
    'UPDATE: an attribute that is discarded',
    2,
    '0000 0017 40010100 400206 02010000fde9 400304 c0000201 c00700 10 0a01',
    'path-attributes.aggregator',
    'c00700',
  ],
  ['UPDATE: an attribute that runs past its block', 2, '0000 0005 400101 00 40 10 0a01', 'path-attributes.octets', '40'],
  ['UPDATE: MP_REACH_NLRI with half a header', 2, '0000 0005 800e02 0001', 'path-attributes.mp-reach-nlri', '800e020001'],
  ['UPDATE: NLRI that do not add up', 2, '0000 0000 20 0a01', 'nlri', '200a01'],
  ['UPDATE: a missing attribute', 2, '0000 0004 40010100 10 0a01', '', ''],
  [
    'UPDATE: an NLRI that makes no sense',
    2,
    '0000 001d 40010100 40020602010000fde9 800e0d 001946 04 c0000201 00 0302c000',
    'path-attributes.mp-reach-nlri.value.nlri',
    '0302c000',
  ],
  ['ROUTE-REFRESH: a BoRR with octets after it', 5, '00010101 00', '', ''],
];

for (const [what, type, body, path, octets] of FAULTS) {
  test(`the place of a fault: ${what}`, () => {
    const bytes = message(type, body === 'marker' ? '' : body);
    if (body === 'marker') bytes[15] = 0xfe;
    const { message: found, spans } = dissectMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT);
    assert.ok(found instanceof Fault || (found.type === 'update' && found.fault !== undefined));
    checkTree(spans, 0, bytes.length);
    const places = [...allSpans(spans)].filter(({ fault }) => fault !== undefined);
    const place = places.find((each) => each.path === path);
    assert.ok(place, places.map((each) => `${each.path}: ${each.fault!.reason}`).join('; '));
    if (path !== '') assert.equal(toHex(bytes, place.start, place.end), octets);
  });
}

test('a block of attributes alone has spans too', () => {
  const bytes = fromHex('400101 00 400304 c0000201');
  const spans = new SpanRecorder(bytes, 0, bytes.length);
  const decoded = decodeAttributes(bytes, 0, bytes.length, { ...DEFAULT_CONTEXT, spans });
  const whole = spans.finish('attributes', decoded);
  checkTree(whole, 0, bytes.length);
  assert.deepEqual(
    whole.parts!.map(({ name, start, end }) => [name, start, end]),
    [
      ['origin', 0, 4],
      ['next-hop', 4, 11],
    ],
  );
});

const folder = sharedWireFolder();
for (const area of folder === undefined ? [] : [...UPDATE_AREAS, 'errors', 'open', 'session-messages', 'robustness']) {
  test(`spans of the vectors of ${area} cover each message`, () => {
    const vectors = loadVectors(area);
    assert.ok(typeof vectors !== 'string');
    for (const vector of vectors) {
      if (vector.kind !== 'message' && vector.kind !== 'bytes') continue;
      for (const context of CONTEXTS) checkDissection(fromHex(vector.hex), context);
    }
  });
}
if (folder === undefined) test('spans of the vectors', { skip: loadVectors('') as string }, () => {});

const SEEDS = [
  'update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 {65002 65003}; NEXT_HOP 192.0.2.1; COMMUNITIES 65000:1; AGGREGATOR 65001 192.0.2.1 }',
  'update attributes { MP_REACH_NLRI l2vpn-evpn next-hop 192.0.2.1 nlri { inclusive-multicast rd 65000:1 ethernet-tag 0 originating-router 192.0.2.1 }; ORIGIN igp; AS_PATH; PMSI_TUNNEL flags 0 type 6 label-field 160 identifier 0xc0000201 }',
  'update attributes { MP_REACH_NLRI bgp-ls next-hop 192.0.2.1 nlri { node protocol 2 identifier 1 descriptors [local-node [as 65001]] }; ORIGIN igp; AS_PATH; BGP_LS node-name text=r1, igp-metric metric=10/3 }',
  'update attributes { MP_REACH_NLRI ipv4-flowspec nlri { ip-protocol =6 destination-port >=1&<=1023 }; ORIGIN igp; AS_PATH; TUNNEL_ENCAPSULATION tunnel-15 (preference flags=0 preference=100) }',
  'open version 4 as 65001 hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv4-unicast; four-octet-as 65001; add-path ipv4-unicast:both }',
];

test('property: whatever octets come, spans nest, cover the message without overlap, and change no value', () => {
  const seeds = SEEDS.map((text) => encodeMessage(parseMessage(text), IBGP));
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(140), fc.nat(255)), { maxLength: 4 }), fc.uint8Array({ maxLength: 6 }))
    .map(([seed, changes, tail]) => {
      const bytes = Uint8Array.from([...seed, ...tail]);
      for (const [at, octet] of changes) if (HEADER_LENGTH + at < bytes.length) bytes[HEADER_LENGTH + at] = octet;
      writeHeader(bytes, 0, bytes.length, bytes[18]!);
      return bytes;
    });
  const any = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 60 })).map(([type, body]) => message(type, toHex(body)));
  fc.assert(fc.property(fc.oneof({ weight: 4, arbitrary: mutated }, any), fc.constantFrom(...CONTEXTS), checkDissection), {
    seed: 4271,
    numRuns: 4000,
  });
});
