/**
 * A filtering proxy between two speakers: each sees the other's AS, and gets no UPDATE with a forbidden AS in its path.
 *
 *     node proxy.ts --port 1790 --forbid 64666 192.0.2.1=65001 192.0.2.2=65002
 */
import { parseArgs } from 'node:util';
import { type Peer, type Plugin, Server, type UpdateWriter } from '@tsbgp/session';
import { IPV4_UNICAST, readU16, readU32 } from '@tsbgp/wire';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '179' }, forbid: { type: 'string', default: '64666' } },
});

/** Whether AS_PATH (attribute 2, four octets per AS) of the UPDATE contains `as`. */
function mentions(as: number, bytes: Uint8Array, start: number): boolean {
  let at = start + 2 + readU16(bytes, start); // after the withdrawn routes
  const end = at + 2 + readU16(bytes, at);
  for (at += 2; at + 3 <= end; ) {
    const extended = bytes[at]! & 0x10;
    const value = at + (extended ? 4 : 3);
    const next = value + (extended ? readU16(bytes, at + 2) : bytes[at + 2]!);
    for (let segment = value; bytes[at + 1] === 2 && segment + 2 <= next; segment += 2 + 4 * bytes[segment + 1]!) {
      for (let i = 0; i < bytes[segment + 1]!; i++) if (readU32(bytes, segment + 2 + 4 * i) === as) return true;
    }
    at = next;
  }
  return false;
}
const peers: Peer[] = [];
const writers: (UpdateWriter | undefined)[] = [];
const sides = positionals.map((text) => text.split('=') as [string, string]);
const server = new Server({ routerId: '192.0.2.5' });

sides.forEach(([remoteAddress, remoteAs], here) => {
  const there = 1 - here;
  const plugin: Plugin = {
    onEstablished(peer, session, writer) {
      writers[here] = writer;
      writer.onDrain = () => peers[there]?.resumeReading();
      peers[there]?.sendRouteRefresh(IPV4_UNICAST); // UPDATEs that it sent before we could pass them on
      return (bytes, start, end) => {
        // The header is right before the body: the message is passed on unchanged.
        const passed = mentions(Number(values.forbid), bytes, start) || (writers[there]?.write(bytes.slice(start - 19, end)) ?? true);
        if (!passed) peer.pauseReading();
        return undefined;
      };
    },
    onClose() {
      writers[here] = undefined;
      peers[there]?.reset(); // its routes came from here
    },
  };
  const config = { remoteAddress, remoteAs: Number(remoteAs), localAs: Number(sides[there]?.[1]) };
  peers[here] = server.addPeer(config, plugin, { passive: true });
});
const { port } = await server.listen({ host: '::', port: Number(values.port) });
console.log(`listening on ${port}`);
process.once('SIGTERM', () => void server.close());
