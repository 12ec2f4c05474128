/**
 * Outbound Route Filtering, capability 3 (RFC 5291 §4), and its predecessor 130, which has the same form.
 *
 *     entries: AFI (2), reserved (1), SAFI (1), number of ORFs (1), then per ORF its type (1) and 1 receive, 2 send or 3 both (1)
 */
import { type ByteWriter, readU16 } from '../bytes.ts';
import { afiOf, type Family, makeFamily, safiOf } from '../family.ts';
import { ValueError } from '../fault.ts';
import { parseNumber } from '../numbers.ts';
import { BOOLEAN, FAMILY, list, object, optional, U8 } from '../parts/json-form.ts';
import type { SpanRecorder } from '../spans.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { directionCode, formatDirection, formatItem, parseDirection, parseItem, readDirection } from './text.ts';

/** The ORF types of one family, and whether the sender receives, sends, or does both (RFC 5291 §5). */
export interface OrfFamily {
  family: Family;
  reserved?: number;
  types: { orfType: number; receive: boolean; send: boolean }[];
}

/** Outbound Route Filtering (RFC 5291 §5). */
export interface OutboundRouteFilteringCapability<T extends string = 'outbound-route-filtering'> {
  type: T;
  families: OrfFamily[];
}

const FAMILY_TYPES = object<OrfFamily>({
  family: FAMILY,
  reserved: optional(U8),
  types: list(object({ orfType: U8, receive: BOOLEAN, send: BOOLEAN })),
});

function orf<const T extends string>(code: number, type: T, name: string): CapabilityCodec<OutboundRouteFilteringCapability<T>> {
  return {
    code,
    type,
    name,
    members: { families: list(FAMILY_TYPES) },
    decode(bytes, start, end, spans) {
      const families = decodeFamilies(bytes, start, end, spans);
      return families && { type, families };
    },
    encode(out, value) {
      for (const entry of value.families) encodeFamily(out, entry);
    },
    format: (value) => value.families.map(formatEntry).join(' '),
    parse: (words) => ({ type, families: words.map(parseEntry) }),
  };
}

function decodeFamilies(bytes: Uint8Array, start: number, end: number, spans: SpanRecorder | undefined): OrfFamily[] | undefined {
  const families: OrfFamily[] = [];
  for (let at = start; at < end; ) {
    if (end - at < 5) return undefined;
    const reserved = bytes[at + 2]!;
    const entry: OrfFamily = { family: makeFamily(readU16(bytes, at), bytes[at + 3]!), ...(reserved !== 0 && { reserved }), types: [] };
    const next = at + 5 + 2 * bytes[at + 4]!;
    if (next > end) return undefined;
    spans?.numbers(at, ['afi', 2], ['reserved', 1], ['safi', 1], ['count', 1]);
    for (at += 5; at < next; at += 2) {
      const direction = readDirection(bytes[at + 1]!);
      if (direction === undefined) return undefined;
      spans?.numbers(at, ['orf-type', 1], ['send-receive', 1]);
      entry.types.push({ orfType: bytes[at]!, ...direction });
    }
    families.push(entry);
  }
  return families;
}

function encodeFamily(out: ByteWriter, entry: OrfFamily): void {
  if (entry.types.length > 0xff) throw new ValueError(`found ${entry.types.length} ORF types in one family, allowed 255`);
  out.u16(afiOf(entry.family));
  out.u8(entry.reserved ?? 0);
  out.u8(safiOf(entry.family));
  out.u8(entry.types.length);
  for (const type of entry.types) {
    out.u8(type.orfType);
    out.u8(directionCode(type));
  }
}

/** `ipv4-unicast:64=both:128=receive` */
function formatEntry(entry: OrfFamily): string {
  const types = entry.types.map((type) => `${type.orfType}=${formatDirection(type)}`);
  return formatItem(entry.family, ...(entry.reserved === undefined ? [] : [`reserved=${entry.reserved}`]), ...types);
}

function parseEntry(word: string): OrfFamily {
  const { family, details } = parseItem(word);
  const entry: OrfFamily = { family, types: [] };
  for (const detail of details) {
    const [name, text] = detail.split('=');
    if (name === 'reserved') entry.reserved = parseNumber(text, 0xff, 'reserved octet');
    else entry.types.push({ orfType: parseNumber(name, 0xff, 'ORF type'), ...parseDirection(text) });
  }
  return entry;
}

export const outboundRouteFiltering: CapabilityCodec<OutboundRouteFilteringCapability> = orf(
  CapabilityCode.OutboundRouteFiltering,
  'outbound-route-filtering',
  'Outbound Route Filtering Capability',
);
export const outboundRouteFilteringCisco: CapabilityCodec<OutboundRouteFilteringCapability<'outbound-route-filtering-cisco'>> = orf(
  CapabilityCode.OutboundRouteFilteringCisco,
  'outbound-route-filtering-cisco',
  'Prestandard Outbound Route Filtering',
);
