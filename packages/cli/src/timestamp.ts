/** Points in time of the API. */

/** `google.protobuf.Timestamp`. */
interface Timestamp {
  readonly seconds: bigint;
  readonly nanos: number;
}

export function date(timestamp: Timestamp | undefined): Date | undefined {
  return timestamp === undefined ? undefined : new Date(Number(timestamp.seconds) * 1000 + timestamp.nanos / 1e6);
}
