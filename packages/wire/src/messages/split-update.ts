/**
 * Splits an UPDATE that is too long for the session into several that say the same.
 *
 *   1. Withdrawn routes, of IPv4 unicast and then of MP_UNREACH_NLRI, go into separate messages.
 *   2. Routes of MP_REACH_NLRI follow, each message with all attributes; then IPv4 unicast NLRI.
 *   3. Each is halved until it fits.
 *
 * Withdrawals come first, because an announcement replaces a withdrawal of the same route in the same message (RFC 4271 §3.1).
 */
import { findAttribute, type PathAttribute } from '../attributes/attribute.ts';
import { HEADER_LENGTH, MessageType } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { ValueError } from '../fault.ts';
import { lengthMax } from './header.ts';
import { encodeUpdate, saysNothing, type UpdateMessage } from './update.ts';

/**
 * Messages that fit the session, in the order in which to send them; `message` itself if it fits, none if it says nothing. Throws ValueError
 * when one route with its attributes does not fit.
 */
export function splitUpdate(message: UpdateMessage, context: WireContext): UpdateMessage[] {
  if (saysNothing(message) && message.endOfRib === undefined) return [];
  const max = lengthMax(MessageType.Update, context.extendedMessage) - HEADER_LENGTH;
  return fits(message, context, max) ? [message] : parts(message).flatMap((part) => halve(part, context, max));
}

/** A message that is too long to be written may be written in halves: lengths have two octets. `halve` throws when this does not help. */
function fits(message: UpdateMessage, context: WireContext, max: number): boolean {
  try {
    return encodeUpdate(message, context).length <= max;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

/** Messages that have routes in only one place. */
function parts({ withdrawn, attributes, nlri }: UpdateMessage): UpdateMessage[] {
  const result: UpdateMessage[] = [];
  if (withdrawn.length > 0) result.push(update({ withdrawn }));
  const unreach = findAttribute(attributes, 'mp-unreach-nlri');
  // An MP_UNREACH_NLRI without routes would mean End-of-RIB.
  if (unreach !== undefined && unreach.value.nlri.length > 0) result.push(update({ attributes: [unreach] }));
  const shared = attributes.filter(({ type }) => type !== 'mp-reach-nlri' && type !== 'mp-unreach-nlri');
  const reach = findAttribute(attributes, 'mp-reach-nlri');
  if (reach !== undefined) result.push(update({ attributes: [reach, ...shared] }));
  if (nlri.length > 0) result.push(update({ attributes: shared, nlri }));
  if (result.length === 0) result.push(update({ attributes: shared }));
  return result;
}

function halve(message: UpdateMessage, context: WireContext, max: number): UpdateMessage[] {
  if (fits(message, context, max)) return [message];
  const halves = cut(message);
  if (halves === undefined) {
    throw new ValueError(`UPDATE: found ${encodeUpdate(message, context).length} octets with a single route, allowed ${max}`);
  }
  return halves.flatMap((half) => halve(half, context, max));
}

/** The two halves of a message with routes in one place; undefined when there is only one route. */
function cut({ withdrawn, attributes, nlri }: UpdateMessage): UpdateMessage[] | undefined {
  if (withdrawn.length > 1) return inTwo(withdrawn).map((some) => update({ withdrawn: some }));
  if (nlri.length > 1) return inTwo(nlri).map((some) => update({ attributes, nlri: some }));
  const [first, ...rest] = attributes;
  if (first?.type === 'mp-reach-nlri' && first.value.nlri.length > 1) {
    return inTwo(first.value.nlri).map((some) => update({ attributes: [{ ...first, value: { ...first.value, nlri: some } }, ...rest] }));
  }
  if (first?.type === 'mp-unreach-nlri' && first.value.nlri.length > 1) {
    return inTwo(first.value.nlri).map((some) => update({ attributes: [{ ...first, value: { ...first.value, nlri: some } }] }));
  }
  return undefined;
}

function inTwo<T>(list: readonly T[]): T[][] {
  const middle = list.length >>> 1;
  return [list.slice(0, middle), list.slice(middle)];
}

function update(parts: {
  withdrawn?: UpdateMessage['withdrawn'];
  attributes?: PathAttribute[];
  nlri?: UpdateMessage['nlri'];
}): UpdateMessage {
  return { type: 'update', withdrawn: parts.withdrawn ?? [], attributes: parts.attributes ?? [], nlri: parts.nlri ?? [] };
}
