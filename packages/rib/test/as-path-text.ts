/** AS_PATH as text in tests of the RIB: `(65001) 174 {3356}`. */
import { type AsPathSegment, attributeCodec, findAttribute } from '@tsbgp/wire';
import type { FakePeer } from './fake-peer.ts';

const AS_PATH = 2;

export function asPathSegments(text: string): AsPathSegment[] {
  return attributeCodec(AS_PATH)!.parse(text) as AsPathSegment[];
}

/** The AS_PATH of the route that the peer holds; undefined where it holds none. */
export function asPathAt(to: FakePeer, prefix: string): string | undefined {
  const attributes = to.attributes.get(prefix);
  return attributes && attributeCodec(AS_PATH)!.format(findAttribute(attributes, 'as-path')!.value);
}
