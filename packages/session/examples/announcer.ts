/**
 * Announces one prefix for as long as it runs, e.g. an anycast service address for as long as the service is healthy.
 *
 *     node announcer.ts --peer 192.0.2.1 --peer-as 65001 --as 65002 --router-id 192.0.2.2 --prefix 198.51.100.0/24
 */
import { parseArgs } from 'node:util';
import { type Plugin, Server } from '@tsbgp/session';
import { addressBytes, ByteWriter, writeHeader } from '@tsbgp/wire';

const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: '127.0.0.1' },
    'peer-as': { type: 'string', default: '65001' },
    port: { type: 'string', default: '179' },
    as: { type: 'string', default: '65002' },
    'router-id': { type: 'string', default: '192.0.2.2' },
    prefix: { type: 'string', default: '198.51.100.0/24' },
  },
});

/** An UPDATE with ORIGIN, AS_PATH and NEXT_HOP (RFC 4271 §4.3). */
function announcement(prefix: string, as: number, nextHop: string, fourOctetAs: boolean): Uint8Array {
  const [address = '', length = '32'] = prefix.split('/');
  const out = new ByteWriter();
  out.zeros(19 + 2); // header; nothing is withdrawn
  out.counted16(() => {
    out.raw(Uint8Array.of(0x40, 1, 1, 0)); // ORIGIN IGP
    out.raw(Uint8Array.of(0x40, 2, fourOctetAs ? 6 : 4, 2, 1)); // AS_PATH: a sequence of one
    if (fourOctetAs) out.u32(as);
    else out.u16(as);
    out.raw(Uint8Array.of(0x40, 3, 4)); // NEXT_HOP
    out.raw(addressBytes(nextHop));
  });
  out.u8(Number(length));
  out.raw(addressBytes(address), 0, Math.ceil(Number(length) / 8));
  writeHeader(out.bytes, 0, out.length, 2);
  return out.take();
}

const END_OF_RIB = new Uint8Array(23);
writeHeader(END_OF_RIB, 0, END_OF_RIB.length, 2);

const announcer: Plugin = {
  onEstablished(peer, session, writer) {
    writer.write(announcement(values.prefix, session.localAs, session.localAddress, session.send.fourOctetAs));
    writer.write(END_OF_RIB);
    console.log(`announced ${values.prefix} to ${session.remoteAddress}, AS ${session.remoteAs}`);
    return () => undefined; // the peer's announcements are ignored
  },
  onClose: (peer, reason) => console.log(`session closed: ${reason.text}`),
};

const server = new Server({ routerId: values['router-id'] });
const config = { remoteAddress: values.peer, remoteAs: Number(values['peer-as']), localAs: Number(values.as) };
server.addPeer(config, announcer, { remotePort: Number(values.port) });
process.once('SIGINT', () => void server.close('service is going down'));
process.once('SIGTERM', () => void server.close('service is going down'));
