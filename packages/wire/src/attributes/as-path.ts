/**
 * AS_PATH, path attribute 2 (RFC 4271 §4.3 b, §5.1.2, RFC 5065 §3, RFC 6793 §3): the ASes that a route has passed, the last one first.
 *
 *     | segment type | count | AS number, 2 or 4 octets | AS number | …  | segment type | …
 *
 * A segment of unknown type or without an AS, one that runs past the attribute, or a remaining octet: treat-as-withdraw (RFC 7606 §7.2).
 * So is AS 0 (RFC 7607 §2), a segment of a confederation from a peer that is no member of ours (RFC 5065 §4.1, §5), and from a peer of another
 * AS of our confederation a path that does not begin with an AS_CONFED_SEQUENCE (§5).
 *
 * As text: `65001 65002 {65003 65004} (65005 65006) [65007]`; braces hold a set, parentheses and brackets a confederation's sequence and
 * set. `|` separates two sequences that one sequence could hold.
 */
import { type ByteWriter, readUnsigned } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import { type Form, list, object, oneOf, unsigned } from '../parts/json-form.ts';
import type { SpanRecorder } from '../spans.ts';
import type { AttributeCodec } from './codec.ts';
import { treatAsWithdraw, WELL_KNOWN } from './fields.ts';

/** One segment of an AS_PATH (RFC 4271 §4.3 b, RFC 5065 §3), its AS numbers in the order of the wire. */
export interface AsPathSegment {
  type: 'sequence' | 'set' | 'confed-sequence' | 'confed-set';
  asns: number[];
}

/** By segment type on the wire. There is no type 0. */
const TYPES: readonly (AsPathSegment['type'] | undefined)[] = [undefined, 'set', 'sequence', 'confed-sequence', 'confed-set'];
const CONFED_SEQUENCE = 3;

/** The count of a segment is one octet. */
export const SEGMENT_ASNS_MAX = 255;

const OPENING: Record<AsPathSegment['type'], string> = { sequence: '', set: '{', 'confed-sequence': '(', 'confed-set': '[' };
const CLOSING: Record<AsPathSegment['type'], string> = { sequence: '', set: '}', 'confed-sequence': ')', 'confed-set': ']' };

/** The JSON form of an AS number. RFC 7607: AS 0 is not assigned to anyone. */
export const ASN: Form<number> = unsigned(0xffff_ffff, 1);

export const segmentsFromJson: Form<AsPathSegment[]> = list(
  object<AsPathSegment>({ type: oneOf('sequence', 'set', 'confed-sequence', 'confed-set'), asns: list(ASN) }),
);

export const asPath: AttributeCodec<AsPathSegment[], 'as-path'> = {
  code: AttributeCode.AsPath,
  type: 'as-path',
  name: 'AS_PATH',
  flags: WELL_KNOWN,
  holdsAsNumbers: true,
  exportRule: 'as-path',
  fact: 'as-path',
  check(bytes, start, end, context) {
    const confederation = context.confederation ?? context.peerType === 'ibgp';
    const problem =
      segmentsProblem(bytes, start, end, context.fourOctetAs ? 4 : 2, confederation) ??
      (confederation && context.peerType === 'ebgp' ? notFromMember(bytes, start, end) : undefined);
    return problem === undefined ? undefined : treatAsWithdraw(UpdateError.MalformedAsPath, `AS_PATH ${problem}`);
  },
  decode: (bytes, start, end, context) => decodeSegments(bytes, start, end, context.fourOctetAs ? 4 : 2, context.spans),
  encode: (out, value, context) => encodeSegments(out, value, context.fourOctetAs ? 4 : 2),
  format: formatSegments,
  parse: parseSegments,
  fromJson: segmentsFromJson,
};

/** RFC 5065 §5: a peer of another AS of the confederation puts its own AS in front, in an AS_CONFED_SEQUENCE. */
function notFromMember(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end > start && bytes[start] === CONFED_SEQUENCE) return undefined;
  return 'of another AS of the confederation does not begin with an AS_CONFED_SEQUENCE';
}

/**
 * Why `bytes[start, end)` are no segments; undefined if they are, and then nothing is allocated. `confederation` allows segments of a
 * confederation.
 */
export function segmentsProblem(bytes: Uint8Array, start: number, end: number, width: 2 | 4, confederation: boolean): string | undefined {
  for (let at = start; at < end; ) {
    if (end - at < 2) return 'has an octet too many';
    const type = bytes[at]!;
    const count = bytes[at + 1]!;
    if (TYPES[type] === undefined) return `has a segment of type ${type}`;
    if (count === 0) return 'has a segment without AS numbers';
    if (type >= CONFED_SEQUENCE && !confederation) return 'has a segment of a confederation that the peer is no member of';
    at += 2;
    const next = at + count * width;
    if (next > end) return `has a segment of ${count} AS numbers in ${end - at} octets`;
    for (; at < next; at += width) {
      if (bytes[at] === 0 && bytes[at + 1] === 0 && (width === 2 || (bytes[at + 2] === 0 && bytes[at + 3] === 0))) return 'contains AS 0';
    }
  }
  return undefined;
}

