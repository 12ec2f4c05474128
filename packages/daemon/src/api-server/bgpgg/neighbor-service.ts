/** Peers of bgp.BgpService. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { bgpgg } from '@tsbgp/api';
import type { Family } from '@tsbgp/wire';
import { formatFamily, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import type { Configuration } from '../../configuration.ts';
import { ControlError, type ControlPlane, invalidArgument, type NeighborState, type ResetKind } from '../../control-plane.ts';
import { UNICAST_FAMILIES } from '../../keys/families.ts';
import { Refusal } from '../../keys/fields.ts';
import type { NeighborField } from '../../keys/neighbor-keys.ts';
import { completeNeighbor } from '../../keys/neighbor-layers.ts';
import { BUILT_IN_POLICIES, policiesIn } from '../../keys/policy-chain.ts';
import { readRemoteAs } from '../../keys/values.ts';
import { fileDefaults } from '../file-defaults.ts';
import { enabling, lasting } from '../lasting.ts';
import type { ServiceContext } from '../service-context.ts';
import { peerAddress } from './address.ts';
import { told } from './errors.ts';
import { sessionValues } from './neighbor-config-message.ts';

type Methods = Pick<
  ServiceImpl<typeof bgpgg.BgpService>,
  'addPeer' | 'removePeer' | 'disablePeer' | 'enablePeer' | 'resetPeer' | 'listPeers' | 'listPeersStream' | 'getPeer'
>;

export function neighborMethods(control: ControlPlane, { configuration }: ServiceContext): Methods {
  const addressOf = (text: string): string => peerAddress(text, 'address').address;
  /** NOT_FOUND also for what is not an address: no peer has it. */
  const known = (text: string): NeighborState => {
    try {
      return control.getNeighbor(addressOf(text));
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      throw new ControlError('not-found', '', `Peer ${text} not found`, { cause: error });
    }
  };
  return {
    addPeer: ({ address, config }) => told(`Peer ${address} added`, () => addPeer(control, configuration, address, config)),
    async removePeer({ address }) {
      const peer = addressOf(address);
      return told(`Peer ${peer} removed`, async () => {
        if (!isKnown(control, peer)) throw new ControlError('not-found', '', `peer ${peer} not found`);
        await lasting(configuration, { type: 'delete', address: peer }, () => control.deleteNeighbor(peer));
      });
    },
    async disablePeer({ address }) {
      const peer = known(address).config.address;
      await lasting(configuration, enabling(peer, false), () => control.disableNeighbor(peer));
      return {};
    },
    async enablePeer({ address }) {
      const peer = known(address).config.address;
      await lasting(configuration, enabling(peer, true), () => control.enableNeighbor(peer));
      return {};
    },
    resetPeer(request) {
      reset(control, known, request);
      return {};
    },
    listPeers: () => ({ peers: control.listNeighbors().map((state) => peerMessage(state, namesWithoutBuiltIns)) }),
    async *listPeersStream() {
      for (const state of control.listNeighbors()) yield peerMessage(state, namesWithoutBuiltIns);
    },
    getPeer({ address }) {
      const state = known(address);
      const { counters } = state;
      return {
        peer: peerMessage(state, policiesIn),
        statistics: {
          openSent: BigInt(counters.opensSent),
          keepaliveSent: BigInt(counters.keepalivesSent),
          updateSent: BigInt(counters.updatesSent),
          notificationSent: BigInt(counters.notificationsSent),
          openReceived: BigInt(counters.opensReceived),
          keepaliveReceived: BigInt(counters.keepalivesReceived),
          updateReceived: BigInt(counters.updatesReceived),
          notificationReceived: BigInt(counters.notificationsReceived),
        },
      };
    },
  };
}

