/** The decoders of @tsbgp/wire, in different kinds of session, and the export of @tsbgp/rib (outgoing.ts). */

import { isDeepStrictEqual } from 'node:util';
import {
  ATTRIBUTE_CODECS,
  type AttributeCodec,
  allSpans,
  attributeFromJson,
  ByteWriter,
  capabilityFromJson,
  DEFAULT_CONTEXT,
  decodeAttributes,
  decodeCapabilities,
  decodeExtendedCommunity,
  decodeMessage,
  decodeTypedNlriList,
  dissectMessage,
  encodeAttributes,
  encodeCapability,
  encodeExtendedCommunity,
  encodeMessage,
  encodeTypedNlri,
  equalBytes,
  FAMILY_CODECS,
  type Family,
  Fault,
  faultFromJson,
  findAttribute,
  formatAttribute,
  formatCapability,
  formatCommunity,
  formatExtendedCommunity,
  formatFault,
  formatIpv6ExtendedCommunity,
  formatMessage,
  formatNlri,
  formatNotification,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type Message,
  MessageType,
  makeAttributeSet,
  makeFamily,
  messageFromJson,
  messageType,
  negotiate,
  nlriFromJson,
  notificationOf,
  openAs,
  openAttributeSet,
  type PathAttribute,
  parseAttribute,
  parseCapability,
  parseCommunity,
  parseExtendedCommunity,
  parseFault,
  parseIpv6ExtendedCommunity,
  parseMessage,
  parseNlri,
  parseNotification,
  readU32,
  reconcileAs4,
  type Span,
  splitUpdate,
  strongest,
  toHex,
  toJson,
  type UpdateMessage,
  ValueError,
  type WireContext,
} from '@tsbgp/wire';
import { AttributeScan, prefixesAreWhole, UpdateScan, updateVerdict } from '@tsbgp/wire/scan';
import { exabgpTargets } from './exabgp-targets.ts';
import { outgoing } from './outgoing.ts';
import type { Target } from './target.ts';

/** The first octet of an input of kind 'nlri', modulo their number, selects one. */
export const FAMILIES: readonly Family[] = FAMILY_CODECS.flatMap(({ families }) => families);

const ALL: ReadonlySet<Family> = new Set([IPV4_UNICAST, IPV6_UNICAST, makeFamily(1, 2), makeFamily(2, 2), ...FAMILIES]);

const CONTEXTS: Readonly<Record<string, WireContext>> = {
  ebgp: DEFAULT_CONTEXT,
  'ebgp-two-octet-as': { ...DEFAULT_CONTEXT, fourOctetAs: false },
  'ibgp-extended': { ...DEFAULT_CONTEXT, peerType: 'ibgp', extendedMessage: true, bgpsec: new Set([1, 2]) },
  'ibgp-add-path': { ...DEFAULT_CONTEXT, peerType: 'ibgp', addPath: ALL },
  'confederation-two-octet-as-add-path-extended': {
    fourOctetAs: false,
    addPath: ALL,
    peerType: 'ebgp',
    confederation: true,
    extendedMessage: true,
  },
};

export const targets: readonly Target[] = [
  ...Object.entries(CONTEXTS).flatMap(([name, context]): Target[] => [
    { name: `message ${name}`, kind: 'message', weight: 10, run: (...input) => readMessage(context, ...input) },
    { name: `attributes ${name}`, kind: 'attributes', weight: 5, run: (...input) => readAttributes(context, ...input) },
  ]),
  { name: 'nlri', kind: 'nlri', weight: 15, run: readNlri },
  { name: 'capabilities', kind: 'capabilities', weight: 5, run: readCapabilities },
  { name: 'community', kind: 'community', weight: 5, run: readCommunities },
  outgoing,
  ...exabgpTargets,
];

const OUR_CAPABILITIES = [
  'multiprotocol ipv4-unicast',
  'multiprotocol ipv6-unicast',
  'multiprotocol l2vpn-evpn',
  'four-octet-as 65001',
  'route-refresh',
  'extended-message',
  'extended-next-hop ipv4-unicast:ipv6',
  'graceful-restart 120',
  'add-path ipv4-unicast:both ipv6-unicast:both',
  'role customer',
].map(parseCapability);

const LENIENT = { lenient: true };
const update = new UpdateScan();
const attributeScan = new AttributeScan();

