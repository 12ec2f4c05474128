/** A type of message as a row of a table. In this package a new type is a file with a row, its interface in values.ts, and a line in message.ts. */
import type { ByteWriter } from '@tsbgp/wire';

export interface BmpKind<Message extends { readonly type: string }> {
  readonly type: Message['type'];
  readonly code: number;
  /** Whether a per-peer header begins the body: then it is whole when `decode` is called. */
  readonly hasPeer: boolean;
  /** What the body in `bytes[start, end)` says, the per-peer header included; or what is wrong with it. Every read is checked. */
  decode(bytes: Uint8Array, start: number, end: number, isVersion4: boolean): Message | string;
  /** Appends the body. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, message: Message): void;
}
