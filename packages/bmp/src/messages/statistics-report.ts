/**
 * Statistics Report (RFC 7854 §4.8): per-peer header, a count, and so many TLVs. The length of a value says what it is: 4 octets a counter, 8 a
 * gauge, 11 a gauge of a family.
 */
import { type ByteWriter, makeFamily, readU16, readU32, readU64, ValueError } from '@tsbgp/wire';
import { BMP_PEER_HEADER_LENGTH, BmpType } from '../codes.ts';
import { decodePeer, encodePeer } from '../peer.ts';
import type { BmpKind } from './kind.ts';
import type { BmpStatistic, BmpStatisticsReport } from './values.ts';

const COUNTER = 4;
const GAUGE = 8;
const FAMILY_GAUGE = 11;

export const statisticsReport: BmpKind<BmpStatisticsReport> = {
  type: 'statistics-report',
  code: BmpType.StatisticsReport,
  hasPeer: true,
  decode(bytes, start, end) {
    const countAt = start + BMP_PEER_HEADER_LENGTH;
    if (countAt + 4 > end) return 'the count of statistics is missing';
    const count = readU32(bytes, countAt);
    const statistics: BmpStatistic[] = [];
    let at = countAt + 4;
    for (let i = 0; i < count; i++) {
      const next = at + 4 <= end ? at + 4 + readU16(bytes, at + 2) : at + 4;
      if (next > end) return `the message ends at statistic ${i} of ${count}`;
      statistics.push(decodeStatistic(bytes, at, next));
      at = next;
    }
    if (at !== end) return `${end - at} octets follow the last statistic`;
    return { type: 'statistics-report', peer: decodePeer(bytes, start), statistics };
  },
  encode(out, { peer, statistics }) {
    encodePeer(out, peer);
    out.u32(statistics.length);
    for (const statistic of statistics) encodeStatistic(out, statistic);
  },
};

function decodeStatistic(bytes: Uint8Array, at: number, end: number): BmpStatistic {
  const type = readU16(bytes, at);
  const value = at + 4;
  if (end - value === COUNTER) return { type, counter: readU32(bytes, value) };
  if (end - value === GAUGE) return { type, gauge: readU64(bytes, value) };
  if (end - value !== FAMILY_GAUGE) return { type, bytes: bytes.subarray(value, end) };
  return { type, family: makeFamily(readU16(bytes, value), bytes[value + 2]!), gauge: readU64(bytes, value + 3) };
}

function encodeStatistic(out: ByteWriter, statistic: BmpStatistic): void {
  out.u16(statistic.type);
  if ('counter' in statistic) {
    out.u16(COUNTER);
    out.u32(statistic.counter);
  } else if ('bytes' in statistic) {
    if ([COUNTER, GAUGE, FAMILY_GAUGE].includes(statistic.bytes.length)) {
      throw new ValueError(`statistic ${statistic.type}: ${statistic.bytes.length} octets are a counter or a gauge: give it as one`);
    }
    out.counted16(() => out.raw(statistic.bytes), `statistic ${statistic.type}`);
  } else {
    out.u16('family' in statistic ? FAMILY_GAUGE : GAUGE);
    if ('family' in statistic) {
      out.u16(statistic.family >>> 8);
      out.u8(statistic.family & 0xff);
    }
    out.u64(statistic.gauge);
  }
}
