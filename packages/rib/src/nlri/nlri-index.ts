/**
 * What the table asks of an index from the NLRI of one family to small integer ids.
 */
import type { Family } from '@tsbgp/wire';

/** A destination; small, and used again when the destination is gone. */
export type NlriId = number & { readonly __id: 'NlriId' };

/** From the NLRI of one family to ids and back. */
export interface NlriIndex {
  readonly family: Family;
  /** Longest prefix: bounds what `insertWire` may be given. */
  readonly bitsMax: number;
  /** Ids ever used are below `top`. */
  readonly top: number;
  readonly count: number;
  /** Whether the id stands for a destination now. */
  isLive(id: number): boolean;
  /** The id of the prefix at `offset`, in wire form (length in bits, then octets), which is added if it is new. */
  insertWire(bytes: Uint8Array, offset: number): NlriId;
  /** The id of the prefix at `offset`, in wire form, or NONE. */
  findWire(bytes: Uint8Array, offset: number): NlriId;
  /** Writes the prefix in wire form at `offset`; returns the offset behind it. */
  write(out: Uint8Array, offset: number, id: NlriId): number;
  /** Forgets the destination; its id may be given out again. */
  remove(id: NlriId): void;
  /** Words of a key: the address from its first 32 bits on, then the length. Keys in ascending order are prefixes in ascending order. */
  readonly keyWords: number;
  /** Whether the id stands for a destination whose key is after `after` and not after `upTo`. */
  isBetween(id: number, after: Float64Array, upTo: Float64Array): boolean;
  /** Writes the key of a live id into `keys` at `offset`. */
  writeKey(id: number, keys: Uint32Array, offset: number): void;
  /** The id of the key in `keys` at `offset`, or NONE. */
  findKey(keys: Uint32Array, offset: number): NlriId;
}
