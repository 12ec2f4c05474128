/** Connections of strangers are answered, unless there are too many. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { RawPeer } from '../test/raw-peer.ts';
import { type Logger, Server } from './index.ts';

test('a crowd of strangers that never close: some are answered, all are closed, few lines are logged', async (t) => {
  const lines: string[] = [];
  const log = (_fields: unknown, message: string): void => void lines.push(message);
  const logger: Logger = { debug: () => {}, info: log, warn: log, error: log };
  const server = new Server({ routerId: '10.0.0.1', logger });
  t.after(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });

  const strangers: Socket[] = [];
  const ended: Promise<void>[] = [];
  const closed: Promise<void>[] = [];
  let answered = 0;
  for (let i = 0; i < 300; i++) {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.on('error', () => {}); // a reset counts as closed, too
    socket.once('data', () => answered++);
    closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
    ended.push(new Promise((resolve) => ['end', 'close'].forEach((event) => socket.once(event, () => resolve()))));
    strangers.push(socket);
  }
  t.after(() => strangers.forEach((socket) => socket.destroy()));
  await Promise.all(ended);
  assert.equal(answered, 64);
  assert.equal(lines.filter((line) => line === 'connection refused').length, 64);
  assert.equal(lines.filter((line) => line.startsWith('too many connections to refuse')).length, 1);

  // After the crowd is gone, the next stranger is answered again.
  for (const socket of strangers) socket.destroy();
  await Promise.all(closed);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { code, subcode } = await (await RawPeer.connect(port, '127.0.0.9')).notification();
  assert.equal(`${code}/${subcode}`, '6/5');
});
