/** Communities (RFC 1997) and large communities (RFC 8092) as ExaBGP writes them. */
import type { Words } from '../text/words.ts';

const WELL_KNOWN: Readonly<Record<string, number>> = {
  'no-export': 0xffff_ff01,
  'no-advertise': 0xffff_ff02,
  'no-export-subconfed': 0xffff_ff03,
  nopeer: 0xffff_ff04,
  'no-peer': 0xffff_ff04,
  blackhole: 0xffff_029a,
};

const ALLOWED = `a community, e.g. "65000:1", "0x1234", a number, or ${Object.keys(WELL_KNOWN).join(', ')}`;

/** 32 bits. */
export function readCommunity(words: Words): number {
  const text = words.next(ALLOWED);
  const name = text.toLowerCase().replaceAll('_', '-');
  if (Object.hasOwn(WELL_KNOWN, name)) return WELL_KNOWN[name]!;
  const pair = /^(\d{1,5}):(\d{1,5})$/.exec(text);
  if (pair !== null && Number(pair[1]) <= 0xffff && Number(pair[2]) <= 0xffff) return Number(pair[1]) * 65_536 + Number(pair[2]);
  if (/^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text);
  throw words.wrong(text, ALLOWED);
}

/** Three numbers of 32 bits. */
export function readLargeCommunity(words: Words): [number, number, number] {
  const text = words.next('a large community, e.g. "65000:1:2"');
  const parts = /^\d{1,10}:\d{1,10}:\d{1,10}$/.test(text) ? text.split(':').map(Number) : [];
  const [a, b, c] = parts;
  if (a === undefined || b === undefined || c === undefined || parts.some((part) => part > 0xffff_ffff)) {
    throw words.wrong(text, 'a large community, e.g. "65000:1:2"');
  }
  return [a, b, c];
}
