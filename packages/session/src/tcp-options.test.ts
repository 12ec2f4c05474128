/** TCP MD5, GTSM and TCP-AO: layouts, and real sockets where kernel and koffi allow. */
import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { toHex } from '@tsbgp/wire';
import { breathe } from '../test/fake-clock.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { type PeerOptions, Server } from './index.ts';
import { aoAddStructure, aoDeleteStructure, aoInfoStructure, md5Structure, probe } from './tcp-options.ts';

function unsupported(needs: { md5?: boolean; tcpAo?: boolean }): string | false {
  try {
    probe(needs);
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

suite('layouts of include/uapi/linux/tcp.h', { skip: new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1 && 'big-endian machine' }, () => {
  test('struct tcp_md5sig, IPv4', () => {
    const bytes = md5Structure(4, { address: '192.0.2.1' }, 'secret');
    assert.equal(bytes.length, 216);
    assert.equal(toHex(bytes, 0, 8), '02000000c0000201');
    assert.equal(toHex(bytes, 128, 136), '0120060000000000');
    assert.equal(Buffer.from(bytes.subarray(136, 142)).toString(), 'secret');
  });

  test('struct tcp_md5sig, IPv4 on an IPv6 socket is mapped; a prefix', () => {
    const bytes = md5Structure(6, { address: '192.0.2.0', prefixLength: 24 }, 'secret');
    assert.equal(toHex(bytes, 0, 28), '0a00000000000000 00000000000000000000ffffc0000200 00000000'.replaceAll(' ', ''));
    assert.equal(bytes[129], 24);
  });

  test('struct tcp_md5sig, IPv6 link-local', () => {
    const bytes = md5Structure(6, { address: 'fe80::1%eth0' }, 'secret');
    assert.equal(toHex(bytes, 8, 24), 'fe800000000000000000000000000001');
    assert.equal(bytes[129], 128);
  });

  test('struct tcp_ao_add', () => {
    const bytes = aoAddStructure(4, { address: '192.0.2.1' }, { sendId: 5, receiveId: 7, key: 'abc', algorithm: 'aes-128-cmac-96' }, true);
    assert.equal(bytes.length, 288);
    assert.equal(Buffer.from(bytes.subarray(128, 141)).toString('latin1'), 'cmac(aes128)\0');
    assert.equal(toHex(bytes, 192, 211), '00000000 03000000 0000 20 05 07 0c 00 03 616263'.replaceAll(' ', ''));
  });

  test('struct tcp_ao_info_opt', () => {
    const bytes = aoInfoStructure(9);
    assert.equal(bytes.length, 48);
    assert.equal(toHex(bytes, 0, 8), '0200000000000009');
  });

  test('struct tcp_ao_del', () => {
    const bytes = aoDeleteStructure(6, { address: '2001:db8::1' }, { sendId: 5, receiveId: 7, key: 'abc' });
    assert.equal(bytes.length, 144);
    assert.equal(toHex(bytes, 136, 144), '0000800507000000');
  });
});

test('setTcpAoKeys: only for a peer that has keys', (t) => {
  const server = new Server({ routerId: '10.0.0.1' });
  t.after(() => server.close());
  const keys = [{ sendId: 1, receiveId: 1, key: 'secret' }];
  assert.throws(() => server.setTcpAoKeys('127.0.0.2', keys), { code: 'not-found' });
  server.addPeer({ remoteAddress: '127.0.0.2', localAs: 1, remoteAs: 2 }, new Recorder(), { enabled: false });
  assert.throws(() => server.setTcpAoKeys('127.0.0.2', keys), { code: 'invalid-config', field: 'tcpAoKeys' });
});

/** Whether a session between two servers with these options comes up within `milliseconds`. */
async function comesUp(
  t: TestContext,
  ours: PeerOptions,
  theirs: PeerOptions,
  milliseconds: number,
  hosts = ['127.0.0.1', '127.0.0.7'],
): Promise<boolean> {
  const [hostA, hostB] = hosts as [string, string];
  const a = new Server({ routerId: '10.0.0.1' });
  const b = new Server({ routerId: '10.0.0.2' });
  t.after(() => Promise.all([a.close(), b.close()]));
  const plugin = new Recorder();
  // One key is set after its listener exists, the other before.
  const atA = await a.listen({ host: hostA, port: 0 });
  a.addPeer({ remoteAddress: hostB, localAs: 65_001, remoteAs: 65_002 }, plugin, { passive: true, ...ours });
  b.addPeer({ remoteAddress: hostA, localAs: 65_002, remoteAs: 65_001 }, new Recorder(), {
    remotePort: atA.port,
    localAddress: hostB,
    ...theirs,
  });
  const up = plugin.established().then(() => true);
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  const result = await Promise.race([up, late]);
  clearTimeout(timer);
  return result;
}

suite('TCP MD5 (RFC 2385)', { skip: unsupported({ md5: true }), concurrency: true }, () => {
  test('the same key on both sides: a session', async (t) => {
    assert.equal(await comesUp(t, { md5Key: 'secret' }, { md5Key: 'secret' }, 5000), true);
  });

  test('different keys: none', async (t) => {
    assert.equal(await comesUp(t, { md5Key: 'secret' }, { md5Key: 'Secret' }, 700, ['127.0.0.1', '127.0.0.8']), false);
  });

  test('a key on the listening side only: none', async (t) => {
    assert.equal(await comesUp(t, { md5Key: 'secret' }, {}, 700, ['127.0.0.1', '127.0.0.9']), false);
  });

  test('a key on the dialing side only: none', async (t) => {
    assert.equal(await comesUp(t, {}, { md5Key: 'secret' }, 700, ['127.0.0.1', '127.0.0.10']), false);
  });

  test('over IPv6', async (t) => {
    try {
      assert.equal(await comesUp(t, { md5Key: 'secret' }, { md5Key: 'secret' }, 5000, ['::1', '::1']), true);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') t.skip('no IPv6 on this machine');
      else throw error;
    }
  });

  test('an IPv4 peer on a listener on ::, key set before the listener, and removed with the peer', async (t) => {
    const server = new Server({ routerId: '10.0.0.1' });
    t.after(() => server.close());
    const config = { remoteAddress: '127.0.0.11', localAs: 65_001, remoteAs: 65_002 };
    server.addPeer(config, new Recorder(), { passive: true, md5Key: 'secret' });
    let port: number;
    try {
      ({ port } = await server.listen({ host: '::', port: 0 }));
    } catch {
      t.skip('no IPv6 on this machine');
      return;
    }
    const other = new Server({ routerId: '10.0.0.2' });
    t.after(() => other.close());
    const plugin = new Recorder();
    other.addPeer({ remoteAddress: '127.0.0.1', localAs: 65_002, remoteAs: 65_001 }, plugin, {
      remotePort: port,
      localAddress: '127.0.0.11',
      md5Key: 'secret',
    });
    await plugin.established();
    await other.close();
    await server.deletePeer('127.0.0.11');
    server.addPeer(config, new Recorder(), { passive: true });
    const raw = await RawPeer.connect(port, '127.0.0.11');
    await raw.establish();
  });
});

suite('TTL and GTSM (RFC 5082)', { skip: unsupported({}), concurrency: true }, () => {
  test('GTSM on both sides: a session', async (t) => {
    assert.equal(await comesUp(t, { ttlSecurityHops: 1 }, { ttlSecurityHops: 1 }, 5000, ['127.0.0.1', '127.0.0.12']), true);
  });

  test('GTSM here, a peer that sends with TTL 64: none', async (t) => {
    assert.equal(await comesUp(t, { ttlSecurityHops: 1 }, { multihopTtl: 64 }, 700, ['127.0.0.1', '127.0.0.13']), false);
  });

  test('GTSM for 10 hops, a peer that sends with TTL 250: a session', async (t) => {
    assert.equal(await comesUp(t, { ttlSecurityHops: 10 }, { multihopTtl: 250 }, 5000, ['127.0.0.1', '127.0.0.14']), true);
  });
});

test('TCP-AO: on a kernel without it the error says so when the peer is added, and nothing is left', async (t) => {
  const reason = unsupported({ tcpAo: true });
  if (reason === false) return t.skip('this kernel has TCP-AO');
  const server = new Server({ routerId: '10.0.0.1' });
  t.after(() => server.close());
  const config = { remoteAddress: '127.0.0.15', localAs: 65_001, remoteAs: 65_002 };
  assert.throws(() => server.addPeer(config, new Recorder(), { tcpAoKeys: [{ sendId: 1, receiveId: 1, key: 'secret' }] }), {
    code: 'unsupported',
  });
  assert.deepEqual(server.listPeers(), []);
  await breathe();
});

suite('TCP-AO (RFC 5925)', { skip: unsupported({ tcpAo: true }) }, () => {
  const key = { sendId: 1, receiveId: 1, key: 'secret' };
  test('the same key: a session', async (t) => {
    assert.equal(await comesUp(t, { tcpAoKeys: [key] }, { tcpAoKeys: [key] }, 5000, ['127.0.0.1', '127.0.0.16']), true);
  });

  test('different keys: none', async (t) => {
    assert.equal(
      await comesUp(t, { tcpAoKeys: [key] }, { tcpAoKeys: [{ ...key, key: 'other' }] }, 700, ['127.0.0.1', '127.0.0.17']),
      false,
    );
  });
});
