/** Two external peers that announce and withdraw 250,000 routes. Both have the same prefixes, so that the best path changes too. */
import { type Plugin, Server, type UpdateWriter } from '@tsbgp/session';
import { flood } from '../../packages/daemon/test/raw-peer.ts';
import { type Attack, BGP_PORT, DAEMON_ADDRESS, FLAPPERS, LOCAL_AS, pause } from '../plan.ts';

const ROUTES = 250_000;
const PER_SET = 50;
/** Octets of one write. */
const CHUNK = 256 << 10;

export const flaps: Attack = async ({ signal, did }) => {
  await Promise.all(FLAPPERS.map((flapper, index) => flap(flapper, index)));

  async function flap({ address, as }: (typeof FLAPPERS)[number], index: number): Promise<void> {
    const nextHop = Buffer.from(address.split('.').map(Number));
    const writers: UpdateWriter[] = [];
    const plugin: Plugin = {
      onEstablished: (_peer, _session, writer) => {
        writers[0] = writer;
        did('sessions');
        return () => undefined;
      },
      onClose: () => {
        writers.length = 0;
      },
    };
    const server = new Server({ routerId: address });
    server.addPeer({ remoteAddress: DAEMON_ADDRESS, remoteAs: LOCAL_AS, localAs: as }, plugin, {
      localAddress: address,
      remotePort: BGP_PORT,
      connectRetrySeconds: 2,
    });
    for (let round = 0; !signal.aborted; round++) {
      await send(writers, withNextHop(flood(as, ROUTES, PER_SET, round), nextHop));
      did('announcements', ROUTES);
      await pause(3000 + 1500 * index, signal);
      if (round % 3 !== 2) continue;
      await send(writers, flood(as, ROUTES, PER_SET, round, true));
      did('withdrawals', ROUTES);
      await pause(1000, signal);
    }
    // The sessions end, so that the table has no route of these peers.
    await server.close();
  }

  /** Writes in chunks, each after the one before has left: the daemon may stop reading. */
  async function send(writers: readonly UpdateWriter[], messages: Uint8Array): Promise<void> {
    for (let start = 0; start < messages.length && !signal.aborted; ) {
      const [writer] = writers;
      if (writer === undefined) return pause(200, signal);
      if (writer.backlogBytes > CHUNK) {
        await pause(5, signal);
        continue;
      }
      let end = start;
      while (end < messages.length && end - start < CHUNK) end += messages[end + 16]! * 256 + messages[end + 17]!;
      writer.write(messages.subarray(start, end));
      start = end;
    }
  }
};

/** The messages of `flood` have NEXT_HOP 127.0.0.2. */
function withNextHop(messages: Uint8Array, nextHop: Uint8Array): Uint8Array {
  for (let at = 0; at < messages.length; at += messages[at + 16]! * 256 + messages[at + 17]!) messages.set(nextHop, at + 47);
  return messages;
}
