import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { Fault, ValueError } from '../fault.ts';
import { decodeOpenBody, encodeOpenBody, type OpenMessage, openAs, openAsField } from './open.ts';

const OPEN: OpenMessage = {
  type: 'open',
  version: 4,
  as: 65_001,
  holdTimeSeconds: 90,
  bgpIdentifier: '192.0.2.1',
  capabilities: [{ type: 'four-octet-as', as: 65_001 }, { type: 'route-refresh' }],
  otherParameters: [],
};

function encode(open: OpenMessage): Uint8Array {
  const out = new ByteWriter();
  encodeOpenBody(out, open);
  return out.take();
}

function decode(hex: string, lenient = false): OpenMessage | Fault {
  const bytes = fromHex(hex);
  return decodeOpenBody(bytes, 0, bytes.length, { lenient });
}

function faultOf(hex: string): [number, number, string] {
  const got = decode(hex);
  assert.ok(got instanceof Fault, 'accepted');
  assert.equal(got.action, 'reset');
  return [got.code, got.subcode, toHex(got.data)];
}

test('RFC 4271 §4.2: OPEN, both ways', () => {
  const hex = '04 fde9 005a c0000201 0a 02 08 4104 0000fde9 0200'.replaceAll(' ', '');
  assert.equal(toHex(encode(OPEN)), hex);
  assert.deepEqual(decode(hex), OPEN);
});

test('RFC 5492 §4: one capability per parameter means the same', () => {
  assert.deepEqual(decode('04fde9005ac00002010c 02064104 0000fde9 02020200'), OPEN);
});

test('RFC 4271 §4.2: hold time 0 and no parameters', () => {
  const got = decode('04fde90000c000020100');
  assert.ok(!(got instanceof Fault));
  assert.equal(got.holdTimeSeconds, 0);
  assert.deepEqual(got.capabilities, []);
});

test('RFC 4271 §6.2: errors with subcode and data', () => {
  assert.deepEqual(faultOf('03fde9005ac000020100'), [2, 1, '0004'], 'version 3');
  assert.deepEqual(faultOf('05fde9005ac000020100'), [2, 1, '0004'], 'version 5');
  assert.deepEqual(faultOf('040000005ac000020100'), [2, 2, ''], 'AS 0');
  assert.deepEqual(faultOf('045ba0005ac0000201080206410400000000'), [2, 2, ''], 'RFC 7607: AS 0 in the capability');
  assert.deepEqual(faultOf('04fde9005a0000000000'), [2, 3, ''], 'identifier 0');
  assert.deepEqual(faultOf('04fde9005ac0000201020300'), [2, 4, ''], 'optional parameter 3');
  assert.deepEqual(faultOf('04fde9005ac0000201020100'), [2, 4, ''], 'authentication, which RFC 4271 took out');
  assert.deepEqual(faultOf('04fde90001c000020100'), [2, 6, ''], 'hold time 1');
  assert.deepEqual(faultOf('04fde90002c000020100'), [2, 6, ''], 'hold time 2');
  assert.deepEqual(faultOf('04fde9005ac000020101'), [2, 0, ''], 'parameters that are not there');
  assert.deepEqual(faultOf('04fde9005ac00002010002'), [2, 0, ''], 'octets after the parameters');
  assert.deepEqual(faultOf('04fde9005ac0000201020205'), [2, 0, ''], 'a parameter that reaches beyond the message');
  assert.deepEqual(faultOf('04fde9005ac00002010102'), [2, 0, ''], 'a parameter without length');
  assert.deepEqual(faultOf('04fde9005a'), [1, 2, '0018'], 'a message of 24 octets');
});

test('RFC 6286 §2.1: any identifier but 0 is good', () => {
  assert.ok(!(decode('04fde9005ae000000100') instanceof Fault));
  assert.ok(!(decode('04fde9005affffffff00') instanceof Fault));
});

