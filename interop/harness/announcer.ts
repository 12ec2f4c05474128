/**
 * A second client of a route server, on a host that has a daemon too: `announcer.ts LOCAL-ADDRESS PEER LOCAL-AS PEER-AS NEXT-HOP PREFIX…`
 * announces the prefixes with AS_PATH LOCAL-AS 64999 until it is stopped.
 */
import { Server } from '@tsbgp/session';
import { addressBytes, ByteWriter, writeHeader } from '@tsbgp/wire';

const [localAddress = '', remoteAddress = '', localAs = '', remoteAs = '', nextHop = '', ...prefixes] = process.argv.slice(2);

function announcement(prefix: string, fourOctetAs: boolean): Uint8Array {
  const [address = '', length = '32'] = prefix.split('/');
  const asPath = [Number(localAs), 64_999];
  const out = new ByteWriter();
  out.zeros(19 + 2);
  out.counted16(() => {
    out.raw(Uint8Array.of(0x40, 1, 1, 0));
    out.raw(Uint8Array.of(0x40, 2, 2 + asPath.length * (fourOctetAs ? 4 : 2), 2, asPath.length));
    for (const as of asPath) {
      if (fourOctetAs) out.u32(as);
      else out.u16(as);
    }
    out.raw(Uint8Array.of(0x40, 3, 4));
    out.raw(addressBytes(nextHop));
  });
  out.u8(Number(length));
  out.raw(addressBytes(address), 0, Math.ceil(Number(length) / 8));
  writeHeader(out.bytes, 0, out.length, 2);
  return out.take();
}

const server = new Server({ routerId: localAddress });
server.addPeer(
  { remoteAddress, remoteAs: Number(remoteAs), localAs: Number(localAs) },
  {
    onEstablished(_peer, session, writer) {
      for (const prefix of prefixes) writer.write(announcement(prefix, session.send.fourOctetAs));
      return () => undefined;
    },
  },
  { localAddress, connectRetrySeconds: 1 },
);
process.once('SIGTERM', () => void server.close());
