/**
 * Where everything of one lab lives: decided before anything starts.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isAnswering, peerAddresses } from './places.ts';

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

export interface LabPlan {
  /** Configuration, log and, if need be, the API socket. Removed at the end. */
  readonly folder: string;
  readonly bgp: SocketAddress;
  readonly peerAddresses: readonly string[];
  readonly apiSocket: string;
  /** `tsbgp` finds the daemon without being told. */
  readonly isDefaultSocket: boolean;
  readonly apiTcp: SocketAddress;
  readonly metrics: SocketAddress;
}

/** Preferred ports; another one is taken where somebody else has it. Not 179: that would need root. */
const BGP_PORT = 1179;
const API_PORT = 50_051;
const METRICS_PORT = 9179;

export interface PlanOptions {
  /** Any free ports and a socket of its own: for tests, which must not meet a lab that somebody runs. */
  readonly isolated: boolean;
  /** Where `tsbgp` looks for a daemon, if the lab may use it. */
  readonly defaultSocket: string | undefined;
}

export async function planLab(options: PlanOptions): Promise<LabPlan> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-lab-'));
  const addresses = await peerAddresses();
  const [bgp, api, metrics] = options.isolated ? [0, 0, 0] : [BGP_PORT, API_PORT, METRICS_PORT];
  const { defaultSocket } = options;
  const isDefaultSocket = !options.isolated && defaultSocket !== undefined && !(await isAnswering(defaultSocket));
  const loopback = '127.0.0.1';
  return {
    folder,
    bgp: { host: addresses.daemon, port: await freePort(addresses.daemon, bgp) },
    peerAddresses: addresses.peers,
    apiSocket: isDefaultSocket ? defaultSocket : join(folder, 'tsbgpd.sock'),
    isDefaultSocket,
    apiTcp: { host: loopback, port: await freePort(loopback, api) },
    metrics: { host: loopback, port: await freePort(loopback, metrics) },
  };
}

/** `127.0.0.1:179`, `[::1]:179`. */
export function formatSocket({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
