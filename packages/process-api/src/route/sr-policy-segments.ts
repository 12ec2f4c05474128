/**
 * Segments of an SR Policy (RFC 9830 §2.4.4.2, RFC 9831 §2).
 *
 *     type-a mpls LABEL                                   type-b srv6 SID [endpoint-behavior …]
 *     type-c ipv4 IP algorithm N [sid LABEL]              type-d ipv6 IP algorithm N [sid LABEL]
 *     type-e local-if-id N ipv4 IP [sid LABEL]            type-f local IP remote IP [sid LABEL]
 *     type-g local-if-id N local-ipv6 IP remote-if-id N remote-ipv6 IP [sid LABEL]
 *     type-h local IP remote IP [sid LABEL]               type-i ipv6 IP algorithm N [sid SID [endpoint-behavior …]]
 *     type-j (as type-g) algorithm N [sid SID …]          type-k local IP remote IP algorithm N [sid SID …]
 */
import { addressBytes, type ByteWriter } from '@tsbgp/wire';
import { readAddress } from '../text/values.ts';
import type { Words } from '../text/words.ts';
import { appendStructuredSid, readSid, readStructure, type StructuredSid } from './srv6-sid.ts';

export interface SegmentList {
  readonly weight: number | undefined;
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly type: string;
  readonly numbers: ReadonlyMap<string, number>;
  readonly addresses: ReadonlyMap<string, string>;
  readonly label: number | undefined;
  readonly sid: StructuredSid | undefined;
}

interface Row {
  readonly code: number;
  /** Keywords in the order of the octets. */
  readonly fields: readonly string[];
  readonly algorithm?: true;
  readonly sid: 'label' | 'srv6';
  /** The keyword before the SID; the SID is mandatory. */
  readonly mandatory?: string;
}

const INTERFACES = ['local-if-id', 'local-ipv6', 'remote-if-id', 'remote-ipv6'];

const ROWS: Readonly<Record<string, Row>> = {
  'type-a': { code: 1, fields: [], sid: 'label', mandatory: 'mpls' },
  'type-b': { code: 13, fields: [], sid: 'srv6', mandatory: 'srv6' },
  'type-c': { code: 3, fields: ['ipv4'], algorithm: true, sid: 'label' },
  'type-d': { code: 4, fields: ['ipv6'], algorithm: true, sid: 'label' },
  'type-e': { code: 5, fields: ['local-if-id', 'ipv4'], sid: 'label' },
  'type-f': { code: 6, fields: ['local', 'remote'], sid: 'label' },
  'type-g': { code: 7, fields: INTERFACES, sid: 'label' },
  'type-h': { code: 8, fields: ['local', 'remote'], sid: 'label' },
  'type-i': { code: 14, fields: ['ipv6'], algorithm: true, sid: 'srv6' },
  'type-j': { code: 15, fields: INTERFACES, algorithm: true, sid: 'srv6' },
  'type-k': { code: 16, fields: ['local', 'remote'], algorithm: true, sid: 'srv6' },
};

/** A-flag: the algorithm counts; B-flag: behavior and structure are there (RFC 9831 §2.10). */
const ALGORITHM_FLAG = 0x40;
const BEHAVIOR_FLAG = 0x10;
const WEIGHT = 9;

/** After the word `segment-list`. */
export function readSegmentList(words: Words): SegmentList {
  let weight: number | undefined;
  const segments: Segment[] = [];
  while (words.peek() === 'weight' || words.peek() === 'segment') {
    if (words.take('weight')) weight = words.number(0, 0xffff_ffff);
    else {
      words.expect('segment');
      segments.push(readSegment(words));
    }
  }
  return { weight, segments };
}

function readSegment(words: Words): Segment {
  const type = words.next('a type, "type-a" to "type-k"');
  const row = Object.hasOwn(ROWS, type) ? ROWS[type]! : undefined;
  if (row === undefined) throw words.wrong(type, `one of ${Object.keys(ROWS).join(', ')}`);
  const numbers = new Map<string, number>();
  const addresses = new Map<string, string>();
  let label: number | undefined;
  let sid: StructuredSid | undefined;
  const readSegmentSid = (): void => {
    if (row.sid === 'label') label = words.number(0, 0xf_ffff);
    else sid = { sid: readSid(words), structure: readStructure(words) };
  };
  for (;;) {
    const keyword = words.peek() ?? '';
    if (row.fields.includes(keyword)) {
      words.take(keyword);
      if (keyword.endsWith('-id')) numbers.set(keyword, words.number(0, 0xffff_ffff));
      else addresses.set(keyword, readAddress(words));
    } else if (row.algorithm === true && words.take('algorithm')) numbers.set('algorithm', words.number(0, 255));
    else if (words.take(row.mandatory ?? 'sid')) readSegmentSid();
    else break;
  }
  const missing = row.fields.filter((field) => !numbers.has(field) && !addresses.has(field));
  if (row.mandatory !== undefined && label === undefined && sid === undefined) missing.push(row.mandatory);
  if (missing.length > 0) throw words.fault(`segment ${type}: found no ${missing.join(', ')}`);
  return { type, numbers, addresses, label, sid };
}

export function appendSegments(out: ByteWriter, { weight, segments }: SegmentList): void {
  if (weight !== undefined) {
    out.u8(WEIGHT);
    out.u8(6);
    out.u16(0);
    out.u32(weight);
  }
  for (const [i, segment] of segments.entries()) {
    out.u8(ROWS[segment.type]!.code);
    out.counted8(() => appendSegment(out, segment, i === segments.length - 1), 'segment');
  }
}

function appendSegment(out: ByteWriter, { type, numbers, addresses, label, sid }: Segment, isLast: boolean): void {
  const row = ROWS[type]!;
  const algorithm = numbers.get('algorithm') ?? 0;
  out.u8((algorithm === 0 ? 0 : ALGORITHM_FLAG) | (sid?.structure === undefined ? 0 : BEHAVIOR_FLAG));
  out.u8(algorithm);
  for (const field of row.fields) {
    const number = numbers.get(field);
    if (number !== undefined) out.u32(number);
    else out.raw(addressBytes(addresses.get(field)!));
  }
  // Label, traffic class, bottom of stack, TTL. ExaBGP sets the bottom-of-stack bit in a last segment of type A and in every one of type C.
  const isBottom = (isLast && type === 'type-a') || type === 'type-c';
  if (label !== undefined) out.u32(label * 4096 + (isBottom ? 256 : 0));
  if (sid !== undefined) appendStructuredSid(out, sid);
}
