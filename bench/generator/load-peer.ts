/** One peer of the load: sends its stream on command, and knows at any time which routes it has. */
import { connect, type Socket } from 'node:net';
import {
  type Capability,
  DEFAULT_CONTEXT,
  decodeNotificationBody,
  encodeControlMessage,
  Fault,
  formatNotification,
  HEADER_LENGTH,
  KEEPALIVE,
  MessageType,
  messageLength,
  messageType,
  openAsField,
} from '@tsbgp/wire';
import type { Latencies } from './latencies.ts';
import type { Prefixes } from './prefixes.ts';
import { RouteSet } from './route-set.ts';
import type { UpdateReader } from './update-reader.ts';

/** Long, so that a daemon that is busy for minutes keeps the session. */
const HOLD_SECONDS = 240;
/** Pause before another attempt to connect. */
const RETRY_MS = 50;

export interface LoadPeerOptions {
  readonly address: string;
  readonly as: number;
  /** IPv4, unique. */
  readonly bgpIdentifier: string;
  readonly target: { readonly host: string; readonly port: number };
  readonly prefixes: Prefixes;
  readonly hasPathIdentifiers: boolean;
  readonly reader: UpdateReader;
  /** Routes [from, to) are those of this peer. They do not count when a daemon sends them back. */
  readonly own: { readonly from: number; readonly to: number };
  readonly onLost: (reason: string) => void;
}

export class LoadPeer {
  established = false;
  receivedNlri = 0;
  lastReceivedAt = 0;
  /** Told of each route that arrives, while it is set. */
  latencies: Latencies | undefined = undefined;
  readonly #options: LoadPeerOptions;
  #held: RouteSet;
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(options: LoadPeerOptions) {
    this.#options = options;
    this.#held = new RouteSet(options.prefixes.count);
    this.connect();
  }

  /** The number of routes that it has now. */
  get held(): number {
    return this.#held.count;
  }

  /** Connects, as often as it takes until the first session is up. */
  connect(): void {
    const { target, address } = this.#options;
    const socket = connect({ host: target.host, port: target.port, localAddress: address, noDelay: true });
    this.#socket = socket;
    this.#rest = Buffer.alloc(0);
    let reason = 'closed by the target';
    socket.on('connect', () => socket.write(this.#open()));
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => {
      if (this.established) this.#options.onLost(reason);
      else setTimeout(() => this.connect(), RETRY_MS);
    });
  }

  /** Resolves when the kernel has taken all of it. */
  send(octets: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket!.write(octets, (error) => (error ? reject(error) : resolve()));
    });
  }

  keepalive(): void {
    if (this.established && this.#socket!.writableLength === 0) this.#socket!.write(encodeControlMessage(KEEPALIVE, DEFAULT_CONTEXT));
  }

  /** Ends the session and forgets all routes. */
  close(): void {
    this.#socket!.removeAllListeners('close').destroy();
    this.established = false;
    this.#held = new RouteSet(this.#options.prefixes.count);
  }

  #open(): Uint8Array {
    const { as, bgpIdentifier, prefixes, hasPathIdentifiers } = this.#options;
    const { family } = prefixes;
    const capabilities: Capability[] = [
      { type: 'multiprotocol', family },
      { type: 'four-octet-as', as },
    ];
    if (hasPathIdentifiers) capabilities.push({ type: 'add-path', families: [{ family, send: true, receive: true }] });
    return encodeControlMessage(
      { type: 'open', version: 4, as: openAsField(as), holdTimeSeconds: HOLD_SECONDS, bgpIdentifier, capabilities, otherParameters: [] },
      DEFAULT_CONTEXT,
    );
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const now = performance.now();
    let at = 0;
    while (bytes.length - at >= HEADER_LENGTH) {
      const length = messageLength(bytes, at);
      if (bytes.length - at < length) break;
      const type = messageType(bytes, at);
      if (type === MessageType.Update) this.#update(bytes, at + HEADER_LENGTH, at + length, now);
      else this.#control(type, bytes, at + HEADER_LENGTH, at + length);
      at += length;
    }
    this.#rest = bytes.subarray(at);
  }

  #control(type: number, bytes: Uint8Array, start: number, end: number): void {
    if (type === MessageType.Open) this.#socket!.write(encodeControlMessage(KEEPALIVE, DEFAULT_CONTEXT));
    if (type === MessageType.Keepalive) this.established = true;
    if (type === MessageType.Notification) {
      const message = decodeNotificationBody(bytes, start, end);
      const reason = message instanceof Fault ? 'a malformed NOTIFICATION' : formatNotification(message);
      this.#socket!.destroy(new Error(reason));
    }
  }

  /** Hot. */
  #update(bytes: Uint8Array, start: number, end: number, now: number): void {
    const { reader, own } = this.#options;
    this.lastReceivedAt = now;
    reader.read(bytes, start, end);
    const { ranges, first, withdrawn, announced } = reader;
    for (let pair = 0; pair < withdrawn + announced; pair++) {
      const from = ranges[first + 2 * pair]!;
      const to = ranges[first + 2 * pair + 1]!;
      if (from >= own.from && from < own.to) continue;
      this.#held.put(from, to, pair >= withdrawn);
      if (pair < withdrawn) continue;
      this.receivedNlri += to - from;
      this.latencies?.received(from, to, now);
    }
  }
}
