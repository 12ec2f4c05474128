/** Routes between bgpgg's messages and the control plane. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { bgpgg } from '@tsbgp/api';
import { attributeCodecByName, type PathAttribute, parsePrefix } from '@tsbgp/wire';
import { type ControlError, invalidArgument, type LocalRoute, type Route } from '../../control-plane.ts';
import { unicastFamily } from '../../keys/families.ts';
import { quote } from '../../quote.ts';
import { octetsOf } from '../attribute-octets.ts';
import { pathAttributes } from '../plain-attributes.ts';
import { extendedMessage, extendedValue } from './community-messages.ts';

/** bgpgg gives a local route this preference unless it has one. */
const LOCAL_PREF_DEFAULT = 100;

/** How bgpgg names itself as the source of a local route, IPv6 ones too. */
const LOCAL_PEER = '127.0.0.1';

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

/** Optional and transitive (RFC 4271 §4.3). */
const OPTIONAL_TRANSITIVE = 0xc0;

const SEGMENTS: Readonly<Record<string, bgpgg.AsPathSegmentType>> = {
  set: bgpgg.AsPathSegmentType.AS_SET,
  sequence: bgpgg.AsPathSegmentType.AS_SEQUENCE,
};

type PathInit = MessageInitShape<typeof bgpgg.PathSchema>;

/** Throws ControlError `invalid-argument`. */
export function localRoute(request: bgpgg.AddRouteRequest): LocalRoute {
  const { prefix, nextHop } = request;
  if (parsePrefix(prefix) === undefined) throw notPrefix(prefix);
  if (nextHop === '') throw invalidArgument('next_hop', 'is missing; allowed is an address, e.g. "192.0.2.1"');
  return { family: unicastFamily(prefix), prefix, nextHop, attributes: attributesOf(request) };
}

/** Throws ControlError `invalid-argument`. */
export function extendedValues(communities: readonly bgpgg.ExtendedCommunity[]): Uint8Array[] {
  return communities.map((community, i) => extendedValue(community, `extended_communities[${i}]`));
}

/** Throws ControlError for a request of bgpgg 0.4, which has a message where the text of the prefix was: its first octet is 0x0a. */
export function refuseLater(prefix: string): void {
  if (!prefix.startsWith('\n')) return;
  throw invalidArgument('prefix', "the client uses bgpgg's interface of version 0.4, which has other messages; this is that of 0.1 to 0.3");
}

export function notPrefix(prefix: string): ControlError {
  return invalidArgument('prefix', `found ${quote(prefix)}, allowed is an IPv4 or IPv6 prefix, e.g. "192.0.2.0/24"`);
}

function attributesOf(request: bgpgg.AddRouteRequest): PathAttribute[] {
  const origin = ORIGINS[request.origin];
  if (origin === undefined) throw invalidArgument('origin', `found ${request.origin}, allowed are IGP, EGP, INCOMPLETE`);
  return pathAttributes({
    origin,
    asPath: request.asPath.map(segmentValue),
    localPref: request.localPref ?? LOCAL_PREF_DEFAULT,
    med: request.med,
    atomicAggregate: request.atomicAggregate,
    communities: request.communities,
    extendedCommunities: extendedValues(request.extendedCommunities),
    largeCommunities: request.largeCommunities.map(({ globalAdmin, localData1, localData2 }) => ({
      globalAdministrator: globalAdmin,
      localData1,
      localData2,
    })),
  });
}

function segmentValue({ segmentType, asns }: bgpgg.AsPathSegment, index: number): { type: 'set' | 'sequence'; asns: number[] } {
  if (asns.length === 0 || asns.length > 255) {
    throw invalidArgument(`as_path[${index}].asns`, `found ${asns.length} AS numbers, allowed 1 to 255`);
  }
  return { type: segmentType === bgpgg.AsPathSegmentType.AS_SET ? 'set' : 'sequence', asns };
}

export function pathMessage(route: Route): PathInit {
  const path: PathInit = { origin: bgpgg.Origin.IGP, nextHop: route.nextHop, peerAddress: route.neighbor || LOCAL_PEER };
  const unknown: MessageInitShape<typeof bgpgg.UnknownAttributeSchema>[] = [];
  for (const attribute of route.attributes) {
    if (addAttribute(path, attribute)) continue;
    if (attribute.type === 'unknown') {
      unknown.push({ attrType: attribute.code, flags: attribute.flags, value: Uint8Array.from(attribute.bytes) });
    } else if ((attribute.flags & OPTIONAL_TRANSITIVE) === OPTIONAL_TRANSITIVE) {
      unknown.push({ attrType: attributeCodecByName(attribute.type)!.code, flags: attribute.flags, value: octetsOf(attribute) });
    }
  }
  return { ...path, unknownAttributes: unknown };
}

/** False for an attribute that the message has no field for. */
function addAttribute(path: PathInit, attribute: PathAttribute): boolean {
  switch (attribute.type) {
    case 'origin':
      path.origin = ORIGINS.indexOf(attribute.value) as bgpgg.Origin;
      return true;
    case 'as-path':
      // Segments of a confederation have no form in the message.
      path.asPath = attribute.value.flatMap(({ type, asns }) =>
        Object.hasOwn(SEGMENTS, type) ? [{ segmentType: SEGMENTS[type]!, asns }] : [],
      );
      return true;
    case 'next-hop':
      return true;
    case 'local-pref':
      path.localPref = attribute.value;
      return true;
    case 'multi-exit-disc':
      path.med = attribute.value;
      return true;
    case 'atomic-aggregate':
      path.atomicAggregate = true;
      return true;
    case 'communities':
      path.communities = attribute.value;
      return true;
    case 'extended-communities':
      path.extendedCommunities = attribute.value.map(extendedMessage);
      return true;
    case 'large-communities':
      path.largeCommunities = attribute.value.map(({ globalAdministrator, localData1, localData2 }) => ({
        globalAdmin: globalAdministrator,
        localData1,
        localData2,
      }));
      return true;
    default:
      return false;
  }
}
