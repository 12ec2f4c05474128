/** Sorts lists of neighbors. */
import { parseAddress } from '@tsbgp/wire';
import type { NeighborView } from './neighbor.ts';

type Compare = (a: NeighborView, b: NeighborView) => number;

const sumOf = (neighbor: NeighborView, what: 'received' | 'advertised'): number =>
  neighbor.prefixes.reduce((sum, row) => sum + row[what], 0);
/** Larger the longer a session is up; 0 while it is down. */
const uptime = (neighbor: NeighborView): number => {
  const since = neighbor.session?.establishedAt.getTime();
  return since === undefined ? 0 : 1 + Math.max(0, Date.now() - since);
};

export const NEIGHBOR_ORDERS = ['address', 'as', 'state', 'uptime', 'received', 'sent', 'flaps'] as const;
export type NeighborOrder = (typeof NEIGHBOR_ORDERS)[number];

const ORDERS: Readonly<Record<NeighborOrder, Compare>> = {
  address: byAddress,
  as: (a, b) => a.remoteAs - b.remoteAs,
  // Neighbors that need attention come first.
  state: (a, b) => Number(a.isUp) - Number(b.isUp) || Number(a.isDisabled) - Number(b.isDisabled) || a.state.localeCompare(b.state),
  uptime: (a, b) => uptime(b) - uptime(a),
  received: (a, b) => sumOf(b, 'received') - sumOf(a, 'received'),
  sent: (a, b) => sumOf(b, 'advertised') - sumOf(a, 'advertised'),
  flaps: (a, b) => b.flapCount - a.flapCount,
};

/** Neighbors that are equal in `order` are sorted by address. */
export function sortNeighbors(neighbors: readonly NeighborView[], order: NeighborOrder): NeighborView[] {
  return neighbors.toSorted((a, b) => ORDERS[order](a, b) || byAddress(a, b));
}

/** IPv4 first, then by the octets of the address. */
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
