/** What rows of the attribute table share: flags, verdicts, and numbers as text. */
import { NotificationCode, UpdateError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { Fault, ValueError } from '../fault.ts';

/** Optional and Transitive bits of the four kinds of attribute (RFC 4271 §5). */
export const WELL_KNOWN = 0x40;
export const OPTIONAL_TRANSITIVE = 0xc0;
export const OPTIONAL_NON_TRANSITIVE = 0x80;

export function treatAsWithdraw(subcode: number, reason: string): Fault {
  return new Fault('withdraw', NotificationCode.UpdateMessageError, subcode, reason);
}

export function attributeDiscard(subcode: number, reason: string): Fault {
  return new Fault('discard', NotificationCode.UpdateMessageError, subcode, reason);
}

/** Treat-as-withdraw for an attribute whose length is fixed. */
export function exactLength(name: string, found: number, allowed: number): Fault | undefined {
  if (found === allowed) return undefined;
  return treatAsWithdraw(UpdateError.AttributeLength, `${name} of ${found} octets, allowed is ${allowed}`);
}

/** RFC 7606 §7.5, §7.9, §7.10: an external peer has no business sending it. */
export function notFromExternal(name: string): Fault {
  return attributeDiscard(UpdateError.OptionalAttribute, `${name} from an external peer`);
}

/** A list of entries of `size` octets each, as `read` gives them. */
export function decodeEntries<T>(
  start: number,
  end: number,
  size: number,
  name: string,
  read: (at: number) => T,
  { spans }: WireContext,
): T[] {
  const values: T[] = [];
  for (let at = start; at < end; at += size) {
    const value = read(at);
    spans?.leaf(name, at, at + size, value);
    values.push(value);
  }
  return values;
}

/** A number of at most 32 bits in decimal. Throws ValueError. */
export function parseU32(text: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 0xffff_ffff)) throw new ValueError(`found "${text}", allowed is a number from 0 to 4294967295`);
  return value;
}

/** `value`, if it is a whole number from 0 to `max`. Throws ValueError. */
export function within(name: string, value: number, max: number): number {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new ValueError(`${name}: found ${value}, allowed is 0 to ${max}`);
  return value;
}
