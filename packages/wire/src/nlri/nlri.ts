/**
 * NLRI of any family, as MP_REACH_NLRI and MP_UNREACH_NLRI hold them. A family without a codec has octets.
 */
import { assert, type ByteWriter, copyOf, fromHex, readU32, toHex } from '../bytes.ts';
import type { WireContext } from '../context.ts';
import { type Family, formatFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { within } from '../numbers.ts';
import { appendTypedNlri, familyCodec, isWellFormed, type TypedNlri } from './families.ts';
import type { FamilyNlri } from './family-codec.ts';

/** The whole NLRI field of a family without a codec, or one NLRI that the codec of its family cannot decode. */
export interface UnknownNlri extends FamilyNlri<'unknown'> {
  bytes: Uint8Array;
}

/** NLRI of any family, to be told apart by `type`. */
export type Nlri = TypedNlri | UnknownNlri;

/** Whether the NLRI field in `bytes[start, end)` can be divided into NLRI (RFC 7606 §5.3). Allocates nothing for plain prefixes. */
export function nlriAreWhole(bytes: Uint8Array, start: number, end: number, family: Family, context: WireContext): boolean {
  const addPath = context.addPath.has(family);
  const codec = familyCodec(family);
  if (codec === undefined) return true;
  if (codec.areWhole !== undefined) return codec.areWhole(bytes, start, end, family, addPath);
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = from < end ? codec.next(bytes, from, end) : -1;
    if (next < 0 || (codec.malformed === 'reset' && !isWellFormed(bytes, from, next, family))) return false;
    at = next;
  }
  return true;
}

/** The NLRI in a field that `nlriAreWhole` passed; NLRI that cannot be decoded are kept as octets. Borrows nothing. */
export function decodeNlri(bytes: Uint8Array, start: number, end: number, family: Family, context: WireContext): Nlri[] {
  // The octets of a family that is not in use were not checked.
  if (context.families?.has(family) === false) return start === end ? [] : [{ type: 'unknown', family, bytes: copyOf(bytes, start, end) }];
  const addPath = context.addPath.has(family);
  const { spans } = context;
  const codec = familyCodec(family);
  if (codec === undefined) {
    if (start === end) return [];
    const unknown: UnknownNlri = { type: 'unknown', family, bytes: copyOf(bytes, start, end) };
    spans?.leaf('nlri', start, end, unknown);
    return [unknown];
  }
  if (codec.decodeAll !== undefined) {
    const all = codec.decodeAll(bytes, start, end, family, addPath, spans);
    assert(all !== undefined, 'NLRI are decoded after they were checked');
    return all;
  }
  const list: Nlri[] = [];
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = codec.next(bytes, from, end);
    assert(next > from, 'NLRI are decoded after they were checked');
    spans?.open('nlri', at);
    if (addPath) spans?.numbers(at, ['path-identifier', 4]);
    const mark = spans?.mark();
    let nlri: Nlri | undefined = codec.decode(bytes, from, next, family, spans);
    if (nlri === undefined) {
      if (mark !== undefined) spans?.forget(mark);
      nlri = { type: 'unknown', family, bytes: copyOf(bytes, from, next) };
    }
    if (addPath) nlri = { ...nlri, pathIdentifier: readU32(bytes, at) };
    spans?.close(next, nlri);
    list.push(nlri);
    at = next;
  }
  return list;
}

/** Whether it is one NLRI of a field, kept as octets because the codec of its family cannot decode it. */
export function isMalformed(nlri: Nlri): boolean {
  const codec = familyCodec(nlri.family);
  return nlri.type === 'unknown' && codec !== undefined && codec.neverOctets !== true;
}

/** Throws ValueError for a value that cannot be written. */
export function appendNlri(out: ByteWriter, nlri: Nlri, context: WireContext): void {
  const addPath = context.addPath.has(nlri.family);
  if (nlri.type !== 'unknown') {
    appendTypedNlri(out, nlri, addPath);
  } else {
    if (addPath && isMalformed(nlri)) out.u32(nlri.pathIdentifier ?? 0);
    out.raw(nlri.bytes);
  }
}

/** The text of an NLRI that has no words, such as a flow specification without components. */
const EMPTY = '""';

/** One line, without its family: `192.0.2.0/24`, `65000:1 192.0.2.0/24 labels 16 path-id 7`. */
export function formatNlri(nlri: Nlri): string {
  const identifier = nlri.pathIdentifier === undefined ? '' : ` path-id ${nlri.pathIdentifier}`;
  if (nlri.type === 'unknown') return `0x${toHex(nlri.bytes)}${identifier}`;
  return `${familyCodec(nlri.family)!.format(nlri) || EMPTY}${identifier}`;
}

/** The NLRI of `family` whose text is `text`. Throws ValueError. */
export function parseNlri(text: string, family: Family): Nlri {
  const parts = /^(.*?)(?: path-id (\d{1,10}))?$/.exec(text.trim());
  const nlri = parseRoute(parts?.[1] ?? '', family);
  if (parts?.[2] === undefined) return nlri;
  return { ...nlri, pathIdentifier: within('path-id', Number(parts[2]), 0xffff_ffff) };
}

function parseRoute(text: string, family: Family): Nlri {
  const codec = familyCodec(family);
  if (codec?.neverOctets !== true && /^0x([0-9a-fA-F]{2})+$/.test(text)) {
    return { type: 'unknown', family, bytes: fromHex(text.slice(2)) };
  }
  if (codec === undefined) throw new ValueError(`NLRI of ${formatFamily(family)}: found "${text}", allowed are octets, e.g. "0x0102"`);
  return codec.parse(text === EMPTY ? '' : text, family);
}

/** Throws ValueError. */
export function parseNlriList(text: string, family: Family): Nlri[] {
  const inner = text.trim().slice(1, -1);
  return inner.trim() === '' ? [] : inner.split(';').map((item) => parseNlri(item.trim(), family));
}

/** `nlri`, if it belongs to `family`. Throws ValueError. */
export function sameFamily(nlri: Nlri, family: Family): Nlri {
  if (nlri.family !== family) throw new ValueError(`NLRI of ${formatFamily(nlri.family)} among those of ${formatFamily(family)}`);
  return nlri;
}
