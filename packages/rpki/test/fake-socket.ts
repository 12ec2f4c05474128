/** A socket without a network: the test is the cache at its other end. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { fromHex, toHex } from '@tsbgp/wire';

export class FakeSocket extends Duplex {
  connecting = true;
  /** What the client wrote and `taken` has not returned yet. */
  #written: Uint8Array[] = [];

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#written.push(chunk);
    done();
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  accept(): void {
    this.connecting = false;
    this.emit('connect');
  }

  send(hex: string): void {
    this.push(fromHex(hex));
  }

  /** The cache closes. */
  hangUp(): void {
    this.push(null);
  }

  refuse(reason: string): void {
    this.destroy(new Error(reason));
  }

  /** What the client wrote since the last call, one PDU each. */
  taken(): string[] {
    const bytes = Buffer.concat(this.#written);
    this.#written = [];
    const pdus: string[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at + 4)) pdus.push(toHex(bytes, at, at + bytes.readUInt32BE(at + 4)));
    return pdus;
  }

  get closedByClient(): boolean {
    return this.writableEnded || this.destroyed;
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }
}
