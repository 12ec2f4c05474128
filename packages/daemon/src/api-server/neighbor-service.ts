/** NeighborService: neighbours between their messages and the control plane's values. */

import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  type NeighborConfig as ConfigMessage,
  ResetNeighborRequest_Kind as Kind,
  type NeighborSchema,
  NeighborService,
  SessionState,
} from '@tsbgp/api';
import { type Family, formatCapability, formatFamily, IPV4_UNICAST, IPV6_UNICAST, parseFamily } from '@tsbgp/wire';
import {
  ControlError,
  type ControlPlane,
  type DefaultPolicy,
  type NeighborConfig,
  type NeighborState,
  type ResetKind,
} from '../control-plane.ts';
import { quote } from '../quote.ts';
import { refused } from './refused.ts';

export function addNeighborService(router: ConnectRouter, control: ControlPlane): void {
  const neighborMessage = (state: NeighborState) => messageOf(state, control.global().localAs);
  router.service(NeighborService, {
    addNeighbor({ neighbor }) {
      if (neighbor === undefined) throw new ControlError('invalid-argument', 'neighbor', 'is missing');
      return { neighbor: neighborMessage(control.addNeighbor(configOf(neighbor))) };
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
      const of = KINDS[kind];
      if (of === undefined) {
        throw new ControlError('invalid-argument', 'kind', 'allowed are KIND_HARD, KIND_SOFT, KIND_SOFT_IN, KIND_SOFT_OUT');
      }
      control.resetNeighbor(address, of, {
        ...(reason === '' ? {} : { reason: communicationOf(reason)! }),
        families: families.map((name) => familyOf(name, 'families')),
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

/** Throws ControlError `invalid-argument`. */
export function familyOf(name: string, field: string): Family {
  const family = parseFamily(name);
  if (family === undefined) {
    throw new ControlError('invalid-argument', field, `found ${quote(name)}, allowed is a family, e.g. "ipv4-unicast"`);
  }
  return family;
}

function configOf(message: ConfigMessage): NeighborConfig {
  if (message.remoteAs === 0) throw new ControlError('invalid-argument', 'neighbor.remote_as', 'found 0, allowed 1 to 4294967295');
  const families = message.families.map((name, i) => familyOf(name, `neighbor.families[${i}]`));
  return {
    address: message.address,
    remoteAs: message.remoteAs,
    localAs: message.localAs,
    description: lineOf(message.description, 'neighbor.description', DESCRIPTION_MAX),
    families: families.length > 0 ? families : [message.address.includes(':') ? IPV6_UNICAST : IPV4_UNICAST],
    passive: message.passive,
    remotePort: message.remotePort || 179,
    localAddress: message.localAddress || undefined,
    multihopTtl: message.multihopTtl,
    holdTimeSeconds: message.holdTime ?? 90,
    connectRetrySeconds: message.connectRetry || 10,
    importPolicy: policyOf(message.importPolicy, 'neighbor.import_policy'),
    exportPolicy: policyOf(message.exportPolicy, 'neighbor.export_policy'),
    routeServerClient: message.routeServerClient,
    nextHopSelf: message.nextHopSelf,
    enabled: message.enabled ?? true,
  };
}

/** Characters, as in the configuration file. */
const DESCRIPTION_MAX = 255;
/** Octets of a Shutdown Communication (RFC 9003 §2). */
const COMMUNICATION_MAX_BYTES = 255;

/** What goes to the peer with Cease; undefined where there is none. Throws ControlError where a part would have to be cut off. */
export function communicationOf(reason: string): string | undefined {
  const length = Buffer.byteLength(reason);
  if (length > COMMUNICATION_MAX_BYTES) {
    throw refused('reason', `found ${length} octets, allowed are at most ${COMMUNICATION_MAX_BYTES} in UTF-8 (RFC 9003)`);
  }
  return lineOf(reason, 'reason', COMMUNICATION_MAX_BYTES);
}

/** Text for listings and logs: one line, without what a terminal would obey. Undefined where it is empty. */
function lineOf(text: string, field: string, max: number): string | undefined {
  if (text === '') return undefined;
  if (text.length > max || /[\p{Cc}\u2028\u2029]/u.test(text)) {
    throw refused(field, `found ${quote(text)}, allowed is a text of at most ${max} characters in one line without control characters`);
  }
  return text;
}

function policyOf(text: string, field: string): DefaultPolicy | undefined {
  if (text === '') return undefined;
  if (text === 'accept-all' || text === 'deny-all') return text;
  throw new ControlError('invalid-argument', field, `found ${quote(text)}, allowed are "accept-all" and "deny-all"`);
}

/** With every default filled in: who has no policy imports and exports everything from an internal neighbor, nothing from an external one. */
function messageOf(state: NeighborState, globalAs: number): MessageInitShape<typeof NeighborSchema> {
  const { config, session, counters } = state;
  const isInternal = config.remoteAs === (config.localAs ?? globalAs);
  const policyDefault: DefaultPolicy = isInternal ? 'accept-all' : 'deny-all'; // RFC 8212
  return {
    config: {
      address: config.address,
      remoteAs: config.remoteAs,
      ...(config.localAs === undefined ? {} : { localAs: config.localAs }),
      description: config.description ?? '',
      families: config.families.map(formatFamily),
      passive: config.passive,
      remotePort: config.remotePort,
      localAddress: config.localAddress ?? '',
      ...(config.multihopTtl === undefined ? {} : { multihopTtl: config.multihopTtl }),
      holdTime: config.holdTimeSeconds,
      connectRetry: config.connectRetrySeconds,
      importPolicy: config.importPolicy ?? policyDefault,
      exportPolicy: config.exportPolicy ?? policyDefault,
      routeServerClient: config.routeServerClient,
      nextHopSelf: config.nextHopSelf,
      enabled: config.enabled,
    },
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
    prefixes: state.prefixes.map(({ family, received, accepted, advertised }) => ({
      family: formatFamily(family),
      received: BigInt(received),
      accepted: BigInt(accepted),
      advertised: BigInt(advertised),
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
