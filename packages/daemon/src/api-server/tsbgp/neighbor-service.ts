/** NeighborService: translates between the messages and the control plane. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  type FamilyCountsSchema,
  ResetNeighborRequest_Kind as Kind,
  LimitState as LimitStateMessage,
  NeighborCountersSchema,
  type NeighborSchema,
  NeighborService,
  SessionState,
  StalePhase as StalePhaseMessage,
} from '@tsbgp/api';
import { formatCapability, formatFamily } from '@tsbgp/wire';
import {
  type ControlPlane,
  type FamilyCounts,
  invalidArgument,
  type LimitState,
  type NeighborCounters,
  type NeighborNotification,
  type NeighborSession,
  type NeighborState,
  type ReasonCount,
  type ResetKind,
  type StalePhase,
} from '../../control-plane.ts';
import { enabling, lasting } from '../lasting.ts';
import type { ServiceContext } from '../service-context.ts';
import { changedConfig, configMessage, line, namedFamily, neighborConfig, writtenFields } from './neighbor-config-message.ts';
import { REASONS } from './route-messages.ts';

export function addNeighborService(router: ConnectRouter, control: ControlPlane, { configuration }: ServiceContext): void {
  const neighborMessage = (state: NeighborState) => messageOf(state, control.global().localAs);
  router.service(NeighborService, {
    async addNeighbor({ neighbor }) {
      if (neighbor === undefined) throw invalidArgument('neighbor', 'is missing');
      const config = neighborConfig(neighbor);
      const edit = { type: 'add', address: config.address, values: writtenFields(neighbor, []) } as const;
      return { neighbor: neighborMessage(await lasting(configuration, edit, (written) => control.addNeighbor(written ?? config))) };
    },
    async changeNeighbor({ neighbor, fields, resetSession }) {
      if (neighbor === undefined) throw invalidArgument('neighbor', 'is missing');
      const { config } = control.getNeighbor(neighbor.address);
      const wanted = changedConfig(config, neighbor, fields?.paths ?? []);
      const edit = { type: 'change', address: config.address, values: writtenFields(neighbor, fields?.paths ?? []) } as const;
      const changed = await lasting(configuration, edit, (written) => control.changeNeighbor(written ?? wanted, resetSession));
      return { neighbor: neighborMessage(changed.neighbor), touched: [...changed.touched] };
    },
    async deleteNeighbor({ address }) {
      await lasting(configuration, { type: 'delete', address }, () => control.deleteNeighbor(address));
      return {};
    },
    listNeighbors: () => ({ neighbors: control.listNeighbors().map(neighborMessage) }),
    getNeighbor: ({ address }) => ({ neighbor: neighborMessage(control.getNeighbor(address)) }),
    async enableNeighbor({ address }) {
      await lasting(configuration, enabling(address, true), () => control.enableNeighbor(address));
      return {};
    },
    async disableNeighbor({ address, reason, gracefulSeconds }) {
      if (gracefulSeconds > GRACEFUL_SECONDS_MAX) {
        throw invalidArgument('graceful_seconds', `found ${gracefulSeconds}, allowed are 0 to ${GRACEFUL_SECONDS_MAX}`);
      }
      const communication = communicationOf(reason);
      await lasting(configuration, enabling(address, false), () => control.disableNeighbor(address, communication, gracefulSeconds));
      return {};
    },
    resetNeighbor({ address, kind, reason, families }) {
      const reset = KINDS[kind];
      if (reset === undefined) throw invalidArgument('kind', 'allowed are KIND_HARD, KIND_SOFT, KIND_SOFT_IN, KIND_SOFT_OUT, KIND_REFRESH');
      control.resetNeighbor(address, reset, {
        ...(reason === '' ? {} : { reason: communicationOf(reason)! }),
        families: families.map((name) => namedFamily(name, 'families')),
      });
      return {};
    },
  });
}

const KINDS: Partial<Record<Kind, ResetKind>> = {
  [Kind.HARD]: 'hard',
  [Kind.SOFT]: 'soft',
  [Kind.SOFT_IN]: 'soft-in',
  [Kind.SOFT_OUT]: 'soft-out',
  [Kind.REFRESH]: 'refresh',
};

const STATES: Record<NeighborState['state'], SessionState> = {
  Idle: SessionState.IDLE,
  Connect: SessionState.CONNECT,
  Active: SessionState.ACTIVE,
  OpenSent: SessionState.OPEN_SENT,
  OpenConfirm: SessionState.OPEN_CONFIRM,
  Established: SessionState.ESTABLISHED,
};

/** The message has the counters of the control plane, under the same names. */
const COUNTERS = NeighborCountersSchema.fields.map(({ localName }) => localName as Exclude<keyof NeighborCounters, `${string}ByCode`>);

/** A day. */
const GRACEFUL_SECONDS_MAX = 86_400;

/** Octets of a Shutdown Communication (RFC 9003 §2). */
const COMMUNICATION_MAX_BYTES = 255;

