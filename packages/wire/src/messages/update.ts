/**
 * UPDATE (RFC 4271 §4.3): withdrawn routes, announced routes, and the path attributes of the announced ones.
 *
 *     | withdrawn length | withdrawn routes … | attributes length | path attributes … | NLRI … |
 *
 * This gives as values what scan/ finds, with the same verdicts (RFC 7606). The fields outside the attributes hold only IPv4 unicast.
 */
import type { PathAttribute } from '../attributes/attribute.ts';
import { encodeAttributes } from '../attributes/attributes.ts';
import { ByteWriter } from '../bytes.ts';
import { AttributeFlag, UpdateError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { type Family, formatFamily, IPV4_UNICAST } from '../family.ts';
import { type Fault, strongest, updateFault, ValueError } from '../fault.ts';
import { appendTypedNlri, familyCodec } from '../nlri/families.ts';
import { decodePrefixes, type IpPrefix } from '../nlri/ip-prefix.ts';
import { formatNlri, isMalformed } from '../nlri/nlri.ts';
import { blameNextHop, recordLeftOut, scannedAttributes } from '../scan/decode-attributes.ts';
import { borrowScan, giveBackScan } from '../scan/scan-pool.ts';
import { UpdateScan } from '../scan/update-scan.ts';
import { updateVerdict } from '../scan/update-verdict.ts';
import type { SpanRecorder } from '../spans.ts';

/** UPDATE (RFC 4271 §4.3). */
export interface UpdateMessage {
  type: 'update';
  /** IPv4 unicast. */
  withdrawn: IpPrefix[];
  /** As on the wire: see `reconcileAs4` for peers without four-octet AS numbers. Attributes that a verdict discarded are left out. */
  attributes: PathAttribute[];
  /** IPv4 unicast. */
  nlri: IpPrefix[];
  /** The message only says that the peer has sent all routes of this family (RFC 4724 §2): see `endOfRib`. */
  endOfRib?: Family;
  /**
   * The strongest verdict that does not end the session (RFC 7606). 'withdraw': the receiver must withdraw the routes in `nlri` and in
   * MP_REACH_NLRI. `encodeUpdate` ignores it.
   */
  fault?: Fault;
}

/** The UPDATE whose body, without header, is `bytes[start, end)`; or the fault that ends the session. Borrows nothing. */
export function decodeUpdate(bytes: Uint8Array, start: number, end: number, context: WireContext): UpdateMessage | Fault {
  const sections = new UpdateScan();
  const broken = sections.scan(bytes, start, end);
  const { spans } = context;
  if (broken !== undefined) return spans?.blame(broken, start, end) ?? broken;
  const { withdrawnStart, withdrawnEnd, attributesStart, attributesEnd, nlriStart, nlriEnd } = sections;
  const addPath = context.addPath.has(IPV4_UNICAST);
  spans?.numbers(start, ['withdrawn-routes-length', 2]);
  spans?.numbers(withdrawnEnd, ['path-attributes-length', 2]);
  spans?.open('withdrawn-routes', withdrawnStart);
  const withdrawn = decodePrefixes(bytes, withdrawnStart, withdrawnEnd, IPV4_UNICAST, addPath, spans);
  spans?.close(withdrawnEnd);
  spans?.open('nlri', nlriStart);
  const nlri = decodePrefixes(bytes, nlriStart, nlriEnd, IPV4_UNICAST, addPath, spans);
  spans?.close(nlriEnd);
  if (withdrawn === undefined || nlri === undefined) {
    // RFC 7606 §5.3: prefixes that cannot be told apart could mean any routes.
    const fault = updateFault('reset', UpdateError.InvalidNetworkField, 'IPv4 unicast NLRI cannot be read');
    return (withdrawn === undefined ? spans?.blame(fault, withdrawnStart, withdrawnEnd) : spans?.blame(fault, nlriStart, nlriEnd)) ?? fault;
  }
  const scan = borrowScan();
  scan.scan(bytes, attributesStart, attributesEnd, context);
  const fault = updateVerdict(sections, scan);
  const reset = fault !== undefined && (fault.action === 'reset' || fault.action === 'disable');
  spans?.open('path-attributes', attributesStart);
  const attributes = reset && spans === undefined ? [] : scannedAttributes(bytes, scan, context);
  if (spans !== undefined) {
    recordLeftOut(spans, bytes, attributesStart, attributesEnd);
    if (nlriEnd > nlriStart) blameNextHop(spans, scan);
  }
  spans?.close(attributesEnd);
  giveBackScan(scan);
  // A fault of the whole UPDATE, such as a missing attribute.
  if (fault !== undefined && spans?.isBlamed(fault) === false) spans.blame(fault, start, end);
  if (reset) return fault;
  const message: UpdateMessage = { type: 'update', withdrawn, attributes, nlri };
  const ended = end - start === 4 ? IPV4_UNICAST : endedFamily(message);
  if (ended !== undefined) message.endOfRib = ended;
  const verdict = strongest(fault, malformedNlri(attributes, spans));
  if (verdict !== undefined) message.fault = verdict;
  return message;
}

/** The verdict on the first NLRI that is kept as octets because it cannot be decoded; undefined when there is none. */
function malformedNlri(attributes: readonly PathAttribute[], spans: SpanRecorder | undefined): Fault | undefined {
  for (const attribute of attributes) {
    if (attribute.type !== 'mp-reach-nlri' && attribute.type !== 'mp-unreach-nlri') continue;
    const malformed = attribute.value.nlri.find(isMalformed);
    if (malformed === undefined) continue;
    const reason = `an NLRI of ${formatFamily(attribute.value.family)} makes no sense: ${formatNlri(malformed)}`;
    const action = familyCodec(malformed.family)?.malformed === 'withdraw' ? 'withdraw' : 'discard';
    const fault = updateFault(action, UpdateError.OptionalAttribute, reason);
    spans?.blameValue(fault, malformed);
    return fault;
  }
  return undefined;
}

/** The UPDATE that says that all routes of the family have been sent (RFC 4724 §2): it is empty, or has an MP_UNREACH_NLRI without NLRI. */
export function endOfRib(family: Family): UpdateMessage {
  const attributes: PathAttribute[] =
    family === IPV4_UNICAST ? [] : [{ type: 'mp-unreach-nlri', flags: AttributeFlag.Optional, value: { family, nlri: [] } }];
  return { type: 'update', withdrawn: [], attributes, nlri: [], endOfRib: family };
}

/** The family of an UPDATE that has only an MP_UNREACH_NLRI without NLRI (RFC 4724 §2); undefined for other UPDATEs. */
function endedFamily({ withdrawn, attributes, nlri }: UpdateMessage): Family | undefined {
  const only = attributes.length === 1 && withdrawn.length === 0 && nlri.length === 0 ? attributes[0] : undefined;
  return only?.type === 'mp-unreach-nlri' && only.value.nlri.length === 0 ? only.value.family : undefined;
}

/** True for an UPDATE without routes and attributes: IPv4 End-of-RIB, or one whose attributes were all discarded. */
export function saysNothing({ withdrawn, attributes, nlri }: UpdateMessage): boolean {
  return withdrawn.length === 0 && attributes.length === 0 && nlri.length === 0;
}

/**
 * The body, without header. The caller checks its length (`splitUpdate`). Throws ValueError for a value that cannot be written, and for one whose
 * octets would mean End-of-RIB although `endOfRib` does not say so.
 */
export function encodeUpdate(message: UpdateMessage, context: WireContext): Uint8Array {
  checkEndOfRib(message);
  const out = new ByteWriter(512);
  appendRoutes(out, message.withdrawn, context);
  const attributes = encodeAttributes(message.attributes, context);
  if (out.length - 2 > 0xffff || attributes.length > 0xffff) {
    throw new ValueError(`UPDATE: found ${out.length - 2} octets withdrawn and ${attributes.length} of attributes, allowed are 65535 each`);
  }
  out.u16(attributes.length);
  out.raw(attributes);
  for (const route of message.nlri) appendRoute(out, route, context);
  return out.take();
}

/** An accidental End-of-RIB would make the receiver delete all routes that it kept from the previous session (RFC 4724 §4.2). */
function checkEndOfRib(message: UpdateMessage): void {
  const says = saysNothing(message) ? IPV4_UNICAST : endedFamily(message);
  if (says === message.endOfRib) return;
  if (says !== undefined && message.endOfRib === undefined) {
    throw new ValueError(
      `UPDATE: found no route, which is End-of-RIB of ${formatFamily(says)} (RFC 4724 §2); allowed where endOfRib says so`,
    );
  }
  throw new ValueError(
    `UPDATE: found endOfRib ${formatFamily(message.endOfRib!)}, but octets that do not say it; allowed is what endOfRib(family) gives`,
  );
}

function appendRoutes(out: ByteWriter, routes: readonly IpPrefix[], context: WireContext): void {
  out.counted16(() => {
    for (const route of routes) appendRoute(out, route, context);
  });
}

function appendRoute(out: ByteWriter, route: IpPrefix, context: WireContext): void {
  if (route.family !== IPV4_UNICAST)
    throw new ValueError(`${route.prefix}: allowed here is IPv4 unicast; other families go into MP_REACH_NLRI`);
  appendTypedNlri(out, route, context.addPath.has(IPV4_UNICAST));
}
