/**
 * What an export policy says about a set beside its attributes: which next hop it goes out with, and that its MULTI_EXIT_DISC is ours. It is a part
 * of the set that the policy makes, as an attribute that goes to nobody:
 *
 *     | 0x0f | 255 | 1 | next hop, and MED |
 *
 * The low bits of the flags are zero in every set that came from outside (canonical.ts), so that no peer can say this to us.
 */
import { findAttribute } from '../attributes/block.ts';
import type { PolicyChange } from '../policy/policy.ts';
import { NextHopMode } from './next-hop.ts';

const FLAGS = 0x0f;
const CODE = 255;
const LENGTH = 4;
const MODE_MASK = 3;
const SETS_MED = 4;
const MODES = { self: NextHopMode.Self, given: NextHopMode.Keep, unchanged: NextHopMode.Keep } as const;

/** How the next hop goes out by a change. */
export function nextHopModeOf({ nextHop }: PolicyChange): NextHopMode {
  return nextHop === undefined ? NextHopMode.Default : MODES[nextHop];
}

/** The canonical block with the mark of a change; the block itself where there is nothing to mark. */
export function withMarks(block: Uint8Array, change: PolicyChange): Uint8Array {
  const marks = nextHopModeOf(change) | (change.setsMed ? SETS_MED : 0);
  return marks === 0 ? block : Uint8Array.of(...block, FLAGS, CODE, 1, marks);
}

/** The marks of the canonical block `data[start, end)`; 0 where it has none, as nearly all. */
export function marksOf(data: Uint8Array, start: number, end: number): number {
  const at = end - LENGTH;
  if (at < start || data[at] !== FLAGS || data[at + 1] !== CODE) return 0;
  // The octets may be the end of another attribute.
  return findAttribute(data, start, end, CODE) === at ? data[at + LENGTH - 1]! : 0;
}

export function markedNextHop(marks: number): NextHopMode {
  return (marks & MODE_MASK) as NextHopMode;
}

export function setsMed(marks: number): boolean {
  return (marks & SETS_MED) !== 0;
}
