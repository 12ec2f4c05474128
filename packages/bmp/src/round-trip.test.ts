/** Every message that can be written comes back; any octets are a message or a fault; a stream may be cut anywhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '@tsbgp/wire';
import fc from 'fast-check';
import { bmpMessage } from '../test/arbitrary-messages.ts';
import { BmpFault } from './fault.ts';
import { BMP_LENGTH_MAX, BmpFramer } from './framing.ts';
import { decodeBmp, encodeBmp } from './messages/message.ts';
import type { BmpMessage } from './messages/values.ts';

const V4 = { v4: true };

test('messages of all types come back', () => {
  fc.assert(
    fc.property(bmpMessage, (message) => {
      const octets = encodeBmp(message);
      const back = decodeBmp(octets, 0, octets.length, V4);
      assert.ok(!(back instanceof BmpFault), back instanceof BmpFault ? back.reason : '');
      assert.deepEqual(structuredClone(back), structuredClone(message));
      assert.equal(toHex(encodeBmp(back)), toHex(octets));
    }),
    { numRuns: 2000 },
  );
});

test('changed and cut octets are a message or a fault, never an exception', () => {
  const changed = fc.tuple(bmpMessage, fc.nat(200), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }));
  fc.assert(
    fc.property(changed, ([message, length, changes]) => {
      const whole = encodeBmp(message);
      for (const [at, octet] of changes) if (at > 5 && at < whole.length) whole[at] = octet;
      const octets = whole.slice(0, Math.max(6, Math.min(length, whole.length)));
      new DataView(octets.buffer).setUint32(1, octets.length);
      decodeBmp(octets, 0, octets.length, V4);
    }),
    { numRuns: 3000 },
  );
});

test('a stream that is cut at any octets gives the same messages', () => {
  fc.assert(
    fc.property(fc.array(bmpMessage, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(400), { maxLength: 6 }), (messages, places) => {
      const stream = Buffer.concat(messages.map((message) => encodeBmp(message)));
      const framer = new BmpFramer(V4);
      const got: (BmpMessage | BmpFault)[] = [];
      const cuts = [0, ...places.filter((place) => place < stream.length).toSorted((a, b) => a - b), stream.length];
      for (let i = 1; i < cuts.length; i++) {
        framer.push(Uint8Array.from(stream.subarray(cuts[i - 1], cuts[i])));
        for (let message = framer.next(); message !== undefined; message = framer.next()) got.push(message);
      }
      assert.deepEqual(structuredClone(got), structuredClone(messages));
      assert.equal(framer.pending, 0);
    }),
  );
});

test('a wrong version or length ends the stream; a message that makes no sense does not', () => {
  const initiation = encodeBmp({ type: 'initiation', information: [] });
  const broken = encodeBmp({ type: 'initiation', information: [{ type: 2, value: Uint8Array.of(1, 2) }] });
  broken[9] = 9;
  const framer = new BmpFramer();
  framer.push(Buffer.concat([broken, initiation, Uint8Array.of(3, 0, 0xff, 0xff, 0xff, 4)]));
  const first = framer.next();
  assert.ok(first instanceof BmpFault && !first.isFatal);
  assert.deepEqual(framer.next(), { type: 'initiation', information: [] });
  const last = framer.next();
  assert.ok(last instanceof BmpFault && last.isFatal);
  assert.match(last.reason, new RegExp(`found a length of 16777215, allowed is 6 to ${BMP_LENGTH_MAX}`));
  assert.equal(framer.next(), last);
  const other = new BmpFramer();
  other.push(Uint8Array.of(2, 0, 0, 0, 6, 4));
  assert.match((other.next() as BmpFault).reason, /found version 2, allowed is 3/);
});
