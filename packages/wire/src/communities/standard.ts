/**
 * Standard communities as text: "65000:100", or the name of a well-known one. Source: IANA, BGP Well-known Communities, 2026-11.
 */
import { ValueError } from '../fault.ts';

const WELL_KNOWN: Record<string, number> = {
  'graceful-shutdown': 0xffff_0000,
  'accept-own': 0xffff_0001,
  'route-filter-translated-v4': 0xffff_0002,
  'route-filter-v4': 0xffff_0003,
  'route-filter-translated-v6': 0xffff_0004,
  'route-filter-v6': 0xffff_0005,
  'llgr-stale': 0xffff_0006,
  'no-llgr': 0xffff_0007,
  'accept-own-nexthop': 0xffff_0008,
  'standby-pe': 0xffff_0009,
  blackhole: 0xffff_029a,
  'no-export': 0xffff_ff01,
  'no-advertise': 0xffff_ff02,
  'no-export-subconfed': 0xffff_ff03,
  'no-peer': 0xffff_ff04,
};

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(WELL_KNOWN).map(([name, value]) => [value, name]));

/** The well-known name if there is one, else `65000:1` (RFC 1997). */
export function formatCommunity(value: number): string {
  return NAMES.get(value) ?? `${value >>> 16}:${value & 0xffff}`;
}

/** Throws ValueError. */
export function parseCommunity(text: string): number {
  const known = WELL_KNOWN[text.toLowerCase()];
  if (known !== undefined) return known;
  const parts = /^(\d{1,5}):(\d{1,5})$/.exec(text);
  const high = Number(parts?.[1]);
  const low = Number(parts?.[2]);
  if (parts === null || high > 0xffff || low > 0xffff) {
    throw new ValueError(`"${text}" is not a community: allowed are two numbers of 0 to 65535, or a well-known name, e.g. "65000:100"`);
  }
  return high * 0x1_0000 + low;
}
