/**
 * A path attribute as a row of a table: everything shared code may ask about it. One file per attribute, one line in registry.ts.
 */
import type { ByteWriter } from '../bytes.ts';
import type { WireContext } from '../context.ts';
import type { Fault } from '../fault.ts';

/** A row of the table of path attributes. `T` is what the attribute decodes to. */
export interface AttributeCodec<T> {
  readonly code: number;
  /** The `type` key of the decoded attribute, e.g. 'multi-exit-disc'. */
  readonly type: string;
  /** The RFC's name, e.g. 'MULTI_EXIT_DISC'. */
  readonly name: string;
  /** Optional and Transitive bits as the RFC demands them (RFC 7606 §3 c compares these two only). */
  readonly flags: number;
  /**
   * What other Optional or Transitive bits call for, where the attribute's RFC says so (RFC 7606 §3 c). Where the value is malformed too, the
   * stronger answer holds (§3 h). @default 'withdraw'
   */
  readonly wrongFlags?: 'discard';

  /**
   * RFC 7606's verdict on the value in `bytes[start, end)`; undefined when it is well-formed. Every read is checked here.
   * Allocates nothing when there is no fault: the RIB calls it for each distinct attribute set.
   */
  check(bytes: Uint8Array, start: number, end: number, context: WireContext): Fault | undefined;

  /**
   * The value. Called only on octets that `check` passed; borrows nothing from `bytes`. What it returns `encode` gives back octet by octet.
   * `context.spans` is told the parts.
   */
  decode(bytes: Uint8Array, start: number, end: number, context: WireContext): T;

  /** Appends the value without the attribute header. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, value: T, context: WireContext): void;

  /** Text for people, one line. `parse(format(x))` equals x. */
  format(value: T): string;

  /** Throws ValueError that names what was found and what is allowed. */
  parse(text: string): T;
}
