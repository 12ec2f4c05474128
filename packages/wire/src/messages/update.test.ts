import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findAttribute, type PathAttribute } from '../attributes/attribute.ts';
import { OPTIONAL_NON_TRANSITIVE, WELL_KNOWN } from '../attributes/fields.ts';
import { fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { IPV4_UNICAST, IPV6_UNICAST } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import type { IpPrefix } from '../nlri/ip-prefix.ts';
import { splitUpdate } from './split-update.ts';
import { decodeUpdate, encodeUpdate, endOfRib, type UpdateMessage } from './update.ts';

const IBGP: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };
const ADD_PATH: WireContext = { ...DEFAULT_CONTEXT, addPath: new Set([IPV4_UNICAST, IPV6_UNICAST]) };

function decode(hex: string, context: WireContext = DEFAULT_CONTEXT): UpdateMessage {
  const bytes = fromHex(hex);
  const update = decodeUpdate(bytes, 0, bytes.length, context);
  assert.ok(!(update instanceof Fault), update instanceof Fault ? update.reason : '');
  return update;
}

function faultOf(hex: string, context: WireContext = DEFAULT_CONTEXT): Fault | undefined {
  const bytes = fromHex(hex);
  const update = decodeUpdate(bytes, 0, bytes.length, context);
  return update instanceof Fault ? update : update.fault;
}

function v4(prefix: string, pathIdentifier?: number): IpPrefix {
  return { type: 'ip-prefix', family: IPV4_UNICAST, prefix, ...(pathIdentifier !== undefined && { pathIdentifier }) };
}

function v6(prefix: string): IpPrefix {
  return { type: 'ip-prefix', family: IPV6_UNICAST, prefix };
}

const ORIGIN = '40010100';
const AS_PATH = '400206 0201 0000fde9';
const NEXT_HOP = '400304 c0000201';
const MANDATORY = `${ORIGIN} ${AS_PATH} ${NEXT_HOP}`;

const ATTRIBUTES: readonly PathAttribute[] = [
  { type: 'origin', flags: WELL_KNOWN, value: 'igp' },
  { type: 'as-path', flags: WELL_KNOWN, value: [{ type: 'sequence', asns: [65_001] }] },
  { type: 'next-hop', flags: WELL_KNOWN, value: '192.0.2.1' },
];

/** A body of these attributes and NLRI; spaces are free. */
function body(attributes: string, nlri = '', withdrawn = ''): string {
  const length = (hex: string) => (fromHex(hex).length & 0xffff).toString(16).padStart(4, '0');
  return `${length(withdrawn)} ${withdrawn} ${length(attributes)} ${attributes} ${nlri}`;
}

test('RFC 4271 §4.3: withdrawn routes, attributes and NLRI, both ways', () => {
  const hex = body(MANDATORY, '18 c63364 00', '10 0a01');
  const update: UpdateMessage = {
    type: 'update',
    withdrawn: [v4('10.1.0.0/16')],
    attributes: [...ATTRIBUTES],
    nlri: [v4('198.51.100.0/24'), v4('0.0.0.0/0')],
  };
  assert.deepEqual(decode(hex), update);
  assert.equal(toHex(encodeUpdate(update, DEFAULT_CONTEXT)), toHex(fromHex(hex)));
});

test('RFC 4271 §4.3: bits after the prefix mean nothing', () => {
  assert.deepEqual(decode(body(MANDATORY, '14 c633ff')).nlri, [v4('198.51.240.0/20')]);
});

test('RFC 7911 §3: path identifiers in both fields', () => {
  const hex = body(MANDATORY, '00000007 18 c63364', '00000001 08 0a');
  const update = decode(hex, ADD_PATH);
  assert.deepEqual([update.withdrawn, update.nlri], [[v4('10.0.0.0/8', 1)], [v4('198.51.100.0/24', 7)]]);
  assert.equal(toHex(encodeUpdate(update, ADD_PATH)), toHex(fromHex(hex)));
});

test('RFC 7606 §5.1: MP_REACH_NLRI is written before the others, whatever order the value has', () => {
  const reach: PathAttribute = {
    type: 'mp-reach-nlri',
    flags: OPTIONAL_NON_TRANSITIVE,
    value: { family: IPV6_UNICAST, nextHops: ['2001:db8::1'], nlri: [v6('2001:db8:1::/48')] },
  };
  const octets = encodeUpdate({ type: 'update', withdrawn: [], attributes: [...ATTRIBUTES, reach], nlri: [] }, DEFAULT_CONTEXT);
  assert.equal(octets[5], 14);
  assert.deepEqual(decodeUpdate(octets, 0, octets.length, DEFAULT_CONTEXT), {
    type: 'update',
    withdrawn: [],
    attributes: [reach, ...ATTRIBUTES],
    nlri: [],
  });
});

