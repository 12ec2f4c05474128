/** Sessions between link-local addresses, in a separate network namespace with a pair of interfaces. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalAddress } from './address.ts';
import { dial } from './dial.ts';
import { Server } from './index.ts';

const INDEX = JSON.stringify(join(import.meta.dirname, 'index.ts'));

/** Two speakers: one expects fe80::2, the other has that address and connects. Both must keep the name of the interface. */
const PROGRAM = `
  import { Server } from ${INDEX};
  const plugin = (name) => ({
    onEstablished(peer, session) {
      console.log(name, session.direction, session.localAddress, session.remoteAddress);
      return () => undefined;
    },
  });
  const first = new Server({ routerId: '10.0.0.1' });
  const second = new Server({ routerId: '10.0.0.2' });
  const { port } = await first.listen({ host: process.argv[1], port: 0 });
  const up = Promise.withResolvers();
  first.addPeer({ remoteAddress: 'fe80::2%tsbgp0', localAs: 65001, remoteAs: 65002 }, plugin('one'), { passive: true });
  second.addPeer({ remoteAddress: 'fe80::1%tsbgp0', localAs: 65002, remoteAs: 65001 }, plugin('two'),
    { localAddress: 'fe80::2%tsbgp0', remotePort: port });
  for (let i = 0; i < 400 && !(first.listPeers()[0].session && second.listPeers()[0].session); i++) await new Promise((r) => setTimeout(r, 25));
  await Promise.all([first.close(), second.close()]);
`;

const SETUP = [
  'ip link set lo up',
  'ip link add tsbgp0 type veth peer name tsbgp1',
  'ip link set tsbgp0 up',
  'ip link set tsbgp1 up',
  'ip addr add fe80::1/64 dev tsbgp0 nodad',
  'ip addr add fe80::2/64 dev tsbgp0 nodad',
].join(' && ');

/** Runs `command` in a namespace where `tsbgp0` has fe80::1 and fe80::2; undefined when namespaces are not permitted. */
function inNamespace(...command: string[]): { stdout: string; stderr: string } | undefined {
  const probe = spawnSync('unshare', ['-rn', 'sh', '-c', SETUP]);
  if (probe.status !== 0) return undefined;
  return spawnSync('unshare', ['-rn', 'sh', '-c', `${SETUP} && exec "$@"`, 'sh', ...command], { encoding: 'utf8', timeout: 30_000 });
}

for (const host of ['::', 'fe80::1%tsbgp0']) {
  test(`a session between link-local addresses comes up, both ways (listening on ${host})`, (t) => {
    const result = inNamespace(process.execPath, '--conditions=tsbgp-source', '--input-type=module', '--eval', PROGRAM, '--', host);
    if (result === undefined) return t.skip('no network namespaces here');
    assert.equal(result.stderr, '');
    assert.deepEqual(result.stdout.trim().split('\n').sort(), [
      'one in fe80::1%tsbgp0 fe80::2%tsbgp0',
      'two out fe80::2%tsbgp0 fe80::1%tsbgp0',
    ]);
  });
}

test('a missing interface is named when a connection is tried', () => {
  assert.throws(() => dial('fe80::1%absent0', {}), {
    code: 'unsupported',
    field: 'remoteAddress',
    message: 'remoteAddress fe80::1%absent0: there is no interface absent0, or it is down or has no address',
  });
});

test('a link-local peer needs the name of an interface', async (t) => {
  const server = new Server({ routerId: '10.0.0.1' });
  t.after(() => server.close());
  const plugin = { onEstablished: () => () => undefined };
  for (const remoteAddress of ['fe80::1', 'fe80::1%2']) {
    assert.throws(() => server.addPeer({ remoteAddress, localAs: 1, remoteAs: 2 }, plugin), {
      code: 'invalid-config',
      field: 'remoteAddress',
    });
  }
  assert.equal(canonicalAddress('FE80:0::1%eth0'), 'fe80::1%eth0');
});
