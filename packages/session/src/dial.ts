/** Opens our connection to a peer, with the socket options that must be set before. */
import { connect, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isIpv6 } from './address.ts';
import { PeerError } from './errors.ts';
import { closeSocket, openSocket } from './libc.ts';
import { type PeerOptions, REMOTE_PORT_DEFAULT } from './peer.ts';
import { isProtected, type Protection, protectDialing } from './protection.ts';

/**
 * The socket may be half-open: a peer that has sent its FIN must still get our NOTIFICATION. Throws PeerError when the connection must not be
 * tried.
 */
export function dial(remoteAddress: string, options: PeerOptions): Socket {
  checkInterface(remoteAddress, 'remoteAddress');
  if (options.localAddress !== undefined) checkInterface(options.localAddress, 'localAddress');
  const target = {
    host: remoteAddress,
    port: options.remotePort ?? REMOTE_PORT_DEFAULT,
    ...(options.localAddress !== undefined && { localAddress: options.localAddress }),
    ...(options.localPort !== undefined && { localPort: options.localPort }),
  };
  return isProtected(options) ? connectProtected(target, options) : connect({ ...target, allowHalfOpen: true });
}

/** Where a connection goes, by address, and where it comes from. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  readonly localPort?: number;
}

/**
 * A TCP connection with MD5 signatures, TCP-AO or a TTL, which the kernel is told before it opens. Throws PeerError `unsupported` where this
 * machine cannot do it.
 */
export function connectProtected(target: DialTarget, protection: Protection): Socket {
  const fd = openSocket(isIpv6(target.host) ? 6 : 4);
  try {
    protectDialing(fd, protection, { address: target.host });
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
  const socket = new Socket({ fd, allowHalfOpen: true });
  socket.connect(target);
  return socket;
}

/** Throws when the interface of a link-local address is missing. The kernel would only say EINVAL. */
function checkInterface(address: string, field: string): void {
  const zone = address.split('%')[1];
  if (zone === undefined || networkInterfaces()[zone] !== undefined) return;
  throw new PeerError('unsupported', `${field} ${address}: there is no interface ${zone}, or it is down or has no address`, field);
}

/** Calls `connected` or `failed` once, for a socket that is connecting. The result gives the attempt up: then neither is called. */
export function awaitConnection(socket: Socket, connected: () => void, failed: (error: Error) => void): () => void {
  let over = false;
  const end = (error: Error): void => {
    if (over) return;
    over = true;
    socket.destroy();
    failed(error);
  };
  socket.on('error', end);
  socket.once('connect', () => {
    if (over) return;
    over = true;
    socket.off('error', end);
    connected();
  });
  return () => {
    if (over) return;
    over = true;
    socket.destroy();
  };
}
