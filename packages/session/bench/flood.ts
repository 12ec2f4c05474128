/**
 * Compares an UPDATE flood on one session with a bare pair of sockets. Each side is a process.
 *
 *     node --conditions=tsbgp-source packages/session/bench/flood.ts [megabytes]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { writeHeader } from '@tsbgp/wire';
import { Server, type UpdateWriter } from '../src/index.ts';

const MESSAGE_LENGTH = 100; // a handful of prefixes and their attributes
const CHUNK = new Uint8Array(MESSAGE_LENGTH * 600);
for (let at = 0; at < CHUNK.length; at += MESSAGE_LENGTH) writeHeader(CHUNK, at, MESSAGE_LENGTH, 2);

const [, , role = 'parent', kind = '', argument = ''] = process.argv;

if (role === 'sender') await send();
else await measure(Number(role === 'parent' ? 400 : role) * 1_000_000);

async function send(): Promise<void> {
  const port = Number(argument);
  if (kind === 'bare') {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    for (;;) if (!socket.write(CHUNK)) await once(socket, 'drain');
  }
  const server = new Server({ routerId: '10.0.0.2' });
  const plugin = {
    onEstablished(_peer: unknown, _session: unknown, writer: UpdateWriter) {
      const fill = () => {
        while (writer.write(CHUNK));
      };
      writer.onDrain = fill;
      setImmediate(fill);
      return () => undefined;
    },
    onClose: () => process.exit(),
  };
  server.addPeer({ remoteAddress: '127.0.0.1', localAs: 65_002, remoteAs: 65_001 }, plugin, {
    remotePort: port,
    localAddress: '127.0.0.2',
  });
}

async function measure(bytesWanted: number): Promise<void> {
  const bare = await receive('bare', bytesWanted);
  const session = await receive('session', bytesWanted);
  const ratio = session / bare;
  console.log(
    `bare sockets ${format(bare)}, session ${format(session)} (${Math.round(session / MESSAGE_LENGTH / 1000)}k messages/s): ${ratio.toFixed(2)} of it`,
  );
  process.exit(ratio >= 0.5 ? 0 : 1);
}

function format(bytesPerSecond: number): string {
  return `${Math.round(bytesPerSecond / 1e6)} MB/s`;
}

/** Octets a second from a sender in another process. */
async function receive(which: 'bare' | 'session', bytesWanted: number): Promise<number> {
  let bytes = 0;
  let start = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const count = (length: number) => {
    if (bytes === 0) start = performance.now();
    bytes += length;
    if (bytes >= bytesWanted) resolve();
  };
  let child: ChildProcess;
  let stop: () => void | Promise<void>;
  if (which === 'bare') {
    const listener = createServer((socket: Socket) => socket.on('data', (chunk) => count(chunk.length)).on('error', () => {}));
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    child = sender(which, (listener.address() as AddressInfo).port);
    stop = () => void listener.close();
  } else {
    const server = new Server({ routerId: '10.0.0.1' });
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const plugin = {
      onEstablished: () => (_bytes: Uint8Array, from: number, to: number) => {
        count(to - from + 19);
        return undefined;
      },
    };
    server.addPeer({ remoteAddress: '127.0.0.2', localAs: 65_001, remoteAs: 65_002 }, plugin, { passive: true });
    child = sender(which, port);
    stop = () => server.close();
  }
  await promise;
  const rate = (bytes * 1000) / (performance.now() - start);
  child.kill();
  await stop();
  return rate;
}

function sender(which: string, port: number): ChildProcess {
  return fork(new URL(import.meta.url), ['sender', which, String(port)], { execArgv: ['--conditions=tsbgp-source'] });
}
