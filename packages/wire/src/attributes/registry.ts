/** The table of path attributes, by code, `type` and name. Its rows are listed in rows.ts. */
import type { AttributeCodec } from './codec.ts';
import * as rows from './rows.ts';

/** By ascending code. */
const ROWS: readonly AttributeCodec<unknown>[] = Object.values<AttributeCodec<unknown>>(rows).sort((a, b) => a.code - b.code);

/** code -> row, for each of the 256 codes; undefined for a code without a row. */
export const ATTRIBUTE_CODECS: readonly (AttributeCodec<unknown> | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  ROWS.find((row) => row.code === code),
);

/** The row for a type code, undefined for one that is not known. */
export function attributeCodec(code: number): AttributeCodec<unknown> | undefined {
  return ATTRIBUTE_CODECS[code];
}

const BY_NAME: ReadonlyMap<string, AttributeCodec<unknown>> = new Map(
  ROWS.flatMap((row) => [
    [row.name, row],
    [row.type, row],
  ]),
);

/** The row with that RFC name or `type`, e.g. "AS_PATH" or "as-path". */
export function attributeCodecByName(name: string): AttributeCodec<unknown> | undefined {
  return BY_NAME.get(name);
}