test('lenient: a capture’s OPEN is read whatever a session would say, its form still checked', () => {
  const got = decode('0300000001000000000401020a0b', true);
  assert.ok(!(got instanceof Fault));
  assert.deepEqual(got.otherParameters, [{ code: 1, bytes: fromHex('0a0b') }]);
  assert.equal(toHex(encode(got)), '0300000001000000000401020a0b');
  assert.ok(decode('0300000001000000000501020a0b', true) instanceof Fault);
});

test('RFC 9072 §2: extended optional parameters, both ways', () => {
  const hex = '04fde9005ac0000201 ff ff 000b 02 0008 41040000fde9 0200'.replaceAll(' ', '');
  assert.deepEqual(decode(hex), { ...OPEN, extendedParameters: true });
  assert.equal(toHex(encode({ ...OPEN, extendedParameters: true })), hex);
});

test('RFC 9072 §2: the type octet decides, whatever length is before it; length 0 is no parameters', () => {
  assert.deepEqual(decode('04fde9005ac0000201 05 ff 000b 02 0008 41040000fde9 0200'), { ...OPEN, extendedParameters: true });
  assert.deepEqual(faultOf('04fde9005ac0000201 00 ff 000b 02 0008 41040000fde9 0200'), [2, 0, '']);
  assert.deepEqual(faultOf('04fde9005ac0000201 ff ff 000c 02 0008 41040000fde9 0200'), [2, 0, '']);
  assert.deepEqual(faultOf('04fde9005ac0000201 ff ff 0002 0200'), [2, 0, '']);
});

test('RFC 9072: capabilities of more than 253 octets take the extended form', () => {
  const capabilities = Array.from({ length: 3 }, (_, i) => ({
    type: 'unknown' as const,
    code: 200 + i,
    bytes: new Uint8Array(100).fill(i),
  }));
  const bytes = encode({ ...OPEN, capabilities });
  assert.equal(toHex(bytes, 9, 13), 'ffff0135');
  assert.deepEqual(decodeOpenBody(bytes, 0, bytes.length), { ...OPEN, capabilities, extendedParameters: true });
});

test('RFC 6793 §4.1: the real AS number, and AS_TRANS in its place', () => {
  assert.equal(openAs({ as: 23_456, capabilities: [{ type: 'four-octet-as', as: 196_608 }] }), 196_608);
  assert.equal(openAs({ as: 65_001, capabilities: [] }), 65_001);
  assert.equal(openAsField(196_608), 23_456);
  assert.equal(openAsField(65_001), 65_001);
});

test('a value that cannot be written is refused', () => {
  assert.throws(() => encode({ ...OPEN, bgpIdentifier: '192.0.2' }), ValueError);
  assert.throws(() => encode({ ...OPEN, as: 65_536 }), ValueError);
  assert.throws(() => encode({ ...OPEN, holdTimeSeconds: -1 }), ValueError);
});

test('property: any octets decode or fault; an OPEN that decodes has the same meaning when written again', () => {
  const body = fc
    .tuple(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.uint8Array({ maxLength: 60 }), fc.boolean())
    .map(([fixed, rest, fits]) => Uint8Array.from([4, ...fixed, fits ? rest.length : 255, ...rest]));
  fc.assert(
    fc.property(body, fc.boolean(), (bytes, lenient) => {
      const got = decodeOpenBody(bytes, 0, bytes.length, { lenient });
      if (got instanceof Fault) return;
      const again = encode(got);
      assert.deepEqual(decodeOpenBody(again, 0, again.length, { lenient }), got);
    }),
    { seed: 4271, numRuns: 3000 },
  );
});

test('every prefix of an OPEN faults', () => {
  const bytes = encode(OPEN);
  for (let end = 0; end < bytes.length; end++) assert.ok(decodeOpenBody(bytes, 0, end) instanceof Fault, String(end));
});

test('RFC 9072 §2: a parameter of type 255 that is not the first says nothing of the form, and is written so that it does not', () => {
  const bytes = fromHex('04 fde9 005a c0000201 05 0200 ff01aa');
  const open = decodeOpenBody(bytes, 0, bytes.length, { lenient: true });
  assert.ok(!(open instanceof Fault));
  assert.equal(open.extendedParameters, undefined);
  assert.equal(toHex(encode(open)), toHex(bytes));
});
