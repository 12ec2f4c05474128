/** The metric in the value of AIGP (RFC 7311 §3), which was checked when it came. */

const METRIC = 1;
/** Type and length of a TLV; the length counts them. */
const TLV_HEADER_LENGTH = 3;
/** The highest metric. A sum that would be larger stays at it. */
const METRIC_MAX = 0xffff_ffff_ffff_ffffn;

/** Where the eight octets of the metric are in the value `data[start, end)`: those of the first such TLV. -1 where there is none. */
export function metricOffset(data: DataView, start: number, end: number): number {
  for (let at = start; at + TLV_HEADER_LENGTH <= end; ) {
    const length = data.getUint16(at + 1);
    if (data.getUint8(at) === METRIC) return at + TLV_HEADER_LENGTH;
    if (length < TLV_HEADER_LENGTH) return -1;
    at += length;
  }
  return -1;
}

/** A metric with the interior cost to the next hop added (RFC 7311 §3.4, §4.1). */
export function addCost(metric: bigint, cost: number): bigint {
  if (!Number.isFinite(cost)) return METRIC_MAX;
  const sum = metric + BigInt(Math.round(cost));
  return sum > METRIC_MAX ? METRIC_MAX : sum;
}
