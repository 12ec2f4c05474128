/**
 * A block of path attributes becomes values. The scan (update-scan.ts) walks the octets and gives RFC 7606's verdicts; here its columns become
 * values.
 */

import type { PathAttribute } from '../attributes/attribute.ts';
import type { AttributeSet } from '../attributes/attribute-set.ts';
import { attributeHeaderLength, attributeValueLength } from '../attributes/block.ts';
import { ATTRIBUTE_CODECS } from '../attributes/registry.ts';
import { copyOf } from '../bytes.ts';
import { AttributeCode, AttributeFlag, NotificationCode, UpdateError } from '../codes.ts';
import { STORED_CONTEXT, type WireContext } from '../context.ts';
import { type Fault, strongest } from '../fault.ts';
import type { SpanRecorder } from '../spans.ts';
import { borrowScan, giveBackScan } from './scan-pool.ts';
import type { AttributeScan } from './update-scan.ts';

/** What a block of path attributes says. */
export interface DecodedAttributes {
  /** In the order in which they came. A discarded attribute is left out; one that is malformed otherwise is `unknown` and keeps its octets. */
  attributes: PathAttribute[];
  /** The strongest verdict. */
  fault?: Fault;
}

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

/** The values of the attributes that `scan` found in `bytes`. */
export function scannedAttributes(bytes: Uint8Array, scan: AttributeScan, context: WireContext): PathAttribute[] {
  // The scan keeps one verdict for all attributes. Only if it is a bad one, each attribute is checked again.
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
      // Each row decodes to the value of its type; the type of the table cannot say so.
      attribute = { type: codec.type, flags, value: codec.decode(bytes, start, end, context) } as PathAttribute;
    } else {
      attribute = { type: 'unknown', code, flags, bytes: copyOf(bytes, start, end) };
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

/** Records the fault of NEXT_HOP, if it counts. */
export function blameNextHop(spans: SpanRecorder, scan: AttributeScan): void {
  const entry = scan.find(AttributeCode.NextHop);
  if (scan.nextHopFault !== undefined && entry !== -1) spans.blame(scan.nextHopFault, scan.valueStart[entry]!, scan.valueEnd[entry]!);
}

/** Records the attributes in `bytes[start, end)` that a verdict left out: they have no value, but a place. */
export function recordLeftOut(spans: SpanRecorder, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; end - at >= 3; ) {
    const valueStart = at + attributeHeaderLength(bytes, at);
    if (valueStart > end) return;
    const next = valueStart + attributeValueLength(bytes, at);
    if (next > end) return;
    if (!spans.has(at)) {
      openAttribute(spans, bytes[at + 1]!, bytes[at]!, valueStart);
      closeAttribute(spans, next, undefined);
    }
    at = next;
  }
}

/** A next hop that no host can have can still be read, and helps more than octets to find the router that sent it. */
function canBeRead(fault: Fault | undefined): boolean {
  return fault === undefined || (fault.code === NotificationCode.UpdateMessageError && fault.subcode === UpdateError.InvalidNextHop);
}

/** The attributes that an ATTR_SET carries: those of an internal peer with four-octet AS numbers (RFC 6368 §5). */
export function openAttributeSet(set: AttributeSet): DecodedAttributes {
  return decodeAttributes(set.attributes, 0, set.attributes.length, STORED_CONTEXT);
}
