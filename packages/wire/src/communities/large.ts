/** Large communities (RFC 8092) as text: "65000:1:2" (RFC 8092 §5). */
import { ValueError } from '../fault.ts';

/** A large community (RFC 8092 §3), 3 × 32 bits. */
export interface LargeCommunity {
  globalAdministrator: number;
  localData1: number;
  localData2: number;
}

/** `65000:1:2`. */
export function formatLargeCommunity(value: LargeCommunity): string {
  return `${value.globalAdministrator}:${value.localData1}:${value.localData2}`;
}

/** Throws ValueError. */
export function parseLargeCommunity(text: string): LargeCommunity {
  const numbers = /^\d{1,10}:\d{1,10}:\d{1,10}$/.test(text) ? text.split(':').map(Number) : [];
  if (numbers.length !== 3 || numbers.some((number) => number > 0xffff_ffff)) {
    throw new ValueError(`"${text}" is not a large community: allowed are three numbers of 0 to 4294967295, e.g. "65000:1:2"`);
  }
  return { globalAdministrator: numbers[0]!, localData1: numbers[1]!, localData2: numbers[2]! };
}
