import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { suite, test } from 'node:test';
import { createTsbgpClient, TsbgpError } from './index.ts';

suite('the client', { timeout: 20_000 }, () => {
  test('addresses: unix sockets and http, with nothing opened before the first call', () => {
    for (const address of ['unix:///run/x.sock', 'unix:/run/x.sock', 'http://127.0.0.1:50051', 'http://[::1]:50051/']) {
      assert.equal(createTsbgpClient({ address }).address, address);
    }
    assert.match(createTsbgpClient().address, /^unix:\/\/\//);
  });

  test('what is no address is refused with an example', () => {
    for (const address of [
      '',
      '127.0.0.1:50051',
      'unix:relative',
      'unix://relative',
      'ftp://x',
      'http://x/path',
      'http://x:99999',
      'http://1.2.3.256:1',
    ]) {
      assert.throws(() => createTsbgpClient({ address }), { name: 'RangeError', message: /e\.g\. "unix:\/\/\// });
    }
  });

  const isUnreachable = (error: unknown): boolean => error instanceof TsbgpError && error.isUnreachable;

  test('nobody there: a TsbgpError that says unreachable, for calls and for streams', async () => {
    for (const address of ['unix:///nowhere/tsbgpd.sock', `http://127.0.0.1:${await closedPort()}`]) {
      const client = createTsbgpClient({ address });
      await assert.rejects(client.global.getGlobal({}), isUnreachable);
      await assert.rejects(async () => {
        for await (const _ of client.rib.watchRoutes({}));
      }, isUnreachable);
    }
  });

  test('an aborted call is CANCELED, before and after it began', async () => {
    const held: Socket[] = [];
    const silent = createServer((socket) => void held.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const client = createTsbgpClient({ address: `http://127.0.0.1:${port}` });
    await assert.rejects(client.global.getGlobal({}, { signal: AbortSignal.abort() }), { code: 'CANCELED' });
    await assert.rejects(client.global.getGlobal({}, { timeoutMs: 50 }), { code: 'DEADLINE_EXCEEDED' });
    for (const socket of held) socket.destroy();
    silent.close();
  });

  test('what speaks another protocol rejects every call, and no error is left over that would end the process', async () => {
    const open = Buffer.from('ffffffffffffffffffffffffffffffff001d0104fde800b4c00002fe00', 'hex'); // a BGP OPEN
    const sockets: Socket[] = [];
    const bgp = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.write(open);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => bgp.once('listening', resolve));
    const { port } = bgp.address() as { port: number };
    const client = createTsbgpClient({ address: `http://127.0.0.1:${port}` });
    // At once after each other: the connection is destroyed then, and its error not told yet.
    for (let i = 0; i < 5; i++) await assert.rejects(client.global.getGlobal({}), { name: 'TsbgpError', message: 'Protocol error' });
    await Promise.all(Array.from({ length: 5 }, () => assert.rejects(client.global.getGlobal({}), { name: 'TsbgpError' })));
    for (const socket of sockets) socket.destroy();
    bgp.close();
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
