/** A small cache: serves VRPs and ASPAs to routers over the RPKI-to-router protocol, for tests, labs, and data of one's own. */
import { randomInt } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ByteWriter } from '@tsbgp/wire';
import type { RtrVersion } from '../rtr/codes.ts';
import { appendPdu } from '../rtr/encode.ts';
import { PduStream } from '../rtr/framing.ts';
import type { RtrIntervals } from '../rtr/pdu.ts';
import { type CacheContents, CacheData } from './cache-data.ts';
import { type CacheAnswer, CacheSession } from './cache-session.ts';

/** Connections at a time. More are closed at once. */
export const ROUTERS_MAX = 256;
/** Octets that are encoded before they are written. */
const WRITE_OCTETS = 1 << 16;

/** What a cache says of itself. */
export interface RtrCacheOptions {
  /** @default random, as RFC 8210 §5.1 wants */
  readonly sessionId?: number | undefined;
  /** @default 1 */
  readonly serial?: number | undefined;
  /** Highest version that it speaks. @default 2 */
  readonly versionMax?: RtrVersion | undefined;
  /** @default 3600, 600 and 7200 seconds */
  readonly intervals?: RtrIntervals | undefined;
}

/** A cache that listens on TCP. */
export class RtrCache {
  readonly #data: CacheData;
  readonly #options: RtrCacheOptions;
  readonly #server: Server;
  readonly #routers = new Map<Socket, CacheSession>();

  constructor(contents: CacheContents, options: RtrCacheOptions = {}) {
    this.#options = options;
    this.#data = new CacheData(contents, options.sessionId ?? randomInt(0x10000), options.serial ?? 1);
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get serial(): number {
    return this.#data.serial;
  }

  /** Connections of routers. */
  get routers(): number {
    return this.#routers.size;
  }

  /** Listens, and resolves with the port. Rejects when the address cannot be used. */
  async listen(where: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(where, resolve);
    });
    return { port: (this.#server.address() as AddressInfo).port };
  }

  /** Replaces what is served, and notifies the routers if that is a change. */
  update(contents: CacheContents): void {
    if (!this.#data.update(contents)) return;
    for (const [socket, session] of this.#routers) {
      const notify = session.notify();
      if (notify !== undefined) send(socket, { pdus: [notify], close: false });
    }
  }

  /** Closes the connections, and the listener. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.disconnect();
    await closed;
  }

  /** Closes the connections. */
  disconnect(): void {
    for (const socket of this.#routers.keys()) socket.destroy();
  }

  #accept(socket: Socket): void {
    if (this.#routers.size >= ROUTERS_MAX) {
      socket.destroy();
      return;
    }
    const { intervals = { refresh: 3600, retry: 600, expire: 7200 }, versionMax } = this.#options;
    const session = new CacheSession(this.#data, intervals, versionMax);
    this.#routers.set(socket, session);
    const pdus = new PduStream((bytes, start, end) => send(socket, session.answer(bytes, start, end)));
    socket.on('data', (chunk) => {
      if (socket.writableEnded) return;
      const broken = pdus.push(chunk);
      if (broken !== undefined) send(socket, session.refuse(broken));
    });
    // The router is gone: there is nothing to do for it.
    socket.on('error', () => {});
    socket.once('close', () => this.#routers.delete(socket));
  }
}

/** Returns whether the connection stays. */
function send(socket: Socket, { pdus, close }: CacheAnswer): boolean {
  const out = new ByteWriter(1024);
  for (const pdu of pdus) {
    appendPdu(out, pdu);
    if (out.length < WRITE_OCTETS) continue;
    socket.write(out.take());
    out.length = 0;
  }
  if (out.length > 0) socket.write(out.take());
  if (close) socket.end();
  return !close;
}
