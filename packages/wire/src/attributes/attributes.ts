/**
 * A block of path attributes as values, as octets and as text. Walking the octets and RFC 7606's verdicts are the scan's
 * (../scan/update-scan.ts); here its columns become values.
 */
import { ByteWriter, fromHex, readU16, toHex } from '../bytes.ts';
import { AttributeCode, AttributeFlag, NotificationCode, UpdateError } from '../codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { type Fault, strongest, ValueError } from '../fault.ts';
import type { AttributeScan } from '../scan/update-scan.ts';
import type { SpanRecorder } from '../spans.ts';
import { narrowAs } from './as4.ts';
import type { PathAttribute } from './attribute.ts';
import type { AttributeSet } from './attribute-set.ts';
import { within } from './fields.ts';
import { ATTRIBUTE_CODECS, attributeCodecByName } from './registry.ts';
import { borrowScan, giveBackScan } from './scan-pool.ts';

/** What a block of path attributes says. */
export interface DecodedAttributes {
  /** In the order they came. What a verdict discarded is left out; what it calls malformed otherwise is `unknown`, with its octets. */
  attributes: PathAttribute[];
  /** The strongest verdict. */
  fault?: Fault;
}

const WITHIN_SET: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };

/** The attributes in `bytes[start, end)`, as they are on the wire: for a two-octet peer see `reconcileAs4`. Borrows nothing. */
export function decodeAttributes(bytes: Uint8Array, start: number, end: number, context: WireContext): DecodedAttributes {
  const scan = borrowScan();
  scan.scan(bytes, start, end, context);
  const attributes = scannedAttributes(bytes, scan, context);
  if (context.spans !== undefined) {
    recordLeftOut(context.spans, bytes, start, end);
    blameNextHop(context.spans, scan);
  }
  const fault = strongest(scan.fault, scan.nextHopFault);
  giveBackScan(scan);
  return fault === undefined ? { attributes } : { attributes, fault };
}

/** The values of what `scan` found in `bytes`. */
export function scannedAttributes(bytes: Uint8Array, scan: AttributeScan, context: WireContext): PathAttribute[] {
  // The scan keeps one verdict for all; only when it is a bad one do we have to ask again which of them are sound.
  const sound = scan.fault === undefined || scan.fault.action === 'discard';
  const attributes: PathAttribute[] = [];
  for (let entry = 0; entry < scan.count; entry++) {
    const code = scan.codes[entry]!;
    const flags = scan.flags[entry]!;
    const start = scan.valueStart[entry]!;
    const end = scan.valueEnd[entry]!;
    const codec = ATTRIBUTE_CODECS[code];
    const { spans } = context;
    if (spans !== undefined) openAttribute(spans, code, flags, start);
    let attribute: PathAttribute;
    if (codec !== undefined && (sound || canBeRead(codec.check(bytes, start, end, context)))) {
      // The row's type and value belong together by construction; the table cannot say so.
      attribute = { type: codec.type, flags, value: codec.decode(bytes, start, end, context) } as PathAttribute;
    } else {
      attribute = { type: 'unknown', code, flags, bytes: bytes.slice(start, end) };
    }
    if (spans !== undefined) closeAttribute(spans, end, attribute);
    attributes.push(attribute);
  }
  return attributes;
}

/** Opens the attribute whose value begins at `valueStart`, and in it the value. */
function openAttribute(spans: SpanRecorder, code: number, flags: number, valueStart: number): void {
  const extended = (flags & AttributeFlag.ExtendedLength) !== 0;
  const start = valueStart - (extended ? 4 : 3);
  spans.open(ATTRIBUTE_CODECS[code]?.type ?? `attribute-${code}`, start);
  spans.numbers(start, ['flags', 1], ['type', 1], ['length', extended ? 2 : 1]);
  spans.open('value', valueStart);
}

function closeAttribute(spans: SpanRecorder, end: number, attribute: PathAttribute | undefined): void {
  spans.close(end, attribute !== undefined && 'value' in attribute ? attribute.value : attribute?.bytes);
  spans.close(end, attribute);
}

/** What is wrong with NEXT_HOP, where it counts. */
export function blameNextHop(spans: SpanRecorder, scan: AttributeScan): void {
  const entry = scan.find(AttributeCode.NextHop);
  if (scan.nextHopFault !== undefined && entry !== -1) spans.blame(scan.nextHopFault, scan.valueStart[entry]!, scan.valueEnd[entry]!);
}

/** Records those in `bytes[start, end)` that a verdict left out: they are no values, but have their place. */
export function recordLeftOut(spans: SpanRecorder, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; end - at >= 3; ) {
    const flags = bytes[at]!;
    const valueStart = at + ((flags & AttributeFlag.ExtendedLength) === 0 ? 3 : 4);
    if (valueStart > end) return;
    const next = valueStart + (valueStart === at + 3 ? bytes[at + 2]! : readU16(bytes, at + 2));
    if (next > end) return;
    if (!spans.has(at)) {
      openAttribute(spans, bytes[at + 1]!, flags, valueStart);
      closeAttribute(spans, next, undefined);
    }
    at = next;
  }
}

/** A next hop that no host can have is whole all the same: it is more use to who looks for the culprit than its octets. */
function canBeRead(fault: Fault | undefined): boolean {
  return fault === undefined || (fault.code === NotificationCode.UpdateMessageError && fault.subcode === UpdateError.InvalidNextHop);
}

/** The attributes that an ATTR_SET carries: those of an internal peer with four-octet AS numbers (RFC 6368 §5). */
export function openAttributeSet(set: AttributeSet): DecodedAttributes {
  return decodeAttributes(set.attributes, 0, set.attributes.length, WITHIN_SET);
}

