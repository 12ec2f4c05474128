import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseAddress, readToken } from './address.ts';
import { connectDaemon } from './connect.ts';
import { CliError, ExitCode } from './exit-code.ts';
import type { Io } from './terminal/io.ts';

const output = { isTerminal: false, columns: 80, write: async () => {} };

function io(env: Io['env'] = {}): Io {
  return { stdin: new ReadableStream(), stdout: output, stderr: output, env, signal: new AbortController().signal };
}

test('an address is a socket path or HOST:PORT, in every usual spelling', () => {
  const url = (text: string): string => chooseAddress(text, {}).url;
  assert.equal(url('/run/x.sock'), 'unix:///run/x.sock');
  assert.equal(url('unix:/run/x.sock'), 'unix:///run/x.sock');
  assert.equal(url('unix:///run/x.sock'), 'unix:///run/x.sock');
  assert.equal(url('127.0.0.1:50051'), 'http://127.0.0.1:50051');
  assert.equal(url('[::1]:50051'), 'http://[::1]:50051');
  assert.equal(url('router.example:50051'), 'http://router.example:50051');
  assert.equal(url('https://router.example:443/'), 'https://router.example:443/');
  for (const wrong of [
    '',
    'router',
    'x.sock',
    '127.0.0.1',
    '::1:50051',
    '127.0.0.1:99999',
    '1.2.3.256:50051',
    '[::g]:50051',
    '[1:2]:50051',
    'http://x:65536',
  ]) {
    assert.throws(() => url(wrong), { name: 'CliError', exitCode: ExitCode.Usage }, wrong);
  }
});

test('--address wins over TSBGP_ADDRESS, which wins over the standard socket', () => {
  assert.equal(chooseAddress('/a', { TSBGP_ADDRESS: '/b' }).source, '--address');
  assert.equal(chooseAddress(undefined, { TSBGP_ADDRESS: '/b' }).url, 'unix:///b');
  assert.equal(chooseAddress(undefined, { TSBGP_ADDRESS: '' }).source, 'default');
});

