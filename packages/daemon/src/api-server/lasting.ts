import { type Configuration, checkWithoutFile, type NeighborEdit } from '../configuration.ts';
import type { NeighborConfig } from '../control-plane.ts';

/** Changes a neighbor, and writes the change to the file of the daemon if it has one; the action is given the neighbor as the file has it then. */
export async function lasting<T>(
  configuration: Configuration | undefined,
  edit: NeighborEdit,
  action: (neighbor: NeighborConfig | undefined) => T | Promise<T>,
): Promise<T> {
  if (configuration !== undefined) return configuration.editNeighbor(edit, action);
  checkWithoutFile(edit);
  return action(undefined);
}

export function enabling(address: string, enabled: boolean): NeighborEdit {
  return { type: 'change', address, values: new Map([['enabled', enabled]]) };
}
