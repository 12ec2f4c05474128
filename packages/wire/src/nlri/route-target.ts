/**
 * Route target membership (SAFI 132, RFC 4684 §4): which route targets the sender wants routes of.
 *
 *     +-----------------+----------------+-----------------------------+
 *     | bits, 1         | origin AS, 4   | route target, up to 8       |
 *     +-----------------+----------------+-----------------------------+
 *
 * A prefix of 96 bits as a whole; 0 bits is the default (all route targets), 32 to 95 a part of it.
 * Text: `default`, `65000:0x0002fde800000064/96`.
 */
import { fromHex, readU32, toHex } from '../bytes.ts';
import { Afi, family, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { nextOfBits } from './labeled-unicast.ts';

export interface RouteTargetNlri extends FamilyNlri<'route-target'> {
  /** 0, or 32 to 96. */
  length: number;
  /** Absent in the default route. */
  originAs?: number;
  /** As an extended community, eight octets, zero behind `length`; absent where `length` is 32 or less. */
  routeTarget?: Uint8Array;
}

const BITS_MAX = 96;
const TARGET_LENGTH = 8;

export const routeTarget: FamilyCodec<RouteTargetNlri> = {
  type: 'route-target',
  families: [family(Afi.Ipv4, Safi.RouteTarget)],
  next: nextOfBits,
  decode(bytes, start, end, of) {
    const length = bytes[start]!;
    if (length === 0) return { type: 'route-target', family: of, length };
    // RFC 4684 §4: but for the default, the origin AS is there as a whole.
    if (length < 32 || length > BITS_MAX) return undefined;
    const nlri: RouteTargetNlri = { type: 'route-target', family: of, length, originAs: readU32(bytes, start + 1) };
    if (length > 32) {
      const target = new Uint8Array(TARGET_LENGTH);
      target.set(bytes.subarray(start + 5, end));
      maskTarget(target, length - 32);
      nlri.routeTarget = target;
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
    const target = nlri.routeTarget.slice(0, TARGET_LENGTH);
    maskTarget(target, nlri.length - 32);
    out.raw(target, 0, (nlri.length - 32 + 7) >>> 3);
  },
  format(nlri) {
    if (nlri.length === 0) return 'default';
    const target = nlri.routeTarget === undefined ? '' : `:0x${toHex(nlri.routeTarget)}`;
    return `${nlri.originAs}${target}/${nlri.length}`;
  },
  parse(text, of) {
    if (text.trim() === 'default') return { type: 'route-target', family: of, length: 0 };
    const parts = /^(\d{1,10})(?::0x([0-9a-fA-F]{16}))?\/(\d{1,2})$/.exec(text.trim());
    const length = Number(parts?.[3]);
    if (parts === null || Number(parts[1]) > 0xffff_ffff || length < 32 || length > BITS_MAX || (parts[2] !== undefined) !== length > 32) {
      throw new ValueError(`"${text}" is not a route target membership, e.g. "default", "65000/32" or "65000:0x0002fde800000064/96"`);
    }
    const nlri: RouteTargetNlri = { type: 'route-target', family: of, length, originAs: Number(parts[1]) };
    if (parts[2] !== undefined) {
      const target = fromHex(parts[2]);
      maskTarget(target, length - 32);
      nlri.routeTarget = target;
    }
    return nlri;
  },
};

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
