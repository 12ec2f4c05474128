/** Writes MRT records of all kinds (RFC 6396). */
import { ByteWriter, ValueError, writeU32 } from '@tsbgp/wire';
import { hasMicroseconds, MrtType } from './codes.ts';
import { encodeBody, headerOf } from './kinds/kinds.ts';
import type { MrtValue } from './kinds/values.ts';

/** When the content of a record happened. */
export interface MrtTime {
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** 0 to 999,999. Makes a record of BGP4MP one of BGP4MP_ET. */
  readonly microseconds?: number | undefined;
}

/** The time in microseconds since 1970, as clocks give it, in the two fields of a record. */
export function mrtTime(micros: number): Required<MrtTime> {
  return { timestamp: Math.floor(micros / 1e6), microseconds: Math.floor(micros % 1e6) };
}

/** Appends a record. Throws ValueError for a value that cannot be written. */
export function appendMrt(out: ByteWriter, time: MrtTime, value: MrtValue): void {
  const [plainType, subtype] = headerOf(value);
  const type = plainType === MrtType.Bgp4mp && time.microseconds !== undefined ? MrtType.Bgp4mpEt : plainType;
  const extended = hasMicroseconds(type);
  if (!extended && time.microseconds !== undefined) {
    throw new ValueError(`found microseconds, which a record with ${value.type} cannot hold; allowed is BGP4MP`);
  }
  const start = out.length;
  out.u32(time.timestamp);
  out.u16(type);
  out.u16(subtype);
  out.u32(0);
  const body = out.length;
  if (extended) out.u32(time.microseconds ?? 0);
  try {
    encodeBody(out, value);
  } catch (error) {
    // Nothing of a record that cannot be written stays.
    out.length = start;
    throw error;
  }
  writeU32(out.bytes, body - 4, out.length - body);
}

/** The octets of one record. Throws ValueError for a value that cannot be written. */
export function encodeMrt(time: MrtTime, value: MrtValue): Uint8Array {
  const out = new ByteWriter(256);
  appendMrt(out, time, value);
  return out.take();
}
