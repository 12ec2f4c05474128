/**
 * The origin validation state as an extended community (RFC 8097 §2): opaque, not transitive.
 *
 *     | 0x43 | 0x00 | reserved, 5 octets of 0 | state: 0 valid, 1 not found, 2 invalid |
 */
import { AttributeCode } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { withExtendedCommunities } from '../attributes/change.ts';
import { NONE } from '../columns.ts';
import { RovState } from '../validation-options.ts';

const TYPE = 0x43;
const SUBTYPE = 0x00;
const LENGTH = 8;
const STATE_AT = 7;
/** The state that is sent is one less than ours. */
const GREATEST_SENT = RovState.Invalid - 1;

/**
 * The state that a set comes with; NotChecked where it has none. Of several the greatest counts, and one that has no meaning is ignored
 * (RFC 8097 §2).
 */
export function announcedState(attributes: AttributeTable, attr: number): RovState {
  const { data } = attributes.arena;
  const start = attributes.offset[attr]!;
  const header = findAttribute(data, start, start + attributes.length[attr]!, AttributeCode.ExtendedCommunities);
  if (header === NONE) return RovState.NotChecked;
  let at = header + headerLength(data, header);
  const end = at + valueLength(data, header);
  let state: number = RovState.NotChecked;
  for (; at < end; at += LENGTH) {
    const sent = data[at + STATE_AT]!;
    if (isState(data, at) && sent <= GREATEST_SENT && sent + 1 > state) state = sent + 1;
  }
  return state as RovState;
}

/** The set with this state in the place of any that it has; NotChecked takes those away. A new id is not held yet. */
export function withState(attributes: AttributeTable, attr: number, state: RovState): number {
  const before = attributes.octets(attr);
  const after = withExtendedCommunities(before, (old) => {
    const kept: number[] = [];
    for (let at = 0; at < old.length; at += LENGTH) if (!isState(old, at)) kept.push(...old.subarray(at, at + LENGTH));
    if (state === RovState.NotChecked && kept.length === old.length) return old;
    return Uint8Array.from(state === RovState.NotChecked ? kept : [...kept, TYPE, SUBTYPE, 0, 0, 0, 0, 0, state - 1]);
  });
  return after === before ? attr : attributes.intern(after, 0, after.length);
}

function isState(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === TYPE && bytes[at + 1] === SUBTYPE;
}
