/** Connections of other protocols with the protection of BGP sessions. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { connectProtected, PeerError } from './index.ts';
import { descriptorOf, probe, setMd5 } from './tcp-options.ts';

function missing(): string | false {
  try {
    probe({ md5: true });
    return false;
  } catch (error) {
    if (error instanceof PeerError) return error.message;
    throw error;
  }
}

test('TCP MD5: a connection to a listener with the same key opens, and carries octets', { skip: missing() }, async (t) => {
  const server = createServer((socket) => socket.end('signed'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  setMd5(descriptorOf(server), 4, { address: '127.0.0.2' }, 'secret');
  const { port } = server.address() as AddressInfo;
  const socket = connectProtected({ host: '127.0.0.1', port, localAddress: '127.0.0.2' }, { md5Key: 'secret' });
  t.after(() => socket.destroy());
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  assert.equal(chunk.toString(), 'signed');
});

test('an address that is none is refused before a socket is there', { skip: missing() }, () => {
  assert.throws(() => connectProtected({ host: 'cache.example', port: 323 }, { md5Key: 'secret' }), PeerError);
});
