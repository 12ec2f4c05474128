/** What the RIB asks of rows without decoding: whether an NLRI is well-formed, and the form that withdraws its route. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nlriOf } from '../../test/arbitraries/nlri.ts';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { formatFamily, parseFamily } from '../family.ts';
import { encodeTypedNlri, FAMILY_CODECS, familyCodec, isWellFormed, nextHopMeaning, type TypedNlri } from './families.ts';

for (const codec of FAMILY_CODECS) {
  for (const family of codec.families) {
    const name = formatFamily(family);
    const encoded = (nlriOf(family, false) as fc.Arbitrary<TypedNlri>).map((nlri) => {
      try {
        return encodeTypedNlri(nlri);
      } catch {
        return new Uint8Array(0); // too many labels, say
      }
    });
    const changed = fc.tuple(encoded, fc.nat(), fc.nat(255)).map(([bytes, at, octet]) => {
      const copy = Uint8Array.from(bytes);
      if (copy.length > 0) copy[at % Math.min(copy.length, 60)] = octet;
      return copy;
    });

    test(`property: NLRI of ${name} are well-formed if and only if they decode`, () => {
      fc.assert(
        fc.property(fc.oneof(encoded, changed, fc.uint8Array({ maxLength: 80 })), (bytes) => {
          const end = codec.next(bytes, 0, bytes.length);
          if (end < 0) return;
          const among = Uint8Array.of(0xff, ...bytes.subarray(0, end), 0xff);
          assert.equal(isWellFormed(among, 1, end + 1, family), codec.decode(bytes, 0, end, family) !== undefined, toHex(bytes));
        }),
        { seed: 7606, numRuns: 2000 },
      );
    });

    test(`property: what withdraws a route of ${name} is whole, and has its key`, () => {
      fc.assert(
        fc.property(encoded, (bytes) => {
          if (bytes.length === 0 || codec.decode(bytes, 0, bytes.length, family) === undefined) return;
          const out = new ByteWriter();
          if (codec.withdrawn === undefined) out.raw(bytes);
          else codec.withdrawn(out, bytes, 0, bytes.length, family);
          const withdrawn = out.take();
          assert.equal(codec.next(withdrawn, 0, withdrawn.length), withdrawn.length);
          assert.ok(codec.decode(withdrawn, 0, withdrawn.length, family), 'decodes');
          const [key, keyOfWithdrawn] = [bytes, withdrawn].map((octets) => {
            const keyOut = new ByteWriter();
            codec.key(keyOut, octets, 0, octets.length, family);
            return toHex(keyOut.take());
          });
          assert.equal(keyOfWithdrawn, key);
        }),
        { seed: 8277, numRuns: 500 },
      );
    });
  }
}

test('RFC 8277 §2.4: one withdraw label takes the place of all labels', () => {
  const family = parseFamily('ipv4-mpls-vpn')!;
  const out = new ByteWriter();
  // Two labels, RD 65000:1, 10.1.0.0/16.
  const bytes = fromHex('80 000100 000111 0000fde800000001 0a01');
  familyCodec(family)!.withdrawn!(out, bytes, 0, bytes.length, family);
  assert.equal(toHex(out.take()), toHex(fromHex('68 800000 0000fde800000001 0a01')));
});

test('the row of a family says what its next hop means; of a family without a row nobody reads it', () => {
  const meanings = ['ipv4-multicast', 'ipv6-mpls-vpn', 'l2vpn-evpn', 'ipv4-flowspec', 'afi-9/safi-200'].map((name) =>
    nextHopMeaning(parseFamily(name)!),
  );
  assert.deepEqual(meanings, ['plain', 'bound', 'bound', 'none', 'none']);
});
