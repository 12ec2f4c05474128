import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DEFAULT_CONTEXT, encodeMessage, parseMessage, toHex } from '@tsbgp/wire';
import { ethernet, ipv4, pcap, tcp } from '../../test/packets.ts';
import { tsbgp } from '../../test/world.ts';

const MARKER = 'ff'.repeat(16);
const KEEPALIVE = `${MARKER}001304`;
const UPDATE = toHex(
  encodeMessage(parseMessage('update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001; NEXT_HOP 192.0.2.1 }'), DEFAULT_CONTEXT),
);

function file(t: TestContext, content: Uint8Array | string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-decode-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'input');
  writeFileSync(path, content);
  return path;
}

test('a tree on a terminal, a line of JSON for each message elsewhere; --json and --text say which', async () => {
  const terminal = await tsbgp(['decode', UPDATE, '--no-color'], { columns: 80 });
  assert.equal(
    terminal.out,
    [
      'UPDATE, 47 octets',
      '├─ path attributes',
      '│  ├─ ORIGIN    igp',
      '│  ├─ AS_PATH   65001',
      '│  └─ NEXT_HOP  192.0.2.1',
      '└─ NLRI',
      '   └─ 192.0.2.0/24',
      '',
    ].join('\n'),
  );
  const piped = await tsbgp(['decode', KEEPALIVE + UPDATE]);
  const [keepalive, update] = piped.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { length: number; message: { nlri: unknown } });
  assert.deepEqual(keepalive, { length: 19, message: { type: 'keepalive' } });
  assert.deepEqual(update?.message.nlri, [{ type: 'ip-prefix', family: 'ipv4-unicast', prefix: '192.0.2.0/24' }]);
  assert.equal((await tsbgp(['decode', KEEPALIVE, '--text'])).out, 'KEEPALIVE, 19 octets\n');
  assert.equal((await tsbgp(['decode', KEEPALIVE, '--json'], { columns: 80 })).out, '{"length":19,"message":{"type":"keepalive"}}\n');
});

test('digits may be spaced as they are printed elsewhere; from an argument, a file, standard input', async (t) => {
  const spaced = `0x${MARKER.slice(0, 8)} ${MARKER.slice(8).match(/../g)!.join(':')}\n0013-04`;
  const wanted = 'KEEPALIVE, 19 octets\n';
  assert.equal((await tsbgp(['decode', spaced, '--text'])).out, wanted);
  assert.equal((await tsbgp(['decode', file(t, spaced), '--text'])).out, wanted);
  assert.equal((await tsbgp(['decode', file(t, Buffer.from(KEEPALIVE, 'hex')), '--text'])).out, wanted);
  assert.equal((await tsbgp(['decode', '-', '--text'], { stdin: spaced })).out, wanted);
  assert.equal((await tsbgp(['decode', '--text'], { stdin: spaced })).out, wanted);
});

test('captures, gzip too; --port; a capture without BGP says so', async (t) => {
  const capture = pcap([ethernet(ipv4(tcp({ sequence: 1, payload: Buffer.from(KEEPALIVE, 'hex') })))]);
  const wanted = '#1 2023-11-14T22:13:20.123456Z 10.0.0.1:50000 → 10.0.0.2:179  KEEPALIVE, 19 octets\n';
  assert.equal((await tsbgp(['decode', file(t, capture), '--text'])).out, wanted);
  assert.equal((await tsbgp(['decode', file(t, gzipSync(capture)), '--text'])).out, wanted);
  const other = await tsbgp(['decode', file(t, capture), '--port', '1179']);
  assert.deepEqual([other.code, other.out], [1, '']);
  assert.match(other.err, /no TCP packet of port 1179: 1 packet of TCP port 179\n.*--port names another/);
  assert.match((await tsbgp(['decode', file(t, capture), '--as', 'nlri'])).err, /a capture holds messages/);
});

test('attributes, NLRI, bodies', async () => {
  const attributes = '40010100 40020602010000fde9 400304c0000201';
  assert.match((await tsbgp(['decode', attributes, '--text'])).out, /^path attributes, 20 octets\n├─ ORIGIN {4}igp\n├─ AS_PATH {3}65001\n/);
  assert.match(
    (await tsbgp(['decode', '40010100 4002040201fde9', '--text'])).out,
    /^path attributes, 11 octets \(guessed: AS numbers of two octets\)/,
  );
  const nlri = await tsbgp(['decode', '--as', 'nlri', '--family', 'ipv4-unicast', '--add-path', 'all', '00000007 18c00002', '--text']);
  assert.equal(nlri.out, 'NLRI of ipv4-unicast, 8 octets\n└─ 192.0.2.0/24 path-id 7\n');
  const body = await tsbgp(['decode', '--as', 'notification', '0602 0b 6d61696e74656e616e6365', '--text']);
  assert.equal(body.out, 'NOTIFICATION, 33 octets\n└─ 6/2 Cease, Administrative Shutdown: "maintenance"\n');
});

