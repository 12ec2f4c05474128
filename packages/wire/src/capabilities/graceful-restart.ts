/**
 * Graceful Restart, capability 64 (RFC 4724 §3, RFC 8538 §2), and Long-Lived Graceful Restart, capability 71 (RFC 9494 §3).
 *
 *     0                       4                               16
 *     +--R--+--N--+--.--+--.--+ - - - restart time, seconds - - +   then families: AFI, SAFI, flags (0x80: forwarding state kept)
 *
 *     LLGR: families: AFI, SAFI, flags (0x80: forwarding state kept), stale time in three octets
 *
 * Bits that no RFC defines are kept as `reserved` when they are set.
 */
import { readU16, readU24 } from '../bytes.ts';
import type { Family } from '../family.ts';
import { ValueError } from '../fault.ts';
import { parseNumber } from '../numbers.ts';
import { BOOLEAN, optional, U24, unsigned } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import {
  type Details,
  decodeFamilies,
  encodeFamilies,
  familiesCapability,
  familiesFromJson,
  formatFamilies,
  parseEntry,
} from './families.ts';

interface ForwardingFlags {
  /** F bit: the forwarding state of this family was kept during the restart. */
  forwarding: boolean;
  reserved?: number;
}

/** One family of Graceful Restart. */
export interface GracefulRestartFamily extends ForwardingFlags {
  family: Family;
}

/** Graceful Restart (RFC 4724 §3, RFC 8538 §2). */
export interface GracefulRestartCapability {
  type: 'graceful-restart';
  /** R bit: the speaker has just restarted; do not wait for its End-of-RIB. */
  restartState: boolean;
  /** N bit (RFC 8538): NOTIFICATION and the hold timer start a graceful restart too. */
  notification: boolean;
  /** 0 to 4095. */
  restartTimeSeconds: number;
  families: GracefulRestartFamily[];
  reserved?: number;
}

/** Long-Lived Graceful Restart (RFC 9494 §3.1). */
export interface LongLivedGracefulRestartCapability {
  type: 'long-lived-graceful-restart';
  families: { family: Family; forwarding: boolean; staleTimeSeconds: number; reserved?: number }[];
}

const FORWARDING = 0x80;
const RESTART_TIME_MAX = 0xfff;
const STALE_TIME_MAX = 0xff_ffff;

const FLAGS: Details<ForwardingFlags> = {
  octets: 1,
  numbers: [['flags', 1]],
  read(bytes, at) {
    const flags = bytes[at]!;
    const reserved = flags & ~FORWARDING;
    return { forwarding: (flags & FORWARDING) !== 0, ...(reserved !== 0 && { reserved }) };
  },
  write: (out, { forwarding, reserved = 0 }) => out.u8((forwarding ? FORWARDING : 0) | reserved),
  format: ({ forwarding, reserved }) => [
    ...(forwarding ? ['forwarding'] : []),
    ...(reserved === undefined ? [] : [`reserved=${reserved}`]),
  ],
  parse(words) {
    const flags: ForwardingFlags = { forwarding: false };
    for (const word of words) {
      if (word === 'forwarding') flags.forwarding = true;
      else if (word.startsWith('reserved=')) flags.reserved = parseNumber(word.slice(9), 0x7f, 'reserved bits');
      else throw new ValueError(`found "${word}" where "forwarding" is expected`);
    }
    return flags;
  },
  members: { forwarding: BOOLEAN, reserved: optional(unsigned(0x7f)) },
};

export const gracefulRestart: CapabilityCodec<GracefulRestartCapability> = {
  code: CapabilityCode.GracefulRestart,
  type: 'graceful-restart',
  name: 'Graceful Restart Capability',
  malformed: 'reset',
  members: {
    restartState: BOOLEAN,
    notification: BOOLEAN,
    restartTimeSeconds: unsigned(RESTART_TIME_MAX),
    families: familiesFromJson(FLAGS),
    reserved: optional(unsigned(3)),
  },
  decode(bytes, start, end, spans) {
    if (end - start < 2) return undefined;
    spans?.numbers(start, ['flags-and-restart-time', 2]);
    const families = decodeFamilies(FLAGS, bytes, start + 2, end, spans);
    if (families === undefined) return undefined;
    const first = readU16(bytes, start);
    const reserved = (first >>> 12) & 0x3;
    return {
      type: 'graceful-restart',
      restartState: (first & 0x8000) !== 0,
      notification: (first & 0x4000) !== 0,
      restartTimeSeconds: first & RESTART_TIME_MAX,
      families,
      ...(reserved !== 0 && { reserved }),
    };
  },
  encode(out, value) {
    if (!(value.restartTimeSeconds >= 0 && value.restartTimeSeconds <= RESTART_TIME_MAX)) {
      throw new ValueError(`restart time: found ${value.restartTimeSeconds}, allowed 0 to ${RESTART_TIME_MAX} seconds (RFC 4724 §3)`);
    }
    const flags = (value.restartState ? 0x8000 : 0) | (value.notification ? 0x4000 : 0) | ((value.reserved ?? 0) << 12);
    out.u16(flags | value.restartTimeSeconds);
    encodeFamilies(FLAGS, out, value.families);
  },
  format(value) {
    const words = [String(value.restartTimeSeconds)];
    if (value.restartState) words.push('restart-state');
    if (value.notification) words.push('notification');
    if (value.reserved !== undefined) words.push(`reserved=${value.reserved}`);
    return [...words, ...formatFamilies(FLAGS, value.families)].join(' ');
  },
  parse([time, ...words]) {
    const value: GracefulRestartCapability = {
      type: 'graceful-restart',
      restartState: false,
      notification: false,
      restartTimeSeconds: parseNumber(time, RESTART_TIME_MAX, 'restart time in seconds'),
      families: [],
    };
    for (const word of words) {
      if (word === 'restart-state') value.restartState = true;
      else if (word === 'notification') value.notification = true;
      else if (word.startsWith('reserved=')) value.reserved = parseNumber(word.slice(9), 3, 'reserved bits');
      else value.families.push(parseEntry(FLAGS, word));
    }
    return value;
  },
};

export const longLivedGracefulRestart: CapabilityCodec<LongLivedGracefulRestartCapability> = familiesCapability(
  {
    code: CapabilityCode.LongLivedGracefulRestart,
    type: 'long-lived-graceful-restart',
    name: 'Long-Lived Graceful Restart (LLGR) Capability',
  },
  {
    octets: 4,
    numbers: [...FLAGS.numbers, ['stale-time', 3]],
    read: (bytes, at) => ({ ...FLAGS.read(bytes, at)!, staleTimeSeconds: readU24(bytes, at + 1) }),
    write(out, entry) {
      if (!(entry.staleTimeSeconds >= 0 && entry.staleTimeSeconds <= STALE_TIME_MAX)) {
        throw new ValueError(`stale time: found ${entry.staleTimeSeconds}, allowed 0 to ${STALE_TIME_MAX} seconds (RFC 9494 §3)`);
      }
      FLAGS.write(out, entry);
      out.u24(entry.staleTimeSeconds);
    },
    format: (entry) => [entry.staleTimeSeconds, ...FLAGS.format(entry)],
    parse: ([time, ...flags]) => ({
      ...FLAGS.parse(flags),
      staleTimeSeconds: parseNumber(time, STALE_TIME_MAX, 'stale time in seconds'),
    }),
    members: { forwarding: BOOLEAN, staleTimeSeconds: U24, reserved: optional(unsigned(0x7f)) },
  },
);
