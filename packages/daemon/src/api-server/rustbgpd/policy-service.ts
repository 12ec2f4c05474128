/**
 * PolicyService of rustbgpd.v1: what the configuration has is shown and assigned. A chain of rustbgpd permits what none of its policies denies, so
 * a chain that is set here ends with accept-all, and this end is not shown.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import type { NeighborEdit } from '../../configuration.ts';
import { type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { BUILT_IN_POLICIES, policiesIn } from '../../keys/policy-chain.ts';
import { quote } from '../../quote.ts';
import { fileDefaults } from '../file-defaults.ts';
import { lasting } from '../lasting.ts';
import type { ServiceContext } from '../service-context.ts';
import { unimplemented } from './errors.ts';
import { bareAddress } from './values.ts';

const IN_FILE =
  'policies and sets are written in the configuration here (docs/policy.md): change them with tsbgp.v1.ConfigService/ApplyConfig, or in the file and SIGHUP';
const IN_DEFAULTS =
  'the chains of all neighbors are "import" and "export" in "defaults" of the configuration: change them with tsbgp.v1.ConfigService/ApplyConfig';

type Side = 'importPolicy' | 'exportPolicy';

/** Neighbors of one entry of a set. */
const ENTRIES_MAX = 1000;

export function addPolicyService(router: ConnectRouter, control: ControlPlane, { configuration }: ServiceContext): void {
  const refused = (why: string) => (): never => {
    throw unimplemented(why);
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
    listPolicies: () => ({ policies: names(control.policies.policies()).map((name) => ({ name })) }),
    getPolicy({ name }) {
      if (name === '') throw invalidArgument('name', 'is missing');
      return { name: control.policies.policy(name).name };
    },
    setPolicy: refused(IN_FILE),
    deletePolicy: refused(IN_FILE),
    listNeighborSets: () => ({
      neighborSets: names(control.policies.sets().filter(({ kind }) => kind === 'neighbors')).map((name) => ({
        name,
        definition: neighborSet(control, name),
      })),
    }),
    getNeighborSet({ name }) {
      if (name === '') throw invalidArgument('name', 'is missing');
      return { name, definition: neighborSet(control, name) };
    },
    setNeighborSet: refused(IN_FILE),
    deleteNeighborSet: refused(IN_FILE),
    getGlobalPolicyChains() {
      const { importPolicy = '', exportPolicy = '' } = fileDefaults(configuration);
      return { importPolicyNames: shown(importPolicy), exportPolicyNames: shown(exportPolicy) };
    },
    setGlobalImportChain: refused(IN_DEFAULTS),
    setGlobalExportChain: refused(IN_DEFAULTS),
    clearGlobalImportChain: refused(IN_DEFAULTS),
    clearGlobalExportChain: refused(IN_DEFAULTS),
    getNeighborPolicyChains({ address }) {
      const { config } = control.getNeighbor(bareAddress(address));
      // Without a chain an external neighbor has none that accepts (RFC 8212).
      const unset = config.remoteAs === (config.localAs ?? control.global().localAs) ? '' : 'deny-all';
      return {
        address: config.address,
        importPolicyNames: shown(config.importPolicy ?? unset),
        exportPolicyNames: shown(config.exportPolicy ?? unset),
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

/** Throws ControlError `invalid-argument`. */
function chainOf(control: ControlPlane, policyNames: readonly string[]): string {
  const known = new Set<string>([...names(control.policies.policies()), ...BUILT_IN_POLICIES]);
  const missing = policyNames.find((name) => !known.has(name));
  if (missing !== undefined) throw invalidArgument('policy_names', `undefined policy ${quote(missing)}`);
  const decides = BUILT_IN_POLICIES.some((name) => name === policyNames.at(-1));
  return [...policyNames, ...(decides ? [] : ['accept-all'])].join(' ');
}

function shown(chain: string): string[] {
  const found = chain === '' ? [] : policiesIn(chain);
  return found.at(-1) === 'accept-all' ? found.slice(0, -1) : found;
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
