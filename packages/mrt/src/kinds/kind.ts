/** A kind of record as a row of a table: which records it reads, and both directions. */
import type { ByteWriter } from '@tsbgp/wire';

/** The row of one kind. In this package a new kind is a file with a row, its type in values.ts, and a line in kinds.ts. */
export interface MrtKind<Value extends { readonly type: string }> {
  /** `type` of the value. */
  readonly type: Value['type'];
  /** Type and subtype of the records, with the ones of BGP4MP standing for BGP4MP_ET, too. */
  readonly records: readonly (readonly [type: number, subtype: number])[];
  /** What the body in `bytes[start, end)` says, or what is wrong with it. Every read is checked. Octets in the value are views. */
  decode(bytes: Uint8Array, start: number, end: number, subtype: number, type: number): Value | string;
  /** Type and subtype of the record that holds the value. */
  header(value: Value): readonly [type: number, subtype: number];
  /** Appends the body. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, value: Value): void;
}

export const TOO_SHORT = 'the body is too short';