test('what is malformed is shown as far as it can be, with exit code 1', async () => {
  const broken = await tsbgp(['decode', `${MARKER}001f02 0000 0004 40010109 21c00002`, '--text']);
  assert.equal(broken.code, 1);
  assert.match(broken.out, /IPv4 unicast NLRI cannot be read \(ends the session; 3\/10 UPDATE Message Error, Invalid Network Field\)/);
  assert.match(broken.out, /ATTRIBUTE_1 {2}0x40 0x09/);
  assert.match(broken.err, /1 message is malformed or not whole/);
  const json = JSON.parse((await tsbgp(['decode', `${MARKER}001f02 0000 0004 40010109 21c00002`])).out) as Record<string, unknown>;
  assert.deepEqual(
    Object.keys(json),
    ['length', 'guesses', 'fault', 'parts', 'octets'].filter((key) => key in json),
  );
  assert.equal(json['octets'], `${MARKER}001f02000000044001010921c00002`);
  const cut = await tsbgp(['decode', `${KEEPALIVE}ffff`, '--text']);
  assert.deepEqual([cut.code, cut.out], [1, 'KEEPALIVE, 19 octets\n2 octets of a message whose header is cut off\n']);
});

test('what cannot be meant is said, with what is allowed', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, err } = await tsbgp(['decode', ...args]);
    assert.equal(code, 2);
    return err;
  };
  assert.match(await refused('no-such-file'), /neither hexadecimal digits \(found "n"\) nor a file \(there is none of that name\)/);
  assert.match(await refused('abc'), /3 digits, of which an even number is needed/);
  assert.match(await refused('.'), /it is a folder/);
  assert.match(await refused('0102'), /neither messages \(no marker\) nor a block of path attributes/);
  assert.match(await refused('--as', 'nlri', '18c00002'), /--as nlri needs --family/);
  assert.match(await refused('--family', 'ipv5', '18c00002'), /Allowed is e\.g\. ipv4-unicast/);
  assert.match(await refused('--as', 'poem', '00'), /Allowed: messages, attributes, nlri/);
});

test('a capture of an unknown link layer says so', async (t) => {
  const { code, err } = await tsbgp(['decode', file(t, pcap([new Uint8Array(60)], { linkType: 147 }))]);
  assert.equal(code, 1);
  assert.match(err, /1 packet of link type 147, which is not known/);
});

test('a capture that breaks off: what it has is shown, then where it ends', async (t) => {
  const capture = pcap([1, 20].map((sequence) => ethernet(ipv4(tcp({ sequence, payload: Buffer.from(KEEPALIVE, 'hex') })))));
  const { code, out, err } = await tsbgp(['decode', file(t, capture.subarray(0, capture.length - 3))]);
  assert.equal(code, 2);
  assert.deepEqual(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: { type: string } }).message.type),
    ['keepalive'],
  );
  assert.match(err, /input: the file ends within packet 2: 3 octets missing/);
});

test('zstd too; a compressed file that is cut off says so', async (t) => {
  const packed = zstdCompressSync(Buffer.from(KEEPALIVE, 'hex'));
  assert.match((await tsbgp(['decode', file(t, packed)])).out, /"keepalive"/);
  const { code, err } = await tsbgp(['decode', file(t, packed.subarray(0, packed.length - 2))]);
  assert.equal(code, 1);
  assert.match(err, /the compressed file is damaged or cut off/);
});

for (const [name, octets] of [
  ['bzip2', '425a6839314159265359'],
  ['xz', 'fd377a585a00'],
  ['MRT', '5e0f6b0000100004 00000002 0000 5e0f6b0100100004 00000002 0000'],
  ['BMP', '0300000006 04'],
] as const) {
  test(`what looks like ${name} is said to, with what to do`, async (t) => {
    const { code, err } = await tsbgp(['decode', file(t, Buffer.from(octets.replaceAll(' ', ''), 'hex'))]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`this looks like ${name}`));
    assert.match(err, /\n.*(unpack it first|tsbgp mrt|Wireshark)/);
  });
}

test('octets of a whole frame or packet, as Wireshark copies them, are looked into', async () => {
  const packet = ipv4(tcp({ sequence: 1, payload: Buffer.from(KEEPALIVE, 'hex') }));
  for (const bytes of [ethernet(packet), packet]) {
    const { code, out } = await tsbgp(['decode', Buffer.from(bytes).toString('hex'), '--text']);
    assert.equal(code, 0);
    assert.match(out, /^#1 10\.0\.0\.1:50000 → 10\.0\.0\.2:179 {2}KEEPALIVE/);
  }
});
