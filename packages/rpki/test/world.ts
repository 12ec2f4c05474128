/** A client with a fake clock and fake sockets. */

import { addressBytes } from '@tsbgp/wire';
import type { Connect, RpkiChange, RpkiSources } from '../src/index.ts';
import { type CacheOptions, RpkiClient, type Vrp, type VrpOctets } from '../src/index.ts';
import { formatVrp } from '../src/table/vrp.ts';
import { breathe, FakeClock } from './fake-clock.ts';
import { FakeSocket } from './fake-socket.ts';

export class World {
  readonly clock = new FakeClock();
  readonly changes: RpkiChange[] = [];
  readonly logged: string[] = [];
  /** By host of the cache, in the order of their opening. */
  readonly sockets = new Map<string, FakeSocket[]>();
  readonly client: RpkiClient;
  readonly connect: Connect = ({ host }) => {
    const socket = new FakeSocket();
    this.sockets.set(host, [...(this.sockets.get(host) ?? []), socket]);
    return socket.asSocket();
  };

  constructor(sources: RpkiSources & { readonly onStatus?: () => void }) {
    const log = (_fields: object, message: string): void => {
      this.logged.push(message);
    };
    this.client = new RpkiClient({
      ...this.with(sources),
      onStatus: sources.onStatus,
      clock: this.clock,
      logger: { debug: () => {}, info: log, warn: log, error: log },
      onChange: (change) => this.changes.push(change),
    });
  }

  with(sources: RpkiSources): RpkiSources {
    return { ...sources, caches: (sources.caches ?? []).map((cache): CacheOptions => ({ connect: this.connect, ...cache })) };
  }

  /** The socket that was opened last to a host. */
  socket(host: string): FakeSocket {
    return this.sockets.get(host)!.at(-1)!;
  }

  /** Starts the client, and accepts the connection to the only cache. */
  async startOne(host = 'a'): Promise<FakeSocket> {
    await this.client.start();
    const socket = this.socket(host);
    socket.accept();
    await breathe();
    return socket;
  }

  vrps(): string[] {
    return [...this.client.vrps.vrps()].map(formatVrp).sort();
  }
}

/** "192.0.2.0/24-24 AS64496" as the table takes it. */
export function vrpOctets(text: string): VrpOctets {
  const [, address = '', length, maxLength, asn] = /^(.+)\/(\d+)-(\d+) AS(\d+)$/.exec(text) ?? [];
  const bytes = addressBytes(address);
  return { bytes, offset: 0, ipv6: bytes.length === 16, length: Number(length), maxLength: Number(maxLength), asn: Number(asn) };
}

export function vrp(text: string): Vrp {
  const [prefix = '', rest = ''] = text.split(/-(?=\d+ AS)/);
  const [maxLength, asn] = rest.split(' AS');
  return { prefix, maxLength: Number(maxLength), asn: Number(asn) };
}
