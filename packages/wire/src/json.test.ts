import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex } from './bytes.ts';
import { parseCapability } from './capabilities/capabilities.ts';
import { negotiate } from './capabilities/negotiate.ts';
import { DEFAULT_CONTEXT } from './context.ts';
import { IPV4_UNICAST, IPV6_UNICAST } from './family.ts';
import { Fault, ValueError } from './fault.ts';
import { faultFromJson, messageFromJson } from './json/messages.ts';
import { toJson } from './json.ts';
import { decodeMessage } from './messages/message.ts';

test('octets are hexadecimal text, numbers of 64 bits decimal text, sets lists, the rest as it is', () => {
  const value = {
    octets: fromHex('00ff'),
    wide: 0xffff_ffff_ffff_ffffn,
    set: new Set([1, 2]),
    list: [fromHex('01'), 'x', true, null],
    nested: { none: undefined, number: 7 },
    beyond: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
  };
  assert.deepEqual(toJson(value), {
    octets: '00ff',
    wide: '18446744073709551615',
    set: [1, 2],
    list: ['01', 'x', true, null],
    nested: { none: undefined, number: 7 },
    beyond: ['Infinity', '-Infinity', '-0'],
  });
});

test('families are names, alone, in sets and as keys of maps', () => {
  const local = ['multiprotocol ipv4-unicast', 'multiprotocol ipv6-unicast', 'add-path ipv6-unicast:both'].map(parseCapability);
  const { families, addPath, receive } = negotiate(local, local, { localAs: 65_001, remoteAs: 65_001 });
  assert.deepEqual(toJson({ families, addPath, receive }), {
    families: ['ipv4-unicast', 'ipv6-unicast'],
    addPath: { 'ipv6-unicast': { send: true, receive: true } },
    receive: { fourOctetAs: false, addPath: ['ipv6-unicast'], peerType: 'ibgp', extendedMessage: false, extendedNextHop: {} },
  });
  assert.deepEqual(toJson({ family: IPV4_UNICAST, endOfRib: IPV6_UNICAST }), { family: 'ipv4-unicast', endOfRib: 'ipv6-unicast' });
});

const BODY = '40010100 400206 0201 0000fde9 c00808 fde80064 ffffff01 c0200c 0000fde8 00000001 00000002 c01008 0002fde800000064';

test('a message is JSON as a whole, and comes back', () => {
  const bytes = fromHex(`${'ff'.repeat(16)} 004d 02 0000 0032 ${BODY} 18c00002`.replaceAll(' ', ''));
  const message = decodeMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT);
  const json = JSON.parse(JSON.stringify(toJson(message)));
  assert.deepEqual(json, {
    type: 'update',
    withdrawn: [],
    attributes: [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [65_001] }] },
      { type: 'communities', flags: 0xc0, value: ['65000:100', 'no-export'] },
      { type: 'large-communities', flags: 0xc0, value: ['65000:1:2'] },
      { type: 'extended-communities', flags: 0xc0, value: ['rt:65000:100'] },
    ],
    nlri: [{ type: 'ip-prefix', family: 'ipv4-unicast', prefix: '192.0.2.0/24' }],
    fault: { action: 'withdraw', code: 3, subcode: 3, data: '03', reason: 'mandatory attribute 3 is missing' },
  });
  assert.deepEqual(messageFromJson(json), message);
});

test('what may be left out of the JSON of a message', () => {
  assert.deepEqual(messageFromJson({ type: 'update', attributes: [{ type: 'origin', value: 'egp' }] }), {
    type: 'update',
    withdrawn: [],
    attributes: [{ type: 'origin', flags: 0x40, value: 'egp' }],
    nlri: [],
  });
  const open = { type: 'open', as: 65_001, holdTimeSeconds: 90, bgpIdentifier: '192.0.2.1' };
  assert.deepEqual(messageFromJson(open), { ...open, version: 4, capabilities: [], otherParameters: [] });
});

test('a fault comes back as one', () => {
  const fault = new Fault('discard', 3, 9, 'because', fromHex('0a'));
  const back = faultFromJson(JSON.parse(JSON.stringify(toJson(fault))));
  assert.ok(back instanceof Fault);
  assert.deepEqual(back, fault);
});

/** An UPDATE with one attribute. */
function attribute(type: string, value: unknown): object {
  return {
    type: 'update',
    attributes: [
      { type: 'origin', value: 'igp' },
      { type, value },
    ],
  };
}

function reach(nlri: unknown, family = 'l2vpn-evpn'): object {
  return attribute('mp-reach-nlri', { family, nextHops: ['192.0.2.1'], nlri: [nlri] });
}

const ROUTE = {
  type: 'evpn',
  family: 'l2vpn-evpn',
  route: 'inclusive-multicast',
  rd: '65000:1',
  ethernetTag: 0,
  originatingRouter: '192.0.2.1',
};
const NODE = { type: 'bgp-ls', family: 'bgp-ls', kind: 'node', protocol: 2, identifier: '0', descriptors: [] };
const RULE = { type: 'flowspec', family: 'ipv4-flowspec' };

