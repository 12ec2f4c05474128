/**
 * A cache in the plainest form, apart from the library: it answers each Reset Query with the octets that the test wrote down, version 2 of RTR
 * (draft-ietf-sidrops-8210bis), and notifies routers of a new serial.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

const RESET_QUERY = '0202000000000008';
const CACHE_RESET = '0208000000000008';
const SESSION = '00ab';

export interface AspaServer {
  readonly port: number;
  /** Replaces the data: ASPA PDUs in hex. */
  update(...pdus: string[]): void;
}

export async function startAspaServer(t: TestContext, ...initial: string[]): Promise<AspaServer> {
  let pdus: readonly string[] = initial;
  let serial = 1;
  const routers = new Set<Socket>();
  const serialHex = (): string => serial.toString(16).padStart(8, '0');
  const server = createServer((socket) => {
    routers.add(socket);
    socket.on('close', () => routers.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      // Each query comes in one piece on the loopback.
      if (chunk.toString('hex') !== RESET_QUERY) {
        socket.write(Buffer.from(CACHE_RESET, 'hex'));
        return;
      }
      const endOfData = `0207${SESSION}00000018${serialHex()}00000e1000000258${'00001c20'}`;
      socket.write(Buffer.from([`0203${SESSION}00000008`, ...pdus, endOfData].join(''), 'hex'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of routers) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    update(...after) {
      pdus = after;
      serial++;
      for (const socket of routers) socket.write(Buffer.from(`0200${SESSION}0000000c${serialHex()}`, 'hex'));
    },
  };
}

/** An ASPA PDU that announces: version, type 11, flags 1, zero, length, customer, providers. */
export function aspaPdu(customer: number, ...providers: number[]): string {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  return `020b0100${hex(12 + 4 * providers.length)}${hex(customer)}${providers.map(hex).join('')}`;
}
