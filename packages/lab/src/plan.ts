/**
 * Ports, addresses and files of a lab, decided before anything starts. They are free now, so that a second lab or a real daemon can run at the
 * same time.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creatableSocketPath, socketPathCandidates } from '@tsbgp/api';

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
  const addresses = await bgpAddresses();
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

/** `preferred` if it is free, else any free port. */
async function freePort(host: string, preferred: number): Promise<number> {
  return (await bindOnce(host, preferred)) ?? (await bindOnce(host, 0)) ?? Promise.reject(new Error(`no free TCP port on ${host}`));
}

/** The addresses of the daemon and of the lab peers. They differ, because a neighbor is known by its address. */
async function bgpAddresses(): Promise<{ readonly daemon: string; readonly peers: readonly string[] }> {
  // Linux has all of 127.0.0.0/8. Elsewhere the peers have different address families.
  for (const address of ['127.0.0.2', '127.0.0.3']) {
    if ((await bindOnce(address, 0)) === undefined) return { daemon: '::', peers: ['127.0.0.1', '::1'] };
  }
  return { daemon: '127.0.0.1', peers: ['127.0.0.2', '127.0.0.3'] };
}

/** Whether a process answers at this unix socket. A file of a process that is gone does not count. */
function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function bindOnce(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