export function decodeSegments(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: 2 | 4,
  spans: SpanRecorder | undefined,
): AsPathSegment[] {
  const segments: AsPathSegment[] = [];
  for (let at = start; at < end; ) {
    const type = TYPES[bytes[at]!]!;
    const next = at + 2 + bytes[at + 1]! * width;
    const segment: AsPathSegment = { type, asns: [] };
    spans?.open('segment', at);
    spans?.numbers(at, ['type', 1], ['count', 1]);
    for (at += 2; at < next; at += width) {
      const asn = readUnsigned(bytes, at, width);
      spans?.leaf('as', at, at + width, asn);
      segment.asns.push(asn);
    }
    spans?.close(next, segment);
    segments.push(segment);
  }
  return segments;
}

/** Sequences of more than 255 AS numbers are written as several. Throws ValueError. */
export function encodeSegments(out: ByteWriter, segments: readonly AsPathSegment[], width: 2 | 4): void {
  for (const { type, asns } of segments) {
    const code = TYPES.indexOf(type);
    if (code < 1) throw new ValueError(`AS path segment: found type "${type}", allowed is ${TYPES.slice(1).join(', ')}`);
    if (asns.length === 0) throw new ValueError(`AS path ${type} without AS numbers`);
    for (let from = 0; from < asns.length; from += SEGMENT_ASNS_MAX) {
      const part = asns.slice(from, from + SEGMENT_ASNS_MAX);
      out.u8(code);
      out.u8(part.length);
      for (const asn of part) out.unsigned(within('AS number', asn, 256 ** width - 1), width);
    }
  }
}

export function isConfederation(segment: AsPathSegment): boolean {
  return TYPES.indexOf(segment.type) >= CONFED_SEQUENCE;
}

/** Length for the decision process: a set counts as one, confederation segments not at all (RFC 4271 §9.1.2.2 a, RFC 5065 §5.3). */
export function asPathLength(segments: readonly AsPathSegment[]): number {
  let length = 0;
  for (const { type, asns } of segments) {
    if (type === 'sequence') length += asns.length;
    else if (type === 'set') length += 1;
  }
  return length;
}

export function formatSegments(segments: readonly AsPathSegment[]): string {
  const words: string[] = [];
  for (const [i, { type, asns }] of segments.entries()) {
    const before = segments[i - 1];
    if (type === 'sequence' && before?.type === 'sequence' && before.asns.length !== SEGMENT_ASNS_MAX) words.push('|');
    words.push(OPENING[type] + asns.join(' ') + CLOSING[type]);
  }
  return words.join(' ');
}

/** Throws ValueError. Commas between AS numbers are allowed too: some programs write sets with them. */
export function parseSegments(text: string): AsPathSegment[] {
  const segments: AsPathSegment[] = [];
  let open: AsPathSegment | undefined;
  for (const [token] of text.matchAll(/[{}()[\]|]|[^\s,{}()[\]|]+/g)) {
    const type = TYPES.find((candidate) => candidate !== undefined && OPENING[candidate] === token);
    if (type !== undefined && (open === undefined || open.type === 'sequence')) {
      open = { type, asns: [] };
    } else if (open !== undefined && open.type !== 'sequence' && token === CLOSING[open.type] && open.asns.length > 0) {
      segments.push(open);
      open = undefined;
    } else if (token === '|' && open?.type === 'sequence') {
      open = undefined;
    } else if (/^[0-9.]+$/.test(token)) {
      if (open === undefined || (open.type === 'sequence' && open.asns.length === SEGMENT_ASNS_MAX)) {
        open = { type: 'sequence', asns: [] };
        segments.push(open);
      }
      if (open.asns.length === SEGMENT_ASNS_MAX) throw new ValueError(`AS path ${open.type} of more than ${SEGMENT_ASNS_MAX} AS numbers`);
      open.asns.push(parseAsn(token));
    } else {
      throw notAPath(text, token);
    }
  }
  if (open !== undefined && open.type !== 'sequence') throw notAPath(text, 'the end');
  return segments;
}

/** "65000", or asdot "1.10" (RFC 5396). AS 0 is not assigned to anyone (RFC 7607). */
function parseAsn(text: string): number {
  const halves = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  const asn =
    halves === null
      ? parseU32(text)
      : within('AS number', Number(halves[1]), 0xffff) * 65_536 + within('AS number', Number(halves[2]), 0xffff);
  if (asn === 0) throw new ValueError('AS number: found 0, allowed is 1 to 4294967295');
  return asn;
}

function notAPath(text: string, token: string): ValueError {
  return new ValueError(`"${text}" is not an AS path: unexpected "${token}"; allowed is e.g. "65001 65002 {65003 65004} (65005)"`);
}
