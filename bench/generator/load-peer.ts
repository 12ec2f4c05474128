/** One peer of the load: sends its stream on command, and knows at any time which prefixes it has. */
import { connect, type Socket } from 'node:net';
import {
  DEFAULT_CONTEXT,
  decodeNotificationBody,
  encodeControlMessage,
  Fault,
  formatNotification,
  HEADER_LENGTH,
  IPV4_UNICAST,
  KEEPALIVE,
  MessageType,
  messageLength,
  messageType,
  openAsField,
  readU16,
} from '@tsbgp/wire';
import type { Prefixes } from './routes.ts';

/** Long, so that a daemon that is busy for minutes keeps the session. */
const HOLD_SECONDS = 240;

export interface LoadPeerOptions {
  readonly address: string;
  readonly as: number;
  readonly target: { readonly host: string; readonly port: number };
  readonly prefixes: Prefixes;
  /** Prefixes [from, to) are those of this peer. They do not count when a daemon sends them back. */
  readonly own: { readonly from: number; readonly to: number };
  readonly onClosed: (reason: string) => void;
}

export class LoadPeer {
  established = false;
  /** The number of prefixes that it has now. */
  held = 0;
  receivedNlri = 0;
  lastReceivedAt = 0;
  readonly #options: LoadPeerOptions;
  readonly #holds: Uint8Array;
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #reason = 'closed by the target';

  constructor(options: LoadPeerOptions) {
    this.#options = options;
    this.#holds = new Uint8Array(options.prefixes.lengths.length);
    const { target, address, as } = options;
    this.#socket = connect({ host: target.host, port: target.port, localAddress: address, noDelay: true });
    this.#socket.on('connect', () => {
      const open = encodeControlMessage(
        {
          type: 'open',
          version: 4,
          as: openAsField(as),
          holdTimeSeconds: HOLD_SECONDS,
          bgpIdentifier: address,
          capabilities: [
            { type: 'multiprotocol', family: IPV4_UNICAST },
            { type: 'four-octet-as', as },
          ],
          otherParameters: [],
        },
        DEFAULT_CONTEXT,
      );
      this.#socket.write(open);
    });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => {
      this.#reason = error.message;
    });
    this.#socket.on('close', () => options.onClosed(this.#reason));
  }

  /** Resolves when the kernel has taken all of it. */
  send(stream: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(stream, (error) => (error ? reject(error) : resolve()));
    });
  }

  keepalive(): void {
    if (this.established && this.#socket.writableLength === 0) this.#socket.write(encodeControlMessage(KEEPALIVE, DEFAULT_CONTEXT));
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy();
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEADER_LENGTH) {
      const length = messageLength(bytes, at);
      if (bytes.length - at < length) break;
      this.#message(messageType(bytes, at), bytes, at + HEADER_LENGTH, at + length);
      at += length;
    }
    this.#rest = bytes.subarray(at);
  }

  #message(type: number, bytes: Uint8Array, start: number, end: number): void {
    switch (type) {
      case MessageType.Open:
        this.#socket.write(encodeControlMessage(KEEPALIVE, DEFAULT_CONTEXT));
        break;
      case MessageType.Keepalive:
        this.established = true;
        break;
      case MessageType.Notification: {
        const message = decodeNotificationBody(bytes, start, end);
        this.#reason = message instanceof Fault ? 'a malformed NOTIFICATION' : formatNotification(message);
        break;
      }
      case MessageType.Update: {
        this.lastReceivedAt = performance.now();
        const attributesAt = start + 2 + readU16(bytes, start);
        this.#walk(bytes, start + 2, attributesAt, 0);
        this.#walk(bytes, attributesAt + 2 + readU16(bytes, attributesAt), end, 1);
        break;
      }
    }
  }

  /** Hot. Adds (1) or removes (0) the prefixes in `bytes[start, end)`. */
  #walk(bytes: Uint8Array, start: number, end: number, held: 0 | 1): void {
    const { prefixes, own } = this.#options;
    const holds = this.#holds;
    for (let at = start; at < end; ) {
      const length = bytes[at++]!;
      let address = 0;
      for (let bits = 0; bits < length; bits += 8) address += bytes[at++]! * 2 ** (24 - bits);
      const index = prefixes.indexOf(address, length);
      if (index === undefined || (index >= own.from && index < own.to)) continue;
      this.receivedNlri += held;
      if (holds[index] !== held) {
        holds[index] = held;
        this.held += held === 1 ? 1 : -1;
      }
    }
  }
}