function readMessage(context: WireContext, bytes: Uint8Array, start: number, end: number, deep: boolean): number {
  const message = decodeMessage(bytes, start, end, context, LENIENT);
  const strict = decodeMessage(bytes, start, end, context);
  if (end - start >= 19 && messageType(bytes, start) === MessageType.Update && !(message instanceof Fault && message.code === 1)) {
    agree(scanned(bytes, start + 19, end, context), message);
  }
  if (deep) {
    const alone = bytes.slice(start, end);
    mustEqual(decodeMessage(alone, 0, alone.length, context, LENIENT), message, 'octets around the message were read');
    if (strict instanceof Fault) faultComesBack(strict);
    if (!(message instanceof Fault)) messageComesBack(message, context);
    const dissection = dissectMessage(bytes, start, end, context, LENIENT);
    mustEqual(dissection.message, message, 'with spans the message is another');
    spansCover(dissection.spans, start, end);
  }
  if (message instanceof Fault) return faultSign(message);
  if (message.type !== 'update') return sign(message.type) ^ (strict instanceof Fault ? faultSign(strict) : 0);
  return (
    attributesSign(message.attributes) ^ (message.fault === undefined ? 0 : faultSign(message.fault)) ^ Math.min(message.nlri.length, 3)
  );
}

/** Checks that parts follow each other without a gap, from the beginning to the end of the whole. */
function spansCover(whole: Span, start: number, end: number): void {
  if (whole.start !== start || whole.end !== end) throw new Error(`spans of ${whole.start} to ${whole.end}`);
  for (const span of allSpans(whole)) {
    if (span.parts === undefined) continue;
    let at = span.start;
    for (const part of span.parts) {
      if (part.start !== at || part.end <= at)
        throw new Error(`span ${part.path} begins at ${part.start}, the one before it ends at ${at}`);
      at = part.end;
    }
    if (at !== span.end) throw new Error(`the parts of span ${span.path} end at ${at}, it ends at ${span.end}`);
  }
}

/** The verdict of the hot scan on the body of an UPDATE. The RIB acts on it and never sees the typed value. */
function scanned(bytes: Uint8Array, start: number, end: number, context: WireContext): Fault['action'] | undefined {
  const broken = update.scan(bytes, start, end);
  if (broken !== undefined) return broken.action;
  const addPath = context.addPath.has(IPV4_UNICAST);
  const whole =
    prefixesAreWhole(bytes, update.withdrawnStart, update.withdrawnEnd, 32, addPath) &&
    prefixesAreWhole(bytes, update.nlriStart, update.nlriEnd, 32, addPath);
  if (!whole) return 'reset';
  attributeScan.scan(bytes, update.attributesStart, update.attributesEnd, context);
  return updateVerdict(update, attributeScan)?.action;
}

/** Checks that the typed decoder has the same verdict. It may only add that an NLRI makes no sense. */
function agree(scan: Fault['action'] | undefined, message: Message | Fault): void {
  const typed = message instanceof Fault ? message.action : (message as UpdateMessage).fault?.action;
  if (typed === scan) return;
  // Only decoding finds NLRI that make no sense.
  const milder = scan === undefined || scan === 'discard';
  if (!milder || (typed !== 'discard' && typed !== 'withdraw')) throw new Error(`scan says ${scan}, decode says ${typed}`);
}

function messageComesBack(message: Message, context: WireContext): void {
  const text = formatMessage(message);
  mustEqual(parseMessage(text), message, `text: ${text}`);
  const json = JSON.stringify(toJson(message));
  mustEqual(messageFromJson(JSON.parse(json)), message, `JSON: ${json}`);
  // The written form may be longer than the one that was read (a length in two octets, one parameter for each capability), so allow RFC 8654.
  const roomy = { ...context, extendedMessage: true };
  if (message.type !== 'update') {
    if (message.type === 'open') {
      negotiate(OUR_CAPABILITIES, message.capabilities, { localAs: 65001, remoteAs: openAs(message) });
      if (openIsTooLong(message)) return;
    }
    const octets = encodeMessage(message, roomy);
    mustEqual(decodeMessage(octets, 0, octets.length, roomy, LENIENT), message, `octets: ${toHex(octets)}`);
    return;
  }
  splits(message, { ...context, extendedMessage: false });
  const merged = reconcileAs4(message.attributes);
  encodeAttributes(merged, roomy);
  // For peers that agreed on less or more. A value that cannot be written for one of them must be refused with a ValueError.
  for (const towards of Object.values(CONTEXTS)) writtenOrRefused(() => encodeMessage({ ...message, attributes: merged }, towards));
  // As documented, an empty UPDATE is written only where `endOfRib` says so.
  const silent = message.withdrawn.length + message.attributes.length + message.nlri.length === 0 && message.endOfRib === undefined;
  if (message.fault !== undefined || silent) return;
  const octets = encodeMessage(message, roomy);
  const again = decodeMessage(octets, 0, octets.length, roomy);
  if (again instanceof Fault || again.type !== 'update') throw new Error(`what was written is not read: ${toHex(octets)}`);
  mustEqual(plain(again), plain(message), `octets: ${toHex(octets)}`);
}

function writtenOrRefused(write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
  }
}

