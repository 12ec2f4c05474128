/** Numbers within their bounds, as values and in decimal text. */
import { ValueError } from './fault.ts';

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

/** The decimal number `text`, from 0 to `max`. Throws ValueError that begins with `what`. */
export function parseNumber(text: string | undefined, max: number, what: string): number {
  if (text === undefined || !/^\d{1,10}$/.test(text) || Number(text) > max) {
    throw new ValueError(`${what}: found ${text === undefined ? 'nothing' : `"${text}"`}, allowed 0 to ${max}`);
  }
  return Number(text);
}
