/** Every value that can be written comes back; what cannot be written is said, and nothing of it stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, familyCodec, fromHex, IPV4_UNICAST, IPV6_UNICAST, parseAttribute, parseFamily, toHex, ValueError } from '@tsbgp/wire';
import fc from 'fast-check';
import { NLRI_VECTORS } from '../../wire/test/vectors/nlri.ts';
import { bgp4mpValue, otherValue } from '../test/arbitrary-values.ts';
import { decodeRibAttributes, encodeRibAttributes } from './attributes.ts';
import { MrtDamage } from './damage.ts';
import type { MrtValue, RibRecord } from './kinds/values.ts';
import { MrtRecord } from './record.ts';
import { appendMrt, encodeMrt, type MrtTime, mrtTime } from './write.ts';

function roundTrip(time: MrtTime, value: MrtValue): void {
  const octets = encodeMrt(time, value);
  const record = new MrtRecord(octets, 0, octets.length, 0);
  assert.deepEqual([record.timestamp, record.microseconds], [time.timestamp, time.microseconds]);
  const back = record.decode();
  assert.ok(!(back instanceof MrtDamage), back instanceof MrtDamage ? back.reason : '');
  // Arbitrary objects of fast-check have no prototype.
  assert.deepEqual(structuredClone(back), structuredClone(value));
  assert.equal(toHex(encodeMrt(record, back)), toHex(octets));
}

const micros = fc.nat(999_999);
const seconds = fc.nat(0xffff_ffff);

test('values of BGP4MP come back, with and without microseconds', () => {
  fc.assert(
    fc.property(bgp4mpValue, seconds, fc.option(micros, { nil: undefined }), (value, timestamp, microseconds) =>
      roundTrip({ timestamp, microseconds }, value),
    ),
    {
      numRuns: 1000,
    },
  );
});

test('values of all other kinds come back', () => {
  fc.assert(
    fc.property(otherValue, seconds, (value, timestamp) => roundTrip({ timestamp }, value)),
    { numRuns: 1000 },
  );
});

test('any octets are a value or damage, never an exception; a shorter body is never read past its end', () => {
  const cut = fc.tuple(fc.oneof(bgp4mpValue, otherValue), fc.nat(200), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }));
  fc.assert(
    fc.property(cut, ([value, length, changes]) => {
      const octets = encodeMrt({ timestamp: 0 }, value);
      for (const [at, octet] of changes) if (at >= 12 && at < octets.length) octets[at] = octet;
      const record = new MrtRecord(octets, 0, Math.max(12, Math.min(length, octets.length)), 7);
      const back = record.decode();
      if (back instanceof MrtDamage) assert.equal(back.offset, 7);
      else encodeMrt(record, back);
    }),
    { numRuns: 3000 },
  );
});

test('generic RIB records hold NLRI of every family that wire knows', () => {
  let count = 0;
  for (const [name, , octets] of NLRI_VECTORS.flatMap(({ examples }) => examples)) {
    const family = parseFamily(name)!;
    const bytes = fromHex(octets);
    const nlri = familyCodec(family)!.decode(bytes, 0, bytes.length, family);
    assert.ok(nlri !== undefined);
    const entries = [{ peerIndex: 3, originatedTime: 1_700_000_000, attributes: fromHex('40010100') }];
    const value: RibRecord = { type: 'rib', family, addPath: false, generic: true, sequence: 1, nlri, entries };
    roundTrip({ timestamp: 1 }, value);
    if (nlri.type !== 'ip-prefix') assert.throws(() => encodeMrt({ timestamp: 1 }, { ...value, generic: false }), /needs RIB_GENERIC/);
    count++;
  }
  assert.ok(count >= 20, `${count} examples`);
});

test('RFC 6396 §4.3.4: MP_REACH_NLRI of a RIB entry is its next hop alone; the whole attribute is read, too', () => {
  const attributes = [parseAttribute('MP_REACH_NLRI', 'ipv6-unicast next-hop 2001:db8::1 nlri { }'), parseAttribute('ORIGIN', 'igp')];
  const octets = encodeRibAttributes(attributes);
  assert.equal(toHex(octets), `800e1110${'20010db8000000000000000000000001'}40010100`);
  const short = decodeRibAttributes(octets, IPV6_UNICAST);
  assert.deepEqual([short.fault, short.attributes.map(({ type }) => type)], [undefined, ['mp-reach-nlri', 'origin']]);
  const whole = Uint8Array.from(Buffer.from('800e15 000201 10 20010db8000000000000000000000001 00'.replaceAll(' ', ''), 'hex'));
  assert.deepEqual(decodeRibAttributes(whole, IPV6_UNICAST).attributes[0], short.attributes[0]);
});

test('what cannot be written is refused with what is allowed, and nothing stays in the output', () => {
  const out = new ByteWriter();
  const change = {
    type: 'state-change',
    peerAs: 70_000,
    localAs: 1,
    interfaceIndex: 0,
    peerAddress: '192.0.2.1',
    localAddress: '192.0.2.2',
    fourOctetAs: false,
    oldState: 1,
    newState: 2,
  } as const;
  assert.throws(() => appendMrt(out, { timestamp: 1 }, change), /AS 70000: allowed here is 0 to 65535, because fourOctetAs is false/);
  assert.throws(
    () => appendMrt(out, { timestamp: 1 }, { ...change, peerAs: 1, localAddress: '2001:db8::1' }),
    /2001:db8::1: allowed here is an IPv4 address/,
  );
  const table = { type: 'peer-index-table', collectorBgpId: '192.0.2.1', viewName: '', peers: [] } as const;
  assert.throws(() => appendMrt(out, { timestamp: 1, microseconds: 5 }, { ...table, peers: [] }), ValueError);
  const nlri = { type: 'ip-prefix', family: IPV4_UNICAST, prefix: '192.0.2.0/24' } as const;
  assert.throws(
    () =>
      appendMrt(
        out,
        { timestamp: 1 },
        { type: 'rib', family: IPV6_UNICAST, addPath: false, generic: false, sequence: 0, nlri, entries: [] },
      ),
    /found an NLRI of ipv4-unicast, allowed is one of ipv6-unicast/,
  );
  assert.equal(out.length, 0);
});

test('a clock of microseconds gives both fields', () => {
  assert.deepEqual(mrtTime(1_700_000_000_123_456), { timestamp: 1_700_000_000, microseconds: 123_456 });
});
