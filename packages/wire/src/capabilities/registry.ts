/** The table of capabilities, and the union of their values. A capability is one more export in rows.ts. */
import type { CapabilityCodec } from './codec.ts';
import * as rows from './rows.ts';

/** A capability without a codec, or one whose value is malformed. */
export interface UnknownCapability {
  type: 'unknown';
  code: number;
  bytes: Uint8Array;
}

type ValueOf<Row> = Row extends CapabilityCodec<infer T extends { type: string }> ? T : never;

/** Any capability that has a codec, to be told apart by `type`. */
export type KnownCapability = ValueOf<(typeof rows)[keyof typeof rows]>;

/** Any capability (RFC 5492 §4). */
export type Capability = KnownCapability | UnknownCapability;

/** A row whose values are known only by their `type`. It may be given no others: `capabilityCodecByType` finds the right one. */
type AnyCodec = CapabilityCodec<KnownCapability>;

/** The table of capabilities, in ascending order of their codes. */
export const CAPABILITIES: readonly AnyCodec[] = (Object.values(rows) as readonly unknown[] as readonly AnyCodec[]).toSorted(
  (a, b) => a.code - b.code,
);

const BY_CODE: ReadonlyMap<number, AnyCodec> = new Map(CAPABILITIES.map((codec) => [codec.code, codec]));
const BY_TYPE: ReadonlyMap<string, AnyCodec> = new Map(CAPABILITIES.map((codec) => [codec.type, codec]));

/** The row for a capability code, undefined for one that is not known. */
export function capabilityCodec(code: number): CapabilityCodec<KnownCapability> | undefined {
  return BY_CODE.get(code);
}

/** The row with that `type`, or undefined. */
export function capabilityCodecByType(type: string): CapabilityCodec<KnownCapability> | undefined {
  return BY_TYPE.get(type);
}
