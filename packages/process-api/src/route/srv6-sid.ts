/** An SRv6 SID with its behavior and structure (RFC 9831 §2.4.10): `fc00::1 endpoint-behavior 65 32 0 16 0`. */
import { addressBytes, type ByteWriter } from '@tsbgp/wire';
import { readAddress } from '../text/values.ts';
import type { Words } from '../text/words.ts';

/** Behavior, then bits of locator block, locator node, function and argument. */
export type SidStructure = readonly [number, number, number, number, number];

export interface StructuredSid {
  readonly sid: string;
  readonly structure: SidStructure | undefined;
}

export function readSid(words: Words): string {
  const sid = readAddress(words);
  if (!sid.includes(':')) throw words.wrong(sid, 'an IPv6 address');
  return sid;
}

export function readStructure(words: Words): SidStructure | undefined {
  if (!words.take('endpoint-behavior')) return undefined;
  const behavior = words.number(0, 0xffff);
  return [behavior, words.number(0, 128), words.number(0, 128), words.number(0, 128), words.number(0, 128)];
}

export function appendStructuredSid(out: ByteWriter, { sid, structure }: StructuredSid): void {
  out.raw(addressBytes(sid));
  if (structure === undefined) return;
  const [behavior, ...bits] = structure;
  out.u16(behavior);
  out.u16(0);
  for (const length of bits) out.u8(length);
}
