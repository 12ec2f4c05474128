/**
 * Connections of the client. When an error destroys a connection, Connect's own manager removes its listeners and opens another connection. Node
 * emits the error in the next tick; without a listener it would end the process.
 */
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { Http2SessionManager } from '@connectrpc/connect-node';

export class SafeSessionManager extends Http2SessionManager {
  readonly #guarded: WeakSet<ClientHttp2Session> = new WeakSet();

  override async request(...parameters: Parameters<Http2SessionManager['request']>): Promise<ClientHttp2Stream> {
    const stream = await super.request(...parameters);
    const session = stream.session as ClientHttp2Session | undefined;
    if (session !== undefined && !this.#guarded.has(session)) {
      this.#guarded.add(session);
      session.on('error', () => undefined); // each call of the session rejects with it
    }
    return stream;
  }
}