/** Checks that the UPDATE splits into messages for the session, with the same number of routes. As documented, one route with its attributes may be too long. */
function splits(message: UpdateMessage, context: WireContext): void {
  let routes = 0;
  try {
    for (const part of splitUpdate(message, context)) {
      routes += routeCount(part);
      encodeMessage(part, context);
    }
  } catch (error) {
    if (error instanceof ValueError && /octets with a single route/.test(error.message)) return;
    throw error;
  }
  if (routes !== routeCount(message)) throw new Error(`${routeCount(message)} routes, ${routes} when split`);
}

function routeCount({ withdrawn, nlri, attributes }: UpdateMessage): number {
  const inAttributes = attributes.map((each) =>
    each.type === 'mp-reach-nlri' || each.type === 'mp-unreach-nlri' ? each.value.nlri.length : 0,
  );
  return inAttributes.reduce((sum, each) => sum + each, withdrawn.length + nlri.length);
}

/** An OPEN may have 4096 octets even with RFC 8654 (§4). Parameters in the form of RFC 9072 may need more octets than those that were read. */
function openIsTooLong(open: Extract<Message, { type: 'open' }>): boolean {
  const octets = open.capabilities.reduce((sum, each) => sum + encodeCapability(each).length, 0);
  return 19 + 13 + 3 + octets + open.otherParameters.reduce((sum, { bytes }) => sum + 3 + bytes.length, 0) > 4096;
}

function plain({ attributes, ...rest }: UpdateMessage): unknown {
  return { ...rest, attributes: attributes.map(withoutFlags).sort((a, b) => (order(a) < order(b) ? -1 : 1)) };
}

function order(attribute: PathAttribute): string {
  return attribute.type === 'unknown' ? String(attribute.code) : attribute.type;
}

/** Without flags: the sender chooses Partial, and Extended Length depends on the length. */
function withoutFlags(attribute: PathAttribute): PathAttribute {
  return attribute.type === 'unknown' ? { ...attribute, flags: attribute.flags & ~0x10 } : { ...attribute, flags: attribute.flags & 0x20 };
}

function faultComesBack(fault: Fault): void {
  if (fault.code < 1 || fault.reason === '') throw new Error('a fault without code or reason');
  mustEqual(parseFault(formatFault(fault)), fault, formatFault(fault));
  mustEqual(faultFromJson(JSON.parse(JSON.stringify(toJson(fault)))), fault, 'JSON of a fault');
  const answer = notificationOf(fault);
  mustEqual(parseNotification(formatNotification(answer)), answer, formatNotification(answer));
  encodeMessage(answer, DEFAULT_CONTEXT);
}

function readAttributes(context: WireContext, bytes: Uint8Array, start: number, end: number, deep: boolean): number {
  const { attributes, fault } = decodeAttributes(bytes, start, end, context);
  attributeScan.scan(bytes, start, end, context);
  // A block without its UPDATE may belong to NLRI outside of MP_REACH_NLRI, which need NEXT_HOP.
  const verdict = strongest(attributeScan.fault, attributeScan.nextHopFault);
  if (verdict?.action !== fault?.action) throw new Error(`scan says ${verdict?.action}, decode says ${fault?.action}`);
  if (attributeScan.count !== attributes.length) throw new Error(`scan has ${attributeScan.count} attributes, decode ${attributes.length}`);
  if (deep) {
    const alone = bytes.slice(start, end);
    mustEqual(decodeAttributes(alone, 0, alone.length, context).attributes, attributes, 'octets around the attributes were read');
    attributes.forEach((attribute, entry) => {
      attributeComesBack(attribute);
      octetsComeBack(attribute, bytes.subarray(attributeScan.valueStart[entry]!, attributeScan.valueEnd[entry]!), context);
    });
    encodeAttributes(attributes, context);
    const set = findAttribute(attributes, 'attribute-set')?.value;
    if (set !== undefined) makeAttributeSet(set.originAs, openAttributeSet(set).attributes);
    if (fault !== undefined) faultComesBack(fault);
  }
  return attributesSign(attributes) ^ (fault === undefined ? 0 : faultSign(fault));
}

function attributeComesBack(attribute: PathAttribute): void {
  const text = formatAttribute(attribute);
  mustEqual(parseAttribute(text), attribute, `text: ${text}`);
  const json = JSON.stringify(toJson(attribute));
  mustEqual(attributeFromJson(JSON.parse(json)), attribute, `JSON: ${json}`);
}

/** Checks that `encode` gives back the octets that `decode` read. For lists of NLRI these are the canonical octets of each NLRI. */
function octetsComeBack(attribute: PathAttribute, value: Uint8Array, context: WireContext): void {
  if (attribute.type === 'unknown' || attribute.type === 'mp-reach-nlri' || attribute.type === 'mp-unreach-nlri') return;
  const codec = ATTRIBUTE_CODECS.find((each) => each?.type === attribute.type) as AttributeCodec<unknown>;
  const out = new ByteWriter();
  codec.encode(out, attribute.value, context);
  const octets = out.take();
  if (!equalBytes(octets, value)) throw new Error(`${codec.name}: read ${toHex(value)}, wrote ${toHex(octets)}`);
}

