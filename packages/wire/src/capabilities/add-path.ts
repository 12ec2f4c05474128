/**
 * ADD-PATH, capability 69 (RFC 7911 §4), and Paths-Limit, capability 76 (draft-abraitis-idr-addpath-paths-limit).
 *
 * ADD-PATH: AFI, SAFI, and 1 (can receive), 2 (can send) or 3 (both). Any other value: the capability is not understood.
 * Paths-Limit: AFI, SAFI, and how many paths of a prefix the sender wants at most; 0 is no limit.
 */
import { readU16 } from '../bytes.ts';
import { afiOf, type Family, makeFamily, safiOf } from '../family.ts';
import { parseNumber } from '../numbers.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { directionCode, formatDirection, formatItem, parseDirection, parseItem } from './text.ts';

/** One family of ADD-PATH, and whether the sender receives, sends, or does both. */
export interface AddPathFamily {
  family: Family;
  /** The speaker that says this can receive several paths of a prefix. */
  receive: boolean;
  send: boolean;
}

/** ADD-PATH (RFC 7911 §4): several paths for one route. */
export interface AddPathCapability {
  type: 'add-path';
  families: AddPathFamily[];
}

/** Paths-Limit (draft-abraitis-idr-addpath-paths-limit): how many paths for one route the sender wants at most. */
export interface PathsLimitCapability {
  type: 'paths-limit';
  families: { family: Family; limit: number }[];
}

export const addPath: CapabilityCodec<AddPathCapability> = {
  code: CapabilityCode.AddPath,
  type: 'add-path',
  name: 'ADD-PATH Capability',
  malformed: 'ignore',
  decode(bytes, start, end, spans) {
    if ((end - start) % 4 !== 0) return undefined;
    const families: AddPathFamily[] = [];
    for (let at = start; at < end; at += 4) {
      const direction = bytes[at + 3]!;
      if (direction < 1 || direction > 3) return undefined;
      spans?.numbers(at, ['afi', 2], ['safi', 1], ['send-receive', 1]);
      families.push({
        family: makeFamily(readU16(bytes, at), bytes[at + 2]!),
        receive: (direction & 1) !== 0,
        send: (direction & 2) !== 0,
      });
    }
    return { type: 'add-path', families };
  },
  encode(out, value) {
    for (const entry of value.families) {
      out.u16(afiOf(entry.family));
      out.u8(safiOf(entry.family));
      out.u8(directionCode(entry));
    }
  },
  format: (value) => value.families.map((entry) => formatItem(entry.family, formatDirection(entry))).join(' '),
  parse(words) {
    const families = words.map((word) => {
      const { family, details } = parseItem(word);
      return { family, ...parseDirection(details[0]) };
    });
    return { type: 'add-path', families };
  },
};

export const pathsLimit: CapabilityCodec<PathsLimitCapability> = {
  code: CapabilityCode.PathsLimit,
  type: 'paths-limit',
  name: 'Paths-Limit Capability',
  malformed: 'ignore',
  decode(bytes, start, end, spans) {
    if ((end - start) % 5 !== 0) return undefined;
    const families: PathsLimitCapability['families'] = [];
    for (let at = start; at < end; at += 5) {
      spans?.numbers(at, ['afi', 2], ['safi', 1], ['limit', 2]);
      families.push({ family: makeFamily(readU16(bytes, at), bytes[at + 2]!), limit: readU16(bytes, at + 3) });
    }
    return { type: 'paths-limit', families };
  },
  encode(out, value) {
    for (const entry of value.families) {
      out.u16(afiOf(entry.family));
      out.u8(safiOf(entry.family));
      out.u16(entry.limit);
    }
  },
  format: (value) => value.families.map((entry) => formatItem(entry.family, entry.limit)).join(' '),
  parse(words) {
    const families = words.map((word) => {
      const { family, details } = parseItem(word);
      return { family, limit: parseNumber(details[0], 0xffff, 'limit of paths') };
    });
    return { type: 'paths-limit', families };
  },
};
