/** TCP, TLS and SSH, against the cache of this package on loopback. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { LiveClient } from '../../test/live.ts';
import { vrp } from '../../test/world.ts';
import { type CacheOptions, RtrCache } from '../index.ts';
import { formatTransport } from './open.ts';

const HOST = '127.0.0.1';
const VRP = '192.0.2.0/24-24 AS64496';
const folder = mkdtempSync(join(tmpdir(), 'tsbgp-rpki-'));
after(() => rmSync(folder, { recursive: true }));

suite('TCP', () => {
  test('the data of a cache, its updates, and a reconnect', async () => {
    await withCache(async (cache, port) => {
      await withClient({ host: HOST, port }, async (live) => {
        await live.until(() => live.vrps.length === 1);
        assert.equal(live.cache.serial, 1);
        cache.update({ vrps: [vrp(VRP), vrp('2001:db8::/32-48 AS64497')], aspas: [{ customer: 1, providers: [2] }] });
        await live.until(() => live.vrps.length === 2);
        assert.deepEqual([live.cache.serial, live.client.aspas.hop(1, 2)], [2, 'provider']);
        cache.disconnect();
        await live.until(() => live.cache.phase === 'waiting');
        assert.equal(live.vrps.length, 2);
      });
    });
  });

  test('`connect` opens the socket', async () => {
    await withCache(async (_cache, port) => {
      const targets: unknown[] = [];
      const options: CacheOptions = {
        host: HOST,
        port,
        localAddress: '127.0.0.2',
        connect: (target) => {
          targets.push(target);
          return connect(target);
        },
      };
      await withClient(options, async (live) => {
        await live.until(() => live.vrps.length === 1);
        assert.deepEqual(targets, [{ host: HOST, port, localAddress: '127.0.0.2' }]);
      });
    });
  });

  test('`connect` may throw', async () => {
    const options: CacheOptions = {
      host: HOST,
      connect: () => {
        throw new Error('no MD5 on this machine');
      },
    };
    await withClient(options, async (live) => {
      await live.until(() => live.cache.phase === 'waiting');
      assert.equal(live.cache.lastError?.reason, 'no MD5 on this machine');
    });
  });

  test('a refused connection', async () => {
    const port = await unusedPort();
    await withClient({ host: HOST, port }, async (live) => {
      await live.until(() => live.cache.phase === 'waiting');
      assert.match(live.cache.lastError!.reason, /ECONNREFUSED/);
    });
  });
});

const certificate = selfSigned();

suite('TLS', { skip: certificate === undefined && 'no openssl to make a certificate with' }, () => {
  const { key, cert } = certificate ?? { key: '', cert: '' };

  test('the data of a cache whose certificate is known', async () => {
    await withTls(async (port) => {
      await withClient({ host: HOST, port, transport: 'tls', tls: { ca: cert, serverName: 'cache.example' } }, async (live) => {
        await live.until(() => live.vrps.length === 1);
        assert.equal(live.cache.transport, `tls ${HOST}:${port}`);
      });
    });
  });

  test('certificates are read from files, anew for each connection', async () => {
    await withTls(async (port) => {
      const caFile = join(folder, 'ca.pem');
      const options: CacheOptions = { host: HOST, port, transport: 'tls', tls: { caFile, serverName: 'cache.example' } };
      await withClient(options, async (live) => {
        await live.until(() => live.cache.phase === 'waiting');
        assert.match(live.cache.lastError!.reason, /ENOENT.*ca\.pem/);
      });
      writeFileSync(caFile, cert);
      await withClient(options, async (live) => live.until(() => live.vrps.length === 1));
    });
  });

  for (const [what, tls, reason] of [
    ['unknown', { serverName: 'cache.example' }, /self-signed certificate/],
    ['of another name', { ca: cert, serverName: 'other.example' }, /does not match certificate's altnames/],
  ] as const) {
    test(`a certificate that is ${what} is refused`, async () => {
      await withTls(async (port) => {
        await withClient({ host: HOST, port, transport: 'tls', tls }, async (live) => {
          await live.until(() => live.cache.phase === 'waiting');
          assert.match(live.cache.lastError!.reason, reason);
        });
      });
    });
  }

  test('a refused connection', async () => {
    const port = await unusedPort();
    await withClient({ host: HOST, port, transport: 'tls', tls: { ca: cert } }, async (live) => {
      await live.until(() => live.cache.phase === 'waiting');
      assert.match(live.cache.lastError!.reason, /ECONNREFUSED/);
    });
  });

  async function withTls(body: (port: number) => Promise<void>): Promise<void> {
    await withCache(async (_cache, cachePort) => {
      const server = createTlsServer({ key, cert }, (router) => splice(router, connect(cachePort, HOST)));
      server.on('tlsClientError', () => {});
      await withServer(server, body);
    });
  }
});

suite('SSH', () => {
  test('the subsystem rpki-rtr of a host, with the options of ssh', async () => {
    await withCache(async (_cache, port) => {
      const words = join(folder, 'words');
      const program = script(
        'ssh-to-cache',
        `require('node:fs').writeFileSync(${JSON.stringify(words)}, JSON.stringify(process.argv.slice(2)));
         const cache = require('node:net').connect(${port}, ${JSON.stringify(HOST)});
         process.stdin.pipe(cache).pipe(process.stdout);`,
      );
      const ssh = { program, user: 'rtr', identityFile: '/etc/tsbgp/my key', knownHostsFile: '/etc/tsbgp/known_hosts' };
      await withClient({ host: 'cache.example', port: 2222, transport: 'ssh', ssh }, async (live) => {
        await live.until(() => live.vrps.length === 1);
        const options = [
          'BatchMode=yes',
          'StrictHostKeyChecking=yes',
          'ServerAliveInterval=60',
          'UserKnownHostsFile=/etc/tsbgp/known_hosts',
        ];
        options.push('IdentitiesOnly=yes', 'IdentityFile="/etc/tsbgp/my key"', 'User=rtr', 'Port=2222');
        const expected = ['-s', ...options.flatMap((option) => ['-o', option]), '--', 'cache.example', 'rpki-rtr'];
        assert.deepEqual(JSON.parse(readFileSync(words, 'utf8')), expected);
      });
    });
  });

  test('what ssh says when it fails is the reason', async () => {
    const program = script('ssh-refused', `console.error('debug\\nHost key verification failed.'); process.exit(255);`);
    await withClient({ host: 'cache.example', transport: 'ssh', ssh: { program } }, async (live) => {
      await live.until(() => (live.cache.lastError?.reason ?? '').includes('Host key'));
      assert.match(live.cache.lastError!.reason, /Host key verification failed\./);
    });
  });

  test('a program that is not there', async () => {
    await withClient({ host: 'cache.example', transport: 'ssh', ssh: { program: join(folder, 'none') } }, async (live) => {
      await live.until(() => live.cache.phase === 'waiting');
      assert.match(live.cache.lastError!.reason, /ENOENT/);
    });
  });

  for (const [what, options] of [
    ['host', { host: '-oProxyCommand=x' }],
    ['value', { host: 'a', ssh: { user: 'a" b' } }],
  ] as const) {
    test(`a ${what} that ssh would take for something else is refused`, async () => {
      await withClient({ ...options, transport: 'ssh' }, async (live) => {
        await live.until(() => live.cache.phase === 'waiting');
        assert.match(live.cache.lastError!.reason, /is not a host, e\.g\.|cannot be passed to ssh/);
      });
    });
  }
});

test('a transport as text has the default port, and brackets around IPv6', () => {
  assert.equal(formatTransport({ transport: 'tcp', host: '2001:db8::1' }), 'tcp [2001:db8::1]:323');
  assert.equal(formatTransport({ transport: 'tls', host: 'cache.example' }), 'tls cache.example:324');
  assert.equal(formatTransport({ transport: 'ssh', host: 'cache.example' }), 'ssh cache.example:22');
});

async function withCache(body: (cache: RtrCache, port: number) => Promise<void>): Promise<void> {
  const cache = new RtrCache({ vrps: [vrp(VRP)] });
  const { port } = await cache.listen({ host: HOST, port: 0 });
  try {
    await body(cache, port);
  } finally {
    await cache.close();
  }
}

async function withClient(cache: CacheOptions, body: (live: LiveClient) => Promise<void>): Promise<void> {
  const live = new LiveClient([cache]);
  await live.client.start();
  try {
    await body(live);
  } finally {
    live.client.close();
  }
}

async function withServer(server: Server, body: (port: number) => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  try {
    await body((server.address() as { port: number }).port);
  } finally {
    server.close();
  }
}

async function unusedPort(): Promise<number> {
  let unused = 0;
  const server = createServer();
  await withServer(server, async (port) => {
    unused = port;
  });
  return unused;
}

function splice(a: Socket, b: Socket): void {
  a.pipe(b).pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

function script(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!${process.execPath}\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

function selfSigned(): { key: string; cert: string } | undefined {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = ['-subj', '/CN=cache.example', '-addext', 'subjectAltName=DNS:cache.example'];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const { status } = spawnSync('openssl', [...words, '-keyout', key, '-out', cert, ...names]);
  return status === 0 ? { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } : undefined;
}
