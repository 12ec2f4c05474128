/** Octets on a socket: HTTP/1.1 by hand, and frames of HTTP/2 with headers that are not compressed. */
import { connect, type Socket } from 'node:net';

export interface Target {
  readonly port?: number;
  readonly path?: string;
}

/** Sends the parts, some milliseconds apart, and returns what comes back until the server closes or says nothing for `quietMs`. */
export function exchange(target: Target, parts: readonly (string | Uint8Array)[], quietMs = 300): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = open(target);
    const chunks: Buffer[] = [];
    let timer = setTimeout(done, 5000);
    function done(): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks));
    }
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(done, quietMs);
    });
    socket.on('error', () => undefined);
    socket.on('close', done);
    for (const [i, part] of parts.entries()) {
      if (i === 0) socket.write(part as string, 'latin1');
      else setTimeout(() => socket.destroyed || socket.write(part as string, 'latin1'), i * 20);
    }
  });
}

export function open({ port, path }: Target): Socket {
  return path === undefined ? connect({ port: port!, host: '127.0.0.1' }) : connect({ path });
}

/** Resolves when the server closes the connection. */
export function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.resume();
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

export const Frame = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  RstStream: 3,
  Settings: 4,
  PushPromise: 5,
  Ping: 6,
  Goaway: 7,
  WindowUpdate: 8,
  Continuation: 9,
} as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const ACK = 1;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Literal fields without indexing (RFC 7541 §6.2.2), without Huffman. */
export function hpack(fields: readonly (readonly [string, string])[]): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) parts.push(Buffer.of(0), text(name), text(value));
  return Buffer.concat(parts);
}

function text(value: string): Buffer {
  const octets = Buffer.from(value, 'latin1');
  return Buffer.concat([integer7(octets.length), octets]);
}

function integer7(value: number): Buffer {
  if (value < 127) return Buffer.of(value);
  const out = [127];
  for (let left = value - 127; ; left >>>= 7) {
    if (left < 128) {
      out.push(left);
      return Buffer.from(out);
    }
    out.push((left & 127) | 128);
  }
}

export const PREFACE: Buffer = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(Frame.Settings, 0, 0)]);

export function requestHeaders(
  path: string,
  more: readonly (readonly [string, string])[] = [],
  authority = 'localhost',
): [string, string][] {
  return [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', authority],
    ...more.map(([name, value]): [string, string] => [name, value]),
  ];
}

/** The frames of `octets`; what is cut off is left out. */
export function frames(octets: Buffer): { type: number; flags: number; stream: number; payload: Buffer }[] {
  const found = [];
  for (let at = 0; at + 9 <= octets.length; ) {
    const length = octets.readUIntBE(at, 3);
    found.push({
      type: octets[at + 3]!,
      flags: octets[at + 4]!,
      stream: octets.readUInt32BE(at + 5),
      payload: octets.subarray(at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return found;
}
