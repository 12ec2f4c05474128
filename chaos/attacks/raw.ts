/** Octets on a TCP connection to one of the daemon's listeners. */
import { connect, type Socket } from 'node:net';
import { DAEMON_ADDRESS } from '../plan.ts';

/** Connects, writes, reads until the other side closes or `milliseconds` are over. Resolves with the start of what was read. */
export function exchange(port: number, octets: string | Uint8Array, milliseconds = 300): Promise<string> {
  return new Promise((resolve) => {
    let read = '';
    const socket = connect({ host: DAEMON_ADDRESS, port });
    const timer = setTimeout(() => socket.destroy(), milliseconds);
    socket.on('data', (chunk: Buffer) => {
      if (read.length < 4096) read += chunk.toString('latin1');
    });
    socket.on('error', () => undefined); // a refusal is an answer: 'close' follows
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(read);
    });
    socket.write(octets);
  });
}

/** A connection that is not read from. Its errors are ignored. */
export function silent(port: number, localAddress?: string, octets?: Uint8Array | string): Socket {
  const socket = connect({ host: DAEMON_ADDRESS, port, ...(localAddress === undefined ? {} : { localAddress }) });
  socket.on('error', () => undefined); // the daemon may refuse or reset it
  socket.pause();
  if (octets !== undefined) socket.write(octets);
  return socket;
}
