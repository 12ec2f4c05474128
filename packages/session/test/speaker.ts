/** A speaker under test. */
import type { TestContext } from 'node:test';
import { type Peer, type PeerConfig, type PeerOptions, Server, type ServerOptions } from '../src/index.ts';
import { Recorder } from './recorder.ts';

export interface Speaker {
  readonly server: Server;
  readonly port: number;
  readonly peer: Peer;
  readonly plugin: Recorder;
}

/** AS 65001, 10.0.0.1, listening on 127.0.0.1, with the passive peer 127.0.0.2 in AS 65002. */
export async function speaker(
  test: TestContext,
  options: PeerOptions = {},
  more: { server?: Partial<ServerOptions>; config?: Partial<PeerConfig>; plugin?: Recorder } = {},
): Promise<Speaker> {
  const server = new Server({ routerId: '10.0.0.1', ...more.server });
  test.after(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const plugin = more.plugin ?? new Recorder();
  const peer = server.addPeer({ remoteAddress: '127.0.0.2', localAs: 65_001, remoteAs: 65_002, ...more.config }, plugin, {
    passive: true,
    ...options,
  });
  return { server, port, peer, plugin };
}
