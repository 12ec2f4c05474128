/**
 * A BGP peer made of a socket and hand-written octets. It can do what a well-behaved library would not: stop reading, or send garbage.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  type Capability,
  DEFAULT_CONTEXT,
  encodeControlMessage,
  type Family,
  IPV4_UNICAST,
  IPV6_UNICAST,
  keepaliveBytes,
  MessageType,
  type OpenMessage,
  readU16,
  writeU16,
  writeU32,
} from '@tsbgp/wire';
import type { SpeakerReport } from './speaker-process.ts';

export interface SpeakerProcess {
  readonly child: ChildProcess;
  readonly port: number;
  ask(): Promise<SpeakerReport>;
  stop(): Promise<void>;
}

/** Neighbors 127.0.0.2 to 127.0.0.`lastPeer` are configured. */
export async function startSpeaker(lastPeer: number): Promise<SpeakerProcess> {
  const child = fork(fileURLToPath(new URL('speaker-process.ts', import.meta.url)), [String(lastPeer)], {
    execArgv: ['--conditions=tsbgp-source'],
  });
  const [first] = (await once(child, 'message')) as [SpeakerReport];
  return {
    child,
    port: first.port,
    async ask() {
      const answer = once(child, 'message');
      child.send('report');
      return (await answer)[0] as SpeakerReport;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}

/** What a RawPeer's OPEN says other than by default. */
export interface RawPeerOptions {
  /** @default 65000 + the last octet of its address */
  readonly as?: number;
  /** @default true */
  readonly fourOctetAs?: boolean;
  /** Besides IPv4 and IPv6 unicast, four-octet AS numbers and route refresh. */
  readonly capabilities?: readonly Capability[];
  /** @default IPv4 and IPv6 unicast */
  readonly families?: readonly Family[];
}

export class RawPeer {
  readonly socket: Socket;
  readonly as: number;
  /** Message types received, and NOTIFICATIONs as code/subcode. */
  readonly notifications: string[] = [];
  established = false;
  closed = false;
  onUpdate: ((bytes: Uint8Array, start: number, end: number) => void) | undefined;
  #carry: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  readonly #holdTimeSeconds: number;
  readonly #options: RawPeerOptions;
  /** When a KEEPALIVE or UPDATE came last, and the longest silence before one, in milliseconds. */
  lastHeard = performance.now();
  longestSilence = 0;

  constructor(port: number, last: number, holdTimeSeconds = 240, options: RawPeerOptions = {}) {
    this.#holdTimeSeconds = holdTimeSeconds;
    this.#options = options;
    this.as = options.as ?? 65_000 + last;
    this.socket = connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${last}` });
    this.socket.on('data', (chunk: Buffer) => this.#data(chunk));
    this.socket.on('error', () => undefined); // a reset is one of the answers that tests look for: 'close' follows
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    this.socket.on('connect', () => this.open());
  }

  open(): void {
    const open: OpenMessage = {
      type: 'open',
      version: 4,
      as: this.as,
      holdTimeSeconds: this.#holdTimeSeconds,
      bgpIdentifier: `10.1.0.${this.as % 256 || 1}`,
      capabilities: [
        ...(this.#options.families ?? [IPV4_UNICAST, IPV6_UNICAST]).map((family) => ({ type: 'multiprotocol', family }) as const),
        ...(this.#options.fourOctetAs === false ? [] : [{ type: 'four-octet-as', as: this.as } as const]),
        { type: 'route-refresh' },
        ...(this.#options.capabilities ?? []),
      ],
      otherParameters: [],
    };
    this.socket.write(encodeControlMessage(open, DEFAULT_CONTEXT));
  }

  /** Resolves when `condition` holds; it is asked after everything that arrives. Rejects after `milliseconds`. */
  async until(condition: () => boolean, what: string, milliseconds = 20_000): Promise<void> {
    const timer = setTimeout(() => this.#wake(), milliseconds);
    const deadline = performance.now() + milliseconds;
    while (!condition()) {
      if (performance.now() >= deadline) throw new Error(`waited ${milliseconds} ms in vain for ${what}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(timer);
  }

  up(): Promise<void> {
    return this.until(() => this.established || this.closed, `the session of AS ${this.as}`);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.socket.write(bytes) && !this.closed) await Promise.race([once(this.socket, 'drain'), once(this.socket, 'close')]);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    const gone = once(this.socket, 'close');
    this.socket.destroy();
    await gone;
  }

  #data(chunk: Buffer): void {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    let at = 0;
    while (bytes.length - at >= 19) {
      const length = readU16(bytes, at + 16);
      if (bytes.length - at < length) break;
      this.#message(bytes, at, at + length);
      at += length;
    }
    this.#carry = bytes.subarray(at);
    this.#wake();
  }

  #message(bytes: Uint8Array, start: number, end: number): void {
    const type = bytes[start + 18];
    const now = performance.now();
    if (this.established) this.longestSilence = Math.max(this.longestSilence, now - this.lastHeard);
    this.lastHeard = now;
    if (type === MessageType.Open) this.socket.write(keepaliveBytes());
    else if (type === MessageType.Keepalive) this.established = true;
    else if (type === MessageType.Notification) this.notifications.push(`${bytes[start + 19]}/${bytes[start + 20]}`);
    else if (type === MessageType.Update) this.onUpdate?.(bytes, start + 19, end);
  }
}

/** UPDATE messages that announce `10.0.0.0/32` and on, `count` of them, or withdraw them; one attribute set per `perSet` prefixes. */
export function flood(as: number, count: number, perSet: number, salt: number, withdraw = false): Uint8Array {
  const attributes = 3 + 1 + 3 + 2 + 12 + 3 + 4;
  const messages: Uint8Array[] = [];
  for (let from = 0; from < count; from += perSet) {
    const n = Math.min(perSet, count - from);
    const message = new Uint8Array(23 + (withdraw ? 0 : attributes) + 5 * n).fill(0xff, 0, 16);
    writeU16(message, 16, message.length);
    message[18] = MessageType.Update;
    let at = 21;
    if (withdraw) {
      writeU16(message, 19, 5 * n);
    } else {
      writeU16(message, 21, attributes);
      message.set([0x40, 1, 1, 0, 0x40, 2, 14, 2, 3], 23);
      writeU32(message, 32, as);
      writeU32(message, 36, 100_000 + salt);
      writeU32(message, 40, 1_000_000 + from);
      message.set([0x40, 3, 4, 127, 0, 0, 2], 44);
      at = 23 + attributes;
    }
    for (let i = from; i < from + n; i++) {
      message[at] = 32;
      writeU32(message, at + 1, (10 << 24) + i);
      at += 5;
    }
    messages.push(message);
  }
  const all = new Uint8Array(messages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const message of messages) {
    all.set(message, at);
    at += message.length;
  }
  return all;
}
