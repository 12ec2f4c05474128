/** The table of all kinds of records. A kind is one more line in ROWS. */
import type { ByteWriter } from '@tsbgp/wire';
import { MrtType } from '../codes.ts';
import { bgp4mpEntry, bgpMessage, snapshot, stateChange } from './bgp4mp.ts';
import type { MrtKind } from './kind.ts';
import { oldMessage, oldStateChange, oldSync } from './old-bgp.ts';
import { geoPeerTable, peerIndexTable } from './peer-index-table.ts';
import { rib } from './rib.ts';
import { tableDump } from './table-dump.ts';
import type { MrtValue } from './values.ts';

type AnyKind = MrtKind<Exclude<MrtValue, { type: 'unknown' }>>;

const ROWS: readonly AnyKind[] = [
  peerIndexTable,
  geoPeerTable,
  rib,
  tableDump,
  bgpMessage,
  stateChange,
  bgp4mpEntry,
  snapshot,
  oldMessage,
  oldStateChange,
  oldSync,
] as readonly unknown[] as readonly AnyKind[];

const BY_RECORD: ReadonlyMap<number, AnyKind> = new Map(
  ROWS.flatMap((row) => row.records.map(([type, subtype]) => [key(type, subtype), row] as const)),
);
const BY_VALUE: ReadonlyMap<string, AnyKind> = new Map(ROWS.map((row) => [row.type, row]));

function key(type: number, subtype: number): number {
  return (type << 16) | subtype;
}

/** Where a record's body lies. */
export interface Body {
  readonly bytes: Uint8Array;
  readonly bodyStart: number;
  readonly end: number;
  readonly type: number;
  readonly subtype: number;
}

/** What the body says, or what is wrong with it. */
export function decodeBody({ bytes, bodyStart, end, type, subtype }: Body): MrtValue | string {
  const row = BY_RECORD.get(key(type === MrtType.Bgp4mpEt ? MrtType.Bgp4mp : type, subtype));
  if (row === undefined) return { type: 'unknown', recordType: type, subtype, body: bytes.subarray(bodyStart, end) };
  return row.decode(bytes, bodyStart, end, subtype, type);
}

/** Type and subtype of the record that holds the value; those of BGP4MP for BGP4MP_ET, too. */
export function headerOf(value: MrtValue): readonly [type: number, subtype: number] {
  return value.type === 'unknown' ? [value.recordType, value.subtype] : BY_VALUE.get(value.type)!.header(value);
}

/** Appends the body. Throws ValueError for a value that cannot be written. */
export function encodeBody(out: ByteWriter, value: MrtValue): void {
  if (value.type === 'unknown') out.raw(value.body);
  else BY_VALUE.get(value.type)!.encode(out, value);
}