/** The other way. Throws ValueError. */
export function makeAttributeSet(originAs: number, attributes: readonly PathAttribute[]): AttributeSet {
  return { originAs, attributes: encodeAttributes(attributes, WITHIN_SET) };
}

/**
 * The octets of the attributes: MP_REACH_NLRI and MP_UNREACH_NLRI first (RFC 7606 §5.1), then by ascending code. For a two-octet peer large
 * AS numbers become AS_TRANS and AS4_* (`narrowAs`). Throws ValueError for a value that cannot be written, or two attributes of one code.
 */
export function encodeAttributes(attributes: readonly PathAttribute[], context: WireContext): Uint8Array {
  const out = new ByteWriter(512);
  const value = new ByteWriter(256);
  let before = -1;
  for (const attribute of inOrder(context.fourOctetAs ? attributes : narrowAs(attributes))) {
    const code = attributeCode(attribute);
    if (code === before) throw new ValueError(`attribute ${code} is given twice`);
    before = code;
    value.length = 0;
    appendValue(value, attribute, context);
    const flags = attributeFlags(attribute) & ~AttributeFlag.ExtendedLength;
    const extended = value.length > 0xff;
    if (value.length > 0xffff) throw new ValueError(`attribute ${code} of ${value.length} octets, allowed are 65535`);
    out.u8(extended ? flags | AttributeFlag.ExtendedLength : flags);
    out.u8(code);
    if (extended) out.u16(value.length);
    else out.u8(value.length);
    out.raw(value.bytes, 0, value.length);
  }
  return out.take();
}

/** The type code. Throws ValueError for a code beyond 255 or a `type` that no row has. */
export function attributeCode(attribute: PathAttribute): number {
  return attribute.type === 'unknown' ? within('attribute code', attribute.code, 0xff) : row(attribute.type).code;
}

/** The RFC's name, or "ATTRIBUTE_99". */
export function attributeName(attribute: PathAttribute): string {
  return attribute.type === 'unknown' ? `ATTRIBUTE_${attribute.code}` : row(attribute.type).name;
}

/**
 * `AS_PATH 65001 65002`; `AS_PATH/0x50 65001` where the flags octet is not that of the attribute's RFC, as in a long one; what is not known, with
 * flags and octets: `ATTRIBUTE_99 0xc0 0x0102`.
 */
export function formatAttribute(attribute: PathAttribute): string {
  const odd = attribute.type !== 'unknown' && attribute.flags !== row(attribute.type).flags;
  return `${attributeName(attribute)}${odd ? `/0x${toHex(Uint8Array.of(attribute.flags))}` : ''} ${formatAttributeValue(attribute)}`.trimEnd();
}

/** As `formatAttribute`, without the name: what `parseAttribute` takes for `text`. */
export function formatAttributeValue(attribute: PathAttribute): string {
  if (attribute.type !== 'unknown') return row(attribute.type).format(attribute.value);
  return `0x${toHex(new Uint8Array([attribute.flags]))} 0x${toHex(attribute.bytes)}`;
}

/**
 * The attribute with that name ("AS_PATH", "as-path" or "ATTRIBUTE_99", with its flags behind a slash if they are others) and value. Without
 * `text`, `name` is all that `formatAttribute` wrote. Throws ValueError.
 */
export function parseAttribute(name: string, text?: string): PathAttribute {
  if (text === undefined) {
    const [, first = '', rest = ''] = /^\s*(\S*)(.*)$/s.exec(name)!;
    return parseAttribute(first, rest);
  }
  const numbered = /^ATTRIBUTE_(\d{1,3})$/i.exec(name);
  if (numbered !== null) return parseUnknown(within('attribute code', Number(numbered[1]), 0xff), text);
  const [, word = '', flags] = /^(.*?)(?:\/0x([0-9a-fA-F]{2}))?$/s.exec(name)!;
  const codec = attributeCodecByName(word);
  if (codec === undefined) throw new ValueError(`"${word}" is not a path attribute, e.g. "AS_PATH", "as-path" or "ATTRIBUTE_99"`);
  return {
    type: codec.type,
    flags: flags === undefined ? codec.flags : Number.parseInt(flags, 16),
    value: codec.parse(text.trim()),
  } as PathAttribute;
}

function parseUnknown(code: number, text: string): PathAttribute {
  const parts = /^\s*0x([0-9a-fA-F]{2})\s+0x((?:[0-9a-fA-F]{2})*)\s*$/.exec(text);
  if (parts === null) throw new ValueError(`found "${text}", allowed are flags and octets, e.g. "0xc0 0x0102"`);
  return { type: 'unknown', code, flags: Number.parseInt(parts[1]!, 16), bytes: fromHex(parts[2]!) };
}

function row(type: string): NonNullable<ReturnType<typeof attributeCodecByName>> {
  const codec = attributeCodecByName(type);
  if (codec === undefined) throw new ValueError(`"${type}" is not the type of a path attribute, e.g. "as-path"`);
  return codec;
}

function attributeFlags(attribute: PathAttribute): number {
  if (attribute.type === 'unknown') return within('attribute flags', attribute.flags, 0xff);
  return row(attribute.type).flags | (attribute.flags & AttributeFlag.Partial);
}

function appendValue(out: ByteWriter, attribute: PathAttribute, context: WireContext): void {
  if (attribute.type === 'unknown') out.raw(attribute.bytes);
  else row(attribute.type).encode(out, attribute.value, context);
}

function inOrder(attributes: readonly PathAttribute[]): PathAttribute[] {
  return attributes.toSorted((a, b) => place(attributeCode(a)) - place(attributeCode(b)));
}

function place(code: number): number {
  return code === AttributeCode.MpReachNlri || code === AttributeCode.MpUnreachNlri ? code - 256 : code;
}