test('RFC 4724 §2: End-of-RIB of IPv4 unicast is an empty UPDATE', () => {
  assert.equal(decode('00000000').endOfRib, IPV4_UNICAST);
  assert.equal(decode(body('', '', '08 0a')).endOfRib, undefined);
});

test('RFC 4724 §2: End-of-RIB of another family is an MP_UNREACH_NLRI without NLRI', () => {
  assert.equal(decode(body('800f03 0002 01')).endOfRib, IPV6_UNICAST);
  assert.equal(decode(body('900f0003 0002 01')).endOfRib, IPV6_UNICAST);
  assert.equal(decode(body('800f04 0002 01 00')).endOfRib, undefined);
});

for (const [what, hex] of [
  ['shorter than its length fields', '000000'],
  ['withdrawn routes past the end', '00050000'],
  ['attributes past the end', '0000000540'],
] as const) {
  test(`RFC 7606 §3 a, RFC 4271 §6.3: ${what} is session reset, Malformed Attribute List`, () => {
    const fault = faultOf(hex);
    assert.deepEqual([fault?.action, fault?.code, fault?.subcode], ['reset', 3, 1]);
  });
}

for (const [what, hex] of [
  ['a prefix of 33 bits', body(MANDATORY, '21 c633640001')],
  ['a prefix with too few octets', body(MANDATORY, '18 c633')],
  ['a withdrawn prefix of 33 bits', body('', '', '21 c633640001')],
] as const) {
  test(`RFC 7606 §5.3: ${what} is session reset, Invalid Network Field`, () => {
    const fault = faultOf(hex);
    assert.deepEqual([fault?.action, fault?.code, fault?.subcode], ['reset', 3, 10]);
  });
}

for (const [what, attributes, subcode, data] of [
  ['ORIGIN', `${AS_PATH} ${NEXT_HOP}`, 3, '01'],
  ['AS_PATH', `${ORIGIN} ${NEXT_HOP}`, 3, '02'],
  ['NEXT_HOP', `${ORIGIN} ${AS_PATH}`, 3, '03'],
] as const) {
  test(`RFC 7606 §3 d: without ${what} the routes are treated as withdrawn`, () => {
    const fault = faultOf(body(attributes, '18 c63364'));
    assert.deepEqual([fault?.action, fault?.code, fault?.subcode, toHex(fault!.data)], ['withdraw', 3, subcode, data]);
  });
}

test('RFC 4760 §3: NEXT_HOP is not needed for MP_REACH_NLRI alone', () => {
  const reach = '800e1c 000201 10 20010db8000000000000000000000001 00 30 20010db80001';
  assert.equal(faultOf(body(`${reach} ${ORIGIN} ${AS_PATH}`)), undefined);
});

test('RFC 9552 §8.2.2: an NLRI that makes no sense is kept as octets, and the others stand', () => {
  // EVPN: an inclusive multicast route, and one whose originating router has 5 octets.
  const route = '03 11 0000fde800000001 00000000 20 c0000201';
  const broken = '03 12 0000fde800000001 00000000 28 c000020101';
  const nlri = `0019 46 04 c0000201 00 ${route} ${broken}`;
  const update = decode(body(`800e${fromHex(nlri).length.toString(16)} ${nlri} ${ORIGIN} ${AS_PATH}`));
  const [reach] = update.attributes;
  assert.ok(reach?.type === 'mp-reach-nlri');
  assert.deepEqual(
    reach.value.nlri.map(({ type }) => type),
    ['evpn', 'unknown'],
  );
  assert.equal(update.fault?.action, 'discard');
  assert.match(update.fault.reason, /l2vpn-evpn makes no sense: 0x0312/);
  assert.equal(
    toHex(encodeUpdate(update, DEFAULT_CONTEXT)),
    toHex(fromHex(body(`800e${fromHex(nlri).length.toString(16)} ${nlri} ${ORIGIN} ${AS_PATH}`))),
  );
});

test('RFC 7606 §3 g: of an attribute that comes twice the first counts', () => {
  const update = decode(body(`${MANDATORY} 400101 02`, '18 c63364'));
  assert.deepEqual([update.attributes, update.fault], [[...ATTRIBUTES], undefined]);
});

