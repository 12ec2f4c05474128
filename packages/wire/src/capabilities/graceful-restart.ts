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
import { afiOf, type Family, makeFamily, safiOf } from '../family.ts';
import { ValueError } from '../fault.ts';
import { parseNumber } from '../numbers.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { formatItem, parseItem } from './text.ts';

/** One family of Graceful Restart. */
export interface GracefulRestartFamily {
  family: Family;
  /** F bit: the forwarding state of this family was kept during the restart. */
  forwarding: boolean;
  reserved?: number;
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

function flagsOf(entry: { forwarding: boolean; reserved?: number }): number {
  return (entry.forwarding ? FORWARDING : 0) | (entry.reserved ?? 0);
}

function readFlags(flags: number): { forwarding: boolean; reserved?: number } {
  const reserved = flags & ~FORWARDING;
  return { forwarding: (flags & FORWARDING) !== 0, ...(reserved !== 0 && { reserved }) };
}

function flagWords(entry: { forwarding: boolean; reserved?: number }): string[] {
  return [...(entry.forwarding ? ['forwarding'] : []), ...(entry.reserved === undefined ? [] : [`reserved=${entry.reserved}`])];
}

function parseFlags(details: string[]): { forwarding: boolean; reserved?: number } {
  let forwarding = false;
  let reserved: number | undefined;
  for (const detail of details) {
    if (detail === 'forwarding') forwarding = true;
    else if (detail.startsWith('reserved=')) reserved = parseNumber(detail.slice(9), 0x7f, 'reserved bits');
    else throw new ValueError(`found "${detail}" where "forwarding" is expected`);
  }
  return { forwarding, ...(reserved !== undefined && { reserved }) };
}

export const gracefulRestart: CapabilityCodec<GracefulRestartCapability> = {
  code: CapabilityCode.GracefulRestart,
  type: 'graceful-restart',
  name: 'Graceful Restart Capability',
  malformed: 'reset',
  decode(bytes, start, end, spans) {
    if (end - start < 2 || (end - start - 2) % 4 !== 0) return undefined;
    spans?.numbers(start, ['flags-and-restart-time', 2]);
    const first = readU16(bytes, start);
    const reserved = (first >>> 12) & 0x3;
    const families: GracefulRestartFamily[] = [];
    for (let at = start + 2; at < end; at += 4) {
      spans?.numbers(at, ['afi', 2], ['safi', 1], ['flags', 1]);
      families.push({ family: makeFamily(readU16(bytes, at), bytes[at + 2]!), ...readFlags(bytes[at + 3]!) });
    }
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
    for (const entry of value.families) {
      out.u16(afiOf(entry.family));
      out.u8(safiOf(entry.family));
      out.u8(flagsOf(entry));
    }
  },
  format(value) {
    const words = [String(value.restartTimeSeconds)];
    if (value.restartState) words.push('restart-state');
    if (value.notification) words.push('notification');
    if (value.reserved !== undefined) words.push(`reserved=${value.reserved}`);
    for (const entry of value.families) words.push(formatItem(entry.family, ...flagWords(entry)));
    return words.join(' ');
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
      else {
        const { family, details } = parseItem(word);
        value.families.push({ family, ...parseFlags(details) });
      }
    }
    return value;
  },
};

export const longLivedGracefulRestart: CapabilityCodec<LongLivedGracefulRestartCapability> = {
  code: CapabilityCode.LongLivedGracefulRestart,
  type: 'long-lived-graceful-restart',
  name: 'Long-Lived Graceful Restart (LLGR) Capability',
  malformed: 'ignore',
  decode(bytes, start, end, spans) {
    if ((end - start) % 7 !== 0) return undefined;
    const families: LongLivedGracefulRestartCapability['families'] = [];
    for (let at = start; at < end; at += 7) {
      const family = makeFamily(readU16(bytes, at), bytes[at + 2]!);
      spans?.numbers(at, ['afi', 2], ['safi', 1], ['flags', 1], ['stale-time', 3]);
      families.push({ family, ...readFlags(bytes[at + 3]!), staleTimeSeconds: readU24(bytes, at + 4) });
    }
    return { type: 'long-lived-graceful-restart', families };
  },
  encode(out, value) {
    for (const entry of value.families) {
      if (!(entry.staleTimeSeconds >= 0 && entry.staleTimeSeconds <= STALE_TIME_MAX)) {
        throw new ValueError(`stale time: found ${entry.staleTimeSeconds}, allowed 0 to ${STALE_TIME_MAX} seconds (RFC 9494 §3)`);
      }
      out.u16(afiOf(entry.family));
      out.u8(safiOf(entry.family));
      out.u8(flagsOf(entry));
      out.u24(entry.staleTimeSeconds);
    }
  },
  format: (value) => value.families.map((entry) => formatItem(entry.family, entry.staleTimeSeconds, ...flagWords(entry))).join(' '),
  parse(words) {
    const families = words.map((word) => {
      const { family, details } = parseItem(word);
      const [time, ...flags] = details;
      return { family, ...parseFlags(flags), staleTimeSeconds: parseNumber(time, STALE_TIME_MAX, 'stale time in seconds') };
    });
    return { type: 'long-lived-graceful-restart', families };
  },
};
