/** NeighborService: translates between the messages and the control plane. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { ResetNeighborRequest_Kind as Kind, type NeighborSchema, NeighborService, SessionState } from '@tsbgp/api';
import { formatCapability, formatFamily } from '@tsbgp/wire';
import { ControlError, type ControlPlane, type DefaultPolicy, type NeighborState, type ResetKind } from '../control-plane.ts';
import { configMessage, line, namedFamily, neighborConfig } from './neighbor-config-message.ts';
import { refused } from './refused.ts';

export function addNeighborService(router: ConnectRouter, control: ControlPlane): void {
  const neighborMessage = (state: NeighborState) => messageOf(state, control.global().localAs);
  router.service(NeighborService, {
    addNeighbor({ neighbor }) {
      if (neighbor === undefined) throw new ControlError('invalid-argument', 'neighbor', 'is missing');
      return { neighbor: neighborMessage(control.addNeighbor(neighborConfig(neighbor))) };
    },
    async deleteNeighbor({ address }) {
      await control.deleteNeighbor(address);
      return {};
    },
    listNeighbors: () => ({ neighbors: control.listNeighbors().map(neighborMessage) }),
    getNeighbor: ({ address }) => ({ neighbor: neighborMessage(control.getNeighbor(address)) }),
    enableNeighbor({ address }) {
      control.enableNeighbor(address);
      return {};
    },
    disableNeighbor({ address, reason }) {
      control.disableNeighbor(address, communicationOf(reason));
      return {};
    },
    resetNeighbor({ address, kind, reason, families }) {
      const reset = KINDS[kind];
      if (reset === undefined) {
        throw new ControlError('invalid-argument', 'kind', 'allowed are KIND_HARD, KIND_SOFT, KIND_SOFT_IN, KIND_SOFT_OUT');
      }
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
};

const STATES: Record<NeighborState['state'], SessionState> = {
  Idle: SessionState.IDLE,
  Connect: SessionState.CONNECT,
  Active: SessionState.ACTIVE,
  OpenSent: SessionState.OPEN_SENT,
  OpenConfirm: SessionState.OPEN_CONFIRM,
  Established: SessionState.ESTABLISHED,
};

/** Octets of a Shutdown Communication (RFC 9003 §2). */
const COMMUNICATION_MAX_BYTES = 255;

/** The text that a Cease carries; undefined for none. Throws ControlError for a text that is too long: it is never cut. */
export function communicationOf(reason: string): string | undefined {
  const length = Buffer.byteLength(reason);
  if (length > COMMUNICATION_MAX_BYTES) {
    throw refused('reason', `found ${length} octets, allowed are at most ${COMMUNICATION_MAX_BYTES} in UTF-8 (RFC 9003)`);
  }
  return reason === '' ? undefined : line(reason, 'reason', COMMUNICATION_MAX_BYTES);
}

/** With every default filled in. Without a policy, an internal neighbor has accept-all and an external one deny-all. */
function messageOf(state: NeighborState, globalAs: number): MessageInitShape<typeof NeighborSchema> {
  const { config, session, counters } = state;
  const isInternal = config.remoteAs === (config.localAs ?? globalAs);
  const policyDefault: DefaultPolicy = isInternal ? 'accept-all' : 'deny-all'; // RFC 8212
  return {
    config: configMessage({
      ...config,
      importPolicy: config.importPolicy ?? policyDefault,
      exportPolicy: config.exportPolicy ?? policyDefault,
    }),
    state: STATES[state.state],
    adminDown: state.adminState === 'down',
    ...(session === undefined ? {} : { session: sessionMessage(session) }),
    counters: {
      opensSent: BigInt(counters.opensSent),
      opensReceived: BigInt(counters.opensReceived),
      updatesSent: BigInt(counters.updatesSent),
      updatesReceived: BigInt(counters.updatesReceived),
      keepalivesSent: BigInt(counters.keepalivesSent),
      keepalivesReceived: BigInt(counters.keepalivesReceived),
      notificationsSent: BigInt(counters.notificationsSent),
      notificationsReceived: BigInt(counters.notificationsReceived),
      routeRefreshesSent: BigInt(counters.routeRefreshesSent),
      routeRefreshesReceived: BigInt(counters.routeRefreshesReceived),
      bytesSent: BigInt(counters.bytesSent),
      bytesReceived: BigInt(counters.bytesReceived),
    },
    prefixes: state.prefixes.map(({ family, received, accepted, advertised, groupMembers, behind }) => ({
      family: formatFamily(family),
      received: BigInt(received),
      accepted: BigInt(accepted),
      advertised: BigInt(advertised),
      groupMembers: groupMembers ?? 0,
      ...(behind !== undefined && { behind: BigInt(behind) }),
    })),
    flapCount: state.flapCount,
    lastError: state.lastError ?? '',
    ...(state.lastErrorAt === undefined ? {} : { lastErrorAt: timestampFromDate(state.lastErrorAt) }),
    ...(state.lastNotification === undefined ? {} : { lastNotification: notificationMessage(state.lastNotification) }),
  };
}

function notificationMessage({ direction, code, subcode, text, at }: NonNullable<NeighborState['lastNotification']>) {
  return { sent: direction === 'sent', code, subcode, text, at: timestampFromDate(at) };
}

function sessionMessage(session: NonNullable<NeighborState['session']>) {
  return {
    establishedAt: timestampFromDate(session.establishedAt),
    remoteBgpIdentifier: session.remoteBgpIdentifier,
    localAddress: session.localAddress,
    localPort: session.localPort,
    remotePort: session.remotePort,
    internal: session.peerType === 'ibgp',
    holdTime: session.holdTimeSeconds,
    keepalive: session.keepaliveSeconds,
    families: session.families.map(formatFamily),
    localCapabilities: session.localCapabilities.map(formatCapability),
    remoteCapabilities: session.remoteCapabilities.map(formatCapability),
    backlogBytes: BigInt(session.backlogBytes),
  };
}
