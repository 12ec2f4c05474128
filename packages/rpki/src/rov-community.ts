/**
 * The origin validation state as an extended community (RFC 8097 §2): non-transitive opaque, so it stays in the AS.
 *
 *     | 0x43 | 0x00 | reserved, 5 octets of 0 | state |
 */
import { RovState } from './table/vrp-rows.ts';

const TYPE = 0x43;
const SUBTYPE = 0x00;
const LENGTH = 8;
const STATE_OFFSET = 7;

/** The extended community, 8 octets. */
export function encodeRovCommunity(state: RovState): Uint8Array {
  return Uint8Array.of(TYPE, SUBTYPE, 0, 0, 0, 0, 0, state);
}

/** Whether the extended community at `offset` is an origin validation state, of whatever value. */
export function isRovCommunity(bytes: Uint8Array, offset = 0): boolean {
  return bytes[offset] === TYPE && bytes[offset + 1] === SUBTYPE;
}

/**
 * The state in a list of extended communities, `bytes[start, end)`; undefined when there is none. RFC 8097 §2: of several the greatest counts,
 * and one greater than 2 is ignored.
 */
export function decodeRovCommunity(bytes: Uint8Array, start = 0, end: number = bytes.length): RovState | undefined {
  let greatest = -1;
  for (let offset = start; offset + LENGTH <= end; offset += LENGTH) {
    const state = bytes[offset + STATE_OFFSET]!;
    if (isRovCommunity(bytes, offset) && state <= RovState.Invalid && state > greatest) greatest = state;
  }
  return greatest === -1 ? undefined : (greatest as RovState);
}

/** "valid", "not-found", "invalid". */
export function formatRovState(state: RovState): string {
  return ['valid', 'not-found', 'invalid'][state]!;
}