function readNlri(bytes: Uint8Array, start: number, end: number, deep: boolean): number {
  if (end - start < 2) return 0;
  const family = FAMILIES[bytes[start]! % FAMILIES.length]!;
  const addPath = (bytes[start + 1]! & 1) === 1;
  const list = decodeTypedNlriList(bytes, start + 2, end, family, addPath);
  if (list === undefined) throw new Error(`family ${family} has no codec`);
  if (deep) {
    const alone = bytes.slice(start + 2, end);
    mustEqual(decodeTypedNlriList(alone, 0, alone.length, family, addPath)?.nlri, list.nlri, 'octets around the NLRI were read');
    for (const nlri of list.nlri) {
      const text = formatNlri(nlri);
      mustEqual(parseNlri(text, family), nlri, `text: ${text}`);
      const json = JSON.stringify(toJson(nlri));
      mustEqual(nlriFromJson(JSON.parse(json)), nlri, `JSON: ${json}`);
      const octets = encodeTypedNlri(nlri);
      const again = decodeTypedNlriList(octets, 0, octets.length, family, false)?.nlri ?? [];
      const wanted = again.map((each) => (addPath ? { ...each, pathIdentifier: nlri.pathIdentifier } : each));
      mustEqual(wanted, [nlri], `octets: ${toHex(octets)}`);
    }
  }
  let result = family ^ Math.min(list.malformed, 2) ^ (list.cutAt === undefined ? 0 : 64) ^ (Math.min(list.nlri.length, 3) << 4);
  for (const nlri of list.nlri) result = mix(result, Object.keys(nlri).length);
  return result;
}

function readCapabilities(bytes: Uint8Array, start: number, end: number, deep: boolean): number {
  const capabilities = decodeCapabilities(bytes, start, end);
  if (capabilities instanceof Fault) return faultSign(capabilities);
  let result = Math.min(capabilities.length, 4);
  for (const capability of capabilities) {
    result = mix(result, sign(capability.type));
    if (!deep) continue;
    const text = formatCapability(capability);
    mustEqual(parseCapability(text), capability, `text: ${text}`);
    const json = JSON.stringify(toJson(capability));
    mustEqual(capabilityFromJson(JSON.parse(json)), capability, `JSON: ${json}`);
    const octets = encodeCapability(capability);
    mustEqual(decodeCapabilities(octets), [capability], `octets: ${toHex(octets)}`);
  }
  return result;
}

function readCommunities(bytes: Uint8Array, start: number, end: number): number {
  let result = 0;
  if (end - start >= 4) {
    const standard = readU32(bytes, start);
    mustEqual(parseCommunity(formatCommunity(standard)), standard, formatCommunity(standard));
  }
  if (end - start >= 8) {
    const octets = bytes.slice(start, start + 8);
    const value = decodeExtendedCommunity(octets);
    mustEqual(encodeExtendedCommunity(value), octets, `extended community ${toHex(octets)}`);
    const text = formatExtendedCommunity(octets);
    mustEqual(parseExtendedCommunity(text), octets, text);
    result = sign(value.name);
  }
  if (end - start >= 20) {
    const octets = bytes.slice(start, start + 20);
    const text = formatIpv6ExtendedCommunity(octets);
    mustEqual(parseIpv6ExtendedCommunity(text), octets, text);
    result = mix(result, text.indexOf(':'));
  }
  return result;
}

function mustEqual(found: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(found, wanted)) throw new Error(`does not come back; ${what}`);
}

function mix(a: number, b: number): number {
  return (Math.imul(a, 31) + b) | 0;
}

/** A number that differs for most words. */
function sign(word: string): number {
  return (word.charCodeAt(0) << 12) ^ (word.charCodeAt(word.length >> 1) << 6) ^ (word.charCodeAt(word.length - 1) << 3) ^ word.length;
}

function faultSign(fault: Fault): number {
  return mix(mix(mix(sign(fault.action), fault.code), fault.subcode), fault.reason.length);
}

function attributesSign(attributes: readonly PathAttribute[]): number {
  let result = 1;
  for (const attribute of attributes) {
    result = mix(result, attribute.type === 'unknown' ? attribute.code : sign(attribute.type));
    const value = attribute.type === 'unknown' ? undefined : attribute.value;
    if (!Array.isArray(value)) continue;
    for (const each of value as unknown[])
      if (typeof each === 'object' && each !== null && 'type' in each) result = mix(result, sign(String(each.type)));
  }
  return result;
}
