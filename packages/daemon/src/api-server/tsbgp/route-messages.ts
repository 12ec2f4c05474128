/** Routes, and the paths of a prefix with why each of them lost, as the API's messages. */
import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  AspaState as AspaMessage,
  type NlriSchema,
  type PathSchema,
  FilterReason as Reason,
  RouteOrigin,
  type RouteSchema,
  RovState as RovMessage,
  DecisionStep as Step,
} from '@tsbgp/api';
import { AspaState, RovState } from '@tsbgp/rib';
import { encodeTypedNlri, formatFamily, formatNlri, type Nlri, toJson } from '@tsbgp/wire';
import type { FilterReason, LocalOrigin, PrefixPaths, Route, RouteDefeat } from '../../control-plane.ts';
import { attributeMessage } from './attribute-messages.ts';

export function routeMessage(route: Route): MessageInitShape<typeof RouteSchema> {
  return {
    family: formatFamily(route.family),
    prefix: route.prefix,
    ...nlriMessage(route.nlri),
    pathIdentifier: route.pathIdentifier ?? 0,
    neighbor: route.neighbor,
    nextHop: route.nextHop,
    attributes: route.attributes.map(attributeMessage),
    best: route.best,
    filtered: route.filtered,
    filterReason: route.filterReason === undefined ? Reason.UNSPECIFIED : REASONS[route.filterReason],
    policyReason: route.policyReason ?? '',
    learnedAt: timestampFromDate(route.learnedAt),
    origin: route.localOrigin === undefined ? RouteOrigin.UNSPECIFIED : ORIGINS[route.localOrigin],
    addedBy: route.addedBy ?? '',
    stale: route.stale === true,
    // Left out where nothing was checked: in most daemons of all routes.
    rov: route.rov ? ROV_STATES[route.rov] : RovMessage.UNSPECIFIED,
    aspa: route.aspa ? ASPA_STATES[route.aspa] : AspaMessage.UNSPECIFIED,
  };
}

export const ROV_STATES: Readonly<Record<RovState, RovMessage>> = {
  [RovState.NotChecked]: RovMessage.NOT_CHECKED,
  [RovState.Valid]: RovMessage.VALID,
  [RovState.NotFound]: RovMessage.NOT_FOUND,
  [RovState.Invalid]: RovMessage.INVALID,
};

export const ASPA_STATES: Readonly<Record<AspaState, AspaMessage>> = {
  [AspaState.NotChecked]: AspaMessage.NOT_CHECKED,
  [AspaState.Valid]: AspaMessage.VALID,
  [AspaState.Unknown]: AspaMessage.UNKNOWN,
  [AspaState.Invalid]: AspaMessage.INVALID,
};
/** What is not a plain prefix, as a member of the messages that have it. */
export function nlriMessage(nlri: Nlri | undefined): { readonly nlri?: MessageInitShape<typeof NlriSchema> } {
  if (nlri === undefined) return {};
  const octets = nlri.type === 'unknown' ? nlri.bytes : encodeTypedNlri(nlri);
  // toJson gives what JSON has: objects, lists, text, numbers, booleans.
  return { nlri: { text: formatNlri(nlri), fields: toJson(nlri) as JsonObject, octets } };
}

const ORIGINS: Readonly<Record<LocalOrigin, RouteOrigin>> = {
  api: RouteOrigin.API,
  process: RouteOrigin.PROCESS,
  healthcheck: RouteOrigin.HEALTHCHECK,
  configuration: RouteOrigin.CONFIGURATION,
  aggregate: RouteOrigin.AGGREGATE,
  'default-originate': RouteOrigin.DEFAULT_ORIGINATE,
};

export const STEPS: Readonly<Record<RouteDefeat['step'], Step>> = {
  stale: Step.STALE,
  'local-pref': Step.LOCAL_PREF,
  aigp: Step.AIGP,
  'as-path-length': Step.AS_PATH_LENGTH,
  origin: Step.ORIGIN,
  'multi-exit-disc': Step.MULTI_EXIT_DISC,
  'peer-type': Step.PEER_TYPE,
  'next-hop-cost': Step.NEXT_HOP_COST,
  age: Step.AGE,
  'bgp-identifier': Step.BGP_IDENTIFIER,
  'cluster-list-length': Step.CLUSTER_LIST_LENGTH,
  'peer-address': Step.PEER_ADDRESS,
  'path-identifier': Step.PATH_IDENTIFIER,
};

export const REASONS: Readonly<Record<FilterReason, Reason>> = {
  'import-policy': Reason.IMPORT_POLICY,
  'as-loop': Reason.AS_LOOP,
  'originator-id': Reason.ORIGINATOR_ID,
  'cluster-list': Reason.CLUSTER_LIST,
  'next-hop': Reason.NEXT_HOP,
  'next-hop-unreachable': Reason.NEXT_HOP_UNREACHABLE,
  'first-as': Reason.FIRST_AS,
  'as-set': Reason.AS_SET,
  'as-path-length': Reason.AS_PATH_LENGTH,
  'route-leak': Reason.ROUTE_LEAK,
  'rpki-invalid': Reason.RPKI_INVALID,
  'aspa-invalid': Reason.ASPA_INVALID,
  'max-prefix': Reason.MAX_PREFIX,
  'attribute-sets': Reason.ATTRIBUTE_SETS,
  'default-originate': Reason.DEFAULT_ORIGINATE,
  damped: Reason.DAMPED,
};

interface PathsMessage {
  readonly family: string;
  readonly prefix: string;
  readonly pathCount: number;
  readonly paths: MessageInitShape<typeof PathSchema>[];
}

/** What ListPathsResponse and ExplainRouteResponse have in common. */
export function pathsMessage({ family, prefix, paths, pathCount }: PrefixPaths): PathsMessage {
  return {
    family: formatFamily(family),
    prefix,
    pathCount,
    paths: paths.map(({ route, filterReason, policyStatement = '', defeat, multipath }) => ({
      multipath: multipath === true,
      route: routeMessage(route),
      filterReason: filterReason === undefined ? Reason.UNSPECIFIED : REASONS[filterReason],
      policyStatement,
      ...(defeat === undefined ? {} : { defeat: { ...defeat, step: STEPS[defeat.step] } }),
    })),
  };
}
