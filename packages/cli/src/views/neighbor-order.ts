/** The orders that a list of neighbors may have. */
import { parseAddress } from '@tsbgp/wire';
import type { NeighborView } from './neighbor.ts';

type Compare = (a: NeighborView, b: NeighborView) => number;

const sumOf = (neighbor: NeighborView, what: 'received' | 'advertised'): number =>
  neighbor.prefixes.reduce((sum, row) => sum + row[what], 0);
/** Larger for a session that is up longer; 0 for one that is down. */
const uptime = (neighbor: NeighborView): number => {
  const since = neighbor.session?.establishedAt.getTime();
  return since === undefined ? 0 : 1 + Math.max(0, Date.now() - since);
};

export const NEIGHBOR_ORDERS = ['address', 'as', 'state', 'uptime', 'received', 'sent', 'flaps'] as const;
export type NeighborOrder = (typeof NEIGHBOR_ORDERS)[number];

const ORDERS: Readonly<Record<NeighborOrder, Compare>> = {
  address: byAddress,
  as: (a, b) => a.remoteAs - b.remoteAs,
  // What needs a look comes first.
  state: (a, b) => Number(a.isUp) - Number(b.isUp) || Number(a.isDisabled) - Number(b.isDisabled) || a.state.localeCompare(b.state),
  uptime: (a, b) => uptime(b) - uptime(a),
  received: (a, b) => sumOf(b, 'received') - sumOf(a, 'received'),
  sent: (a, b) => sumOf(b, 'advertised') - sumOf(a, 'advertised'),
  flaps: (a, b) => b.flapCount - a.flapCount,
};

/** Sorted; equal ones by address. */
export function sortNeighbors(neighbors: readonly NeighborView[], order: NeighborOrder): NeighborView[] {
  return neighbors.toSorted((a, b) => ORDERS[order](a, b) || byAddress(a, b));
}

/** By the number that an address is, IPv4 first. */
function byAddress(a: NeighborView, b: NeighborView): number {
  const left = octets(a.address);
  const right = octets(b.address);
  if (left.length !== right.length) return left.length - right.length;
  for (const [i, octet] of left.entries()) if (octet !== right[i]) return octet - right[i]!;
  return a.address.localeCompare(b.address);
}

function octets(address: string): Uint8Array {
  return parseAddress(address.split('%')[0]!) ?? new Uint8Array(0);
}
