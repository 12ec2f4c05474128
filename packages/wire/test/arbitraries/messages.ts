/** Messages of every type, in the form in which they decode. */
import fc from 'fast-check';
import type { KnownAttribute, PathAttribute } from '../../src/attributes/attribute.ts';
import { attributeCode } from '../../src/attributes/attributes.ts';
import { ATTRIBUTE_CODECS } from '../../src/attributes/registry.ts';
import { ByteWriter } from '../../src/bytes.ts';
import type { WireContext } from '../../src/context.ts';
import { Afi, IPV4_UNICAST, makeFamily, Safi } from '../../src/family.ts';
import { Fault } from '../../src/fault.ts';
import type { Message } from '../../src/messages/message.ts';
import { hardReset, type NotificationMessage, notification, shutdownMessageData } from '../../src/messages/notification.ts';
import { encodeOpenBody, type OpenMessage } from '../../src/messages/open.ts';
import { type OperationalMessage, OperationalType } from '../../src/messages/operational.ts';
import type { RouteRefreshMessage } from '../../src/messages/route-refresh.ts';
import type { AddressPrefixOrf, OrfGroup } from '../../src/messages/route-refresh-orf.ts';
import { endOfRib, type UpdateMessage } from '../../src/messages/update.ts';
import type { IpPrefix } from '../../src/nlri/ip-prefix.ts';
import { attributeOf, unknownAttribute } from './attributes.ts';
import { anyCapability } from './capabilities.ts';
import { NLRI_FAMILIES, nlriOf } from './nlri.ts';
import { anyFamily, ipv4, maybe, octets, prefixOf, present, record, text, u8, u16, u32, unsigned } from './primitives.ts';

/** One a session could be made of, or any that can be read leniently. */
const open: fc.Arbitrary<OpenMessage> = record({
  type: fc.constant('open' as const),
  version: fc.oneof(fc.constant(4), u8),
  as: u16,
  holdTimeSeconds: u16,
  bgpIdentifier: ipv4,
  capabilities: fc.array(anyCapability, { maxLength: 12 }),
  otherParameters: fc.array(record({ code: u8.filter((code) => code !== 2), bytes: octets(0, 6) }), { maxLength: 2 }),
}).chain((message) =>
  fc.boolean().map((extended) => (extended || needsExtended(message) ? { ...message, extendedParameters: true } : message)),
);

/** RFC 9072's form is taken where the other is too small, or would be misread. */
function needsExtended(message: OpenMessage): boolean {
  const out = new ByteWriter();
  encodeOpenBody(out, message);
  return out.bytes[9] === 255 && out.length > 10 && out.bytes[10] === 255;
}

/** Attributes as `encodeAttributes` orders them, each once. */
function attributes(context: WireContext): fc.Arbitrary<PathAttribute[]> {
  const types = ATTRIBUTE_CODECS.flatMap((codec) =>
    codec === undefined || codec.type.startsWith('as4-') ? [] : [codec.type as KnownAttribute['type']],
  );
  const any = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...types).chain((type) => attributeOf(type, context)) },
    { weight: 1, arbitrary: unknownAttribute },
  );
  const place = (attribute: PathAttribute) => {
    const code = attributeCode(attribute);
    return code === 14 || code === 15 ? code - 256 : code;
  };
  return fc.uniqueArray(any, { selector: attributeCode, maxLength: 5 }).map((list) => list.toSorted((a, b) => place(a) - place(b)));
}

function update(context: WireContext): fc.Arbitrary<UpdateMessage> {
  const routes = fc.array(nlriOf(IPV4_UNICAST, context.addPath.has(IPV4_UNICAST)) as fc.Arbitrary<IpPrefix>, { maxLength: 4 });
  const type = fc.constant('update' as const);
  const withRoutes = record({ type, withdrawn: routes, attributes: attributes(context), nlri: routes }).filter(
    (message) => !readsAsEndOfRib(message),
  );
  return fc.oneof({ weight: 9, arbitrary: withRoutes }, { weight: 1, arbitrary: fc.constantFrom(...NLRI_FAMILIES).map(endOfRib) });
}

function readsAsEndOfRib({ withdrawn, attributes: [first, ...more], nlri }: UpdateMessage): boolean {
  if (withdrawn.length > 0 || nlri.length > 0 || more.length > 0) return false;
  return first === undefined || (first.type === 'mp-unreach-nlri' && first.value.nlri.length === 0);
}

