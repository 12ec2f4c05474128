/** NeighborService of rustbgpd.v1. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import { parseAddress } from '@tsbgp/wire';
import { type ControlPlane, type FamilyCounts, invalidArgument, type NeighborState } from '../../control-plane.ts';
import { isMapping } from '../../keys/fields.ts';
import { completeNeighbor } from '../../keys/neighbor-layers.ts';
import { writtenAt } from '../edit-file.ts';
import { fileDefaults } from '../file-defaults.ts';
import { enabling, lasting } from '../lasting.ts';
import type { ServiceContext } from '../service-context.ts';
import { communicationOf } from './communication.ts';
import { unimplemented } from './errors.ts';
import { configMessage, neighborValues } from './neighbor-config-message.ts';
import { bareAddress, namedFamilies } from './values.ts';

export function addNeighborService(router: ConnectRouter, control: ControlPlane, { configuration }: ServiceContext): void {
  const noRanges = (): never => {
    throw unimplemented('this daemon has no dynamic neighbors: add each neighbor by its address');
  };
  router.service(rustbgpd.NeighborService, {
    async addNeighbor({ config }) {
      if (config === undefined) throw invalidArgument('config', 'is missing');
      const address = bareAddress(config.address);
      const values = neighborValues(config, control.global().localAs);
      const { importPolicy, exportPolicy } = fileDefaults(configuration);
      if (importPolicy === undefined && exportPolicy === undefined && !hasPolicy(writtenAt(configuration, ['groups', config.peerGroup]))) {
        // rustbgpd permits everything where no policy says otherwise.
        values.set('importPolicy', 'accept-all');
        values.set('exportPolicy', 'accept-all');
      }
      const complete = completeNeighbor({ ...Object.fromEntries(values), address });
      await lasting(configuration, { type: 'add', address, values }, (written) => control.addNeighbor(written ?? complete));
      return {};
    },
    async deleteNeighbor(request) {
      const address = bareAddress(request.address);
      control.getNeighbor(address);
      await lasting(configuration, { type: 'delete', address }, () => control.deleteNeighbor(address));
      return {};
    },
    listNeighbors: () => ({ neighbors: control.listNeighbors().toSorted(byAddress).map(stateMessage) }),
    getNeighborState: ({ address }) => stateMessage(control.getNeighbor(bareAddress(address))),
    async enableNeighbor(request) {
      const address = bareAddress(request.address);
      control.getNeighbor(address);
      await lasting(configuration, enabling(address, true), () => control.enableNeighbor(address));
      return {};
    },
    async disableNeighbor({ reason, ...request }) {
      const address = bareAddress(request.address);
      control.getNeighbor(address);
      await lasting(configuration, enabling(address, false), () => control.disableNeighbor(address, communicationOf(reason)));
      return {};
    },
    softResetIn({ families, ...request }) {
      const address = bareAddress(request.address);
      const wanted = namedFamilies(families);
      control.getNeighbor(address);
      control.resetNeighbor(address, 'refresh', { families: wanted });
      return {};
    },
    listDynamicNeighbors: () => ({ ranges: [] }),
    addDynamicNeighbor: noRanges,
    deleteDynamicNeighbor: noRanges,
  });
}

function hasPolicy(group: unknown): boolean {
  return isMapping(group) && ['policy', 'import', 'export'].some((key) => Object.hasOwn(group, key));
}

/** IPv4 before IPv6, then by the number that the address is. */
function byAddress(a: NeighborState, b: NeighborState): number {
  return Buffer.compare(sortKey(a), sortKey(b));
}

function sortKey({ config: { address } }: NeighborState): Uint8Array {
  // An address with an interface has no octets: it comes last, by its text.
  const bytes = parseAddress(address) ?? Buffer.from(`\xff${address}`);
  return Uint8Array.of(bytes.length, ...bytes);
}

const STATES: Readonly<Record<NeighborState['state'], rustbgpd.SessionState>> = {
  Idle: rustbgpd.SessionState.IDLE,
  Connect: rustbgpd.SessionState.CONNECT,
  Active: rustbgpd.SessionState.ACTIVE,
  OpenSent: rustbgpd.SessionState.OPEN_SENT,
  OpenConfirm: rustbgpd.SessionState.OPEN_CONFIRM,
  Established: rustbgpd.SessionState.ESTABLISHED,
};

function stateMessage(state: NeighborState): MessageInitShape<typeof rustbgpd.NeighborStateSchema> {
  const { config, session, counters, prefixes, lastNotification } = state;
  const sum = (of: (counts: FamilyCounts) => number): bigint => BigInt(prefixes.reduce((total, counts) => total + of(counts), 0));
  const received = lastNotification?.direction === 'received' ? lastNotification : undefined;
  return {
    config: configMessage(config),
    state: STATES[state.state],
    uptimeSeconds: BigInt(session === undefined ? 0 : Math.max(0, Math.floor((Date.now() - session.establishedAt.getTime()) / 1000))),
    prefixesReceived: sum(({ accepted }) => accepted),
    prefixesSent: sum(({ advertised }) => advertised),
    updatesReceived: BigInt(counters.updatesReceived),
    updatesSent: BigInt(counters.updatesSent),
    notificationsReceived: BigInt(counters.notificationsReceived),
    notificationsSent: BigInt(counters.notificationsSent),
    flapCount: BigInt(state.flapCount),
    lastError: received === undefined ? '' : `${received.code}/${received.subcode}`,
  };
}