test('nobody there: exit code 3, what was tried, and how to start a daemon', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tsbgp-cli-'));
  try {
    const absent = join(folder, 'absent.sock');
    const daemon = await connectDaemon(absent, io());
    for (const ask of [
      () => daemon.call((client, options) => client.control.getHealth({}, options)),
      () => Array.fromAsync(daemon.routes({ table: 'best' })),
      () => daemon.listNeighbors(),
    ]) {
      await assert.rejects(ask, (error) => {
        assert.ok(error instanceof CliError, String(error));
        assert.equal(error.exitCode, ExitCode.CannotConnect);
        assert.equal(error.message, `no daemon at unix:${absent}: there is no such socket`);
        assert.match(error.hints.join('\n'), /tsbgpd .*\n.*--address/s);
        return true;
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Octets of a BGP OPEN, as port 179 sends them to whoever connects. */
const OPEN = Buffer.from('ffffffffffffffffffffffffffffffff001d0104fde800b4c00002fe00', 'hex');

const OTHERS: readonly (readonly [name: string, server: () => Server, complaint: RegExp])[] = [
  ['BGP', () => createServer((socket) => socket.on('error', () => {}).write(OPEN)), /is not the API of tsbgpd/],
  [
    'SMTP',
    () => createServer((socket) => socket.on('error', () => {}).end('220 smtp\r\n')),
    /is not the API of tsbgpd|closed the connection/,
  ],
  ['SSH', () => createServer((socket) => socket.on('error', () => {}).write('SSH-2.0-OpenSSH\r\n')), /is not the API of tsbgpd/],
  ['a web server', () => createHttp1((_, response) => response.writeHead(404).end()), /is not the API of tsbgpd/],
  ['an HTTP/2 server', () => createHttp2((_, response) => response.writeHead(200, HTML).end()), /a web server answers there/],
  ['a gateway that refuses', () => createHttp2((_, response) => response.writeHead(403).end()), /refuses the call \(HTTP 403\)/],
  ['another gRPC server', () => createHttp2((_, response) => response.writeHead(200, UNIMPLEMENTED).end()), /does not know this call/],
  ['one that hangs up', () => createServer((socket) => socket.on('error', () => {}).destroy()), /closed the connection/],
];
const HTML = { 'content-type': 'text/html' };
const UNIMPLEMENTED = { 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'unknown service' };

for (const [name, create, complaint] of OTHERS) {
  test(`${name} at the address: exit code 3, and a sentence that says so`, async () => {
    const server = create();
    const open = new Set<Socket>();
    server.on('connection', (socket: Socket) => open.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const daemon = await connectDaemon(undefined, io({ TSBGP_ADDRESS: `127.0.0.1:${port}` }));
      for (const ask of [
        () => daemon.call((client, options) => client.control.getHealth({}, options)),
        () => Array.fromAsync(daemon.routes({ table: 'best' })),
      ]) {
        await assert.rejects(ask, (error) => {
          assert.ok(error instanceof CliError, String(error));
          assert.equal(error.exitCode, ExitCode.CannotConnect);
          assert.match(error.message, complaint);
          assert.match(error.message, /127\.0\.0\.1/);
          assert.match(error.hints.join('\n'), /api\.unix-socket.*\n.*TSBGP_ADDRESS/s);
          return true;
        });
      }
    } finally {
      server.close();
      for (const socket of open) socket.destroy();
    }
  });
}

/** A gRPC server that refuses each call with these fields. */
function refusing(...fields: readonly (readonly [field: string, description: string])[]): Server {
  const text = (number: number, value: string | Buffer): Buffer => {
    const octets = Buffer.from(value);
    return Buffer.concat([Buffer.of((number << 3) | 2, 0x80 | (octets.length & 0x7f), octets.length >> 7), octets]);
  };
  const details = fields.map(([field, description]) =>
    text(
      3,
      Buffer.concat([text(1, 'type.googleapis.com/tsbgp.v1.FieldError'), text(2, Buffer.concat([text(1, field), text(2, description)]))]),
    ),
  );
  const status = Buffer.concat([Buffer.of(8, 3), text(2, `${fields[0]?.[0]}: ${fields[0]?.[1]}`), ...details]);
  return createHttp2((request, response) => {
    request.resume();
    response
      .writeHead(200, {
        'content-type': 'application/grpc+proto',
        'grpc-status': '3',
        'grpc-status-details-bin': status.toString('base64'),
      })
      .end();
  });
}

const ROUTES = ['10.0.0.0/8', '11.0.0.0/8', '12.0.0.0/8'].map((prefix, i) => ({
  prefix,
  nextHop: '224.0.0.1',
  attributes: [],
  place: `line ${i + 1}`,
}));

for (const [title, fields, message, hints] of [
  ['one route', [['routes[1].next_hop', 'found "224.0.0.1"']], 'line 2: 11.0.0.0/8: next_hop: found "224.0.0.1"', []],
  ['with the field in front', [['routes[1].next_hop', 'routes[1].next_hop: no']], 'line 2: 11.0.0.0/8: next_hop: no', []],
  [
    'several routes',
    [
      ['routes[0].next_hop', 'found "224.0.0.1"'],
      ['routes[2].prefix', 'found "12.0.0.0/8"'],
    ],
    '2 of 3 routes refused, none was added',
    ['line 1: 10.0.0.0/8: next_hop: found "224.0.0.1"', 'line 3: 12.0.0.0/8: found "12.0.0.0/8"'],
  ],
  ['something else', [['routes', 'found 3, allowed 2']], 'routes: found 3, allowed 2', []],
] as const) {
  test(`a refused batch names the lines of the person, and everything the daemon says: ${title}`, async () => {
    const server = refusing(...fields);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stop = new AbortController();
    try {
      const { port } = server.address() as { port: number };
      const daemon = await connectDaemon(`127.0.0.1:${port}`, { ...io(), signal: stop.signal });
      await assert.rejects(
        daemon.addRoutes(
          (async function* () {
            yield ROUTES;
          })(),
        ),
        (error) => {
          assert.ok(error instanceof CliError, String(error));
          assert.deepEqual([error.exitCode, error.message, error.hints], [ExitCode.Refused, message, hints]);
          return true;
        },
      );
    } finally {
      stop.abort();
      server.close();
    }
  });
}

for (const [field, said, message] of [
  ['neighbor.hold_time', 'found 2', '--hold-time: found 2'],
  ['neighbor.graceful_shutdown', 'no', '--ignore-graceful-shutdown: no'],
  ['neighbor.address', 'unknown', 'neighbor.address: unknown'],
  ['reset_session', 'allow it with reset_session', 'allow it with --reset-session'],
] as const) {
  test(`an error about ${field} speaks of what was typed`, async () => {
    const server = refusing([field, said]);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stop = new AbortController();
    try {
      const { port } = server.address() as { port: number };
      const daemon = await connectDaemon(`127.0.0.1:${port}`, { ...io(), signal: stop.signal });
      await assert.rejects(daemon.addNeighbor({ address: '192.0.2.1', remoteAs: 64501 }), { message });
    } finally {
      stop.abort();
      server.close();
    }
  });
}

test('a token file that has no token is refused without its content', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-token-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'two.token');
  writeFileSync(file, 'secret-of-one\nsecret-of-two\n');
  assert.throws(
    () => readToken({ TSBGP_TOKEN_FILE: file }),
    (error: Error) => error.message.includes('is no token') && !error.message.includes('secret'),
  );
  writeFileSync(file, 'secret-of-one\n');
  assert.equal(readToken({ TSBGP_TOKEN_FILE: file }), 'secret-of-one');
});
