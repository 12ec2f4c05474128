/**
 * AS_PATH as it is in a canonical attribute set: segments of four-octet AS numbers (RFC 4271 §4.3 b, RFC 6793). The octets were checked
 * when the set was interned.
 */
import { type AsPathSegment, ByteWriter, readU32 } from '@tsbgp/wire';

/** By segment type − 1. */
const NAMES: readonly AsPathSegment['type'][] = ['set', 'sequence', 'confed-sequence', 'confed-set'];
/** The count of a segment is one octet. */
const SEGMENT_ASNS_MAX = 255;

export function readSegments(bytes: Uint8Array, start: number, end: number): AsPathSegment[] {
  const segments: AsPathSegment[] = [];
  for (let at = start; at < end; ) {
    const count = bytes[at + 1]!;
    const asns = Array.from({ length: count }, (_, i) => readU32(bytes, at + 2 + 4 * i));
    segments.push({ type: NAMES[bytes[at]! - 1]!, asns });
    at += 2 + 4 * count;
  }
  return segments;
}

/** Segments without AS numbers are left out; those of more than 255 are divided. */
export function segmentOctets(segments: readonly AsPathSegment[]): Uint8Array {
  const out = new ByteWriter(64);
  for (const { type, asns } of segments) {
    for (let from = 0; from < asns.length; from += SEGMENT_ASNS_MAX) {
      const part = asns.slice(from, from + SEGMENT_ASNS_MAX);
      out.u8(NAMES.indexOf(type) + 1);
      out.u8(part.length);
      for (const asn of part) out.u32(asn);
    }
  }
  return out.bytes.slice(0, out.length);
}

export function isConfederation({ type }: AsPathSegment): boolean {
  return type === 'confed-sequence' || type === 'confed-set';
}

/** The AS that the route came from: the leftmost, also of a set, segments of a confederation aside; undefined for an empty path. */
export function firstAs(segments: readonly AsPathSegment[]): number | undefined {
  return segments.find((segment) => !isConfederation(segment))?.asns[0];
}

/** The origin AS as RFC 6811 §2 defines it: the rightmost of a sequence; undefined when the path is empty or ends with a set. */
export function originAs(segments: readonly AsPathSegment[]): number | undefined {
  const last = segments.at(-1);
  return last?.type === 'sequence' ? last.asns.at(-1) : undefined;
}