for (const [json, place, found, allowed] of [
  [5, '', '5', 'an object'],
  [null, '', 'null', 'an object'],
  [{}, 'type: ', 'nothing', 'open, update, notification'],
  [{ type: 'constructor' }, 'type: ', '"constructor"', 'open, update'],
  [{ type: 'keepalive', hold: 1 }, '', '"hold"', 'an object of type'],
  [{ type: 'notification', code: 256, subcode: 0 }, 'code: ', '256', 'a number from 0 to 255'],
  [{ type: 'notification', code: 1, subcode: 1, data: 'xyz' }, 'data: ', '"xyz"', 'octets, e.g. "0a0b"'],
  [{ type: 'route-refresh', family: 'ipv5-unicast' }, 'family: ', '"ipv5-unicast"', 'a family'],
  [{ type: 'open', as: 1, holdTimeSeconds: 90, bgpIdentifier: '1.2.3' }, 'bgpIdentifier: ', '"1.2.3"', 'an IPv4 address'],
  [{ type: 'update', attributes: {} }, 'attributes: ', 'an object', 'a list'],
  [{ type: 'update', attributes: [{ type: 'as-paths' }] }, 'attributes[0].type: ', '"as-paths"', 'origin, as-path'],
  [
    { type: 'update', nlri: [{ type: 'ip-prefix', family: 'ipv6-unicast', prefix: '2001:db8::/32' }] },
    'nlri[0].family: ',
    '"ipv6-unicast"',
    'ipv4-unicast',
  ],
  [
    { type: 'update', nlri: [{ type: 'ip-prefix', family: 'ipv4-unicast', prefix: '192.0.2.0' }] },
    'nlri[0].prefix: ',
    '192.0.2.0',
    'e.g. "192.0.2.0/24"',
  ],
  [{ type: 'update', fault: { action: 'ignore' } }, 'fault.action: ', '"ignore"', '"reset", "disable"'],
  [attribute('origin', 'bgp'), 'attributes[1].value: ', '"bgp"', '"igp", "egp", "incomplete"'],
  [attribute('multi-exit-disc', '5'), 'attributes[1].value: ', '"5"', 'a number from 0 to 4294967295'],
  [attribute('as-path', [{ type: 'sequence', asns: [1, 0] }]), 'attributes[1].value[0].asns[1]: ', '0', 'a number from 1'],
  [attribute('communities', ['65000']), 'attributes[1].value[0]: ', '"65000"', '65000:100'],
  [attribute('extended-communities', ['rt:1']), 'attributes[1].value[0]: ', '"rt:1"', 'rt:65000:100'],
  [attribute('aigp', [{ name: 'metric', fields: { value: 7 } }]), 'attributes[1].value[0].fields.value: ', '7', '"7"'],
  [attribute('aigp', [{ name: 'metrics' }]), 'attributes[1].value[0].name: ', '"metrics"', 'metric'],
  [
    attribute('prefix-sid', [{ name: 'label-index', fields: { flags: 0 } }]),
    'attributes[1].value[0].fields.index: ',
    'found nothing',
    'allowed 0 to 4294967295',
  ],
  [
    attribute('prefix-sid', [{ name: 'label-index', fields: { flags: '0', index: 1 } }]),
    'attributes[1].value[0].fields.flags: ',
    '"0"',
    '0',
  ],
  [reach({ ...ROUTE, ethernetTag: -1 }), 'attributes[1].value.nlri[0].ethernetTag: ', '"-1"', '0 to 4294967295'],
  [reach({ ...ROUTE, rd: true }), 'attributes[1].value.nlri[0].rd: ', '"true"', '65000:100'],
  [reach({ ...ROUTE, rd: undefined }), 'attributes[1].value.nlri[0].rd: ', 'found nothing', 'e.g. "65000:100"'],
  [reach({ ...ROUTE, rd: null }), 'attributes[1].value.nlri[0].rd: ', '"null"', 'e.g. "65000:100"'],
  [attribute('bgp-ls', [{ name: 'node-name', fields: {} }]), 'attributes[1].value[0].fields.text: ', 'found nothing', 'a value'],
  [reach({ ...ROUTE, route: 'x' }), 'attributes[1].value.nlri[0].route: ', '"x"', 'ethernet-auto-discovery'],
  [reach({ ...ROUTE, type: 'vpls' }), 'attributes[1].value.nlri[0].type: ', '"vpls"', '"evpn", "unknown"'],
  [reach(ROUTE, 'ipv4-unicast'), 'attributes[1].value.nlri[0].family: ', '"l2vpn-evpn"', '"ipv4-unicast"'],
  [reach({ ...NODE, identifier: 0 }, 'bgp-ls'), 'attributes[1].value.nlri[0].identifier: ', '0', 'decimal text'],
  [reach({ ...NODE, descriptors: [{ name: 'as', value: 'x' }] }, 'bgp-ls'), 'nlri[0].descriptors[0].value: ', '"x"', 'a number'],
  [
    reach({ ...NODE, descriptors: [{ name: 'igp-router-id', value: '192.0.2.1, as 5' }] }, 'bgp-ls'),
    'nlri[0].descriptors: ',
    'a list of 1',
    'a list of 2',
  ],
  [
    reach(
      { ...RULE, components: [{ code: 4, name: 'source-port', numbers: [{ and: false, lt: false, gt: false, eq: true, value: 1 }] }] },
      'ipv4-flowspec',
    ),
    'nlri[0].components[0].code: ',
    '4',
    '6',
  ],
] as const) {
  test(`${place}${found} is refused, with what is allowed`, () => {
    assert.throws(
      () => messageFromJson(json),
      (error: Error) => {
        assert.ok(error instanceof ValueError);
        for (const part of [place, found, allowed]) assert.ok(error.message.includes(part), `${error.message} | ${part}`);
        return true;
      },
    );
  });
}

test('a place may begin outside', () => {
  assert.throws(() => messageFromJson({ type: 'x' }, 'lines[3]'), /^ValueError: lines\[3\]\.type: found "x"/);
});

test('JSON that is nested without end is refused', () => {
  let deep: unknown = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const values = [
    attribute('aigp', [{ name: 'metric', fields: { value: deep } }]),
    attribute('d-path', deep),
    reach({ ...ROUTE, rd: deep }),
  ];
  for (const json of values) assert.throws(() => messageFromJson(json), ValueError);
});
