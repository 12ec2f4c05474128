/**
 * What the table asks of an index from the NLRI of one family to small integer ids.
 */
import type { Family } from '@tsbgp/wire';

export type NlriId = number & { readonly __id: 'NlriId' };

export interface NlriIndex {
  readonly family: Family;
  /** Longest prefix: bounds what `insertWire` may be given. */
  readonly bitsMax: number;
  /** Ids ever used are below `top`. */
  readonly top: number;
  readonly count: number;
  isLive(id: number): boolean;
  insertWire(bytes: Uint8Array, offset: number): NlriId;
  findWire(bytes: Uint8Array, offset: number): NlriId;
  write(out: Uint8Array, offset: number, id: NlriId): number;
  remove(id: NlriId): void;
}
