import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromHex, toHex, ValueError } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import {
  decodePdu,
  encodePdu,
  errorReport,
  type Pdu,
  PduStream,
  pduLength,
  RtrError,
  RtrFault,
  type RtrVersion,
  rtrErrorName,
} from '../index.ts';
import { PDU_LENGTH_MAX } from './decode.ts';

const version = fc.constantFrom<RtrVersion>(0, 1, 2);
const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const octets = fc.uint8Array({ maxLength: 40 });

const anyRecord: fc.Arbitrary<Pdu> = fc.oneof(
  fc.record({ version, type: fc.constant('serial-notify' as const), sessionId: u16, serial: u32 }),
  fc.record({ version, type: fc.constant('serial-query' as const), sessionId: u16, serial: u32 }),
  fc.record({ version, type: fc.constant('reset-query' as const) }),
  fc.record({ version, type: fc.constant('cache-response' as const), sessionId: u16 }),
  fc.record({ version, type: fc.constant('cache-reset' as const) }),
  fc.record({ version: fc.constant<RtrVersion>(0), type: fc.constant('end-of-data' as const), sessionId: u16, serial: u32 }),
  fc.record({
    version: fc.constantFrom<RtrVersion>(1, 2),
    type: fc.constant('end-of-data' as const),
    sessionId: u16,
    serial: u32,
    intervals: fc.record({ refresh: u32, retry: u32, expire: u32 }),
  }),
  fc
    .record({ version, flags: u8, address: fc.ipV4(), length: fc.nat(32), more: fc.nat(32), asn: u32 })
    .map(({ address, length, more, ...rest }) => {
      return { ...rest, type: 'ipv4-prefix' as const, prefix: `${address}/${length}`, maxLength: Math.min(32, length + more) };
    }),
  fc.record({ version, flags: u8, length: fc.nat(128), more: fc.nat(128), asn: u32 }).map(({ length, more, ...rest }) => {
    return { ...rest, type: 'ipv6-prefix' as const, prefix: `2001:db8::1/${length}`, maxLength: Math.min(128, length + more) };
  }),
  fc.record({
    version: fc.constantFrom<RtrVersion>(1, 2),
    type: fc.constant('router-key' as const),
    flags: u8,
    subjectKeyIdentifier: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    asn: u32,
    subjectPublicKeyInfo: octets,
  }),
  fc.record({
    version,
    type: fc.constant('error-report' as const),
    code: u16,
    pdu: octets,
    text: fc.string({ unit: 'grapheme', maxLength: 30 }),
  }),
  fc.record({
    version: fc.constant<RtrVersion>(2),
    type: fc.constant('aspa' as const),
    flags: u8,
    customer: u32,
    providers: fc.array(u32),
  }),
);

/** Records of fast-check have no prototype. */
const anyPdu: fc.Arbitrary<Pdu> = anyRecord.map((pdu) => structuredClone(pdu));

test('every PDU comes back from its octets', () => {
  fc.assert(
    fc.property(anyPdu, (pdu) => {
      const bytes = encodePdu(pdu);
      assert.equal(pduLength(bytes, 0, bytes.length), bytes.length);
      assert.deepEqual(decodePdu(bytes, 0, bytes.length), pdu);
    }),
    { numRuns: scaled(20_000) },
  );
});

test('any octets are a PDU or a fault, and what is accepted is encoded as it was, but for reserved fields', () => {
  const changed = fc.tuple(anyPdu, fc.array(fc.tuple(fc.nat(), u8), { maxLength: 3 })).map(([pdu, changes]) => {
    const bytes = encodePdu(pdu);
    for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(changed, octets), (bytes) => {
      const pdu = decodePdu(bytes, 0, bytes.length);
      if (pdu instanceof RtrFault) return;
      const again = encodePdu(pdu);
      assert.deepEqual(decodePdu(again, 0, again.length), pdu);
      if (pdu.type !== 'error-report') assert.equal(again.length, bytes.length);
    }),
    { numRuns: scaled(50_000) },
  );
});

test('a stream that is cut anywhere has the same PDUs', () => {
  fc.assert(
    fc.property(fc.array(anyPdu, { maxLength: 6 }), fc.array(fc.nat(20), { minLength: 1, maxLength: 20 }), (pdus, cuts) => {
      const bytes = Buffer.concat(pdus.map(encodePdu));
      const found: (Pdu | RtrFault)[] = [];
      const stream = new PduStream((chunk, start, end) => {
        found.push(decodePdu(chunk, start, end));
        return true;
      });
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = 1 + cuts[turn % cuts.length]!;
        assert.equal(stream.push(bytes.subarray(at, at + size)), undefined);
        at += size;
      }
      assert.deepEqual(found, pdus);
    }),
    { numRuns: scaled(5000) },
  );
});

suite('faults', () => {
  const cases: readonly (readonly [hex: string, code: number, reason: RegExp])[] = [
    ['03 02 0000 00000008', RtrError.UnsupportedVersion, /^version 3, allowed 0, 1 and 2$/],
    [
      '00 09 0000 00000020 0000000000000000 0000000000000000 0000000000000000',
      RtrError.UnsupportedPduType,
      /^PDU type 9 in version 0, allowed from version 1 on$/,
    ],
    ['01 05 0000 00000008', RtrError.UnsupportedPduType, /^unknown PDU type 5$/],
    ['01 02 0000 0000000c 00000000', RtrError.CorruptData, /^PDU type 2 with a length of 12 octets$/],
    ['01 07 0000 0000000c 00000000', RtrError.CorruptData, /^PDU type 7 with a length of 12 octets$/],
    ['02 0b 0000 0000000e 000000000000', RtrError.CorruptData, /^PDU type 11 with a length of 14 octets$/],
    ['01 0a 0000 00000010 ffffffff 00000000', RtrError.CorruptData, /^an Error Report whose parts do not fill it$/],
  ];
  for (const [hex, code, reason] of cases) {
    test(hex, () => {
      const bytes = fromHex(hex);
      const fault = decodePdu(bytes, 0, bytes.length);
      assert.ok(fault instanceof RtrFault);
      assert.equal(fault.code, code);
      assert.match(fault.reason, reason);
      assert.equal(toHex(fault.pdu), toHex(bytes));
      // The Error Report has it all.
      const report = encodePdu(errorReport(1, fault));
      assert.deepEqual(decodePdu(report, 0, report.length), { version: 1, type: 'error-report', code, pdu: bytes, text: fault.reason });
    });
  }

  test('a length that no PDU has', () => {
    for (const length of [0, 7, PDU_LENGTH_MAX + 1, 0xffff_ffff]) {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setUint32(4, length);
      const fault = pduLength(bytes, 0, 8);
      assert.ok(fault instanceof RtrFault && fault.code === RtrError.CorruptData);
    }
  });

  test('names of codes', () => {
    assert.equal(rtrErrorName(RtrError.AspaProviderList), 'ASPA Provider List Error');
    assert.equal(rtrErrorName(200), 'error 200');
  });

  test('a value that is no PDU is not encoded', () => {
    const base = { version: 1, flags: 1, maxLength: 24, asn: 1 } as const;
    assert.throws(() => encodePdu({ ...base, type: 'ipv4-prefix', prefix: '2001:db8::/32' }), ValueError);
    assert.throws(() => encodePdu({ ...base, type: 'ipv6-prefix', prefix: 'x' }), /"x" is not an IPv6 prefix, e\.g\. "2001:db8::\/32"/);
  });
});
