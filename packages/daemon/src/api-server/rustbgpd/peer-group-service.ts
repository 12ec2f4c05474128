/** PeerGroupService of rustbgpd.v1: the daemon has no peer groups, only the `defaults` of its file. */
import type { ConnectRouter } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import { ControlError, type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { unimplemented } from './errors.ts';

export function addPeerGroupService(router: ConnectRouter, _control: ControlPlane): void {
  const noGroups = (): never => {
    throw unimplemented('this daemon has no peer groups: what neighbors have in common is in "defaults" of its file');
  };
  router.service(rustbgpd.PeerGroupService, {
    listPeerGroups: () => ({ peerGroups: [] }),
    getPeerGroup({ name }) {
      if (name === '') throw invalidArgument('name', 'is missing');
      throw new ControlError('not-found', 'name', `there is no peer group ${name}`);
    },
    setPeerGroup: noGroups,
    deletePeerGroup: noGroups,
    setNeighborPeerGroup: noGroups,
    clearNeighborPeerGroup: noGroups,
  });
}
