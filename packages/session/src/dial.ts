/** Opens our connection to a peer, with whatever must be set on the socket before. */
import { connect, Socket } from 'node:net';
import { isIpv6 } from './address.ts';
import { isProtected, protectDialing } from './protection.ts';
import { closeSocket, openSocket } from './tcp-options.ts';
import type { PeerOptions } from './types.ts';

const BGP_PORT = 179;

/** Half-open is allowed: the peer may have sent its FIN, and must still hear our NOTIFICATION. Throws PeerError when it must not be tried. */
export function dial(remoteAddress: string, options: PeerOptions): Socket {
  const target = {
    host: remoteAddress,
    port: options.remotePort ?? BGP_PORT,
    ...(options.localAddress !== undefined && { localAddress: options.localAddress }),
    ...(options.localPort !== undefined && { localPort: options.localPort }),
  };
  if (!isProtected(options)) return connect({ ...target, allowHalfOpen: true });
  const fd = openSocket(isIpv6(remoteAddress) ? 6 : 4);
  try {
    protectDialing(fd, options, { address: remoteAddress });
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
  const socket = new Socket({ fd, allowHalfOpen: true });
  socket.connect(target);
  return socket;
}