const innerNotification: fc.Arbitrary<NotificationMessage> = fc.oneof(
  fc
    .tuple(fc.oneof(u8, unsigned(9)), fc.oneof(u8, unsigned(11)), octets(0, 9))
    .map(([code, subcode, data]) => notification(code, subcode, data)),
  fc.tuple(fc.constantFrom(2, 4), text).map(([subcode, said]) => notification(6, subcode, shutdownMessageData(said))),
  fc.tuple(fc.constantFrom(2, 4), octets(0, 9)).map(([subcode, data]) => notification(6, subcode, Uint8Array.from([data.length, ...data]))),
);

const anyNotification: fc.Arbitrary<NotificationMessage> = fc.oneof(
  innerNotification,
  innerNotification.map(hardReset),
  innerNotification.map(hardReset).map(hardReset),
);

function orfEntry(size: number): fc.Arbitrary<AddressPrefixOrf> {
  return fc.oneof(
    record({ action: fc.constant('remove-all' as const), reserved: maybe(unsigned(0x3f, 1)) }).map((value) => present(value)),
    record({
      action: fc.constantFrom('add', 'remove'),
      match: fc.constantFrom('permit', 'deny'),
      sequence: u32,
      minLength: u8,
      maxLength: u8,
      prefix: prefixOf(size),
      reserved: maybe(unsigned(0x1f, 1)),
    }).map((value) => present(value)),
  );
}

function orfGroup(size: number): fc.Arbitrary<OrfGroup> {
  return fc.oneof(
    record({ orfType: fc.constantFrom(64, 128), prefixes: fc.array(orfEntry(size), { maxLength: 3 }) }),
    record({ orfType: u8.filter((type) => type !== 64 && type !== 128), bytes: octets(0, 9) }),
  );
}

const type = fc.constant('route-refresh' as const);

const routeRefresh: fc.Arbitrary<RouteRefreshMessage> = fc.oneof(
  record({ type, family: anyFamily, subtype: u8 }),
  record({ type, family: anyFamily, subtype: unsigned(255, 3), rest: octets(1, 9) }),
  // Neither immediate nor defer.
  record({ type, family: anyFamily, subtype: fc.constant(0), rest: octets(0, 9).map((bytes) => Uint8Array.from([7, ...bytes])) }),
  fc.constantFrom(4, 16).chain((size) => {
    const orf = record({ whenToRefresh: fc.constantFrom('immediate', 'defer'), groups: fc.array(orfGroup(size), { maxLength: 3 }) });
    return record({ type, family: fc.constant(makeFamily(size === 4 ? Afi.Ipv4 : Afi.Ipv6, Safi.Unicast)), subtype: fc.constant(0), orf });
  }),
);

const COUNTERS = [3, 4, 5, 6, 7, 8];
const OTHERS = Object.values(OperationalType).filter((code) => code > 8);

const operational: fc.Arbitrary<OperationalMessage> = fc.oneof(
  record({ type: fc.constant('operational' as const), code: fc.constantFrom(1, 2), advisory: record({ family: anyFamily, text }) }),
  fc
    .tuple(fc.constantFrom(...COUNTERS), record({ family: anyFamily, routerId: ipv4, sequence: u32 }), u32)
    .map(([code, counter, count]) => ({ type: 'operational' as const, code, counter: code % 2 === 0 ? { ...counter, count } : counter })),
  record({
    type: fc.constant('operational' as const),
    code: fc.oneof(fc.constantFrom(...OTHERS), unsigned(0xfffd, 100)),
    bytes: octets(0, 9),
  }),
);

/** For each type of message. */
export function messages(context: WireContext): { readonly [Type in Message['type']]: fc.Arbitrary<Extract<Message, { type: Type }>> } {
  return {
    open,
    update: update(context),
    notification: anyNotification,
    keepalive: fc.constant({ type: 'keepalive' }),
    'route-refresh': routeRefresh,
    operational,
  };
}

export const fault: fc.Arbitrary<Fault> = fc
  .tuple(fc.constantFrom('reset', 'disable', 'withdraw', 'discard'), u8, u8, text, octets(0, 9))
  .map(([action, code, subcode, reason, data]) => new Fault(action, code, subcode, reason, data));
