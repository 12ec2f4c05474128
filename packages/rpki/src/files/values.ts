/** Values that several kinds of files have: prefixes, AS numbers, lists of them. */
import { parsePrefix } from '@tsbgp/wire';
import { type JsonCursor, shown } from './json-cursor.ts';

export interface FilePrefix {
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
  readonly bits: number;
}

const PREFIX_ALLOWED = 'an IPv4 or IPv6 prefix, e.g. "192.0.2.0/24" or "2001:db8::/32"';
const ASN_MAX = 0xffff_ffff;

export function readPrefix(cursor: JsonCursor): FilePrefix {
  const text = cursor.string(PREFIX_ALLOWED);
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw cursor.found(shown(text), PREFIX_ALLOWED);
  return prefix;
}

/** 64496 or "AS64496". */
export function readAsn(cursor: JsonCursor): number {
  if (cursor.kind() !== 'string') return cursor.integer(0, ASN_MAX, '64496');
  const text = cursor.string('');
  const asn = /^(?:[aA][sS])?\d{1,10}$/.test(text) ? Number(text.replace(/^\D+/, '')) : Number.NaN;
  if (!(asn <= ASN_MAX)) throw cursor.found(shown(text), 'an AS number, e.g. 64496 or "AS64496"');
  return asn;
}

export function readAsnList(cursor: JsonCursor): number[] {
  const asns: number[] = [];
  cursor.beginArray('[64496, 64497]');
  while (cursor.nextElement()) asns.push(readAsn(cursor));
  return asns;
}