test('RFC 7606 §3 g: a second MP_REACH_NLRI ends the session', () => {
  const unreach = '800f03 000201';
  assert.deepEqual(decode(body(unreach)).fault, undefined);
  assert.equal(faultOf(body(`${unreach} ${unreach}`))?.action, 'reset');
});

test('RFC 7606 §3 h: of several verdicts the strongest holds', () => {
  // LOCAL_PREF from an external peer is discarded; ORIGIN 3 withdraws.
  const localPref = '400504 00000064';
  assert.equal(faultOf(body(`${MANDATORY} ${localPref}`, '18 c63364'))?.action, 'discard');
  assert.equal(faultOf(body(`${MANDATORY.replace('40010100', '40010103')} ${localPref}`, '18 c63364'))?.action, 'withdraw');
  assert.equal(faultOf(body(`${MANDATORY} ${localPref}`, '18 c63364'), IBGP), undefined);
});

test('RFC 7606 §4: attributes that overrun their total length withdraw; the NLRI are still known', () => {
  const update = decode(body(`${MANDATORY} c01020 00`, '18 c63364'));
  assert.deepEqual([update.fault?.action, update.nlri], ['withdraw', [v4('198.51.100.0/24')]]);
});

test('a value that cannot be written is refused', () => {
  const nlri = [v6('2001:db8::/32')];
  assert.throws(() => encodeUpdate({ type: 'update', withdrawn: [], attributes: [], nlri }, DEFAULT_CONTEXT), ValueError);
});

test('an UPDATE that is too long is split: each part fits, and together they say the same', () => {
  const prefixes = (count: number) => Array.from({ length: count }, (_, i) => `10.${i >>> 8}.${i & 0xff}.0/24`);
  const nlri = prefixes(3000).map((prefix) => v4(prefix));
  const withdrawn = prefixes(2500).map((prefix) => v4(prefix.replace('10.', '20.')));
  const wide = Array.from({ length: 1000 }, (_, i) => v6(`2001:db8:${(i + 1).toString(16)}::/48`));
  const reach: PathAttribute = {
    type: 'mp-reach-nlri',
    flags: OPTIONAL_NON_TRANSITIVE,
    value: { family: IPV6_UNICAST, nextHops: ['2001:db8::1'], nlri: wide },
  };
  const unreach: PathAttribute = { type: 'mp-unreach-nlri', flags: OPTIONAL_NON_TRANSITIVE, value: { family: IPV6_UNICAST, nlri: wide } };
  const whole: UpdateMessage = { type: 'update', withdrawn, attributes: [reach, unreach, ...ATTRIBUTES], nlri };
  const got: { [key: string]: IpPrefix[] } = { withdrawn: [], nlri: [], 'mp-reach-nlri': [], 'mp-unreach-nlri': [] };
  for (const part of splitUpdate(whole, DEFAULT_CONTEXT)) {
    const octets = encodeUpdate(part, DEFAULT_CONTEXT);
    assert.ok(octets.length + 19 <= 4096);
    const again = decodeUpdate(octets, 0, octets.length, DEFAULT_CONTEXT);
    assert.ok(!(again instanceof Fault) && again.fault === undefined);
    got['withdrawn']!.push(...again.withdrawn);
    got['nlri']!.push(...again.nlri);
    for (const attribute of again.attributes) {
      if (attribute.type === 'mp-reach-nlri' || attribute.type === 'mp-unreach-nlri') {
        got[attribute.type]!.push(...(attribute.value.nlri as IpPrefix[]));
      }
    }
  }
  assert.deepEqual(got, { withdrawn, nlri, 'mp-reach-nlri': wide, 'mp-unreach-nlri': wide });
});

test('an UPDATE of more than 65535 octets is split too', () => {
  const nlri = Array.from({ length: 40_000 }, (_, i) => v4(`10.${i >>> 8}.${i & 0xff}.0/24`));
  const parts = splitUpdate({ type: 'update', withdrawn: nlri, attributes: [], nlri: [] }, { ...DEFAULT_CONTEXT, extendedMessage: true });
  assert.deepEqual(
    parts.flatMap((part) => part.withdrawn),
    nlri,
  );
});

