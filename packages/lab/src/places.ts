/** Where the lab listens: on ports and addresses that are free now, so that a second lab or a real daemon can run at the same time. */
import { connect, createServer } from 'node:net';

export interface PeerAddresses {
  /** The daemon's listener. */
  readonly daemon: string;
  /** One per lab peer, all different, because a neighbor is known by its address. */
  readonly peers: readonly [string, string];
}

/** `preferred` if it is free, else any free port. */
export async function freePort(host: string, preferred: number): Promise<number> {
  return (await bindOnce(host, preferred)) ?? (await bindOnce(host, 0)) ?? Promise.reject(new Error(`no free TCP port on ${host}`));
}

/** Linux has all of 127.0.0.0/8. Elsewhere the peers have different address families. */
export async function peerAddresses(): Promise<PeerAddresses> {
  for (const address of ['127.0.0.2', '127.0.0.3']) {
    if ((await bindOnce(address, 0)) === undefined) return { daemon: '::', peers: ['127.0.0.1', '::1'] };
  }
  return { daemon: '127.0.0.1', peers: ['127.0.0.2', '127.0.0.3'] };
}

/** Whether a process answers at this unix socket. A file of a process that is gone does not count. */
export function isAnswering(socketPath: string): Promise<boolean> {
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
