/** The octets that identify a route: what RFCs say of each family, and that they are these for any NLRI. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nlriOf } from '../../test/arbitraries/nlri.ts';
import { NLRI_VECTORS, type NlriVectors } from '../../test/vectors/nlri.ts';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { type Family, formatFamily, parseFamily } from '../family.ts';
import { encodeTypedNlri, FAMILY_CODECS, familyCodec, type TypedNlri } from './families.ts';

function keyOf(bytes: Uint8Array, family: Family): string {
  const out = new ByteWriter();
  familyCodec(family)!.key(out, bytes, 0, bytes.length, family);
  return toHex(out.take());
}

for (const { keys } of NLRI_VECTORS) {
  for (const [name, title, octets, key] of keys) {
    test(`key of ${name}, ${title}`, () => {
      const family = parseFamily(name)!;
      const bytes = fromHex(octets);
      assert.ok(familyCodec(family)!.decode(bytes, 0, bytes.length, family), 'malformed');
      assert.equal(keyOf(bytes, family), toHex(fromHex(key)));
      const among = fromHex(`ffff ${octets} ffff`);
      const out = new ByteWriter();
      familyCodec(family)!.key(out, among, 2, among.length - 2, family);
      assert.equal(toHex(out.take()), toHex(fromHex(key)), 'the octets around it are not read');
    });
  }
}

/** Names of the members that are no part of the key. */
function besideKey({ beside = [] }: NlriVectors, nlri: object): readonly string[] {
  if (Array.isArray(beside)) return beside as readonly string[];
  const byRoute = beside as Readonly<Record<string, readonly string[]>>;
  return 'route' in nlri ? (byRoute[nlri.route as string] ?? []) : [];
}

function split(nlri: object, names: readonly string[]): { key: object; beside: object } {
  const part = (wanted: boolean) => Object.fromEntries(Object.entries(nlri).filter(([name]) => names.includes(name) === wanted));
  return { key: part(false), beside: part(true) };
}

/** The NLRI as it comes back from its octets; undefined where its members do not fit together. */
function written(nlri: TypedNlri): { nlri: TypedNlri; bytes: Uint8Array } | undefined {
  try {
    const bytes = encodeTypedNlri(nlri);
    const decoded = familyCodec(nlri.family)!.decode(bytes, 0, bytes.length, nlri.family);
    return decoded && { nlri: decoded, bytes };
  } catch {
    return undefined; // too many labels, say
  }
}

for (const codec of FAMILY_CODECS) {
  const vectors = NLRI_VECTORS.find(({ type }) => type === codec.type)!;
  for (const family of codec.families) {
    test(`property: routes of ${formatFamily(family)} have the same key if and only if they differ in nothing but what is beside the key`, () => {
      fc.assert(
        fc.property(nlriOf(family, false) as fc.Arbitrary<TypedNlri>, nlriOf(family, false) as fc.Arbitrary<TypedNlri>, (a, b) => {
          const [inA, inB] = [split(a, besideKey(vectors, a)), split(b, besideKey(vectors, b))];
          const mixed = written({ ...inA.key, ...inB.beside } as TypedNlri);
          const isSameRoute = 'route' in a === 'route' in b && (!('route' in a) || !('route' in b) || a.route === b.route);
          const keyA = keyOf(encodeTypedNlri(a), family);
          if (mixed !== undefined && isSameRoute) {
            try {
              assert.deepEqual(split(mixed.nlri, besideKey(vectors, mixed.nlri)).key, inA.key);
            } catch {
              return; // the members of one change how those of the other are read
            }
            assert.equal(keyOf(mixed.bytes, family), keyA);
          }
          const equal = JSON.stringify(inA.key, replacer) === JSON.stringify(inB.key, replacer);
          assert.equal(keyOf(encodeTypedNlri(b), family) === keyA, equal);
        }),
        { seed: 8277, numRuns: 1000 },
      );
    });
  }
}

function replacer(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'bigint' ? `${value}n` : value;
}
