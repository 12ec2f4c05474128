import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { Fault, ValueError } from '../fault.ts';
import {
  decodeNotificationBody,
  encodeNotificationBody,
  formatNotification,
  hardReset,
  notification,
  notificationOf,
  parseNotification,
  shutdownMessage,
  shutdownMessageData,
  unwrapHardReset,
} from './notification.ts';
import { notificationCodeName, notificationSubcodeName } from './notification-names.ts';

test('RFC 4271 §4.5: NOTIFICATION, both ways', () => {
  const bytes = fromHex('0302400102');
  const message = decodeNotificationBody(bytes, 0, bytes.length);
  assert.deepEqual(message, { type: 'notification', code: 3, subcode: 2, data: fromHex('400102') });
  const out = new ByteWriter();
  encodeNotificationBody(out, message as Exclude<typeof message, Fault>);
  assert.equal(toHex(out.take()), '0302400102');
});

test('a NOTIFICATION of less than two octets is 1/2', () => {
  const got = decodeNotificationBody(fromHex('03'), 0, 1);
  assert.ok(got instanceof Fault);
  assert.deepEqual([got.code, got.subcode, toHex(got.data)], [1, 2, '0014']);
});

test('names of codes and subcodes', () => {
  assert.equal(notificationCodeName(2), 'OPEN Message Error');
  assert.equal(notificationSubcodeName(2, 11), 'Role Mismatch');
  assert.equal(notificationSubcodeName(6, 9), 'Hard Reset');
  assert.equal(notificationSubcodeName(7, 1), 'Invalid Message Length');
  assert.equal(notificationSubcodeName(4, 0), '');
  assert.equal(notificationCodeName(200), 'Error code 200');
  assert.equal(notificationSubcodeName(6, 200), 'subcode 200');
});

test('RFC 9003 §2: text of a shutdown, both ways', () => {
  const message = notification(6, 2, shutdownMessageData('maintenance, back at 5:00 – NOC'));
  assert.equal(shutdownMessage(message), 'maintenance, back at 5:00 – NOC');
  assert.equal(formatNotification(message), '6/2 Cease, Administrative Shutdown: "maintenance, back at 5:00 – NOC"');
});

test('RFC 9003 §2: text is for Cease/2 and Cease/4 only; a length that does not fit is no text', () => {
  assert.equal(shutdownMessage(notification(6, 4, fromHex('026f6b'))), 'ok');
  assert.equal(shutdownMessage(notification(6, 3, fromHex('026f6b'))), undefined);
  assert.equal(shutdownMessage(notification(6, 2, fromHex('036f6b'))), undefined);
  assert.equal(shutdownMessage(notification(6, 2, fromHex('00'))), undefined);
  assert.equal(shutdownMessage(notification(6, 2)), undefined);
});

test('RFC 9003 §5: bad UTF-8 and control characters do no harm', () => {
  assert.equal(shutdownMessage(notification(6, 2, fromHex('0461ff1b62'))), 'a\u{fffd}\u{fffd}b');
});

test('RFC 9003 §2: text is cut to 255 octets at the border of a character', () => {
  assert.equal(shutdownMessageData('a'.repeat(300)).length, 256);
  assert.equal(shutdownMessageData(`${'a'.repeat(254)}é`).length, 255);
  assert.equal(shutdownMessageData(`${'a'.repeat(252)}€`)[0], 255);
  assert.equal(shutdownMessageData(`${'a'.repeat(253)}€`)[0], 253);
  assert.equal(shutdownMessageData(`${'a'.repeat(252)}🙂`)[0], 252);
  assert.deepEqual(shutdownMessageData(''), Uint8Array.of(0));
});

test('property: what is cut is a beginning of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const data = shutdownMessageData(text);
      assert.ok(data.length <= 256);
      assert.equal(data[0], data.length - 1);
      assert.ok(text.startsWith(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data.subarray(1))));
    }),
    { seed: 9003 },
  );
});

test('RFC 8538 §3.1: a Hard Reset wraps another NOTIFICATION', () => {
  const inner = notification(6, 2, shutdownMessageData('bye'));
  const wrapped = hardReset(inner);
  assert.deepEqual([wrapped.code, wrapped.subcode, toHex(wrapped.data)], [6, 9, '060203627965']);
  assert.deepEqual(unwrapHardReset(wrapped), inner);
  assert.equal(shutdownMessage(wrapped), 'bye');
  assert.equal(formatNotification(wrapped), '6/9 Cease, Hard Reset: 6/2 Cease, Administrative Shutdown: "bye"');
  assert.equal(unwrapHardReset(notification(6, 9)), undefined);
  assert.equal(unwrapHardReset(inner), undefined);
});

test('text for people', () => {
  assert.equal(formatNotification(notification(4, 0)), '4/0 Hold Timer Expired');
  assert.equal(formatNotification(notification(3, 1, fromHex('4001'))), '3/1 UPDATE Message Error, Malformed Attribute List: data 4001');
  assert.equal(formatNotification(notification(99, 7)), '99/7 Error code 99, subcode 7');
});

for (const [code, subcode, data, text] of [
  [3, 1, '4001', '3/1 UPDATE Message Error, Malformed Attribute List: data 4001'],
  [4, 0, '', '4/0 Hold Timer Expired'],
  [6, 2, '026f6b', '6/2 Cease, Administrative Shutdown: "ok"'],
  [6, 4, '0461ff1b62', '6/4 Cease, Administrative Reset: "a\u{fffd}\u{fffd}b" data 0461ff1b62'],
  [6, 2, '026f6b00', '6/2 Cease, Administrative Shutdown: "ok" data 026f6b00'],
  [6, 2, '00', '6/2 Cease, Administrative Shutdown: data 00'],
  [6, 9, '060203627965', '6/9 Cease, Hard Reset: 6/2 Cease, Administrative Shutdown: "bye"'],
  [6, 9, '0609060203627965', '6/9 Cease, Hard Reset: data 0609060203627965'],
  [6, 9, '0609', '6/9 Cease, Hard Reset: data 0609'],
  [99, 7, 'ff', '99/7 Error code 99, subcode 7: data ff'],
] as const) {
  test(`text, both ways: ${text}`, () => {
    const message = notification(code, subcode, fromHex(data));
    assert.equal(formatNotification(message), text);
    assert.deepEqual(parseNotification(text), message);
  });
}

test('names may be left out of the text', () => {
  assert.deepEqual(parseNotification('6/2: "bye"'), notification(6, 2, shutdownMessageData('bye')));
  assert.deepEqual(parseNotification('6/9: 6/2'), hardReset(notification(6, 2)));
});

for (const text of [
  '',
  '6',
  '256/0',
  '6/2 Hold Timer Expired',
  '6/3: "bye"',
  '6/2: bye',
  '6/2: data 0',
  `6/2: "${'x'.repeat(256)}"`,
  '6/9: 6/9: 6/9',
])
  test(`"${text.slice(0, 20)}" is not the text of a NOTIFICATION`, () => assert.throws(() => parseNotification(text), ValueError));

test('Hard Resets inside each other, as many as an extended message holds, print', () => {
  const nested = notification(
    6,
    9,
    new Uint8Array(65_000).map((_, i) => (i % 2 === 0 ? 6 : 9)),
  );
  assert.ok(formatNotification(nested).startsWith('6/9 Cease, Hard Reset: data 0609'));
  assert.equal(shutdownMessage(nested), undefined);
});

test('the NOTIFICATION that answers a fault', () => {
  assert.deepEqual(notificationOf(new Fault('reset', 1, 3, 'type', Uint8Array.of(9))), notification(1, 3, Uint8Array.of(9)));
});
