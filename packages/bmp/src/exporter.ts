/**
 * What an exporter sends, in the shapes that it has at hand: UPDATEs as octets, one peer for many of them, counters by name. All functions append to one
 * `ByteWriter`, whose octets can go to several stations.
 */
import { ByteWriter, type Family } from '@tsbgp/wire';
import { BMP_HEADER_LENGTH, BMP_PEER_HEADER_LENGTH, BMP_VERSION, BmpInformation, BmpTermination, BmpType } from './codes.ts';
import { appendBmp } from './messages/message.ts';
import type { BmpStatistic } from './messages/values.ts';
import { type BmpPeer, encodePeer, stampPeer } from './peer.ts';
import { type BmpStatisticName, BmpStatistics } from './statistics-types.ts';
import { type BmpTlv, bmpTextTlv } from './tlv.ts';

/** The headers of Route Monitoring for one RIB of one peer, written once. */
export class BmpRouteSource {
  readonly #headers: Uint8Array;

  /** Throws ValueError for a peer that cannot be written. */
  constructor(peer: BmpPeer) {
    const out = new ByteWriter(BMP_HEADER_LENGTH + BMP_PEER_HEADER_LENGTH);
    out.u8(BMP_VERSION);
    out.u32(0);
    out.u8(BmpType.RouteMonitoring);
    encodePeer(out, peer);
    this.#headers = out.take();
  }

  /**
   * Appends Route Monitoring with the UPDATE `bytes[start, end)`, header included. `micros`: when the route was received, in microseconds since
   * 1970; 0 when that is not known. Copies the octets; allocates nothing else.
   */
  append(out: ByteWriter, micros: number, bytes: Uint8Array, start: number, end: number): void {
    const at = out.length;
    const length = this.#headers.length + end - start;
    out.raw(this.#headers);
    out.raw(bytes, start, end);
    writeLength(out.bytes, at + 1, length);
    stampPeer(out.bytes, at + BMP_HEADER_LENGTH, micros);
  }
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >>> 24;
  bytes[at + 1] = length >>> 16;
  bytes[at + 2] = length >>> 8;
  bytes[at + 3] = length;
}

/** Appends Initiation with what a router says of itself (RFC 7854 §4.3); both texts are required. */
export function appendInitiation(
  out: ByteWriter,
  router: { readonly sysName: string; readonly sysDescr: string; readonly text?: string },
): void {
  const information = [bmpTextTlv(BmpInformation.SysDescr, router.sysDescr), bmpTextTlv(BmpInformation.SysName, router.sysName)];
  if (router.text !== undefined) information.push(bmpTextTlv(BmpInformation.String, router.text));
  appendBmp(out, { type: 'initiation', information });
}

/** Appends Termination (RFC 7854 §4.5). `reason` is a `BmpTerminationReason`. */
export function appendTermination(out: ByteWriter, reason: number, text?: string): void {
  const information: BmpTlv[] = [{ type: BmpTermination.Reason, value: Uint8Array.of(reason >>> 8, reason) }];
  if (text !== undefined) information.push(bmpTextTlv(BmpTermination.String, text));
  appendBmp(out, { type: 'termination', information });
}

/** A value of a statistic: a number, or for a gauge of families one for each. */
export type BmpStatisticValues = { readonly [Name in BmpStatisticName]?: number | bigint | ReadonlyMap<Family, number | bigint> };

/** Appends a Statistics Report with the statistics that are given, by name, in the order of their types. Counters keep their low 32 bits. */
export function appendStatistics(out: ByteWriter, peer: BmpPeer, values: BmpStatisticValues): void {
  const statistics = (Object.keys(BmpStatistics) as BmpStatisticName[]).flatMap((name) => statisticsOf(name, values[name]));
  appendBmp(out, { type: 'statistics-report', peer, statistics });
}

function statisticsOf(name: BmpStatisticName, value: BmpStatisticValues[BmpStatisticName]): BmpStatistic[] {
  const { type, form } = BmpStatistics[name];
  if (value === undefined) return [];
  if (typeof value === 'object') return [...value].map(([family, gauge]) => ({ type, family, gauge: BigInt(gauge) }));
  return form === 'counter' ? [{ type, counter: Number(BigInt.asUintN(32, BigInt(value))) }] : [{ type, gauge: BigInt(value) }];
}
