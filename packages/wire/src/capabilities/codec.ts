/**
 * A capability as a row of a table (RFC 5492 §4: code, length, value). A group of related capabilities has a file, each has a line in registry.ts.
 */
import type { ByteWriter } from '../bytes.ts';
import type { SpanRecorder } from '../spans.ts';

/** A row of the table of capabilities. `T` is what the capability decodes to. */
export interface CapabilityCodec<T extends { type: string }> {
  readonly code: number;
  /** The `type` key of the decoded capability and the first word of its text, e.g. 'add-path'. */
  readonly type: T['type'];
  /** The registry's name, e.g. 'ADD-PATH Capability'. */
  readonly name: string;
  /**
   * What a value that does not parse means: 'reset' where the session could not be run without it (RFC 4271 §6.2: a recognised but
   * malformed parameter is 2/0), 'ignore' where it is only information or its RFC says "not understood"; its octets are then kept as unknown.
   */
  readonly malformed: 'reset' | 'ignore';
  /**
   * The value in `bytes[start, end)`, or undefined when it is malformed. Borrows nothing. What it accepts `encode` gives back octet by octet.
   * `spans` is told the parts.
   */
  decode(bytes: Uint8Array, start: number, end: number, spans?: SpanRecorder): T | undefined;
  /** Appends the value, without code and length. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, value: T): void;
  /** The words after the type, '' when there are none. `parse(format(x))` equals x. */
  format(value: T): string;
  /** Throws ValueError that says what was found and what is allowed. */
  parse(words: readonly string[]): T;
}
