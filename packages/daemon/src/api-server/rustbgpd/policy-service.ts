/**
 * PolicyService of rustbgpd.v1: what the configuration has is shown and assigned. A chain of rustbgpd permits what none of its policies denies, so
 * a chain that is set here ends with accept-all, and this end is not shown.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import type { Configuration, NeighborEdit } from '../../configuration.ts';
import { ControlError, type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { policiesIn } from '../../keys/policy-chain.ts';
import { editFile, writtenAt } from '../edit-file.ts';
import { fileDefaults } from '../file-defaults.ts';
import { lasting } from '../lasting.ts';
import type { ServiceContext } from '../service-context.ts';
import { chainOf, shownChain } from './policy-chains.ts';
import { writtenPolicy } from './policy-statement.ts';
import { shownPolicy } from './shown-policy.ts';
import { bareAddress } from './values.ts';

type Side = 'importPolicy' | 'exportPolicy';

/** Neighbors of one entry of a set. */
const ENTRIES_MAX = 1000;

export function addPolicyService(router: ConnectRouter, control: ControlPlane, { configuration }: ServiceContext): void {
  const policyMessage = (name: string) => {
    const definition = shownPolicy(writtenAt(configuration, ['policies', name]));
    return { name, ...(definition && { definition }) };
  };
  const named = (name: string): void => {
    if (name === '') throw invalidArgument('name', 'is missing');
  };
  /** Refuses what is still in use. */
  const unused = (what: string, uses: readonly string[]): void => {
    if (uses.length > 0) throw new ControlError('failed-precondition', 'name', `${what} is still referenced by ${uses.join(', ')}`);
  };
  const setDefault = async (key: 'import' | 'export', policyNames: readonly string[] | undefined): Promise<Record<string, never>> => {
    await spellOut(configuration);
    await editFile(configuration, ['defaults', key], policyNames === undefined ? undefined : chainOf(control, policyNames).split(' '));
    return {};
  };
  const change = async (addressText: string, side: Side, names: readonly string[]): Promise<Record<string, never>> => {
    const address = bareAddress(addressText);
    const { config } = control.getNeighbor(address);
    const chain = chainOf(control, names);
    const edit: NeighborEdit = { type: 'change', address, values: new Map([[side, chain]]) };
    await lasting(configuration, edit, (written) => control.changeNeighbor(written ?? { ...config, [side]: chain }, false));
    return {};
  };
  router.service(rustbgpd.PolicyService, {
    listPolicies: () => ({ policies: names(control.policies.policies()).map(policyMessage) }),
    getPolicy({ name }) {
      named(name);
      return policyMessage(control.policies.policy(name).name);
    },
    async setPolicy({ name, definition }) {
      named(name);
      if (definition === undefined) throw invalidArgument('definition', 'is missing');
      await editFile(configuration, ['policies', name], writtenPolicy(definition));
      return {};
    },
    async deletePolicy({ name }) {
      named(name);
      const found = control.policies.policies().find((policy) => policy.name === name);
      if (found === undefined) return {};
      const { importPolicy = '', exportPolicy = '' } = fileDefaults(configuration);
      unused(`policy ${name}`, [
        ...(policiesIn(importPolicy).includes(name) ? ['global import_chain'] : []),
        ...(policiesIn(exportPolicy).includes(name) ? ['global export_chain'] : []),
        ...found.uses.map((use) => `neighbor ${use.neighbor}`),
        ...found.calledBy.map((caller) => `policy ${caller}`),
      ]);
      await editFile(configuration, ['policies', name], undefined);
      return {};
    },
    listNeighborSets: () => ({
      neighborSets: names(control.policies.sets().filter(({ kind }) => kind === 'neighbors')).map((name) => ({
        name,
        definition: neighborSet(control, name),
      })),
    }),
    getNeighborSet({ name }) {
      named(name);
      return { name, definition: neighborSet(control, name) };
    },
    async setNeighborSet({ name, definition }) {
      named(name);
      if (definition === undefined) throw invalidArgument('definition', 'is missing');
      await editFile(configuration, ['sets', 'neighbors', name], writtenSet(definition));
      return {};
    },
    async deleteNeighborSet({ name }) {
      named(name);
      if (!control.policies.sets().some((set) => set.kind === 'neighbors' && set.name === name)) return {};
      await editFile(configuration, ['sets', 'neighbors', name], undefined).catch((error: unknown) => {
        // The rest of the file is right: what is wrong with it now is a statement that names the set.
        if (!(error instanceof ControlError) || error.code !== 'invalid-argument') throw error;
        throw new ControlError('failed-precondition', 'name', `neighbor set ${name} is still referenced: ${error.sentence}`, {
          cause: error,
        });
      });
      return {};
    },
    getGlobalPolicyChains() {
      const { importPolicy = '', exportPolicy = '' } = fileDefaults(configuration);
      return { importPolicyNames: shownChain(importPolicy), exportPolicyNames: shownChain(exportPolicy) };
    },
    setGlobalImportChain: ({ policyNames }) => setDefault('import', policyNames),
    setGlobalExportChain: ({ policyNames }) => setDefault('export', policyNames),
    clearGlobalImportChain: () => setDefault('import', undefined),
    clearGlobalExportChain: () => setDefault('export', undefined),
    getNeighborPolicyChains({ address }) {
      const { config } = control.getNeighbor(bareAddress(address));
      // Without a chain an external neighbor has none that accepts (RFC 8212).
      const unset = config.remoteAs === (config.localAs ?? control.global().localAs) ? '' : 'deny-all';
      return {
        address: config.address,
        importPolicyNames: shownChain(config.importPolicy ?? unset),
        exportPolicyNames: shownChain(config.exportPolicy ?? unset),
      };
    },
    setNeighborImportChain: ({ address, policyNames }) => change(address, 'importPolicy', policyNames),
    setNeighborExportChain: ({ address, policyNames }) => change(address, 'exportPolicy', policyNames),
    clearNeighborImportChain: ({ address }) => change(address, 'importPolicy', []),
    clearNeighborExportChain: ({ address }) => change(address, 'exportPolicy', []),
  });
}

