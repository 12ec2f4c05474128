/**
 * A stack of MPLS labels before a prefix (RFC 8277 §2.2, §2.3): three octets each.
 *
 *     0                                      20      23  24
 *     +--------------------------------------+-------+---+
 *     | label                                | rsrv  | S |   S is set on the last one
 *     +--------------------------------------+-------+---+
 *
 * In a withdrawal 0x800000 replaces all labels (RFC 8277 §2.4; older speakers send 0x000000). It ends the stack although S is not set.
 * When bits differ from this canonical form, `labelBits` keeps the low four bits of each label, so that nothing is lost.
 */
import { type ByteWriter, readU24 } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import type { SpanRecorder } from '../spans.ts';

/** A stack of labels (RFC 8277 §2.2, §2.3), or the withdraw label alone. */
export interface Labels {
  /** 20-bit values, outermost first; 524288 is the withdraw label. */
  labels: number[];
  /** Reserved and S bits of each label; absent when they are canonical. */
  labelBits?: number[];
}

const LABEL_MAX = 0xf_ffff;
/** Stands for all labels in a withdrawal (RFC 8277 §2.4). */
export const WITHDRAW_LABEL = 0x8_0000;
const BOTTOM = 1;

/** Offset after the stack at `start`; -1 when it does not end before `end`. Allocates nothing. */
export function labelsEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 3 <= end; at += 3) {
    const field = readU24(bytes, at);
    if ((field & BOTTOM) !== 0 || field === WITHDRAW_LABEL << 4 || field === 0) return at + 3;
  }
  return -1;
}

/** The stack at `start` and the offset after it; undefined when it does not end before `end`. */
export function decodeLabels(
  bytes: Uint8Array,
  start: number,
  end: number,
  spans?: SpanRecorder,
): { value: Labels; end: number } | undefined {
  const stackEnd = labelsEnd(bytes, start, end);
  if (stackEnd < 0) return undefined;
  const labels: number[] = [];
  const labelBits: number[] = [];
  for (let at = start; at < stackEnd; at += 3) {
    const field = readU24(bytes, at);
    labels.push(field >>> 4);
    labelBits.push(field & 0xf);
    spans?.leaf('label', at, at + 3, field >>> 4);
  }
  const canonical = labelBits.every((bits, i) => bits === canonicalBits(labels, i));
  return { value: canonical ? { labels } : { labels, labelBits }, end: stackEnd };
}

function canonicalBits(labels: readonly number[], i: number): number {
  return i === labels.length - 1 && labels[i] !== WITHDRAW_LABEL ? BOTTOM : 0;
}

export function encodeLabels(out: ByteWriter, { labels, labelBits }: Labels): void {
  if (labels.length === 0) throw new ValueError('found no label, at least one is needed');
  for (const [i, label] of labels.entries()) {
    if (!Number.isInteger(label) || label < 0 || label > LABEL_MAX)
      throw new ValueError(`label: found ${label}, allowed 0 to ${LABEL_MAX}`);
    out.u24((label << 4) | (labelBits?.[i] ?? canonicalBits(labels, i)));
  }
}

/** `16,17`; with bits that are not canonical `16/3,17/0`; the withdraw label is `withdraw`. */
export function formatLabels({ labels, labelBits }: Labels): string {
  return labels
    .map((label, i) => `${label === WITHDRAW_LABEL ? 'withdraw' : label}${labelBits === undefined ? '' : `/${labelBits[i]}`}`)
    .join(',');
}

export function parseLabels(text: string): Labels {
  const labels: number[] = [];
  const labelBits: number[] = [];
  for (const word of text.split(',')) {
    const parts = /^(\d{1,7}|withdraw)(?:\/(\d{1,2}))?$/.exec(word);
    const label = parts?.[1] === 'withdraw' ? WITHDRAW_LABEL : Number(parts?.[1]);
    const bits = parts?.[2] === undefined ? undefined : Number(parts[2]);
    if (parts === null || label > LABEL_MAX || (bits !== undefined && bits > 0xf)) {
      throw new ValueError(`"${word}" is not a label, allowed 0 to ${LABEL_MAX} or "withdraw", e.g. "16" or "16,17"`);
    }
    labels.push(label);
    if (bits !== undefined) labelBits.push(bits);
  }
  return labelBits.length === labels.length ? { labels, labelBits } : { labels };
}
