/**
 * Route target membership (SAFI 132, RFC 4684 §4): the route targets whose routes the sender wants.
 *
 *     +-----------------+----------------+-----------------------------+
 *     | bits, 1         | origin AS, 4   | route target, up to 8       |
 *     +-----------------+----------------+-----------------------------+
 *
 * The NLRI is a prefix of up to 96 bits. 0 bits is the default, which means all route targets; 32 to 95 bits mean all that begin with them.
 * Text: `default`, `65000/32`, `65000:rt:65000:100/96`; a part of a target is octets, `65000:0x0002fde800000000/64`.
 */
import { fromHex, readU32, toHex } from '../bytes.ts';
import { EXTENDED_COMMUNITY_LENGTH, formatExtendedCommunity, parseExtendedCommunity } from '../communities/extended.ts';
import { Afi, makeFamily, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { optional, parsed, U32, unsigned } from '../parts/json-form.ts';
import { appendMaskedPrefix } from '../parts/prefix-bits.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { nextOfBits } from './labeled-unicast.ts';

/** A route target whose routes the sender wants (RFC 4684 §4). */
export interface RouteTargetNlri extends FamilyNlri<'route-target'> {
  /** 0, or 32 to 96. */
  length: number;
  /** Absent in the default route. */
  originAs?: number;
  /** Eight octets, as an extended community. Bits after `length` are zero. Absent when `length` is 32 or less. */
  routeTarget?: Uint8Array;
}

const BITS_MAX = 96;

export const routeTarget: FamilyCodec<RouteTargetNlri> = {
  type: 'route-target',
  families: [makeFamily(Afi.Ipv4, Safi.RouteTarget)],
  malformed: 'discard',
  keyLengthOctets: 1,
  next: nextOfBits,
  decode(bytes, start, end, family, spans) {
    spans?.numbers(start, ['length', 1]);
    const length = bytes[start]!;
    if (length === 0) return { type: 'route-target', family, length };
    // RFC 4684 §4: all bits of the origin AS are there, except in the default.
    if (length < 32 || length > BITS_MAX) return undefined;
    const nlri: RouteTargetNlri = { type: 'route-target', family, length, originAs: readU32(bytes, start + 1) };
    spans?.numbers(start + 1, ['origin-as', 4]);
    if (length > 32) {
      const target = new Uint8Array(EXTENDED_COMMUNITY_LENGTH);
      target.set(bytes.subarray(start + 5, end));
      maskTarget(target, length - 32);
      nlri.routeTarget = target;
      spans?.leaf('route-target', start + 5, end, target);
    }
    return nlri;
  },
  encode(out, nlri) {
    checkLength(nlri.length);
    out.u8(nlri.length);
    if (nlri.length === 0) return;
    out.u32(nlri.originAs ?? 0);
    if (nlri.routeTarget === undefined) {
      if (nlri.length > 32) throw new ValueError(`a route target of ${nlri.length - 32} bits is missing`);
      return;
    }
    const target = nlri.routeTarget.slice(0, EXTENDED_COMMUNITY_LENGTH);
    maskTarget(target, nlri.length - 32);
    out.raw(target, 0, (nlri.length - 32 + 7) >>> 3);
  },
  key: appendMaskedPrefix,
  format(nlri) {
    if (nlri.length === 0) return 'default';
    const { routeTarget: target, originAs, length } = nlri;
    if (target === undefined) return `${originAs}/${length}`;
    return `${originAs}:${length === BITS_MAX ? formatExtendedCommunity(target) : `0x${toHex(target)}`}/${length}`;
  },
  jsonMembers: () => ({ length: unsigned(BITS_MAX), originAs: optional(U32), routeTarget: optional(parsed(parseExtendedCommunity)) }),
  parse(text, family) {
    if (text.trim() === 'default') return { type: 'route-target', family, length: 0 };
    const parts = /^(\d{1,10})(?::(.+))?\/(\d{1,2})$/.exec(text.trim());
    const [originAs, target, length] = [Number(parts?.[1]), parts?.[2], Number(parts?.[3])];
    if (parts === null || originAs > 0xffff_ffff || length < 32 || length > BITS_MAX || (target !== undefined) !== length > 32) {
      throw invalid(text);
    }
    const nlri: RouteTargetNlri = { type: 'route-target', family, length, originAs };
    if (target !== undefined) nlri.routeTarget = parseTarget(target, length, text);
    return nlri;
  },
};

/** A whole target has any text of an extended community; a part of one is written as octets. */
function parseTarget(target: string, length: number, text: string): Uint8Array {
  if (length === BITS_MAX) return parseExtendedCommunity(target);
  if (!/^0x[0-9a-fA-F]{16}$/.test(target)) throw invalid(text);
  const octets = fromHex(target.slice(2));
  maskTarget(octets, length - 32);
  return octets;
}

function invalid(text: string): ValueError {
  return new ValueError(
    `"${text}" is not a route target membership, e.g. "default", "65000/32", "65000:rt:65000:100/96" or "65000:0x0002fde800000000/64"`,
  );
}

function checkLength(length: number): void {
  if (length !== 0 && !(Number.isInteger(length) && length >= 32 && length <= BITS_MAX)) {
    throw new ValueError(`route target membership: found a length of ${length} bits, allowed 0 or 32 to ${BITS_MAX} (RFC 4684 §4)`);
  }
}

function maskTarget(target: Uint8Array, bits: number): void {
  for (let i = 0; i < target.length; i++) {
    const kept = Math.min(Math.max(bits - 8 * i, 0), 8);
    target[i]! &= 0xff << (8 - kept);
  }
}
