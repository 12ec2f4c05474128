/**
 * In which session the UPDATE of a vector is read, and which verdict it has where the
 * vector says only what it means: none, but for what its octets show that the suite it comes from does not look at.
 */
import { parseAddress } from '../src/address.ts';
import { attributeCodec } from '../src/attributes/registry.ts';
import { readU16 } from '../src/bytes.ts';
import { AttributeCode } from '../src/codes.ts';
import type { WireContext } from '../src/context.ts';
import { type Family, makeFamily } from '../src/family.ts';
import type { FaultAction } from '../src/fault.ts';
import type { Vector } from './shared.ts';

/** Families that some suites read with path identifiers without saying which. */
const ANY_ADD_PATH: readonly Family[] = [1, 2].flatMap((afi) => [1, 2, 4, 128].map((safi) => makeFamily(afi, safi)));

/** The session of a vector whose attributes are to be read, `expected` by their codes. */
export function vectorContext({ context }: Vector, expected: readonly { readonly type: number }[]): WireContext {
  const has = (...codes: readonly number[]): boolean => expected.some(({ type }) => codes.includes(type));
  const fourOctetAs = context?.four_octet_as ?? true;
  const addPath = context?.addpath as unknown;
  return {
    // AS4_* exist only on two-octet sessions; from others they would be discarded.
    fourOctetAs:
      fourOctetAs && (!has(AttributeCode.As4Path, AttributeCode.As4Aggregator) || has(AttributeCode.AsPath, AttributeCode.Aggregator)),
    addPath: new Set(
      Array.isArray(addPath) ? addPath.map(([afi, safi]) => makeFamily(afi, safi)) : addPath === undefined ? [] : ANY_ADD_PATH,
    ),
    // Decode-level vectors name no peer; LOCAL_PREF and its like are to be read.
    peerType: context?.peer_type === 'ebgp' ? 'ebgp' : 'ibgp',
    extendedMessage: true,
  };
}

/** The attributes with the flags that their rows want, and the verdict on those they came with; undefined when those are right. */
export function withRightFlags(bytes: Uint8Array, start: number, end: number): { bytes: Uint8Array; action: FaultAction } | undefined {
  const right = bytes.slice();
  const actions = new Set<FaultAction>();
  for (let at = start; at + 4 <= end; ) {
    const flags = bytes[at]!;
    const codec = attributeCodec(bytes[at + 1]!);
    // RFC 4271 §6.3: an attribute that nobody knows may not be well-known.
    const wanted = codec === undefined ? (flags & 0xc0) | 0x80 : codec.flags;
    if ((flags & 0xc0) !== wanted) {
      actions.add(codec?.wrongFlags ?? 'withdraw');
      right[at] = wanted | (flags & 0x3f);
    }
    at += (flags & 0x10) === 0 ? 3 + bytes[at + 2]! : 4 + readU16(bytes, at + 2);
  }
  if (actions.size === 0) return undefined;
  return { bytes: right, action: actions.has('withdraw') ? 'withdraw' : 'discard' };
}

/** RFC 4271 §6.3: a NEXT_HOP that is not the address of a host. */
export function isNoHost(text: string): boolean {
  const first = parseAddress(text)?.[0] ?? 0;
  return first === 0 || first >= 224;
}
