/**
 * A family of NLRI as a row of a table: how one route of it is found, read, written and printed. What all families share (path identifiers,
 * lists of NLRI, RFC 7606's verdicts) is done around these rows by the registry.
 */
import type { ByteWriter } from '../bytes.ts';
import type { Family } from '../family.ts';
import type { SpanRecorder } from '../spans.ts';

/** What NLRI of all families have. */
export interface FamilyNlri<T extends string = string> {
  type: T;
  family: Family;
  /** RFC 7911; absent where ADD-PATH is not in use. */
  pathIdentifier?: number;
}

/** A row of the table of families. `T` is what one NLRI decodes to. */
export interface FamilyCodec<T extends FamilyNlri> {
  /** The `type` key of the decoded NLRI. */
  readonly type: T['type'];
  readonly families: readonly Family[];
  /** End of the NLRI that begins at `at`, or -1 when it does not lie within `end`. Behind the path identifier, if there is one. */
  next(bytes: Uint8Array, at: number, end: number): number;
  /**
   * The NLRI that is `bytes[start, end)`, framed by `next`; undefined when it is malformed. Borrows nothing. Canonical octets come back from
   * `encode`. `spans` is told the parts.
   */
  decode(bytes: Uint8Array, start: number, end: number, family: Family, spans?: SpanRecorder): T | undefined;
  /** Appends one NLRI, without path identifier. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, nlri: T): void;
  /** One line, without family and path identifier. `parse(format(x), family)` equals x. */
  format(nlri: T): string;
  /** Throws ValueError that says what was found and what is allowed. */
  parse(text: string, family: Family): T;
}
