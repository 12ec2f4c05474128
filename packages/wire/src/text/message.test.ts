import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAttribute } from '../attributes/attributes.ts';
import { fromHex, toHex } from '../bytes.ts';
import { parseCapability } from '../capabilities/capabilities.ts';
import { DEFAULT_CONTEXT } from '../context.ts';
import { IPV4_UNICAST, IPV6_UNICAST } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { encodeMessage, type Message } from '../messages/message.ts';
import { endOfRib } from '../messages/update.ts';
import { formatMessage, parseMessage } from './message.ts';
import { parseFault } from './update.ts';

const NLRI = { type: 'ip-prefix', family: IPV4_UNICAST, prefix: '192.0.2.0/24' } as const;
const UPDATE = { type: 'update', withdrawn: [], attributes: [], nlri: [] } as const;
const OPEN = {
  type: 'open',
  version: 4,
  as: 65_001,
  holdTimeSeconds: 90,
  bgpIdentifier: '192.0.2.1',
  capabilities: [],
  otherParameters: [],
} as const;

const MESSAGES: readonly (readonly [text: string, message: Message])[] = [
  ['keepalive', { type: 'keepalive' }],
  ['notification 6/2 Cease, Administrative Shutdown: "bye"', { type: 'notification', code: 6, subcode: 2, data: fromHex('03627965') }],
  ['open as 65001 hold-time 90 bgp-identifier 192.0.2.1', { ...OPEN, capabilities: [], otherParameters: [] }],
  [
    'open version 3 as 23456 hold-time 0 bgp-identifier 192.0.2.1 capabilities { fqdn "a; b }" "\\"\\u001b"; unknown 200 0a } parameters { 1 0x0a; 9 0x } extended-parameters',
    {
      ...OPEN,
      version: 3,
      as: 23_456,
      holdTimeSeconds: 0,
      capabilities: [
        { type: 'fqdn', hostname: 'a; b }', domain: '"\u{1b}' },
        { type: 'unknown', code: 200, bytes: fromHex('0a') },
      ],
      otherParameters: [
        { code: 1, bytes: fromHex('0a') },
        { code: 9, bytes: fromHex('') },
      ],
      extendedParameters: true,
    },
  ],
  ['update', { ...UPDATE, withdrawn: [], attributes: [], nlri: [] }],
  ['update end-of-rib ipv4-unicast', endOfRib(IPV4_UNICAST)],
  ['update end-of-rib ipv6-unicast', endOfRib(IPV6_UNICAST)],
  [
    'update attributes { MP_UNREACH_NLRI/0x90 ipv6-unicast nlri { } } end-of-rib ipv6-unicast',
    { ...endOfRib(IPV6_UNICAST), attributes: [{ ...parseAttribute('mp-unreach-nlri', 'ipv6-unicast nlri { }'), flags: 0x90 }] },
  ],
  [
    'update withdrawn { 192.0.2.0/24 path-id 7 } nlri { 192.0.2.0/24; 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH/0x50 65001 {65002 65003}; ATTRIBUTE_99 0xc0 0x } fault withdraw 3/3 "no; \\"next hop\\"" data 03',
    {
      type: 'update',
      withdrawn: [{ ...NLRI, pathIdentifier: 7 }],
      nlri: [NLRI, NLRI],
      attributes: [
        parseAttribute('ORIGIN igp'),
        { ...parseAttribute('AS_PATH 65001 {65002 65003}'), flags: 0x50 },
        { type: 'unknown', code: 99, flags: 0xc0, bytes: fromHex('') },
      ],
      fault: new Fault('withdraw', 3, 3, 'no; "next hop"', Uint8Array.of(3)),
    },
  ],
  ['route-refresh ipv4-unicast', { type: 'route-refresh', family: IPV4_UNICAST, subtype: 0 }],
  ['route-refresh ipv4-unicast begin', { type: 'route-refresh', family: IPV4_UNICAST, subtype: 1 }],
  ['route-refresh ipv6-unicast subtype 9 rest 0x0a', { type: 'route-refresh', family: IPV6_UNICAST, subtype: 9, rest: fromHex('0a') }],
  [
    'route-refresh ipv4-unicast orf immediate { 64 { remove-all; add deny sequence 10 192.0.2.0/24 min 24 max 32 }; 66 0x; 128 { } }',
    {
      type: 'route-refresh',
      family: IPV4_UNICAST,
      subtype: 0,
      orf: {
        whenToRefresh: 'immediate',
        groups: [
          {
            orfType: 64,
            prefixes: [
              { action: 'remove-all' },
              { action: 'add', match: 'deny', sequence: 10, minLength: 24, maxLength: 32, prefix: '192.0.2.0/24' },
            ],
          },
          { orfType: 66, bytes: fromHex('') },
          { orfType: 128, prefixes: [] },
        ],
      },
    },
  ],
  ['operational ASM ipv4-unicast "see you; { "', { type: 'operational', code: 2, advisory: { family: IPV4_UNICAST, text: 'see you; { ' } }],
  [
    'operational LPCP ipv6-unicast router-id 192.0.2.1 sequence 7 count 1000',
    { type: 'operational', code: 8, counter: { family: IPV6_UNICAST, routerId: '192.0.2.1', sequence: 7, count: 1000 } },
  ],
  [
    'operational RPCQ ipv4-unicast router-id 192.0.2.1 sequence 7',
    { type: 'operational', code: 3, counter: { family: IPV4_UNICAST, routerId: '192.0.2.1', sequence: 7 } },
  ],
  ['operational type 77 0x0a0b', { type: 'operational', code: 77, bytes: fromHex('0a0b') }],
];

