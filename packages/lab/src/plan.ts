/** Ports, addresses and files of a lab, decided before anything starts. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creatableSocketPath, socketPathCandidates } from '@tsbgp/api';
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
  /** `tsbgp` finds the daemon without an address. */
  readonly isDefaultSocket: boolean;
  readonly apiTcp: SocketAddress;
  readonly metrics: SocketAddress;
}

/** Preferred ports; the lab takes another one if it is in use. Not 179, which needs root. */
const BGP_PORT = 1179;
const API_PORT = 50_051;
const METRICS_PORT = 9179;

export interface PlanOptions {
  /** Any free ports and a separate socket: for tests, which must not meet a lab that runs on the machine. */
  readonly isolated: boolean;
}

export async function planLab(options: PlanOptions): Promise<LabPlan> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-lab-'));
  const addresses = await peerAddresses();
  const [bgp, api, metrics] = options.isolated ? [0, 0, 0] : [BGP_PORT, API_PORT, METRICS_PORT];
  const shared = options.isolated ? undefined : await sharedSocket();
  const loopback = '127.0.0.1';
  return {
    folder,
    bgp: { host: addresses.daemon, port: await freePort(addresses.daemon, bgp) },
    peerAddresses: addresses.peers,
    apiSocket: shared ?? join(folder, 'tsbgpd.sock'),
    isDefaultSocket: shared !== undefined,
    apiTcp: { host: loopback, port: await freePort(loopback, api) },
    metrics: { host: loopback, port: await freePort(loopback, metrics) },
  };
}

/** The path where `tsbgp` looks for a daemon by default; undefined when there is another daemon. */
async function sharedSocket(): Promise<string | undefined> {
  const path = creatableSocketPath();
  if (path === undefined) return undefined;
  const candidates = socketPathCandidates();
  const hidden = candidates.slice(0, candidates.indexOf(path)).some((before) => existsSync(before));
  return hidden || (await isAnswering(path)) ? undefined : path;
}

/** `127.0.0.1:179`, `[::1]:179`. */
export function formatSocket({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
