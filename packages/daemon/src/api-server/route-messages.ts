/**
 * Routes and path attributes between the wire package's values and the API's messages, both ways. Attributes that the messages have no
 * place for go as their octets; the rarer ones are in further-attributes.ts.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type PathAttribute as AttributeMessage,
  Origin,
  type PathAttributeSchema,
  type RouteSchema,
  type AsPathSegment as SegmentMessage,
  AsPathSegment_Type as SegmentType,
} from '@tsbgp/api';
import { attributeCode, attributeCodec, attributeCodecByName, formatFamily, type PathAttribute } from '@tsbgp/wire';
import type { Route } from '../control-plane.ts';
import { extendedMessage, extendedValue } from './community-messages.ts';
import { furtherAttribute, furtherKind, octetsOf } from './further-attributes.ts';
import { refused } from './refused.ts';

type AttributeInit = MessageInitShape<typeof PathAttributeSchema>;

export function routeMessage(route: Route): MessageInitShape<typeof RouteSchema> {
  return {
    family: formatFamily(route.family),
    prefix: route.prefix,
    pathIdentifier: route.pathIdentifier ?? 0,
    neighbor: route.neighbor,
    nextHop: route.nextHop,
    attributes: route.attributes.map(attributeMessage),
    best: route.best,
    filtered: route.filtered,
    learnedAt: timestampFromDate(route.learnedAt),
  };
}

const ORIGINS = { igp: Origin.IGP, egp: Origin.EGP, incomplete: Origin.INCOMPLETE } as const;
const SEGMENTS = {
  sequence: SegmentType.SEQUENCE,
  set: SegmentType.SET,
  'confed-sequence': SegmentType.CONFED_SEQUENCE,
  'confed-set': SegmentType.CONFED_SET,
} as const;

export function attributeMessage(attribute: PathAttribute): AttributeInit {
  const { flags } = attribute;
  switch (attribute.type) {
    case 'origin':
      return { flags, kind: { case: 'origin', value: ORIGINS[attribute.value] } };
    case 'as-path':
      return { flags, kind: { case: 'asPath', value: { segments: attribute.value.map(segmentMessage) } } };
    case 'as4-path':
      return { flags, kind: { case: 'as4Path', value: { segments: attribute.value.map(segmentMessage) } } };
    case 'next-hop':
      return { flags, kind: { case: 'nextHop', value: attribute.value } };
    case 'multi-exit-disc':
      return { flags, kind: { case: 'multiExitDisc', value: attribute.value } };
    case 'local-pref':
      return { flags, kind: { case: 'localPref', value: attribute.value } };
    case 'atomic-aggregate':
      return { flags, kind: { case: 'atomicAggregate', value: {} } };
    case 'aggregator':
      return { flags, kind: { case: 'aggregator', value: attribute.value } };
    case 'as4-aggregator':
      return { flags, kind: { case: 'as4Aggregator', value: attribute.value } };
    case 'communities':
      return { flags, kind: { case: 'communities', value: { values: attribute.value } } };
    case 'originator-id':
      return { flags, kind: { case: 'originatorId', value: attribute.value } };
    case 'cluster-list':
      return { flags, kind: { case: 'clusterList', value: { ids: attribute.value } } };
    case 'extended-communities':
      return { flags, kind: { case: 'extendedCommunities', value: { values: attribute.value.map(extendedMessage) } } };
    case 'large-communities':
      return { flags, kind: { case: 'largeCommunities', value: { values: attribute.value } } };
    case 'unknown':
      return { flags, kind: { case: 'unknown', value: { code: attribute.code, value: Uint8Array.from(attribute.bytes) } } };
    default:
      return { flags, kind: furtherKind(attribute, attributeMessage) ?? octetsKind(attribute) };
  }
}

/** An attribute that is known here but has no place of its own in the API. */
function octetsKind(attribute: PathAttribute): NonNullable<AttributeInit['kind']> {
  return { case: 'unknown', value: { code: attributeCode(attribute), value: octetsOf(attribute) } };
}