for (const [text, message] of MESSAGES) {
  test(`text, both ways: ${text}`, () => {
    assert.equal(formatMessage(message), text);
    assert.deepEqual(parseMessage(text), message);
  });
}

test('what a terminal would obey is escaped', () => {
  const open: Message = {
    ...OPEN,
    capabilities: [{ type: 'fqdn', hostname: '\u{9b}31m\u{202e}\u{e0001}', domain: '' }],
    otherParameters: [],
  };
  const text = formatMessage(open);
  assert.ok(text.endsWith('capabilities { fqdn "\\u009b31m\\u202e\\udb40\\udc01" "" }'), text);
  assert.deepEqual(parseMessage(text), open);
});

test('a message may have several lines, attributes have the names of the RFC or their own, and the order is free', () => {
  const message = parseMessage(`
    update
      attributes {
        origin igp;
        as-path 65001 65002;
        next-hop 192.0.2.1;
      }
      nlri { 192.0.2.0/24 }
  `);
  assert.equal(
    toHex(encodeMessage(message, DEFAULT_CONTEXT)).slice(38),
    '0000001840010100' + '4002' + '0a' + '0202' + '0000fde9' + '0000fdea' + '400304c0000201' + '18c00002',
  );
  assert.deepEqual(parseMessage('open bgp-identifier 192.0.2.1 hold-time 90 as 65001 capabilities { multiprotocol ipv4-unicast }'), {
    ...OPEN,
    capabilities: [parseCapability('multiprotocol ipv4-unicast')],
    otherParameters: [],
  });
});

for (const [text, message] of [
  ['', 'found "", allowed is open, update'],
  ['hello', 'found "hello", allowed is open, update'],
  ['keepalive now', 'found "now", allowed is nothing'],
  ['open as 65001', 'lacks as, hold-time or bgp-identifier'],
  ['open as 65536', 'found "65536", allowed 0 to 65535'],
  ['open bgp-identifier 1.2.3', 'found "1.2.3", allowed a dotted quad'],
  ['open capabilities multiprotocol', 'found "multiprotocol", allowed is a list in braces'],
  ['open parameters { 1 0x0a 2 }', 'found "2", allowed is one type'],
  ['open color 1', 'found "color", allowed is version'],
  ['update nlri { 192.0.2.0/24', '"{" without "}"'],
  ['update nlri { 192.0.2.0/24 } }', 'found "}" without "{"'],
  ['update nlri { "192.0.2.0/24 }', 'a quote that is not closed'],
  ['update nlri { 192.0.2.0 }', '"192.0.2.0" is not an IPv4 prefix'],
  ['update nlri', 'found the end, allowed is a list in braces'],
  ['update attributes { next-hop }', 'allowed is an IPv4 address'],
  ['update attributes { hop 192.0.2.1 }', '"hop" is not a path attribute'],
  ['update end-of-rib ipv5', 'found "ipv5", allowed is a family'],
  ['update fault maybe 1/1 "x"', 'found "maybe", allowed is reset'],
  ['update fault reset 1 "x"', 'subcode: found nothing'],
  ['update fault reset 1/1 "x" data 0', 'found "0", allowed are octets'],
  ['route-refresh ipv4-unicast orf later { }', 'found "later", allowed is immediate or defer'],
  ['route-refresh ipv4-unicast orf defer { 64 { add permit sequence 1 192.0.2.0/24 } }', 'found the end, allowed is "min"'],
  ['route-refresh ipv4-unicast middle', 'found "middle", allowed is begin'],
  ['operational HELLO 0x', 'found "HELLO", allowed is ADM'],
  ['operational LPCQ ipv4-unicast router-id 192.0.2.1', 'is not a counter'],
  ['operational ADM ipv4-unicast "a" "b"', 'found ""b"", allowed is nothing more'],
] as const) {
  test(`"${text}" is refused`, () => {
    assert.throws(
      () => parseMessage(text),
      (error: Error) => error instanceof ValueError && error.message.includes(message),
      message,
    );
  });
}

test('a fault that is more than one is refused', () => {
  assert.throws(() => parseFault('reset 1/1 "x" data 0a reset'), ValueError);
});
