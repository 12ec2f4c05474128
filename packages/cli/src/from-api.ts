/** Messages of tsbgp.v1 as views of this program. */
import {
  DecisionStep,
  type FamilyCounts,
  FilterReason,
  FilterReasonSchema,
  LimitState,
  type ListPathsResponse,
  type Neighbor,
  type NeighborCounters,
  type NeighborNotification,
  type NeighborSession,
  Origin,
  type RejectedCount,
  type Route,
  RouteOrigin,
  SessionState,
  StalePhase,
} from '@tsbgp/api';
import { formatCommunity, formatExtendedCommunity, formatLargeCommunity } from '@tsbgp/wire';
import { asPathText, otherAttribute } from './attribute-lines.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { aspaView, rovView } from './from-rpki.ts';
import { configView } from './neighbor-config.ts';
import { date } from './timestamp.ts';
import type { FamilyView, NeighborView, NotificationView, SessionView } from './views/neighbor.ts';
import type { StalePhaseView, StaleRoutesView } from './views/restart.ts';
import type { FilterReasonView, PrefixPathsView, RouteView, SourceView, StepView } from './views/route.ts';

const STATES: Readonly<Record<SessionState, string>> = {
  [SessionState.UNSPECIFIED]: 'unknown',
  [SessionState.IDLE]: 'Idle',
  [SessionState.CONNECT]: 'Connect',
  [SessionState.ACTIVE]: 'Active',
  [SessionState.OPEN_SENT]: 'OpenSent',
  [SessionState.OPEN_CONFIRM]: 'OpenConfirm',
  [SessionState.ESTABLISHED]: 'Established',
};

/** Throws CliError for an answer without configuration, which no daemon of this version gives. */
export function neighborView(message: Neighbor | undefined): NeighborView {
  if (message?.config === undefined)
    throw new CliError(ExitCode.Refused, 'the daemon answered without a neighbor; is it of another version?');
  const { enabled: _, ...config } = configView(message.config);
  return {
    ...config,
    state: STATES[message.state] ?? 'unknown',
    isUp: message.state === SessionState.ESTABLISHED,
    isDisabled: message.adminDown,
    session: message.session === undefined ? undefined : sessionView(message.session),
    counters: message.counters === undefined ? [] : counters(message.counters),
    bytesSent: Number(message.counters?.bytesSent ?? 0n),
    bytesReceived: Number(message.counters?.bytesReceived ?? 0n),
    prefixes: message.prefixes.map(familyView),
    limitShutdown: message.limitShutdown,
    limitRestartAt: date(message.limitRestartAt),
    paths: Number(message.paths),
    attributeSets: Number(message.attributeSets),
    leavesAt: date(message.leavesAt),
    waitsFor: message.waitsFor,
    restartingSince: date(message.restartingSince),
    flapCount: message.flapCount,
    lastError: message.lastError,
    lastErrorAt: date(message.lastErrorAt),
    lastNotification: message.lastNotification === undefined ? undefined : notificationView(message.lastNotification),
  };
}

const LIMIT_STATES: Readonly<Record<LimitState, FamilyView['limitState']>> = {
  [LimitState.UNSPECIFIED]: undefined,
  [LimitState.BELOW]: 'below',
  [LimitState.WARNING]: 'warning',
  [LimitState.REACHED]: 'reached',
};

function familyView(counts: FamilyCounts): FamilyView {
  return {
    family: counts.family,
    received: Number(counts.received),
    accepted: Number(counts.accepted),
    advertised: Number(counts.advertised),
    rejected: byReason(counts.rejected),
    discarded: byReason(counts.discarded),
    withdrawn: Number(counts.withdrawn),
    announcementsSent: Number(counts.announcementsSent),
    withdrawalsSent: Number(counts.withdrawalsSent),
    limitState: LIMIT_STATES[counts.limitState],
    refreshing: counts.refreshing,
    stale: Number(counts.stale),
    staleRoutes: staleRoutesView(counts),
    prefixFilter: counts.prefixFilter.map(({ sequence, deny, prefix, minLength, maxLength }) => ({
      sequence,
      deny,
      prefix,
      minLength,
      maxLength,
    })),
    awaitsPrefixFilter: counts.awaitsPrefixFilter,
    groupMembers: counts.groupMembers,
    behind: counts.behind === undefined ? undefined : Number(counts.behind),
  };
}

