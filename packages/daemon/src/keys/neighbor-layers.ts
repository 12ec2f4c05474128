/**
 * Merges the sections of the file that apply to a neighbor into its configuration. Each section is a layer; a later layer overrides an earlier
 * one: `defaults`, then the neighbor's section. A shorthand (`policy`) is replaced by the fields that it sets before layers are merged, so that a
 * neighbor's `policy` overrides `import` in `defaults`.
 */
import type { NeighborKey } from './neighbor-key.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig, type NeighborField, type RawNeighbor } from './neighbor-keys.ts';
import { type OwnAs, type Relation, relationTo } from './own-as.ts';

/**
 * The last value of each field, without defaults. A key that only eBGP neighbors or only clients of a route server may have is dropped for
 * other neighbors, unless the last layer has it: config/neighbor-section.ts refuses it there.
 */
export function mergeLayers(layers: readonly RawNeighbor[], ours: OwnAs | undefined): RawNeighbor {
  const merged: RawNeighbor = Object.assign({}, ...layers.map(withoutShorthand));
  const own = layers.at(-1) ?? {};
  const drop = (isConcerned: (field: NeighborField) => boolean): void => {
    for (const field of CONDITIONAL_FIELDS) {
      if (merged[field] !== undefined && own[field] === undefined && isConcerned(field)) delete merged[field];
    }
  };
  const relation = relationOf(merged, ours);
  if (relation !== undefined) drop((field) => isForOthers(field, relation));
  if (merged.routeServerClient !== true) drop((field) => NEIGHBOR_KEYS[field].clientOnly === true);
  drop((field) => lacksRequired(merged, field));
  return merged;
}

/** Fields whose keys not every neighbor may have. */
const CONDITIONAL_FIELDS: readonly NeighborField[] = NEIGHBOR_FIELDS.filter((field) => {
  const { ebgpOnly, ibgpOnly, outsideOnly, clientOnly, requires }: NeighborKey<unknown, NeighborField> = NEIGHBOR_KEYS[field];
  return ebgpOnly !== undefined || ibgpOnly !== undefined || outsideOnly === true || clientOnly === true || requires !== undefined;
});

/** Undefined where an AS number is missing. */
export function relationOf(neighbor: Pick<RawNeighbor, 'localAs' | 'remoteAs'>, ours: OwnAs | undefined): Relation | undefined {
  return ours === undefined || neighbor.remoteAs === undefined ? undefined : relationTo(ours, neighbor);
}

/** Whether only neighbors that are something else to us may have the key. */
export function isForOthers(field: NeighborField, relation: Relation): boolean {
  const { ebgpOnly, ibgpOnly, outsideOnly }: NeighborKey<unknown> = NEIGHBOR_KEYS[field];
  if (relation === 'internal') return ebgpOnly !== undefined;
  return ibgpOnly !== undefined || (relation === 'member' && outsideOnly === true);
}

/** Whether the key makes sense only with another one that the neighbor does not have. */
export function lacksRequired(neighbor: RawNeighbor | NeighborConfig, field: NeighborField): boolean {
  const { requires }: NeighborKey<unknown, NeighborField> = NEIGHBOR_KEYS[field];
  return requires !== undefined && (neighbor[requires.name] === undefined || neighbor[requires.name] === false);
}

/** Fields that are absent or undefined get their defaults. */
type Incomplete = { readonly [Field in NeighborField]?: RawNeighbor[Field] | NeighborConfig[Field] | undefined };

/** Fills in the defaults. The fields that have none, `address` and `remoteAs`, must be there, and no value may be a refused one. */
export function completeNeighbor(neighbor: Incomplete): NeighborConfig {
  const { address = '' } = neighbor;
  const values = NEIGHBOR_FIELDS.map((field) => [field, neighbor[field] ?? defaultOf(field, address)] as const);
  // The default of each row has the type of its field.
  return Object.fromEntries(values) as unknown as NeighborConfig;
}

function defaultOf(field: NeighborField, address: string): unknown {
  const standard = NEIGHBOR_KEYS[field].default;
  return typeof standard === 'function' ? standard(address) : standard;
}

function withoutShorthand(layer: RawNeighbor): RawNeighbor {
  const { policy, ...rest } = layer;
  if (policy === undefined) return rest;
  return { ...Object.fromEntries((NEIGHBOR_KEYS.policy.sets ?? []).map((field) => [field, policy])), ...rest };
}
