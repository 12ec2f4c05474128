/** `tsbgp mrt`: command lines with what they print and write. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdDecompressSync } from 'node:zlib';
import { encodeMrt, type MrtValue, mrtContext } from '@tsbgp/mrt';
import { encodeMessage, IPV4_UNICAST, parseMessage } from '@tsbgp/wire';
import { tsbgp } from '../../test/world.ts';

const PEER = {
  peerAs: 65_001,
  localAs: 64_512,
  interfaceIndex: 0,
  peerAddress: '192.0.2.1',
  localAddress: '192.0.2.2',
  fourOctetAs: true,
} as const;

function update(text: string): MrtValue {
  return {
    type: 'bgp-message',
    ...PEER,
    local: false,
    addPath: false,
    message: encodeMessage(parseMessage(text), mrtContext({ fourOctetAs: true })),
  };
}

const RECORDS = [
  encodeMrt(
    { timestamp: 1_700_000_000, microseconds: 250_000 },
    update('update nlri { 198.51.100.0/24 } attributes { ORIGIN igp; AS_PATH 65001 3333; NEXT_HOP 192.0.2.1; MULTI_EXIT_DISC 5 }'),
  ),
  encodeMrt({ timestamp: 1_700_000_010 }, update('update withdrawn { 198.51.100.0/24 }')),
  encodeMrt({ timestamp: 1_700_000_020 }, { type: 'state-change', ...PEER, oldState: 6, newState: 1 }),
];

function files(t: TestContext, ...contents: readonly Uint8Array[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-mrt-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return contents.map((content, i) => {
    const path = join(folder, `file${i}`);
    writeFileSync(path, content);
    return path;
  });
}

const WHOLE = Buffer.concat(RECORDS);

test('text, lines of bgpdump, lines of JSON', async (t) => {
  const [path = ''] = files(t, WHOLE);
  assert.equal(
    (await tsbgp(['mrt', path])).out,
    [
      '2023-11-14 22:13:20.250000  +  198.51.100.0/24       192.0.2.1 AS65001           65001 3333 i  via 192.0.2.1  MED 5',
      '2023-11-14 22:13:30  -  198.51.100.0/24       192.0.2.1 AS65001',
      '2023-11-14 22:13:40  *  Established -> Idle   192.0.2.1 AS65001',
      '',
    ].join('\n'),
  );
  assert.equal(
    (await tsbgp(['mrt', '-m', path])).out,
    [
      'BGP4MP_ET|1700000000.250000|A|192.0.2.1|65001|198.51.100.0/24|65001 3333|IGP|192.0.2.1|0|5||NAG||',
      'BGP4MP|1700000010|W|192.0.2.1|65001|198.51.100.0/24',
      'BGP4MP|1700000020|STATE|192.0.2.1|65001|6|1',
      '',
    ].join('\n'),
  );
  const json = (await tsbgp(['mrt', '--json', path])).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { time: number; type: string; nlri?: string; attributes?: { type: string }[] });
  assert.deepEqual(
    json.map(({ time, type, nlri, attributes }) => [time, type, nlri, attributes?.map((each) => each.type)]),
    [
      [1_700_000_000.25, 'announce', '198.51.100.0/24', ['origin', 'as-path', 'next-hop', 'multi-exit-disc']],
      [1_700_000_010, 'withdraw', '198.51.100.0/24', undefined],
      [1_700_000_020, 'state', undefined, undefined],
    ],
  );
});

test('filters; packed files and standard input', async (t) => {
  const [path = ''] = files(t, gzipSync(WHOLE));
  const types = async (...args: string[]): Promise<string[]> =>
    (await tsbgp(['mrt', '-m', path, ...args])).out
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('|')[2]!);
  assert.deepEqual(await types('--type', 'withdraw,state'), ['W', 'STATE']);
  assert.deepEqual(await types('--origin-as', '3333'), ['A']);
  assert.deepEqual(await types('--as-path', '_3333$'), ['A']);
  assert.deepEqual(await types('--peer', '192.0.2.9'), []);
  assert.deepEqual(await types('--longer', '198.51.0.0/16'), ['A', 'W']);
  assert.deepEqual(await types('--since', '1700000005', '--until', '2023-11-14T22:13:35Z'), ['W']);
  assert.equal((await tsbgp(['mrt', '-m', '-'], { stdin: gzipSync(WHOLE).toString('latin1') })).code, 1, 'text is no gzip');
});

test('--summary counts, for people and for programs', async (t) => {
  const [path = ''] = files(t, WHOLE);
  const { out } = await tsbgp(['mrt', '--summary', path]);
  assert.match(out, /^3 records, \d+ B unpacked, 2023-11-14 22:13:20 to 2023-11-14 22:13:40 UTC\n/);
  assert.match(out, /\nipv4-unicast +1 +1 +0\n/);
  assert.match(out, /\n192\.0\.2\.1 +65001 +1 +1 +0 +1\n/);
  const json = JSON.parse((await tsbgp(['mrt', '--summary', '--json', path])).out) as { records: object; stateChanges: number };
  assert.deepEqual(json.records, { 'BGP4MP_ET/MESSAGE_AS4': 1, 'BGP4MP/MESSAGE_AS4': 1, 'BGP4MP/STATE_CHANGE_AS4': 1 });
  assert.equal(json.stateChanges, 1);
});

test('--output cuts and packs: whole records that have a wanted route; without a filter all of them', async (t) => {
  const [path = '', target = ''] = files(t, WHOLE, new Uint8Array(0));
  assert.equal((await tsbgp(['mrt', path, '--output', target])).code, 0);
  assert.ok(readFileSync(target).equals(WHOLE));
  assert.equal((await tsbgp(['mrt', path, '--type', 'withdraw', '--output', `${target}.zst`])).code, 0);
  assert.ok(zstdDecompressSync(readFileSync(`${target}.zst`)).equals(Buffer.from(RECORDS[1]!)));
  const refused = await tsbgp(['mrt', path, '--output', path]);
  assert.deepEqual([refused.code, /is read; --output needs another file/.test(refused.err)], [2, true]);
});

test('several files, in worker threads: output in the order of the files, sums over all', async (t) => {
  const paths = files(t, ...RECORDS, WHOLE);
  const { code, out } = await tsbgp(['mrt', '-m', '--jobs', '2', ...paths]);
  assert.equal(code, 0);
  assert.deepEqual(
    out
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('|')[2]),
    ['A', 'W', 'STATE', 'A', 'W', 'STATE'],
  );
  assert.match((await tsbgp(['mrt', '--summary', '--jobs', '2', ...paths])).out, /^6 records/);
});

test('one long file, in parts in several threads: the same output, damage and counts as in one', async (t) => {
  const peers = [{ bgpId: '192.0.2.1', address: '192.0.2.1', as: 65_001, fourOctetAs: true }];
  const table = encodeMrt({ timestamp: 1_700_000_000 }, { type: 'peer-index-table', collectorBgpId: '192.0.2.9', viewName: '', peers });
  const routes = Array.from({ length: 18_000 }, (_, i) => {
    const nlri = { type: 'ip-prefix', family: IPV4_UNICAST, prefix: `10.${(i >>> 8) & 255}.${i & 255}.0/24` } as const;
    const entries = [
      { peerIndex: 0, originatedTime: 0, attributes: Uint8Array.of(0x40, 1, 1, i % 3, 0xc0, 0x63, 100, ...new Uint8Array(100)) },
    ];
    return encodeMrt(
      { timestamp: 1_700_000_000 },
      { type: 'rib', family: IPV4_UNICAST, addPath: false, generic: false, sequence: i, nlri, entries },
    );
  });
  routes.splice(9_000, 0, new Uint8Array(500).fill(0xa5));
  const [path = ''] = files(t, Buffer.concat([table, ...routes, table, ...routes]));
  for (const args of [['-m'], ['--summary', '--json']]) {
    const [alone, together] = await Promise.all(['1', '2'].map((jobs) => tsbgp(['mrt', path, ...args, '--jobs', jobs])));
    assert.ok(alone!.out.length > 100);
    assert.ok(alone!.out === together!.out, args.join(' '));
    assert.deepEqual([together!.code, together!.err], [1, alone!.err]);
    assert.match(together!.err, /octet \d+: found no header of a record; 500 octets left out/);
  }
});

test('damage is told with its place, and the rest is printed', async (t) => {
  const [path = ''] = files(t, Buffer.concat([RECORDS[0]!, new Uint8Array(40).fill(0xa5), RECORDS[1]!, RECORDS[2]!.subarray(0, 20)]));
  const { code, out, err } = await tsbgp(['mrt', '-m', path]);
  assert.equal(code, 1);
  assert.equal(out.split('\n').filter(Boolean).length, 2);
  const place = RECORDS[0]!.length;
  assert.match(err, new RegExp(`octet ${place}: found no header of a record; 40 octets left out`));
  assert.match(err, /the file ends within a record: \d+ octets missing/);
  assert.match(err, /1 file is damaged or cut off/);
});

test('a file that cannot be read, and one that is cut off', async (t) => {
  const packed = gzipSync(WHOLE);
  const [path = ''] = files(t, packed.subarray(0, packed.length - 9));
  const cut = await tsbgp(['mrt', '-m', path]);
  assert.deepEqual([cut.code, /the gzip file is damaged or cut off/.test(cut.err)], [1, true]);
  const missing = await tsbgp(['mrt', '-m', path, `${path}.missing`]);
  assert.equal(missing.code, 2);
  assert.match(missing.err, /file0\.missing: there is no such file\n/);
  const wrong = await tsbgp(['mrt', '--as-path', '(', path]);
  assert.deepEqual([wrong.code, /Allowed: a regular expression/.test(wrong.err)], [2, true]);
});

test('a bar on a terminal, nothing elsewhere', async (t) => {
  const [path = ''] = files(t, WHOLE);
  assert.match((await tsbgp(['mrt', '--summary', path], { columns: 80 })).err, /█+.*100%/);
  assert.equal((await tsbgp(['mrt', '--summary', path])).err, '');
});
