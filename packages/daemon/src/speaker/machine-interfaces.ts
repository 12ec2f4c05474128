/** The interfaces of this machine and their addresses, as `os.networkInterfaces` gives them. */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

export type MachineInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** Hundreds of sessions come up, or change, in one go: the system is asked once for all of them. */
const KEPT_MS = 100;
let known: MachineInterfaces = {};
let readAt = Number.NEGATIVE_INFINITY;

/** As they are now, or were at most 100 ms ago. */
export function machineInterfaces(): MachineInterfaces {
  const now = performance.now();
  if (now - readAt > KEPT_MS) {
    known = networkInterfaces();
    readAt = now;
  }
  return known;
}
