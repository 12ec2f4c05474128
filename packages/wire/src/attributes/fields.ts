/** What rows of the attribute table share: flags, verdicts and lists of entries. */
import { NotificationCode, UpdateError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { Fault } from '../fault.ts';

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
