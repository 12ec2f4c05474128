/** Opens our connection to a peer, with whatever must be set on the socket before. */
import { connect, type Socket } from 'node:net';

export interface Target {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

/** Half-open is allowed: the peer may have sent its FIN, and must still hear our NOTIFICATION. */
export function dial(target: Target): Socket {
  return connect({
    host: target.remoteAddress,
    port: target.remotePort,
    allowHalfOpen: true,
    ...(target.localAddress !== undefined && { localAddress: target.localAddress }),
    ...(target.localPort !== undefined && { localPort: target.localPort }),
  });
}
