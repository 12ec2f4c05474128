/** Whatever comes: a value or a fault, never an exception, and what decodes can be written, shown and split. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadVectors } from '../../test/shared.ts';
import { attributeName, formatAttributeValue, parseAttribute } from '../attributes/attributes.ts';
import { fromHex } from '../bytes.ts';
import { HEADER_LENGTH, MessageType } from '../codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { Afi, IPV4_UNICAST, makeFamily, Safi } from '../family.ts';
import { Fault, type FaultAction } from '../fault.ts';
import { toJson } from '../json.ts';
import { prefixesAreWhole } from '../parts/prefix-bits.ts';
import { decodeAttributes } from '../scan/decode-attributes.ts';
import { AttributeScan, UpdateScan } from '../scan/update-scan.ts';
import { updateVerdict } from '../scan/update-verdict.ts';
import { writeHeader } from './header.ts';
import { decodeMessage, encodeMessage } from './message.ts';
import { splitUpdate } from './split-update.ts';
import { decodeUpdate } from './update.ts';

const FAMILIES = [Safi.Unicast, Safi.LabeledUnicast, Safi.MplsVpn].flatMap((safi) => [
  makeFamily(Afi.Ipv4, safi),
  makeFamily(Afi.Ipv6, safi),
]);

const CONTEXTS: readonly WireContext[] = [
  DEFAULT_CONTEXT,
  { ...DEFAULT_CONTEXT, peerType: 'ibgp', extendedMessage: true },
  { ...DEFAULT_CONTEXT, peerType: 'ibgp', fourOctetAs: false, addPath: new Set(FAMILIES) },
];

/** What the hot scan says of an UPDATE body: the RIB acts on it, and never sees the typed value. */
function scanned(bytes: Uint8Array, context: WireContext): FaultAction | undefined {
  const update = new UpdateScan();
  const broken = update.scan(bytes, 0, bytes.length);
  if (broken !== undefined) return broken.action;
  const addPath = context.addPath.has(IPV4_UNICAST);
  const whole =
    prefixesAreWhole(bytes, update.withdrawnStart, update.withdrawnEnd, 32, addPath) &&
    prefixesAreWhole(bytes, update.nlriStart, update.nlriEnd, 32, addPath);
  if (!whole) return 'reset';
  const attributes = new AttributeScan();
  attributes.scan(bytes, update.attributesStart, update.attributesEnd, context);
  return updateVerdict(update, attributes)?.action;
}

/** The typed decoder says the same; it may only add that an NLRI makes no sense, which costs that NLRI, or with flow specifications all of them. */
function agrees(body: Uint8Array, context: WireContext): void {
  const typed = decodeUpdate(body, 0, body.length, context);
  const action = typed instanceof Fault ? typed.action : typed.fault?.action;
  const want = scanned(body, context);
  if (action === want) return;
  assert.ok(want === undefined || want === 'discard', `${want} became ${action}`);
  assert.ok(action === 'discard' || action === 'withdraw', `${want} became ${action}`);
}

/** Reads the octets in every way there is. */
function survives(bytes: Uint8Array, context: WireContext): void {
  decodeAttributes(bytes, 0, bytes.length, context);
  agrees(bytes, context);
  if (bytes.length > HEADER_LENGTH) agrees(bytes.subarray(HEADER_LENGTH), context);
  const message = decodeMessage(bytes, 0, bytes.length, context, { lenient: true });
  if (message instanceof Fault) {
    assert.ok(message.code >= 1 && message.reason !== '');
    return;
  }
  JSON.stringify(toJson(message));
  if (message.type !== 'update') {
    encodeMessage(message, context);
    return;
  }
  for (const attribute of message.attributes) {
    const back = parseAttribute(attributeName(attribute), formatAttributeValue(attribute));
    assert.equal(back.type, attribute.type);
  }
  for (const part of splitUpdate(message, context)) assert.ok(!(encodeMessage(part, context) instanceof Fault));
}

/** The messages of a stream as far as their lengths lead, and what is left. */
function* pieces(stream: Uint8Array): Generator<Uint8Array> {
  let at = 0;
  while (stream.length - at >= HEADER_LENGTH) {
    const length = (stream[at + 16]! << 8) | stream[at + 17]!;
    if (length < HEADER_LENGTH || at + length > stream.length) break;
    yield stream.slice(at, at + length);
    at += length;
  }
  yield stream.slice(at);
}

const vectors = loadVectors('robustness');
if (typeof vectors === 'string') {
  test('robustness', { skip: vectors }, () => {});
} else {
  for (const vector of vectors) {
    test(`robustness: ${vector.id}`, () => {
      const stream = fromHex(vector.hex);
      for (const context of CONTEXTS) {
        survives(stream, context);
        for (const piece of pieces(stream)) survives(piece, context);
      }
    });
  }
}

test('property: messages of any type with any body, cut anywhere, give a value or a fault', () => {
  const message = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 80 }), fc.nat(3)).map(([type, body, cut]) => {
    const bytes = new Uint8Array(HEADER_LENGTH + body.length);
    writeHeader(bytes, 0, bytes.length, type);
    bytes.set(body, HEADER_LENGTH);
    return cut === 1 ? bytes.slice(0, -1) : bytes;
  });
  fc.assert(
    fc.property(message, fc.constantFrom(...CONTEXTS), (bytes, context) => survives(bytes, context)),
    { seed: 4271, numRuns: 10_000 },
  );
});

const SEEDS = [
  'ffffffffffffffffffffffffffffffff0037 02 0000 0014 40010100 400206 0201 0000fde9 400304 c0000201 18c63364 10ac10 080a 00 00',
  'ffffffffffffffffffffffffffffffff0044 02 0000 002d 800e15 000201 10 20010db8000000000000000000000001 00 00 40010100 400206 0201 0000fde9 c00808 fde80064 ffffff01',
  'ffffffffffffffffffffffffffffffff002a 02 0000 0013 900f000f 000180 58 800000 0000fde800000001 00',
].map(fromHex);

test('property: UPDATEs with changed octets give a value or a fault', () => {
  const mutated = fc
    .tuple(fc.constantFrom(...SEEDS), fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { minLength: 1, maxLength: 4 }))
    .map(([seed, changes]) => {
      const bytes = seed.slice();
      for (const [at, octet] of changes) if (HEADER_LENGTH + at < bytes.length) bytes[HEADER_LENGTH + at] = octet;
      writeHeader(bytes, 0, bytes.length, MessageType.Update);
      return bytes;
    });
  fc.assert(
    fc.property(mutated, fc.constantFrom(...CONTEXTS), (bytes, context) => survives(bytes, context)),
    { seed: 7606, numRuns: 10_000 },
  );
});
