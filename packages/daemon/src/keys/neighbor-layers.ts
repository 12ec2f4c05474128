/**
 * Merges the sections of the file that apply to a neighbor into its configuration. Each section is a layer; a later layer overrides an earlier
 * one: `defaults`, then the neighbor's section. A shorthand (`policy`) is replaced by the fields that it sets before layers are merged, so that a
 * neighbor's `policy` overrides `import` in `defaults`.
 */
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig, type NeighborField, type RawNeighbor } from './neighbor-keys.ts';

/**
 * The last value of each field, without defaults. A key that only eBGP neighbors or only clients of a route server may have is dropped for
 * other neighbors, unless the last layer has it: config/neighbor-section.ts refuses it there.
 */
export function mergeLayers(layers: readonly RawNeighbor[], globalAs: number | undefined): RawNeighbor {
  const merged: RawNeighbor = Object.assign({}, ...layers.map(withoutShorthand));
  const own = layers.at(-1) ?? {};
  const drop = (isConcerned: (field: NeighborField) => boolean): void => {
    for (const field of NEIGHBOR_FIELDS) if (isConcerned(field) && own[field] === undefined) delete merged[field];
  };
  if (isInternal(merged, globalAs) === true) drop((field) => NEIGHBOR_KEYS[field].ebgpOnly !== undefined);
  if (merged.routeServerClient !== true) drop((field) => NEIGHBOR_KEYS[field].clientOnly === true);
  return merged;
}

/** Undefined where an AS number is missing. */
export function isInternal(neighbor: Pick<RawNeighbor, 'localAs' | 'remoteAs'>, globalAs: number | undefined): boolean | undefined {
  const localAs = neighbor.localAs ?? globalAs;
  return localAs === undefined || neighbor.remoteAs === undefined ? undefined : localAs === neighbor.remoteAs;
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
