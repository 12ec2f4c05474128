/** Strings of octets compared and hashed, eight octets at a time: those of attribute sets, and keys of NLRI. */

/** Whether the octets of `a` from `at` on are `b[start, end)`. */
export function areSameOctets(a: DataView, at: number, b: DataView, start: number, end: number): boolean {
  const shift = at - start;
  if (end - start < 8) {
    for (let i = start; i < end; i++) if (a.getUint8(i + shift) !== b.getUint8(i)) return false;
    return true;
  }
  for (let i = start; i + 8 <= end; i += 8) if (differs(a, i + shift, b, i)) return false;
  // The last eight once more, whatever of them is left.
  return !differs(a, end - 8 + shift, b, end - 8);
}

/** Whether eight octets differ. */
function differs(a: DataView, atA: number, b: DataView, atB: number): boolean {
  return ((a.getInt32(atA, true) ^ b.getInt32(atB, true)) | (a.getInt32(atA + 4, true) ^ b.getInt32(atB + 4, true))) !== 0;
}

/**
 * Two lanes of multiply and shift over words of 32 bits, whose products do not wait for each other, and the final mix of Murmur3 (Austin
 * Appleby, public domain). A neighbor that seeks collisions makes its own UPDATEs slow, within the fair turn of its session.
 */
export function hashOctets(view: DataView, start: number, end: number): number {
  let one = end - start;
  let two = 0;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    one = Math.imul(one ^ view.getInt32(at, true), 0xcc9e_2d51);
    two = Math.imul(two ^ view.getInt32(at + 4, true), 0x1b87_3593);
    one ^= one >>> 15;
    two ^= two >>> 15;
  }
  if (end - start >= 8) {
    // What is left, with some of what was read.
    one = Math.imul(one ^ view.getInt32(end - 8, true), 0xcc9e_2d51);
    two = Math.imul(two ^ view.getInt32(end - 4, true), 0x1b87_3593);
    one ^= one >>> 15;
  } else {
    for (; at < end; at++) one = Math.imul(one ^ view.getUint8(at), 0x0100_0193);
  }
  let hash = one ^ ((two << 13) | (two >>> 19));
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85eb_ca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
