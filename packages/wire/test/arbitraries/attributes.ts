/** Path attributes with any value of their vectors, in the form in which they decode. */
import fc from 'fast-check';
import type { KnownAttribute, PathAttribute, UnknownAttribute } from '../../src/attributes/attribute.ts';
import { ATTRIBUTE_CODECS, attributeCodecByName } from '../../src/attributes/registry.ts';
import { ByteWriter } from '../../src/bytes.ts';
import { AttributeFlag } from '../../src/codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../../src/context.ts';
import { vectorsOf } from '../vectors/attributes.ts';
import { NLRI_FAMILIES } from './nlri.ts';
import { octets, u8 } from './primitives.ts';

/** An internal peer may send all of them; `addPath` says whether NLRI have path identifiers. */
export function attributeContext(addPath: boolean, fourOctetAs = true): WireContext {
  return { ...DEFAULT_CONTEXT, peerType: 'ibgp', fourOctetAs, extendedMessage: true, addPath: new Set(addPath ? NLRI_FAMILIES : []) };
}

/** The attribute with a value of its type, with the flags that belong to it and to its length; Partial is the sender's choice. */
function withFlags(type: KnownAttribute['type'], value: unknown, partial: boolean, context: WireContext): PathAttribute {
  const codec = attributeCodecByName(type)!;
  const out = new ByteWriter();
  codec.encode(out, value, context);
  const optionalTransitive = AttributeFlag.Optional | AttributeFlag.Transitive;
  const mayBePartial = (codec.flags & optionalTransitive) === optionalTransitive;
  const flags =
    codec.flags | (partial && mayBePartial ? AttributeFlag.Partial : 0) | (out.length > 0xff ? AttributeFlag.ExtendedLength : 0);
  return { type, flags, value } as PathAttribute;
}

/** Attributes of one type that pass its check. */
export function attributeOf(type: KnownAttribute['type'], context: WireContext): fc.Arbitrary<PathAttribute> {
  const codec = attributeCodecByName(type)!;
  const sound = (value: unknown) => {
    const out = new ByteWriter();
    codec.encode(out, value, context);
    return codec.check(out.bytes, 0, out.length, context) === undefined;
  };
  const values: fc.Arbitrary<unknown> = vectorsOf(type).values(context);
  return fc.tuple(values.filter(sound), fc.boolean()).map(([value, partial]) => withFlags(type, value, partial, context));
}

/** Optional ones: an unknown attribute that claims to be well-known is malformed. */
export const unknownAttribute: fc.Arbitrary<UnknownAttribute> = fc
  .tuple(
    u8.filter((code) => code > 0 && ATTRIBUTE_CODECS[code] === undefined),
    fc.constantFrom(0x80, 0xc0, 0xe0),
    fc.oneof(octets(0, 12), octets(256)),
  )
  .map(([code, flags, bytes]) => ({
    type: 'unknown',
    code,
    flags: bytes.length > 0xff ? flags | AttributeFlag.ExtendedLength : flags,
    bytes,
  }));