test('an UPDATE of which all was discarded is not written as End-of-RIB', () => {
  const update = decode(body('c00701 00')); // AGGREGATOR of one octet: RFC 7606 §7.7, discarded
  assert.deepEqual([update.attributes, update.fault?.action, update.endOfRib], [[], 'discard', undefined]);
  assert.throws(() => encodeUpdate(update, DEFAULT_CONTEXT), /End-of-RIB of ipv4-unicast/);
  assert.deepEqual(splitUpdate(update, DEFAULT_CONTEXT), []);
  const withdrawal: PathAttribute = { type: 'mp-unreach-nlri', flags: 0x80, value: { family: IPV6_UNICAST, nlri: [] } };
  assert.throws(() => encodeUpdate({ ...update, attributes: [withdrawal] }, DEFAULT_CONTEXT), /End-of-RIB of ipv6-unicast/);
  assert.throws(() => encodeUpdate({ ...update, endOfRib: IPV6_UNICAST }, DEFAULT_CONTEXT), ValueError);
  for (const [family, octets] of [
    [IPV4_UNICAST, '00000000'],
    [IPV6_UNICAST, '00000006800f03000201'],
  ] as const) {
    assert.equal(toHex(encodeUpdate(endOfRib(family), DEFAULT_CONTEXT)), octets);
    assert.deepEqual(decode(octets), endOfRib(family));
  }
});

test('a withdrawal of nothing among the routes of a long UPDATE does not become End-of-RIB when that is split', () => {
  const withdrawal: PathAttribute = { type: 'mp-unreach-nlri', flags: 0x80, value: { family: IPV6_UNICAST, nlri: [] } };
  const nlri = Array.from({ length: 2000 }, (_, i) => v4(`10.${i >> 8}.${i & 255}.0/24`));
  const parts = splitUpdate({ type: 'update', withdrawn: [], attributes: [...ATTRIBUTES, withdrawal], nlri }, DEFAULT_CONTEXT);
  assert.deepEqual(
    parts.flatMap((part) => part.nlri),
    nlri,
  );
  for (const part of parts) assert.equal(findAttribute(part.attributes, 'mp-unreach-nlri'), undefined);
});

test('attributes that leave no room for a route cannot be split', () => {
  const big: PathAttribute = { type: 'unknown', code: 99, flags: 0xc0, bytes: new Uint8Array(5000) };
  const update: UpdateMessage = { type: 'update', withdrawn: [], attributes: [...ATTRIBUTES, big], nlri: [v4('10.0.0.0/8')] };
  assert.throws(() => splitUpdate(update, DEFAULT_CONTEXT), ValueError);
});

test('property: any octets decode or fault, and what decodes without a fault decodes again when written', () => {
  const attribute = fc
    .tuple(fc.constantFrom(0x40, 0x80, 0xc0, 0xe0), fc.integer({ min: 0, max: 45 }), fc.uint8Array({ maxLength: 24 }))
    .map(([flags, code, value]) => [flags, code, value.length, ...value]);
  const octets = fc
    .tuple(fc.array(attribute, { maxLength: 5 }), fc.boolean(), fc.uint8Array({ maxLength: 12 }))
    .map(([attributes, mandatory, nlri]) => {
      const block = [...(mandatory ? fromHex(MANDATORY) : []), ...attributes.flat()];
      return Uint8Array.from([0, 0, block.length >>> 8, block.length & 0xff, ...block, ...nlri]);
    });
  fc.assert(
    fc.property(octets, fc.constantFrom(DEFAULT_CONTEXT, IBGP, ADD_PATH, { ...IBGP, fourOctetAs: false }), (bytes, context) => {
      const got = decodeUpdate(bytes, 0, bytes.length, context);
      if (got instanceof Fault || got.fault !== undefined) return;
      const again = encodeUpdate(got, context);
      const back = decodeUpdate(again, 0, again.length, context);
      assert.ok(!(back instanceof Fault));
      assert.deepEqual(plain(back), plain(got));
    }),
    { seed: 4271, numRuns: 5000 },
  );
});

/** Attributes by type, without the bits of their flags that `encode` decides itself. */
function plain(update: UpdateMessage): unknown {
  const attributes = update.attributes.map((each) => ({ ...each, flags: each.flags & 0xe0 }));
  return { ...update, attributes: attributes.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) };
}

for (const [what, hex, subcode, data] of [
  ['MP_REACH_NLRI, Optional Attribute Error (RFC 4760 §7)', '800e05 0001010200', 9, '800e050001010200'],
  ['ORIGIN, Invalid ORIGIN', '40010103', 6, '40010103'],
  ['NEXT_HOP, Attribute Length Error', '400303 c00002', 5, '400303c00002'],
  ['MULTI_EXIT_DISC with wrong flags', '400404 00000001', 4, '40040400000001'],
  ['an unknown well-known attribute', '406301 00', 2, '40630100'],
  ['an AS_PATH, without data', '400201 02', 11, ''],
] as const) {
  test(`RFC 4271 §6.3: the NOTIFICATION shows ${what}`, () => {
    const fault = faultOf(body(hex));
    assert.ok(fault);
    assert.deepEqual([fault.action, fault.code, fault.subcode, toHex(fault.data)], ['reset', 3, subcode, data]);
  });
}

