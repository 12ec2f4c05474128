/** PeerGroupService of rustbgpd.v1: a peer group is a section of `groups` in the configuration file. */
import type { ConnectRouter } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import type { NeighborEdit } from '../../configuration.ts';
import { ControlError, type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { isMapping, Refusal } from '../../keys/fields.ts';
import { readPolicyChain } from '../../keys/policy-chain.ts';
import { quote } from '../../quote.ts';
import { editFile, writtenAt } from '../edit-file.ts';
import { lasting } from '../lasting.ts';
import type { ServiceContext } from '../service-context.ts';
import { groupDefinition, writtenGroup } from './peer-group-definition.ts';
import { chainOf, shownChain } from './policy-chains.ts';
import { bareAddress } from './values.ts';

export function addPeerGroupService(router: ConnectRouter, control: ControlPlane, { configuration }: ServiceContext): void {
  const groups = (): Readonly<Record<string, unknown>> => {
    const written = writtenAt(configuration, ['groups']);
    return isMapping(written) ? written : {};
  };
  const message = (name: string, written: unknown) => ({ name, definition: groupDefinition(written, namesOf) });
  const named = (name: string): void => {
    if (name === '') throw invalidArgument('name', 'is missing');
  };
  const assign = async (addressText: string, group: string | undefined): Promise<Record<string, never>> => {
    const address = bareAddress(addressText);
    const { config } = control.getNeighbor(address);
    const edit: NeighborEdit = { type: 'change', address, values: new Map([['group', group]]) };
    await lasting(configuration, edit, (written) => control.changeNeighbor(written ?? config, true));
    return {};
  };
  router.service(rustbgpd.PeerGroupService, {
    listPeerGroups: () => ({
      peerGroups: Object.entries(groups())
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, written]) => message(name, written)),
    }),
    getPeerGroup({ name }) {
      named(name);
      const found = groups();
      if (!Object.hasOwn(found, name)) throw new ControlError('not-found', 'name', `there is no peer group ${quote(name)}`);
      return message(name, found[name]);
    },
    async setPeerGroup({ name, definition }) {
      named(name);
      if (definition === undefined) throw invalidArgument('definition', 'is missing');
      const written = writtenGroup(definition, (policyNames) => chainOf(control, policyNames).split(' '));
      await editFile(configuration, ['groups', name], written);
      return {};
    },
    async deletePeerGroup({ name }) {
      named(name);
      if (!Object.hasOwn(groups(), name)) return {};
      const users = control.listNeighbors().filter(({ config }) => config.group === name);
      if (users.length > 0) {
        const all = users.map(({ config }) => `neighbor ${config.address}`).join(', ');
        throw new ControlError('failed-precondition', 'name', `peer group ${name} is still referenced by ${all}`);
      }
      await editFile(configuration, ['groups', name], undefined);
      return {};
    },
    async setNeighborPeerGroup({ address, peerGroup }) {
      if (peerGroup === '') throw invalidArgument('peer_group', 'is missing');
      if (!Object.hasOwn(groups(), peerGroup)) throw invalidArgument('peer_group', `undefined peer group ${quote(peerGroup)}`);
      return assign(address, peerGroup);
    },
    clearNeighborPeerGroup: ({ address }) => assign(address, undefined),
  });
}

/** A chain of the file as this API shows it. */
function namesOf(chain: unknown): string[] {
  const text = chain === undefined ? undefined : readPolicyChain(chain);
  return text === undefined || text instanceof Refusal ? [] : shownChain(text);
}
