/** Hands a chunk of messages to the members that it concerns: whole to those who get all of it, in pieces to the others. */
import { type AudienceId, type Audiences, EVERYBODY } from './audience.ts';
import type { Segments } from './encoder.ts';

/** Members above these are always looked at segment by segment. */
const COMMON_WORDS = 32;
/** Scratch: members who get every segment of a chunk, a bit each. */
const common = new Int32Array(COMMON_WORDS);

/** Whom octets are written to. */
export interface Writable {
  readonly number: number;
  /** Takes whole messages, whose octets are shared with other members. */
  write(bytes: Uint8Array): void;
  /** Takes note of how many routes they announce and withdraw. */
  wrote(announced: number, withdrawn: number): void;
}

/** Writes a chunk to those of `members` who are in the audience of its segments. */
export function deliver(bytes: Uint8Array, segments: Segments, members: readonly Writable[], audiences: Audiences): void {
  const { receivers } = segments;
  common.fill(-1);
  let top = 0;
  for (const { number } of members) top = Math.max(top, number);
  const words = Math.min(COMMON_WORDS, (top >>> 5) + 1);
  let isForAll = true;
  let last: AudienceId = EVERYBODY;
  for (let i = 0; i < receivers.length; i++) {
    if (receivers[i] === last) continue;
    last = receivers[i]! as AudienceId;
    isForAll &&= last === EVERYBODY;
    // From the last one on: the words of an audience are made at once then.
    for (let word = words - 1; word >= 0; word--) common[word]! &= audiences.wordOf(last, word);
  }
  const announced = sum(segments.announced);
  const withdrawn = sum(segments.withdrawn);
  for (const member of members) {
    const { number } = member;
    if (isForAll || (number < 32 * COMMON_WORDS && (common[number >>> 5]! & (1 << (number & 31))) !== 0)) {
      member.write(bytes);
      member.wrote(announced, withdrawn);
    } else {
      writePieces(bytes, segments, member, audiences);
    }
  }
}

function sum(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

function writePieces(bytes: Uint8Array, segments: Segments, member: Writable, audiences: Audiences): void {
  const { ends, receivers } = segments;
  let announced = 0;
  let withdrawn = 0;
  // The start of the run that is not written yet, or -1.
  let from = -1;
  for (let i = 0; i < ends.length; i++) {
    const start = i === 0 ? 0 : ends[i - 1]!;
    if (audiences.has(receivers[i]! as AudienceId, member.number)) {
      if (from === -1) from = start;
      announced += segments.announced[i]!;
      withdrawn += segments.withdrawn[i]!;
    } else if (from !== -1) {
      member.write(bytes.subarray(from, start));
      from = -1;
    }
  }
  if (from !== -1) member.write(from === 0 ? bytes : bytes.subarray(from));
  member.wrote(announced, withdrawn);
}