/** The text that a Cease carries; undefined for none. Throws ControlError for a text that is too long: it is never cut. */
export function communicationOf(reason: string): string | undefined {
  const length = Buffer.byteLength(reason);
  if (length > COMMUNICATION_MAX_BYTES) {
    throw invalidArgument('reason', `found ${length} octets, allowed are at most ${COMMUNICATION_MAX_BYTES} in UTF-8 (RFC 9003)`);
  }
  return reason === '' ? undefined : line(reason, 'reason', COMMUNICATION_MAX_BYTES);
}

/** With every default filled in. Without a policy, an internal neighbor has accept-all and an external one deny-all. */
function messageOf(state: NeighborState, globalAs: number): MessageInitShape<typeof NeighborSchema> {
  const { config, session, counters } = state;
  const isInternal = config.remoteAs === (config.localAs ?? globalAs);
  const policyDefault = isInternal ? 'accept-all' : 'deny-all'; // RFC 8212
  return {
    config: configMessage({
      ...config,
      importPolicy: config.importPolicy ?? policyDefault,
      exportPolicy: config.exportPolicy ?? policyDefault,
    }),
    state: STATES[state.state],
    adminDown: state.adminState === 'down',
    ...(session && { session: sessionMessage(session) }),
    counters: Object.fromEntries(COUNTERS.map((name) => [name, BigInt(counters[name])])),
    prefixes: state.prefixes.map(countsMessage),
    waitsFor: state.waitsFor ?? '',
    ...(state.leavesAt && { leavesAt: timestampFromDate(state.leavesAt) }),
    ...(state.restartingSince && { restartingSince: timestampFromDate(state.restartingSince) }),
    flapCount: state.flapCount,
    lastError: state.lastError ?? '',
    ...(state.lastErrorAt && { lastErrorAt: timestampFromDate(state.lastErrorAt) }),
    ...(state.limitShutdown && { limitShutdown: state.limitShutdown.text }),
    ...(state.limitShutdown?.restartAt && { limitRestartAt: timestampFromDate(state.limitShutdown.restartAt) }),
    paths: BigInt(state.paths),
    attributeSets: BigInt(state.attributeSets),
    ...(state.lastNotification && { lastNotification: notificationMessage(state.lastNotification) }),
  };
}

const LIMIT_STATES: Readonly<Record<LimitState, LimitStateMessage>> = {
  below: LimitStateMessage.BELOW,
  warning: LimitStateMessage.WARNING,
  reached: LimitStateMessage.REACHED,
};

const STALE_PHASES: Readonly<Record<StalePhase, StalePhaseMessage>> = {
  restart: StalePhaseMessage.RESTART,
  'long-lived': StalePhaseMessage.LONG_LIVED,
  resync: StalePhaseMessage.RESYNC,
};

function countsMessage(counts: FamilyCounts): MessageInitShape<typeof FamilyCountsSchema> {
  const { behind, limitState } = counts;
  return {
    family: formatFamily(counts.family),
    received: BigInt(counts.received),
    accepted: BigInt(counts.accepted),
    advertised: BigInt(counts.advertised),
    groupMembers: counts.groupMembers ?? 0,
    ...(behind !== undefined && { behind: BigInt(behind) }),
    rejected: reasonMessages(counts.rejected),
    discarded: reasonMessages(counts.discarded),
    withdrawn: BigInt(counts.withdrawn),
    announcementsSent: BigInt(counts.announcementsSent),
    withdrawalsSent: BigInt(counts.withdrawalsSent),
    ...(limitState && { limitState: LIMIT_STATES[limitState] }),
    refreshing: counts.refreshing,
    stale: BigInt(counts.stale),
    ...(counts.staleRoutes && {
      stalePhase: STALE_PHASES[counts.staleRoutes.phase],
      staleUntil: timestampFromDate(counts.staleRoutes.endsAt),
    }),
    prefixFilter: counts.prefixFilter.map(({ sequence, match, prefix, minLength, maxLength }) => ({
      sequence,
      deny: match === 'deny',
      prefix,
      minLength,
      maxLength,
    })),
    awaitsPrefixFilter: counts.awaitsPrefixFilter,
  };
}

/** One for each reason: those that policies name are together. */
function reasonMessages(counts: readonly ReasonCount[]) {
  return counts.map(({ reason, policyReason = '', count }) => ({ reason: REASONS[reason], policyReason, count: BigInt(count) }));
}

function notificationMessage(notification: NeighborNotification) {
  return { ...notification, sent: notification.direction === 'sent', at: timestampFromDate(notification.at) };
}

function sessionMessage(session: NeighborSession) {
  return {
    ...session,
    establishedAt: timestampFromDate(session.establishedAt),
    internal: session.peerType === 'ibgp',
    holdTime: session.holdTimeSeconds,
    keepalive: session.keepaliveSeconds,
    families: session.families.map(formatFamily),
    localCapabilities: session.localCapabilities.map(formatCapability),
    remoteCapabilities: session.remoteCapabilities.map(formatCapability),
    backlogBytes: BigInt(session.backlogBytes),
  };
}