const STALE_PHASES: Partial<Record<StalePhase, StalePhaseView>> = {
  [StalePhase.RESTART]: 'restart',
  [StalePhase.LONG_LIVED]: 'long-lived',
  [StalePhase.RESYNC]: 'resync',
};

function staleRoutesView({ stalePhase, staleUntil }: FamilyCounts): StaleRoutesView | undefined {
  const phase = STALE_PHASES[stalePhase];
  return phase && { phase, until: date(staleUntil) };
}

/** Counts by reason; those of a daemon that is newer than this program together. */
/** Texts that a message does not have are empty. */
export function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function byReason(counts: readonly RejectedCount[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { reason, policyReason, count } of counts) {
    const name = `${FILTER_REASONS[reason] ?? 'unknown'}${policyReason === '' ? '' : `: ${policyReason}`}`;
    found[name] = (found[name] ?? 0) + Number(count);
  }
  return found;
}

function notificationView({ sent, code, subcode, text, at }: NeighborNotification): NotificationView {
  return { direction: sent ? 'sent' : 'received', code, subcode, text, at: date(at) };
}

function sessionView(message: NeighborSession): SessionView {
  return {
    establishedAt: date(message.establishedAt) ?? new Date(0),
    remoteBgpIdentifier: message.remoteBgpIdentifier,
    localAddress: message.localAddress,
    localPort: message.localPort,
    remotePort: message.remotePort,
    peerType: message.internal ? 'ibgp' : 'ebgp',
    holdTimeSeconds: message.holdTime,
    keepaliveSeconds: message.keepalive,
    families: message.families,
    localCapabilities: message.localCapabilities,
    remoteCapabilities: message.remoteCapabilities,
    backlogBytes: Number(message.backlogBytes),
  };
}

function counters(c: NeighborCounters): NeighborView['counters'] {
  const row = (name: string, sent: bigint, received: bigint): NeighborView['counters'][number] => ({
    message: name,
    sent: Number(sent),
    received: Number(received),
  });
  return [
    row('open', c.opensSent, c.opensReceived),
    row('update', c.updatesSent, c.updatesReceived),
    row('keepalive', c.keepalivesSent, c.keepalivesReceived),
    row('notification', c.notificationsSent, c.notificationsReceived),
    row('route refresh', c.routeRefreshesSent, c.routeRefreshesReceived),
  ];
}

const ORIGINS: Readonly<Record<Origin, string>> = {
  [Origin.UNSPECIFIED]: '',
  [Origin.IGP]: 'igp',
  [Origin.EGP]: 'egp',
  [Origin.INCOMPLETE]: 'incomplete',
};

export function routeView(message: Route): RouteView {
  let [asPath, origin] = ['', ''];
  let med: number | undefined;
  let localPref: number | undefined;
  let communities: readonly string[] = [];
  let largeCommunities: readonly string[] = [];
  let extendedCommunities: readonly string[] = [];
  const others: { name: string; text: string }[] = [];
  for (const attribute of message.attributes) {
    const { kind } = attribute;
    switch (kind.case) {
      case 'origin':
        origin = ORIGINS[kind.value] ?? '';
        break;
      case 'asPath':
        asPath = asPathText(kind.value);
        break;
      case 'nextHop':
        break; // The route has it.
      case 'multiExitDisc':
        med = kind.value;
        break;
      case 'localPref':
        localPref = kind.value;
        break;
      case 'communities':
        communities = kind.value.values.map(formatCommunity);
        break;
      case 'largeCommunities':
        largeCommunities = kind.value.values.map(formatLargeCommunity);
        break;
      case 'extendedCommunities':
        extendedCommunities = kind.value.values.map(({ text, octets }) => (text !== '' ? text : formatExtendedCommunity(octets)));
        break;
      default:
        others.push(otherAttribute(attribute));
    }
  }
  return {
    family: message.family,
    prefix: message.nlri?.text ?? message.prefix,
    pathIdentifier: message.pathIdentifier === 0 ? undefined : message.pathIdentifier,
    neighbor: message.neighbor,
    nextHop: message.nextHop,
    asPath,
    origin,
    med,
    localPref,
    communities,
    largeCommunities,
    extendedCommunities,
    others,
    best: message.best,
    filtered: message.filtered,
    filterReason: FILTER_REASONS[message.filterReason],
    policyReason: given(message.policyReason),
    rov: rovView(message.rov),
    aspa: aspaView(message.aspa),
    learnedAt: date(message.learnedAt),
    source: SOURCES[message.origin],
    addedBy: given(message.addedBy),
    stale: message.stale,
  };
}