function names(named: readonly { readonly name: string }[]): string[] {
  return named.map(({ name }) => name).toSorted();
}

/** `policy` of `defaults`, which is short for both, as both. */
async function spellOut(configuration: Configuration | undefined): Promise<void> {
  const defaults = writtenAt(configuration, ['defaults']) as Readonly<Record<string, unknown>> | undefined;
  if (defaults?.['policy'] === undefined) return;
  const { policy, ...others } = defaults;
  await editFile(configuration, ['defaults'], { ...others, import: policy, export: policy });
}

/** A value of `sets.neighbors`. One of the lists is enough in rustbgpd, and all must hold here: a set has one list. */
function writtenSet({ addresses, remoteAsns, peerGroups }: rustbgpd.NeighborSetDefinition): Readonly<Record<string, unknown>> {
  const lists = Object.entries({ address: addresses.map(bareAddress), as: remoteAsns, group: peerGroups }).filter(
    ([, list]) => list.length > 0,
  );
  if (lists.length !== 1) {
    const found = lists.length === 0 ? 'the set is empty' : 'found several of them';
    throw invalidArgument('definition', `${found}: allowed is one of addresses, remote_asns and peer_groups`);
  }
  return Object.fromEntries(lists);
}

/** Of the ways to describe neighbors, addresses, AS numbers and groups have a form in this API. */
function neighborSet(control: ControlPlane, name: string): MessageInitShape<typeof rustbgpd.NeighborSetDefinitionSchema> {
  const { page } = control.policies.set('neighbors', name, 0, ENTRIES_MAX);
  const listed = (key: string): string[] =>
    page.flatMap((entry) => (entry.startsWith(`${key}: `) ? entry.slice(key.length + 2).split(', ') : []));
  return {
    addresses: listed('address'),
    remoteAsns: listed('as')
      .filter((text) => /^\d+$/.test(text))
      .map(Number),
    peerGroups: listed('group'),
  };
}
