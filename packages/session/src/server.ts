/** A BGP speaker: listeners and peers. */
import { PeerError } from './errors.ts';
import type { DeletePeerOptions, Endpoint, ListenOptions, Peer, PeerConfig, PeerOptions, Plugin, ServerOptions } from './types.ts';

export class Server {
  readonly options: ServerOptions;

  constructor(options: ServerOptions) {
    this.options = options;
  }

  /** Several listeners are fine. Rejects when the address cannot be bound. */
  listen(_options: ListenOptions): Promise<Endpoint> {
    throw new PeerError('unsupported', 'not yet');
  }

  /** The peer starts at once unless `enabled` is false. Throws PeerError `already-exists`, `invalid-config`, `unsupported`, `closed`. */
  addPeer(_config: PeerConfig, _plugin: Plugin, _options?: PeerOptions): Peer {
    throw new PeerError('unsupported', 'not yet');
  }

  /** Cease/3, then gone. Rejects with PeerError `not-found`. */
  deletePeer(_remoteAddress: string, _options?: DeletePeerOptions): Promise<void> {
    throw new PeerError('unsupported', 'not yet');
  }

  getPeer(_remoteAddress: string): Peer | undefined {
    return undefined;
  }

  listPeers(): Peer[] {
    return [];
  }

  /** Cease/2 to all, listeners closed; resolves when all is gone. */
  close(_shutdownMessage?: string): Promise<void> {
    throw new PeerError('unsupported', 'not yet');
  }
}