const SOURCES: Readonly<Record<RouteOrigin, SourceView | undefined>> = {
  [RouteOrigin.UNSPECIFIED]: undefined,
  [RouteOrigin.API]: 'api',
  [RouteOrigin.PROCESS]: 'process',
  [RouteOrigin.HEALTHCHECK]: 'healthcheck',
  [RouteOrigin.CONFIGURATION]: 'configuration',
  [RouteOrigin.AGGREGATE]: 'aggregate',
  [RouteOrigin.DEFAULT_ORIGINATE]: 'default-originate',
};

const STEPS: Readonly<Record<DecisionStep, StepView>> = {
  [DecisionStep.UNSPECIFIED]: 'unknown',
  [DecisionStep.STALE]: 'stale',
  [DecisionStep.LOCAL_PREF]: 'local-pref',
  [DecisionStep.AIGP]: 'aigp',
  [DecisionStep.AS_PATH_LENGTH]: 'as-path-length',
  [DecisionStep.ORIGIN]: 'origin',
  [DecisionStep.MULTI_EXIT_DISC]: 'multi-exit-disc',
  [DecisionStep.PEER_TYPE]: 'peer-type',
  [DecisionStep.NEXT_HOP_COST]: 'next-hop-cost',
  [DecisionStep.AGE]: 'age',
  [DecisionStep.BGP_IDENTIFIER]: 'bgp-identifier',
  [DecisionStep.CLUSTER_LIST_LENGTH]: 'cluster-list-length',
  [DecisionStep.PEER_ADDRESS]: 'peer-address',
  [DecisionStep.PATH_IDENTIFIER]: 'path-identifier',
};

const FILTER_REASONS: Readonly<Record<FilterReason, FilterReasonView | undefined>> = {
  [FilterReason.UNSPECIFIED]: undefined,
  [FilterReason.IMPORT_POLICY]: 'import-policy',
  [FilterReason.AS_LOOP]: 'as-loop',
  [FilterReason.ORIGINATOR_ID]: 'originator-id',
  [FilterReason.CLUSTER_LIST]: 'cluster-list',
  [FilterReason.NEXT_HOP]: 'next-hop',
  [FilterReason.NEXT_HOP_UNREACHABLE]: 'next-hop-unreachable',
  [FilterReason.FIRST_AS]: 'first-as',
  [FilterReason.AS_SET]: 'as-set',
  [FilterReason.AS_PATH_LENGTH]: 'as-path-length',
  [FilterReason.ROUTE_LEAK]: 'route-leak',
  [FilterReason.RPKI_INVALID]: 'rpki-invalid',
  [FilterReason.ASPA_INVALID]: 'aspa-invalid',
  [FilterReason.MAX_PREFIX]: 'max-prefix',
  [FilterReason.ATTRIBUTE_SETS]: 'attribute-sets',
  [FilterReason.DEFAULT_ORIGINATE]: 'default-originate',
  [FilterReason.DAMPED]: 'damped',
};

/** The words for reasons, in the order of the API. */
export const FILTER_REASON_NAMES: readonly FilterReasonView[] = Object.values(FILTER_REASONS).filter((name) => name !== undefined);

export function reasonNumber(name: FilterReasonView): FilterReason {
  const found = FilterReasonSchema.values.find(({ number }) => FILTER_REASONS[number as FilterReason] === name);
  return (found?.number ?? FilterReason.UNSPECIFIED) as FilterReason;
}

/** A step of a daemon that is newer than this program is 'unknown'. */
export function stepView(step: DecisionStep): StepView {
  return STEPS[step] ?? 'unknown';
}

export function pathsView({
  family,
  prefix,
  paths,
  pathCount,
}: Pick<ListPathsResponse, 'family' | 'prefix' | 'paths' | 'pathCount'>): PrefixPathsView {
  return {
    family,
    prefix,
    pathCount,
    paths: paths.flatMap(({ route, filterReason, policyStatement, defeat, multipath }) => {
      if (route === undefined) return [];
      return {
        ...routeView(route),
        multipath,
        filterReason: FILTER_REASONS[filterReason] ?? FILTER_REASONS[route.filterReason],
        policyStatement: given(policyStatement),
        defeat: defeat && {
          step: stepView(defeat.step),
          value: defeat.value,
          betterValue: defeat.betterValue,
          betterNeighbor: defeat.betterNeighbor,
        },
      };
    }),
  };
}
