/**
 * ADD-PATH, capability 69 (RFC 7911 §4), and Paths-Limit, capability 76 (draft-abraitis-idr-addpath-paths-limit).
 *
 * ADD-PATH: AFI, SAFI, and 1 (can receive), 2 (can send) or 3 (both). Any other value: the capability is not understood.
 * Paths-Limit: AFI, SAFI, and how many paths of a prefix the sender wants at most; 0 is no limit.
 */
import { readU16 } from '../bytes.ts';
import type { Family } from '../family.ts';
import { parseNumber } from '../numbers.ts';
import { BOOLEAN, U16 } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { familiesCapability } from './families.ts';
import { directionCode, formatDirection, parseDirection, readDirection } from './text.ts';

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

export const addPath: CapabilityCodec<AddPathCapability> = familiesCapability(
  { code: CapabilityCode.AddPath, type: 'add-path', name: 'ADD-PATH Capability' },
  {
    octets: 1,
    numbers: [['send-receive', 1]],
    read: (bytes, at) => readDirection(bytes[at]!),
    write: (out, direction) => out.u8(directionCode(direction)),
    format: (direction) => [formatDirection(direction)],
    parse: ([word]) => parseDirection(word),
    members: { receive: BOOLEAN, send: BOOLEAN },
  },
);

export const pathsLimit: CapabilityCodec<PathsLimitCapability> = familiesCapability(
  { code: CapabilityCode.PathsLimit, type: 'paths-limit', name: 'Paths-Limit Capability' },
  {
    octets: 2,
    numbers: [['limit', 2]],
    read: (bytes, at) => ({ limit: readU16(bytes, at) }),
    write: (out, { limit }) => out.u16(limit),
    format: ({ limit }) => [limit],
    parse: ([limit]) => ({ limit: parseNumber(limit, 0xffff, 'limit of paths') }),
    members: { limit: U16 },
  },
);
