/**
 * A capability as a row of a table (RFC 5492 §4: code, length, value). Related capabilities share a file. Each has its name in rows.ts.
 */
import type { ByteWriter } from '../bytes.ts';
import type { Members } from '../parts/json-form.ts';
import type { SpanRecorder } from '../spans.ts';

/** A row of the table of capabilities. `T` is what the capability decodes to. */
export interface CapabilityCodec<T extends { type: string }> {
  readonly code: number;
  /** The `type` key of the decoded capability and the first word of its text, e.g. 'add-path'. */
  readonly type: T['type'];
  /** The registry's name, e.g. 'ADD-PATH Capability'. */
  readonly name: string;
  /**
   * What a malformed value means. 'reset': the session cannot run without the value (RFC 4271 §6.2: a recognized but malformed parameter is
   * 2/0). @default its octets are kept as an unknown capability: the value is only information, or its RFC calls it "not understood"
   */
  readonly malformed?: 'reset';
  /**
   * The value in `bytes[start, end)`, or undefined when it is malformed. Borrows nothing. `encode` gives the same octets back.
   * `spans` is told the parts.
   */
  decode(bytes: Uint8Array, start: number, end: number, spans?: SpanRecorder): T | undefined;
  /** Appends the value, without code and length. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, value: T): void;
  /** The words after the type, '' when there are none. `parse(format(x))` equals x. */
  format(value: T): string;
  /** The members of the JSON form beside `type`. */
  readonly members: Members<Omit<T, 'type'>>;
  /** Throws ValueError that says what was found and what is allowed. */
  parse(words: readonly string[]): T;
}