test('RFC 4271 §4.5: a large attribute is shown as far as a NOTIFICATION has room', () => {
  const fault = faultOf(body(`900e2710 000101${'00'.repeat(9997)}`));
  assert.equal(fault?.data.length, 4096 - 21);
});

test('RFC 4760 §3: a NEXT_HOP without NLRI of its own is ignored, 0.0.0.0 as some send it too', () => {
  const nowhere = '400304 00000000';
  const ipv6 = '800e1a 000201 10 20010db8000000000000000000000001 00 2020010db8';
  assert.equal(faultOf(body(`${ORIGIN}${AS_PATH}${nowhere}${ipv6}`)), undefined);
  assert.equal(faultOf(body(`${nowhere}800f08 000201 2020010db8`)), undefined);
  const own = faultOf(body(`${ORIGIN}${AS_PATH}${nowhere}`, '18c00002'));
  assert.deepEqual([own?.action, own?.subcode], ['withdraw', 8]);
});

test('RFC 8955 §10: a flow specification that makes no sense takes all of the UPDATE with it', () => {
  // A destination prefix, and one whose prefix of 40 bits no IPv4 address has.
  const nlri = '0001 85 00 00 05 01 18 0a0000 07 01 28 0a00000000';
  const update = decode(body(`800e${fromHex(nlri).length.toString(16)} ${nlri} ${ORIGIN} ${AS_PATH}`));
  assert.equal(update.fault?.action, 'withdraw');
  assert.match(update.fault.reason, /ipv4-flowspec makes no sense: 0x0701280a00000000/);
});

const BGPSEC: WireContext = { ...DEFAULT_CONTEXT, bgpsec: new Set([1]) };
const SECURED = `802129 0008 01 00 0000fde9 0021 01 ${'ab'.repeat(20)} 0008 deadbeefdeadbeef`;
const REACH_V4 = '800e0d 000101 04 c0000201 00 18 c63364';
const REACH_V6 = `800e1a 000201 10 20010db8${'00'.repeat(12)} 00 20 20010db8`;

for (const [what, attributes, nlri, context, reason] of [
  ['BGPSEC_PATH takes the place of AS_PATH', `${REACH_V4} ${ORIGIN} ${SECURED}`, '', BGPSEC, undefined],
  ['not where BGPsec was not agreed upon', `${REACH_V4} ${ORIGIN} ${SECURED}`, '', DEFAULT_CONTEXT, /mandatory attribute 2/],
  ['not for another address family', `${REACH_V6} ${ORIGIN} ${SECURED}`, '', BGPSEC, /mandatory attribute 2/],
  ['not for routes in the NLRI field', `${ORIGIN} ${NEXT_HOP} ${SECURED}`, '18 c63364', BGPSEC, /mandatory attribute 2/],
  ['an AS_PATH alone is as good', `${REACH_V4} ${ORIGIN} ${AS_PATH}`, '', BGPSEC, undefined],
  ['one of the two must be there', `${REACH_V4} ${ORIGIN}`, '', BGPSEC, /mandatory attribute 2/],
  ['both are an error', `${REACH_V4} ${ORIGIN} ${AS_PATH} ${SECURED}`, '', BGPSEC, /exclude each other/],
  ['a malformed one is treated as withdrawn', `${REACH_V4} ${ORIGIN} 802102 0008`, '', BGPSEC, /do not add up/],
] as const) {
  test(`RFC 8205 §3, §5.2: ${what}`, () => {
    const fault = faultOf(body(attributes, nlri), context);
    assert.equal(fault?.action, reason === undefined ? undefined : 'withdraw', fault?.reason);
    if (reason !== undefined) assert.match(fault!.reason, reason);
  });
}

test('RFC 8205 §3: what one scan found of BGPsec is not there in the next', () => {
  assert.equal(faultOf(body(`${REACH_V4} ${ORIGIN} ${SECURED}`), BGPSEC), undefined);
  assert.match(faultOf(body(`${REACH_V4} ${ORIGIN}`), DEFAULT_CONTEXT)!.reason, /mandatory attribute 2/);
});