function segmentMessage({ type, asns }: { type: keyof typeof SEGMENTS; asns: number[] }) {
  return { type: SEGMENTS[type], asns };
}

/** Throws ControlError `invalid-argument` with the path of the field, which begins with `place`. */
export function attributeValue(message: AttributeMessage, place: string): PathAttribute {
  const { kind, flags } = message;
  if (flags > 0xff) throw refused(`${place}.flags`, `found ${flags}, allowed are 0 to 255`);
  switch (kind.case) {
    case 'origin':
      return known('origin', message, nameOf(ORIGINS, kind.value, `${place}.origin`));
    case 'asPath':
      return known(
        'as-path',
        message,
        kind.value.segments.map((segment, i) => segmentValue(segment, `${place}.as_path.segments[${i}]`)),
      );
    case 'multiExitDisc':
      return known('multi-exit-disc', message, kind.value);
    case 'localPref':
      return known('local-pref', message, kind.value);
    case 'atomicAggregate':
      return known('atomic-aggregate', message, true);
    case 'aggregator':
      return known('aggregator', message, { as: kind.value.as, address: kind.value.address });
    case 'communities':
      return known('communities', message, [...kind.value.values]);
    case 'originatorId':
      return known('originator-id', message, kind.value);
    case 'clusterList':
      return known('cluster-list', message, [...kind.value.ids]);
    case 'extendedCommunities':
      return known(
        'extended-communities',
        message,
        kind.value.values.map((each, i) => extendedValue(each, `${place}.extended_communities.values[${i}]`)),
      );
    case 'largeCommunities':
      return known(
        'large-communities',
        message,
        kind.value.values.map(({ globalAdministrator, localData1, localData2 }) => ({ globalAdministrator, localData1, localData2 })),
      );
    case 'unknown':
      return unknownValue(kind.value.code, message.flags, kind.value.value, place);
    case 'nextHop':
      throw refused(`${place}.next_hop`, 'the next hop of a route is its own field');
    case 'as4Path':
    case 'as4Aggregator':
      throw refused(place, 'AS numbers of four octets are in as_path and aggregator; the daemon writes AS4_PATH where a peer needs it');
    case undefined:
      throw refused(place, 'one of the kinds must be set, e.g. local_pref');
    default: {
      const further = furtherAttribute(kind, flags, place, attributeValue);
      if (further === undefined) throw refused(place, `"${kind.case}" cannot be given to a route`);
      return { ...further, flags: flags || (attributeCodecByName(further.type)?.flags ?? 0) };
    }
  }
}

function known<Type extends Exclude<PathAttribute['type'], 'unknown'>>(
  type: Type,
  message: AttributeMessage,
  value: Extract<PathAttribute, { type: Type; value: unknown }>['value'],
): PathAttribute {
  return { type, flags: message.flags || (attributeCodecByName(type)?.flags ?? 0), value } as PathAttribute;
}

/** Attributes that the daemon itself writes for each peer; octets cannot stand for them. */
const OF_THE_DAEMON: ReadonlySet<number> = new Set([3, 14, 15, 17, 18]);

function unknownValue(code: number, flags: number, bytes: Uint8Array, place: string): PathAttribute {
  if (code < 1 || code > 255) throw refused(`${place}.unknown.code`, `found ${code}, allowed are 1 to 255`);
  if (OF_THE_DAEMON.has(code)) throw refused(`${place}.unknown.code`, `found ${code}, which the daemon writes itself`);
  return { type: 'unknown', code, flags: flags || (attributeCodec(code)?.flags ?? 0xc0), bytes };
}

function segmentValue({ type, asns }: SegmentMessage, place: string) {
  return { type: nameOf(SEGMENTS, type, `${place}.type`), asns: [...asns] };
}

function nameOf<Name extends string>(names: Readonly<Record<Name, number>>, value: number, place: string): Name {
  for (const name of Object.keys(names) as Name[]) if (names[name] === value) return name;
  throw refused(place, `found ${value}, allowed are ${Object.keys(names).join(', ')}`);
}
