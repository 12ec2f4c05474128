/**
 * A peer that stops reading must cost its memory bound and no more, and hold the right routes once it reads again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaled } from '../../../../test/scale.ts';
import { flood, RawPeer, startSpeaker } from '../../test/raw-peer.ts';

const ROUTES = Number(process.env['TSBGP_SLOW_PEER_ROUTES'] ?? scaled(1_000_000));
const GROWTH_BYTES_MAX = 64 << 20;

test(`a peer that stops reading while ${ROUTES} routes flap twice costs at most 64 MB, and catches up`, { timeout: 120_000 }, async (t) => {
  const speaker = await startSpeaker(4);
  const sender = new RawPeer(speaker.port, 2);
  const slow = new RawPeer(speaker.port, 3);
  const reader = new RawPeer(speaker.port, 4);
  try {
    await Promise.all([sender.up(), slow.up(), reader.up()]);
    const views = [new View(slow), new View(reader)];
    const announce = flood(sender.as, ROUTES, 50, 0);
    await sender.write(announce);
    for (const view of views) await view.peer.until(() => view.held.size === ROUTES, 'the first table');

    // Everything is in place once: what grows from here on is the slow peer's doing, and one flap with all reading is the yardstick.
    await sender.write(flood(sender.as, ROUTES, 50, 0, true));
    for (const view of views) await view.peer.until(() => view.held.size === 0, 'the first withdrawal');
    await sender.write(announce);
    for (const view of views) await view.peer.until(() => view.held.size === ROUTES, 'the second table');
    const before = (await speaker.ask()).rssBytes;

    slow.socket.pause();
    for (const salt of [1, 2]) {
      await sender.write(flood(sender.as, ROUTES, 50, 0, true));
      await reader.until(() => views[1]!.held.size === 0, `withdrawal ${salt}`);
      await sender.write(flood(sender.as, ROUTES, 50, salt));
      await reader.until(() => views[1]!.held.size === ROUTES, `announcement ${salt}`);
    }
    // Half of it goes for good while nobody on the other side reads.
    await sender.write(flood(sender.as, ROUTES / 2, 50, 0, true));
    await reader.until(() => views[1]!.held.size === ROUTES / 2, 'the last withdrawal');
    const after = (await speaker.ask()).rssBytes;
    const grown = after - before;
    t.diagnostic(`grew by ${(grown / 2 ** 20).toFixed(1)} MB from ${(before / 2 ** 20).toFixed(0)} MB`);
    assert.ok(grown <= GROWTH_BYTES_MAX, `grew by ${(grown / 2 ** 20).toFixed(1)} MB`);

    slow.socket.resume();
    await slow.until(() => views[0]!.settled(views[1]!), 'the slow peer to catch up', 60_000);
    assert.deepEqual(slow.notifications, []);
  } finally {
    for (const peer of [sender, slow, reader]) await peer.close();
    await speaker.stop();
  }
});

/** What a peer holds: address -> second AS of the path, which tells the flap apart. */
class View {
  readonly peer: RawPeer;
  readonly held: Map<number, number> = new Map();

  constructor(peer: RawPeer) {
    this.peer = peer;
    peer.onUpdate = (bytes, start, end) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const withdrawnEnd = start + 2 + view.getUint16(start);
      for (let at = start + 2; at < withdrawnEnd; at += 5) this.held.delete(view.getUint32(at + 1));
      const attributes = withdrawnEnd + 2;
      const nlri = attributes + view.getUint16(withdrawnEnd);
      // ORIGIN, then AS_PATH of one sequence: our AS, the sender's, the salt.
      const salt = nlri < end ? view.getUint32(attributes + 4 + 3 + 2 + 8) : 0;
      for (let at = nlri; at < end; at += 5) this.held.set(view.getUint32(at + 1), salt);
    };
  }

  settled(other: View): boolean {
    if (this.held.size !== other.held.size) return false;
    for (const [address, salt] of this.held) if (other.held.get(address) !== salt) return false;
    return true;
  }
}
