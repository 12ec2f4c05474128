/**
 * NLRI of any family, as MP_REACH_NLRI and MP_UNREACH_NLRI hold them: plain prefixes, the typed families, and octets of what nobody knows.
 */

import { assert, type ByteWriter, fromHex, readU32, toHex } from '../bytes.ts';
import type { WireContext } from '../context.ts';
import { type Family, formatFamily, Safi, safiOf } from '../family.ts';
import { ValueError } from '../fault.ts';
import { within } from '../numbers.ts';
import { addressOctets, normalizePrefix, prefixesAreWhole } from '../parts/prefix-bits.ts';
import { appendTypedNlri, familyCodec, type TypedNlri } from './families.ts';
import type { FamilyNlri } from './family-codec.ts';
import { appendPrefix, decodePrefixes, type IpPrefix, isPrefixFamily, prefixBitsMax } from './ip-prefix.ts';

/** The whole NLRI field of a family without a codec; or one NLRI of a family with one, that makes no sense. */
export interface UnknownNlri extends FamilyNlri<'unknown'> {
  bytes: Uint8Array;
}

/** NLRI of any family, to be told apart by `type`. */
export type Nlri = IpPrefix | TypedNlri | UnknownNlri;

/** Whether the NLRI field in `bytes[start, end)` can be divided into NLRI (RFC 7606 §5.3). Allocates nothing for plain prefixes. */
export function nlriAreWhole(bytes: Uint8Array, start: number, end: number, of: Family, context: WireContext): boolean {
  const addPath = context.addPath.has(of);
  if (isPrefixFamily(of)) return prefixesAreWhole(bytes, start, end, prefixBitsMax(of), addPath);
  const codec = familyCodec(of);
  if (codec === undefined) return true;
  const prefixes = endsInPrefix(of);
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = from < end ? codec.next(bytes, from, end) : -1;
    if (next < 0 || (prefixes && codec.decode(bytes, from, next, of) === undefined)) return false;
    at = next;
  }
  return true;
}

/** Prefixes behind labels or a route distinguisher: their one length says how long all of it is, and may be an incorrect prefix length (RFC 7606 §5.3). */
function endsInPrefix(of: Family): boolean {
  const safi = safiOf(of);
  return safi === Safi.LabeledUnicast || safi === Safi.MplsVpn || safi === Safi.MulticastVpn;
}

/** The NLRI in a field that `nlriAreWhole` passed; NLRI that are framed but make no sense are kept as octets. Borrows nothing. */
export function decodeNlri(bytes: Uint8Array, start: number, end: number, of: Family, context: WireContext): Nlri[] {
  // Octets that nobody judged.
  if (context.families?.has(of) === false) return start === end ? [] : [{ type: 'unknown', family: of, bytes: bytes.slice(start, end) }];
  const addPath = context.addPath.has(of);
  const { spans } = context;
  if (isPrefixFamily(of)) {
    const prefixes = decodePrefixes(bytes, start, end, of, addPath, spans);
    assert(prefixes !== undefined, 'NLRI are decoded after they were checked');
    return prefixes;
  }
  const codec = familyCodec(of);
  if (codec === undefined) {
    if (start === end) return [];
    const unknown: UnknownNlri = { type: 'unknown', family: of, bytes: bytes.slice(start, end) };
    spans?.leaf('nlri', start, end, unknown);
    return [unknown];
  }
  const list: Nlri[] = [];
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = codec.next(bytes, from, end);
    assert(next > from, 'NLRI are decoded after they were checked');
    spans?.open('nlri', at);
    if (addPath) spans?.numbers(at, ['path-identifier', 4]);
    const mark = spans?.mark();
    let nlri: Nlri | undefined = codec.decode(bytes, from, next, of, spans);
    if (nlri === undefined) {
      if (mark !== undefined) spans?.forget(mark);
      nlri = { type: 'unknown', family: of, bytes: bytes.slice(from, next) };
    }
    if (addPath) nlri = { ...nlri, pathIdentifier: readU32(bytes, at) };
    spans?.close(next, nlri);
    list.push(nlri);
    at = next;
  }
  return list;
}

/** Whether it is an NLRI that should make sense, but does not. */
export function isMalformed(nlri: Nlri): boolean {
  return nlri.type === 'unknown' && familyCodec(nlri.family) !== undefined;
}

/** Throws ValueError for a value that cannot be written. */
export function appendNlri(out: ByteWriter, nlri: Nlri, context: WireContext): void {
  const addPath = context.addPath.has(nlri.family);
  if (nlri.type === 'ip-prefix') {
    appendPrefix(out, nlri, addPath);
  } else if (nlri.type !== 'unknown') {
    appendTypedNlri(out, nlri, addPath);
  } else {
    if (addPath && familyCodec(nlri.family) !== undefined) out.u32(nlri.pathIdentifier ?? 0);
    out.raw(nlri.bytes);
  }
}

/** A route without a word of its own, as a flow specification without components is. */
const EMPTY = '""';

/** One line, without its family: `192.0.2.0/24`, `65000:1 192.0.2.0/24 labels 16 path-id 7`. */
export function formatNlri(nlri: Nlri): string {
  const identifier = nlri.pathIdentifier === undefined ? '' : ` path-id ${nlri.pathIdentifier}`;
  if (nlri.type === 'ip-prefix') return nlri.prefix + identifier;
  if (nlri.type === 'unknown') return `0x${toHex(nlri.bytes)}${identifier}`;
  return `${familyCodec(nlri.family)!.format(nlri) || EMPTY}${identifier}`;
}

/** What `formatNlri` made of one NLRI of that family. Throws ValueError. */
export function parseNlri(text: string, of: Family): Nlri {
  const parts = /^(.*?)(?: path-id (\d{1,10}))?$/.exec(text.trim());
  const nlri = parseRoute(parts?.[1] ?? '', of);
  if (parts?.[2] === undefined) return nlri;
  return { ...nlri, pathIdentifier: within('path-id', Number(parts[2]), 0xffff_ffff) };
}

function parseRoute(text: string, of: Family): Nlri {
  if (isPrefixFamily(of)) return { type: 'ip-prefix', family: of, prefix: normalizePrefix(text, addressOctets(of)) };
  if (/^0x([0-9a-fA-F]{2})+$/.test(text)) return { type: 'unknown', family: of, bytes: fromHex(text.slice(2)) };
  const codec = familyCodec(of);
  if (codec === undefined) throw new ValueError(`NLRI of ${formatFamily(of)}: found "${text}", allowed are octets, e.g. "0x0102"`);
  return codec.parse(text === EMPTY ? '' : text, of);
}

/** `{ 192.0.2.0/24; 198.51.100.0/24 }`; without any `{ }`. */
export function formatNlriList(list: readonly Nlri[]): string {
  return list.length === 0 ? '{ }' : `{ ${list.map(formatNlri).join('; ')} }`;
}

/** Throws ValueError. */
export function parseNlriList(text: string, of: Family): Nlri[] {
  const inner = text.trim().slice(1, -1);
  return inner.trim() === '' ? [] : inner.split(';').map((each) => parseNlri(each.trim(), of));
}

/** `nlri`, if it is of that family. Throws ValueError. */
export function sameFamily(nlri: Nlri, of: Family): Nlri {
  if (nlri.family !== of) throw new ValueError(`NLRI of ${formatFamily(nlri.family)} among those of ${formatFamily(of)}`);
  return nlri;
}