/** bgpgg's interface has no AS number: `asn`, which later versions have, or that of `defaults` in the configuration. */
async function addPeer(control: ControlPlane, configuration: Configuration | undefined, text: string, config?: bgpgg.SessionConfig) {
  const { address, port } = peerAddress(text, 'address');
  if (isKnown(control, address)) throw new ControlError('already-exists', '', `peer ${address} already exists`);
  const defaults = fileDefaults(configuration);
  const values = new Map<NeighborField, unknown>([
    ['families', UNICAST_FAMILIES],
    ...(port === undefined ? [] : ([['remotePort', port]] as const)),
    ...(config === undefined ? [] : sessionValues(config)),
  ]);
  if (defaults.importPolicy === undefined && defaults.exportPolicy === undefined) {
    // bgpgg accepts and sends everything unless it is told otherwise.
    values.set('importPolicy', 'accept-all');
    values.set('exportPolicy', 'accept-all');
  }
  const remoteAs = values.get('remoteAs') ?? defaults.remoteAs;
  if (readRemoteAs(remoteAs) instanceof Refusal) {
    const allowed = 'allowed is the AS number of the peer, in this field (15) or as "remote-as" in "defaults" of the configuration file';
    throw invalidArgument('config.asn', `${remoteAs === undefined ? 'is missing' : `found ${String(remoteAs)}`}; ${allowed}`);
  }
  const complete = completeNeighbor({ ...Object.fromEntries(values), remoteAs: remoteAs as number, address });
  await lasting(configuration, { type: 'add', address, values }, (neighbor) => control.addNeighbor(neighbor ?? complete));
}

function isKnown(control: ControlPlane, address: string): boolean {
  return control.listNeighbors().some(({ config }) => config.address === address);
}

const KINDS: Readonly<Partial<Record<bgpgg.ResetType, ResetKind>>> = {
  [bgpgg.ResetType.SOFT_IN]: 'soft-in',
  [bgpgg.ResetType.SOFT_OUT]: 'soft-out',
  [bgpgg.ResetType.SOFT]: 'soft',
  [bgpgg.ResetType.HARD]: 'hard',
};

function reset(control: ControlPlane, known: (text: string) => NeighborState, request: bgpgg.ResetPeerRequest): void {
  const kind = KINDS[request.resetType];
  if (kind === undefined) throw invalidArgument('reset_type', `found ${request.resetType}, allowed are SOFT_IN, SOFT_OUT, SOFT, HARD`);
  const { config, session } = known(request.address);
  const absent = (why: string): ControlError => new ControlError('not-found', '', why);
  if (session === undefined) throw absent(`peer ${config.address} is not Established`);
  const families = session.families.filter((family) => UNICAST_FAMILIES.includes(family) && isWanted(family, request));
  if (families.length === 0) throw absent(`the family was not negotiated with ${config.address}`);
  try {
    control.resetNeighbor(config.address, kind, kind === 'hard' ? {} : { families });
  } catch (error) {
    if (!(error instanceof ControlError) || error.code !== 'failed-precondition') throw error;
    throw new ControlError('not-found', '', error.sentence, { cause: error });
  }
}

/** A family that is not given, or out of range, is any. */
function isWanted(family: Family, { afi }: bgpgg.ResetPeerRequest): boolean {
  if (afi === bgpgg.Afi.IPV4) return formatFamily(family) === formatFamily(IPV4_UNICAST);
  return afi !== bgpgg.Afi.IPV6 || formatFamily(family) === formatFamily(IPV6_UNICAST);
}

const STATES: Readonly<Record<NeighborState['state'], bgpgg.BgpState>> = {
  Idle: bgpgg.BgpState.IDLE,
  Connect: bgpgg.BgpState.CONNECT,
  Active: bgpgg.BgpState.ACTIVE,
  OpenSent: bgpgg.BgpState.OPEN_SENT,
  OpenConfirm: bgpgg.BgpState.OPEN_CONFIRM,
  Established: bgpgg.BgpState.ESTABLISHED,
};

function peerMessage(state: NeighborState, namesOf: (chain: string) => string[]): MessageInitShape<typeof bgpgg.PeerSchema> {
  const { config, adminState, limitShutdown } = state;
  const up = limitShutdown === undefined ? bgpgg.AdminState.UP : bgpgg.AdminState.PREFIX_LIMIT_EXCEEDED;
  return {
    address: config.address,
    asn: config.remoteAs,
    state: STATES[state.state],
    adminState: adminState === 'down' ? bgpgg.AdminState.DOWN : up,
    configured: true,
    importPolicies: config.importPolicy === undefined ? [] : namesOf(config.importPolicy),
    exportPolicies: config.exportPolicy === undefined ? [] : namesOf(config.exportPolicy),
  };
}

function namesWithoutBuiltIns(chain: string): string[] {
  return policiesIn(chain).filter((name) => !BUILT_IN_POLICIES.some((builtIn) => builtIn === name));
}
