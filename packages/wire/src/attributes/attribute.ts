/**
 * A decoded path attribute: one shape for each `type`, with the flags octet as it came. An attribute without a row in the table, or
 * whose row's check found a fault, is `unknown` and keeps its octets.
 */
import type { AttributeCodec } from './codec.ts';
import type * as rows from './rows.ts';

/** An attribute that a row of the table knows: `type` names the row and so the shape of `value`. */
export interface Attribute<Type extends string, Value> {
  type: Type;
  /** The flags octet; only its Partial bit is the sender's choice, the rest follows from `type` and length. */
  flags: number;
  value: Value;
}

/** An attribute without a row, or whose value is malformed: kept whole, so that it can be passed on. */
export interface UnknownAttribute {
  type: 'unknown';
  code: number;
  flags: number;
  bytes: Uint8Array;
}

type AttributeOf<Row> = Row extends AttributeCodec<infer Value, infer Type> ? Attribute<Type, Value> : never;

/** All that the table knows, to be told apart by `type`. */
export type KnownAttribute = AttributeOf<(typeof rows)[keyof typeof rows]>;

/** Any path attribute (RFC 4271 §5). */
export type PathAttribute = KnownAttribute | UnknownAttribute;

/** The attribute of that type, or undefined. */
export function findAttribute<Type extends PathAttribute['type']>(
  attributes: readonly PathAttribute[],
  type: Type,
): Extract<PathAttribute, { type: Type }> | undefined {
  return attributes.find((attribute): attribute is Extract<PathAttribute, { type: Type }> => attribute.type === type);
}
