/**
 * Whole messages of BMP, with the common header (RFC 7854 §4.1): | version, 1 octet | length, 4 | type, 1 | body … |. A type is one more line in ROWS.
 */
import { ByteWriter, readU32, writeU32 } from '@tsbgp/wire';
import { BMP_HEADER_LENGTH, BMP_PEER_HEADER_LENGTH, BMP_VERSION, BMP_VERSION_4 } from '../codes.ts';
import { BmpFault } from '../fault.ts';
import { initiation, termination } from './information.ts';
import type { BmpKind } from './kind.ts';
import { peerDown } from './peer-down.ts';
import { peerUp } from './peer-up.ts';
import { routeMirroring } from './route-mirroring.ts';
import { routeMonitoring } from './route-monitoring.ts';
import { statisticsReport } from './statistics-report.ts';
import type { BmpMessage } from './values.ts';

type AnyKind = BmpKind<Exclude<BmpMessage, { type: 'unknown' }>>;

const ROWS: readonly AnyKind[] = [
  routeMonitoring,
  statisticsReport,
  peerDown,
  peerUp,
  initiation,
  termination,
  routeMirroring,
] as readonly unknown[] as readonly AnyKind[];

const BY_CODE: ReadonlyMap<number, AnyKind> = new Map(ROWS.map((row) => [row.code, row]));
const BY_TYPE: ReadonlyMap<string, AnyKind> = new Map(ROWS.map((row) => [row.type, row]));

/** How BMP is read. */
export interface BmpOptions {
  /** Reads version 4 too, as the draft has it. @default false: a message of version 4 is a fault */
  readonly v4?: boolean;
}

/** The message that is `bytes[start, end)`, or what is wrong with it. Octets in it are views. */
export function decodeBmp(bytes: Uint8Array, start: number, end: number, options: BmpOptions = {}): BmpMessage | BmpFault {
  if (end - start < BMP_HEADER_LENGTH)
    return new BmpFault(`found ${end - start} octets, a message has at least ${BMP_HEADER_LENGTH}`, true);
  const fault = versionFault(bytes[start]!, options);
  if (fault !== undefined) return fault;
  if (readU32(bytes, start + 1) !== end - start)
    return new BmpFault(`found a length of ${readU32(bytes, start + 1)}, the message has ${end - start}`, true);
  const isVersion4 = bytes[start] === BMP_VERSION_4;
  const code = bytes[start + 5]!;
  const body = start + BMP_HEADER_LENGTH;
  const row = BY_CODE.get(code);
  if (row === undefined) return withVersion({ type: 'unknown', code, body: bytes.subarray(body, end) }, isVersion4);
  if (row.hasPeer && body + BMP_PEER_HEADER_LENGTH > end) return new BmpFault(`${row.type}: the per-peer header is not whole`);
  const message = row.decode(bytes, body, end, isVersion4);
  return typeof message === 'string' ? new BmpFault(`${row.type}: ${message}`) : withVersion(message, isVersion4);
}

/** Route Monitoring of version 4 is known by its TLVs. */
function withVersion(message: BmpMessage, isVersion4: boolean): BmpMessage {
  if (isVersion4 && message.type !== 'route-monitoring') message.version4 = true;
  return message;
}

/** Why a message of this version is not read; undefined when it is. */
export function versionFault(version: number, { v4 = false }: BmpOptions): BmpFault | undefined {
  if (version === BMP_VERSION || (version === BMP_VERSION_4 && v4)) return undefined;
  const hint = version === BMP_VERSION_4 ? '; version 4 is a draft, which the option v4 allows' : '';
  return new BmpFault(`found version ${version}, allowed is ${BMP_VERSION}${v4 ? ` or ${BMP_VERSION_4}` : ''}${hint}`, true);
}

/** Appends a message. Throws ValueError for a value that cannot be written. */
export function appendBmp(out: ByteWriter, message: BmpMessage): void {
  const isVersion4 = message.type === 'route-monitoring' ? message.tlvs !== undefined : message.version4 === true;
  const start = out.length;
  out.u8(isVersion4 ? BMP_VERSION_4 : BMP_VERSION);
  out.u32(0);
  try {
    if (message.type === 'unknown') {
      out.u8(message.code);
      out.raw(message.body);
    } else {
      const row = BY_TYPE.get(message.type)!;
      out.u8(row.code);
      row.encode(out, message);
    }
  } catch (error) {
    // Nothing of a message that cannot be written stays.
    out.length = start;
    throw error;
  }
  writeU32(out.bytes, start + 1, out.length - start);
}

/** The octets of one message. Throws ValueError for a value that cannot be written. */
export function encodeBmp(message: BmpMessage): Uint8Array {
  const out = new ByteWriter(256);
  appendBmp(out, message);
  return out.take();
}
