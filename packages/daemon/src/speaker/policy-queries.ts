/** Policies and sets of the running daemon: what is configured, what it decides, and what another configuration would decide. */
import { type Peer, PolicyEngine } from '@tsbgp/policy';
import { type SetFileState, SetFiles } from '@tsbgp/policy/node';
import { type NlriId, NONE, type Rib, type RibPeer } from '@tsbgp/rib';
import { type Family, formatFamily } from '@tsbgp/wire';
import { ControlError, invalidArgument, type NeighborConfig } from '../control-plane.ts';
import { policiesIn } from '../keys/policy-chain.ts';
import type { PolicyDetails, PolicyDirection, PolicyPlane, PolicySummary } from '../policy-plane.ts';
import type { Background } from './background.ts';
import type { Neighbor } from './neighbor.ts';
import type { Neighbors } from './neighbors.ts';
import { findPaths } from './paths.ts';
import { PolicyCatalog, type PolicyConfig } from './policy-catalog.ts';
import { type ComparedChain, PolicyComparison } from './policy-diff.ts';
import { explainedPaths, explainedRoute, type JudgingChain } from './policy-explanation.ts';

/** Another configuration, as far as it is compared. */
export interface OtherConfig extends PolicyConfig {
  readonly neighbors: readonly NeighborConfig[];
}

/** Where the policies come from. */
export interface PolicySource {
  /** What is in effect. */
  readonly config: () => PolicyConfig;
  /** Reads the files of sets again. Resolves with those that have another generation now. */
  readonly reload: () => Promise<readonly SetFileState[]>;
  /** A configuration that is not put into effect. Throws ControlError with its mistakes. */
  readonly parse: (text: string) => OtherConfig;
}

/** A daemon without a configuration file. */
export const NO_POLICIES: PolicySource = noPolicies();

export interface PolicyQueriesOptions {
  readonly rib: Rib;
  readonly neighbors: () => Neighbors;
  readonly background: Background;
  readonly source: PolicySource;
}

const EXAMPLES_DEFAULT = 10;
/** Prefixes between two looks at the clock. */
const STEP_PREFIXES = 32;

export class PolicyQueries implements PolicyPlane {
  readonly #options: PolicyQueriesOptions;
  /** Of the configuration that was last asked about. */
  #catalog: PolicyCatalog | undefined;
  #engine = new PolicyEngine();

  constructor(options: PolicyQueriesOptions) {
    this.#options = options;
  }

