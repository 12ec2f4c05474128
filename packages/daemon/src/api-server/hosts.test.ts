import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOurHost, parseAuthority, turnAway } from './hosts.ts';

for (const text of [
  'x:99999',
  '%zz',
  '',
  'a b',
  '[::1',
  '1.2.3.256',
  '1.2.3',
  '::1',
  '[::1]x',
  '[fe80::1%eth0]',
  'a@b',
  'a/b',
  'a:b',
  'a:1:2',
  '[]',
  'a\u0000',
  'ä',
  '0x7f.1',
  '[1.2.3.4]',
]) {
  test(`${JSON.stringify(text)} is no authority`, () => assert.equal(parseAuthority(text), undefined));
}

for (const [text, host, port] of [
  ['localhost:50051', 'localhost', '50051'],
  ['LOCALHOST', 'localhost', ''],
  ['[::1]:1', '::1', '1'],
  ['127.0.0.1:65535', '127.0.0.1', '65535'],
  ['%2Frun%2Ftsbgp%2Ftsbgpd.sock', '%2frun%2ftsbgp%2ftsbgpd.sock', ''],
  ['router-1.example.net:', 'router-1.example.net', ''],
] as const) {
  test(`"${text}" is an authority`, () => assert.deepEqual(parseAuthority(text), { host, port }));
}

test('ours are the loopback names and addresses, the address that was connected to, and the names of the option', () => {
  const names = ['Router1.example.net', '2001:db8::1'];
  for (const host of [
    'localhost',
    'api.localhost',
    'localhost.',
    '127.0.0.1',
    '127.1.2.3',
    '::1',
    '0:0:0:0:0:0:0:1',
    '192.0.2.7',
    'router1.example.net',
    '2001:db8:0::1',
  ]) {
    assert.equal(isOurHost(host, '::ffff:192.0.2.7', names), true, host);
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.evil.example',
    '192.0.2.8',
    'router1.example.net.evil.example',
    '2001:db8::2',
  ]) {
    assert.equal(isOurHost(host, '192.0.2.7', names), false, host);
  }
});

const tcp = { localAddress: '127.0.0.1', isUnix: false, origin: undefined };
const reasonOf = (arrival: Partial<Parameters<typeof turnAway>[0]> & { hosts: string[] }, names: Parameters<typeof turnAway>[1] = []) =>
  turnAway({ ...tcp, ...arrival }, names, 'api.hosts')?.reason;

test('a foreign host is turned away on TCP, not on the unix socket', () => {
  assert.equal(reasonOf({ hosts: ['evil.example:50051'] }), 'host');
  assert.equal(reasonOf({ hosts: ['localhost', 'evil.example'] }), 'host');
  assert.equal(reasonOf({ hosts: ['evil.example'], isUnix: true }), undefined);
  assert.equal(reasonOf({ hosts: [], isUnix: true }), undefined);
  assert.equal(reasonOf({ hosts: [] }), 'malformed');
  assert.equal(reasonOf({ hosts: ['x:99999'], isUnix: true }), 'malformed');
  assert.equal(reasonOf({ hosts: ['anything.example'] }, 'any-host'), undefined);
});

test('a foreign origin is turned away everywhere; our own host and port is not foreign', () => {
  for (const origin of [
    'http://evil.example',
    'null',
    '',
    'http://localhost:3000',
    'file://',
    'http://localhost:50051/x',
    'http://localhost:50051, http://a',
  ]) {
    assert.equal(reasonOf({ hosts: ['localhost:50051'], origin }), 'origin', origin);
    assert.equal(reasonOf({ hosts: ['localhost:50051'], origin, isUnix: true }), 'origin', origin);
    assert.equal(reasonOf({ hosts: ['localhost:50051'], origin }, 'any-host'), 'origin', origin);
  }
  assert.equal(reasonOf({ hosts: ['localhost:50051'], origin: 'http://localhost:50051' }), undefined);
  assert.equal(reasonOf({ hosts: ['evil.example'], origin: 'http://evil.example', isUnix: true }), 'origin');
  assert.equal(reasonOf({ hosts: ['r1.example'], origin: 'https://r1.example', isUnix: true }, ['r1.example']), undefined);
});
