/** The section `rpki`: what it becomes, and what is said about mistakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_RPKI, type RpkiConfig } from '../rpki-config.ts';
import { ConfigRejected } from './config-error.ts';
import { parseConfig } from './load.ts';
import { reportAccepted } from './report.ts';

const GLOBAL = 'global: { as: 64500, router-id: 192.0.2.254 }\n';

function rpki(text: string): RpkiConfig {
  return parseConfig(GLOBAL + text, '/etc/tsbgp/tsbgpd.yaml').config.rpki;
}

function problems(text: string): string[] {
  try {
    rpki(text);
  } catch (error) {
    if (error instanceof ConfigRejected) return error.errors.map(({ message }) => message.replace('/etc/tsbgp/tsbgpd.yaml:', ''));
    throw error;
  }
  return [];
}

const CACHES = `rpki:
  caches:
    - { address: 192.0.2.10 }
    - { address: RTR.example.net, transport: tls, preference: 2, tls: { ca: ca.pem, cert: /a/cert.pem, key: /a/key.pem, name: cache.example } }
    - { address: "2001:DB8::1", transport: ssh, ssh: { user: rtr, identity-file: id, known-hosts: hosts } }
    - { address: 192.0.2.11, port: 3323, name: pop-1, transport: md5, password: secret, local-address: 192.0.2.1, refresh: 60, retry: 5, expire: 600 }
  files: [/var/lib/rpki-client/json, local.json]
  slurm: [slurm.json]
  wait: 5
`;

test('caches have the ports of their transports, names, and paths from the folder of the file', () => {
  const { caches, files, slurm, waitSeconds } = rpki(CACHES);
  assert.deepEqual(
    caches.map(({ name, address, port, transport, preference }) => [name, address, port, transport, preference]),
    [
      ['192.0.2.10:323', '192.0.2.10', 323, 'tcp', 1],
      ['rtr.example.net:324', 'rtr.example.net', 324, 'tls', 2],
      ['[2001:db8::1]:22', '2001:db8::1', 22, 'ssh', 1],
      ['pop-1', '192.0.2.11', 3323, 'md5', 1],
    ],
  );
  assert.deepEqual(caches[1]!.tls, { ca: '/etc/tsbgp/ca.pem', cert: '/a/cert.pem', key: '/a/key.pem', name: 'cache.example' });
  assert.deepEqual(caches[2]!.ssh, { user: 'rtr', identityFile: '/etc/tsbgp/id', knownHosts: '/etc/tsbgp/hosts' });
  const { password, localAddress, refresh, retry, expire } = caches[3]!;
  assert.deepEqual([password, localAddress, refresh, retry, expire], ['secret', '192.0.2.1', 60, 5, 600]);
  assert.deepEqual([files, slurm, waitSeconds], [['/var/lib/rpki-client/json', '/etc/tsbgp/local.json'], ['/etc/tsbgp/slurm.json'], 5]);
});

test('without the section there is nothing to ask; with it, sessions wait for 30 s', () => {
  assert.deepEqual(rpki(''), NO_RPKI);
  assert.equal(rpki('rpki: { caches: [ { address: 192.0.2.10 } ] }').waitSeconds, 30);
});

test('--check says where the data come from, and not the key of a cache', () => {
  const { config, warnings } = parseConfig(GLOBAL + CACHES, 'f.yaml');
  const report = reportAccepted(config, warnings);
  assert.match(
    report,
    /RPKI {7}192.0.2.10:323 \(tcp\), rtr.example.net:324 \(tls\), \[2001:db8::1\]:22 \(ssh\), pop-1 \(md5\), 3 files; sessions wait for the data, 5 s at most/,
  );
  assert.doesNotMatch(report, /secret/);
});

for (const [what, text, message] of [
  [
    'a key without md5',
    'rpki: { caches: [ { address: 192.0.2.10, password: secret } ] }',
    `2:52 rpki.caches[0].password: found a value that is not shown (transport is tcp), allowed only with transport: md5, e.g. "password: 'between us'"`,
  ],
  [
    'a key that is a number',
    'rpki: { caches: [ { address: 192.0.2.10, transport: md5, password: 4711 } ] }',
    `2:68 rpki.caches[0].password: found a value that is not shown, allowed text of 1 to 80 octets, in quotes, e.g. "password: 'between us'"`,
  ],
  [
    'md5 without a key',
    'rpki: { caches: [ { address: 192.0.2.10, transport: md5 } ] }',
    '2:53 rpki.caches[0].transport: found "md5" (without password), allowed md5 with a password, e.g. "transport: tls"',
  ],
  [
    'md5 with a name',
    'rpki: { caches: [ { address: rtr.example, transport: md5, password: x } ] }',
    '2:30 rpki.caches[0].address: found "rtr.example" (transport is md5), allowed an address, because the kernel signs for addresses, e.g. "address: 192.0.2.10"',
  ],
  [
    'tls at a cache with tcp',
    'rpki: { caches: [ { address: 192.0.2.10, tls: { ca: x } } ] }',
    '2:47 rpki.caches[0].tls: found a mapping (transport is tcp), allowed only with transport: tls, e.g. "tls: { ca: /etc/tsbgp/cache-ca.pem }"',
  ],
  [
    'a certificate without key',
    'rpki: { caches: [ { address: 192.0.2.10, transport: tls, tls: { cert: x } } ] }',
    '2:71 rpki.caches[0].tls.cert: found "x" (without key), allowed cert and key together, e.g. "cert: /etc/tsbgp/router.pem"',
  ],
  [
    'the same cache twice',
    'rpki: { caches: [ { address: 192.0.2.10 }, { address: 192.0.2.10, transport: md5, password: x } ] }',
    '2:55 rpki.caches[1].address: found "192.0.2.10" (rpki.caches[0] is "192.0.2.10:323" too), allowed each cache once, and each name once',
  ],
  [
    'a local address of another kind',
    'rpki: { caches: [ { address: 192.0.2.10, local-address: "2001:db8::1" } ] }',
    '2:57 rpki.caches[0].local-address: found "2001:db8::1" (the cache has an IPv4 address), allowed an IPv4 address, e.g. "local-address: 192.0.2.254"',
  ],
  ['a file twice', 'rpki: { files: [a, a] }', '2:20 rpki.files[1]: found "a" (it is there already), allowed each file once'],
  [
    'an interval out of bounds',
    'rpki: { caches: [ { address: 192.0.2.10, expire: 60 } ] }',
    '2:50 rpki.caches[0].expire: found 60, allowed 600 to 172800 seconds (RFC 8210 §6), e.g. "expire: 7200"',
  ],
  ['a cache without address', 'rpki: { caches: [ { port: 3 } ] }', '2:19 rpki.caches[0].address: found nothing, allowed'],
  [
    'an option for ssh in the place of a user',
    'rpki: { caches: [ { address: a.example, transport: ssh, ssh: { user: -oProxyCommand=x } } ] }',
    '2:70 rpki.caches[0].ssh.user: found "-oProxyCommand=x", allowed a user name without blanks, e.g. "user: rtr"',
  ],
] as const) {
  test(`refused: ${what}`, () => {
    const [first, ...more] = problems(text);
    assert.ok(first?.startsWith(message), first);
    assert.deepEqual(more, []);
  });
}

test('neighbors that ask RPKI without a section "rpki" get a warning, and none with one', () => {
  const neighbors = 'neighbors: [ { address: 192.0.2.1, remote-as: 64501, policy: accept-all, rov: reject-invalid } ]\n';
  const warnings = (text: string): string[] =>
    parseConfig(GLOBAL + text, '/etc/tsbgp/tsbgpd.yaml').warnings.map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(warnings(neighbors), ['no-effect neighbors[0].rov']);
  assert.deepEqual(warnings(neighbors.replace('reject-invalid', 'off')), []);
  assert.deepEqual(warnings(`${neighbors}${CACHES}`), []);
});