  readonly policies: PolicyPlane['policies'] = () => {
    const catalog = this.#current();
    return catalog.names.map((name) => this.#summary(catalog, name));
  };

  readonly policy: PolicyPlane['policy'] = (name) => this.#summary(this.#current(), name);
  readonly sets: PolicyPlane['sets'] = () => this.#current().sets();
  readonly set: PolicyPlane['set'] = (kind, name, after, limit) => this.#current().set(kind, name, after, limit);

  readonly reload: PolicyPlane['reload'] = async () => {
    const { source } = this.#options;
    const changed = await source.reload();
    return { changed, faults: source.config().setFiles.files.states.flatMap(({ fault }) => (fault === undefined ? [] : [fault.text])) };
  };

  readonly explain: PolicyPlane['explain'] = ({ neighbor: address, direction, subject }) => {
    const catalog = this.#current();
    const neighbor = this.#options.neighbors().find(address);
    const directions = direction === undefined ? (['import', 'export'] as const) : [direction];
    if ('route' in subject) {
      return directions.map((one) => explainedRoute(this.#chain(catalog, neighbor, one, subject.route.family), subject.route));
    }
    const found = findPaths(this.#options.rib, { prefix: subject.prefix }, () => undefined);
    const chains = directions.map((one) => this.#chain(catalog, neighbor, one, found.table.family));
    const explanations = chains.flatMap((chain) => explainedPaths(found, chain, neighbor.ribPeer, this.#peerOf()));
    if (explanations.length > 0) return explanations;
    const what = direction === 'export' ? `there is no best path to ${subject.prefix}` : `${address} has no route to ${subject.prefix}`;
    throw new ControlError('not-found', 'prefix', what);
  };

  readonly diff: PolicyPlane['diff'] = async (text, { neighbor: only, examplesMax = EXAMPLES_DEFAULT } = {}) => {
    const { rib, source, neighbors, background } = this.#options;
    const asked = only === undefined ? neighbors().all() : [neighbors().find(only)];
    const other = source.parse(text);
    const [before, after] = [this.#current(), new PolicyCatalog(other, this.#engine)];
    const wanted = new Map(other.neighbors.map((config) => [config.address, config]));
    const comparison = new PolicyComparison(examplesMax, this.#peerOf());
    const concerned = new Set<string>();
    for (const table of rib.tables) {
      const chains = asked.flatMap((neighbor) => this.#compared(neighbor, wanted, before, after, table.family));
      for (const { neighbor } of chains) concerned.add(neighbor);
      if (chains.length === 0) continue;
      comparison.begin(chains);
      let nlri = 0;
      await background.run((deadline) => {
        const { nlriCapacity } = table;
        while (nlri < nlriCapacity && performance.now() < deadline) {
          for (const end = Math.min(nlri + STEP_PREFIXES, nlriCapacity); nlri < end; nlri++) {
            if (table.firstPath(nlri as NlriId) !== NONE) comparison.compare(table, nlri as NlriId);
          }
        }
        return nlri >= nlriCapacity;
      });
    }
    return { compared: concerned.size, neighbors: comparison.differences };
  };

  /** Chains of a neighbor with another meaning. A neighbor that the other configuration does not have is no matter of policy. */
  #compared(
    neighbor: Neighbor,
    wanted: ReadonlyMap<string, NeighborConfig>,
    before: PolicyCatalog,
    after: PolicyCatalog,
    family: Family,
  ): ComparedChain[] {
    const config = wanted.get(neighbor.config.address);
    if (config === undefined || !neighbor.config.families.includes(family)) return [];
    return (['import', 'export'] as const).flatMap((direction): ComparedChain[] => {
      const chain = this.#chain(before, neighbor, direction, family);
      const policy = after.chain(chainText(config, neighbor.peerType, direction), family);
      if (policy === chain.policy) return [];
      const { ribPeer } = neighbor;
      return [{ neighbor: neighbor.config.address, direction, peer: chain.peer, ribPeer, before: chain.policy, after: policy }];
    });
  }

  #current(): PolicyCatalog {
    const config = this.#options.source.config();
    if (this.#catalog?.config.policy !== config.policy) {
      // Sets of older configurations are forgotten with their pool.
      this.#engine = new PolicyEngine();
      this.#catalog = new PolicyCatalog(config, this.#engine);
    }
    return this.#catalog!;
  }

  #chain(catalog: PolicyCatalog, neighbor: Neighbor, direction: PolicyDirection, family: Family): JudgingChain {
    if (!neighbor.config.families.includes(family)) {
      throw invalidArgument('neighbor', `${neighbor.config.address} does not have the family ${formatFamily(family)}`);
    }
    const text = chainText(neighbor.config, neighbor.peerType, direction);
    return { direction, names: catalog.namesIn(text, family), policy: catalog.chain(text, family), peer: this.#peer(neighbor) };
  }

  #peer(neighbor: Neighbor): Peer {
    return neighbor.policySubject(this.#options.neighbors().all());
  }

  /** Finds the neighbor of a peer of the RIB. */
  #peerOf(): (peer: RibPeer | undefined) => Peer | undefined {
    const known = new Map(
      this.#options
        .neighbors()
        .all()
        .flatMap((neighbor) => (neighbor.ribPeer === undefined ? [] : [[neighbor.ribPeer, this.#peer(neighbor)] as const])),
    );
    return (peer) => (peer === undefined ? undefined : known.get(peer));
  }

  #summary(catalog: PolicyCatalog, name: string): PolicyDetails & PolicySummary {
    const uses = this.#options
      .neighbors()
      .all()
      .map(({ config, peerType }) => {
        const has = (direction: PolicyDirection): boolean => policiesIn(chainText(config, peerType, direction)).includes(name);
        return { neighbor: config.address, import: has('import'), export: has('export') };
      });
    return { ...catalog.details(name), uses: uses.filter((use) => use.import || use.export) };
  }
}

/** The chain of a neighbor, with the default of RFC 8212. */
function chainText(config: NeighborConfig, peerType: 'ebgp' | 'ibgp', direction: PolicyDirection): string {
  return (direction === 'import' ? config.importPolicy : config.exportPolicy) ?? (peerType === 'ibgp' ? 'accept-all' : 'deny-all');
}

function noPolicies(): PolicySource {
  const config: PolicyConfig = { policy: {}, setFiles: { uses: [], written: undefined, files: new SetFiles('/') } };
  return {
    config: () => config,
    reload: async () => [],
    parse: () => {
      throw new ControlError('failed-precondition', '', 'there is no configuration file');
    },
  };
}
