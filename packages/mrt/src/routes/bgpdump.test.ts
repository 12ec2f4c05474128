/** The form of `bgpdump -m`: octet for octet what bgpdump's own tests expect, and what an installed bgpdump prints of every capture. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { encodeMessage, fromHex, IPV4_UNICAST, IPV6_UNICAST, parseMessage } from '@tsbgp/wire';
import { captures } from '../../../../test/conformance.ts';
import { mrtContext } from '../attributes.ts';
import { MrtType, OldBgpSubtype } from '../codes.ts';
import type { MrtValue } from '../kinds/values.ts';
import { openMrt } from '../node.ts';
import { readMrtBatches } from '../read.ts';
import { MrtRecord } from '../record.ts';
import { encodeMrt, type MrtTime } from '../write.ts';
import { BgpdumpFormatter } from './bgpdump.ts';
import { RouteScanner } from './route-scanner.ts';

interface Capture {
  readonly file: string;
  readonly 'bgpdump_1.6.2_m_lines': Readonly<Record<string, number>>;
  readonly upstream_expected_output?: { readonly file: string };
}

async function format(file: string): Promise<Buffer> {
  const formatter = new BgpdumpFormatter();
  const scanner = new RouteScanner(formatter);
  const parts: Uint8Array[] = [];
  const take = (): void => {
    parts.push(formatter.out.bytes.slice(0, formatter.out.length));
    formatter.out.length = 0;
  };
  try {
    for await (const records of readMrtBatches(openMrt(file))) {
      for (const record of records) scanner.scan(record);
      take();
    }
  } catch {
    // A file that is cut off: bgpdump prints what comes before, too.
  }
  take();
  return Buffer.concat(parts);
}

/** Lines by kind and letter, as the manifest counts them: 'BGP4MP/A'. */
function counts(text: Buffer): Record<string, number> {
  const byKind: Record<string, number> = {};
  for (const line of text.toString('latin1').split('\n')) {
    if (line === '') continue;
    const [kind, , letter] = line.split('|');
    byKind[`${kind}/${letter}`] = (byKind[`${kind}/${letter}`] ?? 0) + 1;
  }
  return byKind;
}

const hasBgpdump = spawnSync('bgpdump', ['-T']).error === undefined;

/** In withdrawals of the old types bgpdump prints the address of the peer instead of the prefix: two results in one buffer. */
const WRONG_PREFIX = /^(BGP\|\d+\|W\|)([^|]+)(\|\d+\|)[^/]+(?=\/)/gm;
/** bgpdump 1.6.2 prints bits after the prefix; its newer tests expect that they are left out. */
const SHOWS_HOST_BITS = new Set(['bgpdump-updates.nlri_mask_trailing_bits.gz', 'mrtparse-bird_bgp.mrt']);

const found = captures<Capture>('mrt');
if (typeof found === 'string') test('bgpdump -m', { skip: found }, () => {});
else {
  for (const capture of found.entries) {
    const path = join(found.folder, capture.file);
    test(`${capture.file}: as bgpdump -m`, async () => {
      const ours = await format(path);
      assert.deepEqual(counts(ours), capture['bgpdump_1.6.2_m_lines']);
      if (capture.upstream_expected_output !== undefined) {
        const expected = gunzipSync(readFileSync(join(found.folder, capture.upstream_expected_output.file)));
        assert.ok(ours.equals(expected), 'differs from what upstream expects');
      }
      if (!hasBgpdump || SHOWS_HOST_BITS.has(capture.file)) return;
      const { stdout } = await promisify(execFile)('bgpdump', ['-m', path], { encoding: 'latin1', maxBuffer: 256 << 20 });
      const [have, want] = [ours.toString('latin1'), stdout].map((text) => text.replaceAll(WRONG_PREFIX, '$1$2$3'));
      assert.ok(have === want, 'differs from what bgpdump prints');
    });
  }
}

const TIME: MrtTime = { timestamp: 1_700_000_000 };
const PEER = { peerAs: 65_001, localAs: 64_512, interfaceIndex: 0, peerAddress: '192.0.2.1', localAddress: '192.0.2.2' };

function lines(...values: readonly (readonly [MrtTime, MrtValue])[]): string[] {
  const formatter = new BgpdumpFormatter();
  const scanner = new RouteScanner(formatter);
  for (const [time, value] of values) {
    const octets = encodeMrt(time, value);
    assert.equal(scanner.scan(new MrtRecord(octets, 0, octets.length, 0)), undefined);
  }
  const { bytes, length } = formatter.out;
  return Buffer.from(bytes.subarray(0, length)).toString('latin1').trimEnd().split('\n');
}

function message(
  text: string,
  options: { readonly fourOctetAs?: boolean; readonly local?: boolean; readonly addPath?: boolean } = {},
): MrtValue {
  const { fourOctetAs = true, local = false, addPath = false } = options;
  const octets = encodeMessage(parseMessage(text), mrtContext({ fourOctetAs, addPath }));
  return { type: 'bgp-message', ...PEER, fourOctetAs, local, addPath, message: octets };
}

test('kinds of records have their names in the first column, microseconds are in the second', () => {
  const update = 'update nlri { 192.0.2.0/24 } attributes { ORIGIN egp; AS_PATH 65001; NEXT_HOP 192.0.2.1 }';
  assert.deepEqual(
    lines(
      [TIME, message(update, { local: true })],
      [{ ...TIME, microseconds: 7 }, message(update, { local: true })],
      [{ ...TIME, microseconds: 7 }, message(update)],
    ).map((line) => line.split('|').slice(0, 3)),
    [
      ['BGP4MP_LOCAL', '1700000000', 'A'],
      ['BGP4MP_ET_LOCAL', '1700000000.000007', 'A'],
      ['BGP4MP_ET', '1700000000.000007', 'A'],
    ],
  );
});

test('RFC 6793 §4.2.3: AS4_PATH completes the path of a two-octet peer, unless AGGREGATOR says otherwise', () => {
  const base = 'update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 23456 { 1 2 } 23456';
  const path = (text: string) => lines([TIME, message(text, { fourOctetAs: false })])[0]!.split('|')[6];
  assert.equal(path(`${base}; NEXT_HOP 192.0.2.1; AS4_PATH { 1 2 } 4200000001 }`), '65001 23456 {1,2} 4200000001');
  assert.equal(
    path(`${base}; NEXT_HOP 192.0.2.1; AGGREGATOR 65001 192.0.2.1; AS4_PATH 4200000001; AS4_AGGREGATOR 4200000001 192.0.2.1 }`),
    '65001 23456 {1,2} 23456',
  );
});

test('a path that cannot be read is said to be an error, and the line goes on', () => {
  const attributes = fromHex('40010100 400206 0202 fde9 0203 400304 c0000201');
  const table: MrtValue = {
    type: 'table-dump',
    view: 0,
    sequence: 0,
    prefix: '192.0.2.0/24',
    status: 1,
    originatedTime: 0,
    peerAddress: '192.0.2.1',
    peerAs: 65_001,
    fourOctetAs: false,
    attributes: attributes.map((octet, i) => (i === 8 ? 3 : octet)),
  };
  assert.deepEqual(lines([TIME, table]), ['TABLE_DUMP|1700000000|B|192.0.2.1|65001|192.0.2.0/24|! Error !|IGP|192.0.2.1|0|0||NAG||']);
});

test('bgpdump reads what we write: tables with and without ADD-PATH, messages of every form, records of the old types', {
  skip: !hasBgpdump && 'there is no bgpdump',
}, (t) => {
  const nlri = (prefix: string) => ({ type: 'ip-prefix', family: prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST, prefix }) as const;
  const table = (prefix: string, addPath: boolean): MrtValue => {
    const hop = prefix.includes(':') ? '800e1110 20010db8000000000000000000000001' : '400304 c0000201';
    const attributes = fromHex(`40010100 40020a 0202 0000fde9 0000fdea ${hop} c00804 fde80001`);
    const entry = { peerIndex: 1, originatedTime: 1_700_000_000, attributes };
    const entries = addPath ? [7, 8].map((pathIdentifier) => ({ ...entry, pathIdentifier })) : [entry, { ...entry, peerIndex: 0 }];
    return { type: 'rib', family: nlri(prefix).family, addPath, generic: false, sequence: 1, nlri: nlri(prefix), entries };
  };
  const peers = ['192.0.2.1', '2001:db8::9'].map((address, i) => ({ bgpId: '192.0.2.1', address, as: 65_001 + i, fourOctetAs: i === 1 }));
  const update = 'update nlri { 198.51.100.0/24 } attributes { ORIGIN igp; AS_PATH 65001 { 5 6 }; NEXT_HOP 192.0.2.1; MULTI_EXIT_DISC 7 }';
  const body = encodeMessage(parseMessage(update), mrtContext({ fourOctetAs: false })).subarray(19);
  const old = { recordType: MrtType.Bgp, peerAs: 65_001, peerAddress: '192.0.2.1', localAs: 64_512, localAddress: '192.0.2.2' } as const;
  const values: MrtValue[] = [
    { type: 'peer-index-table', collectorBgpId: '192.0.2.9', viewName: 'main', peers },
    ...['198.51.100.0/24', '2001:db8::/32'].flatMap((prefix) => [table(prefix, false), table(prefix, true)]),
    message(update),
    message(update, { fourOctetAs: false }),
    message(update, { local: true }),
    message('update withdrawn { 198.51.100.0/24 }'),
    { type: 'state-change', ...PEER, fourOctetAs: true, oldState: 6, newState: 1 },
    { type: 'old-message', ...old, subtype: OldBgpSubtype.Update, body },
    { type: 'old-state-change', recordType: MrtType.Bgp, peerAs: 65_001, peerAddress: '192.0.2.1', oldState: 1, newState: 3 },
  ];
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-bgpdump-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file.mrt');
  writeFileSync(path, Buffer.concat(values.map((value) => encodeMrt(TIME, value))));
  const theirs = spawnSync('bgpdump', ['-m', path], { encoding: 'latin1' }).stdout.trimEnd().split('\n');
  assert.equal(theirs.length, 15);
  assert.deepEqual(lines(...values.map((value) => [TIME, value] as const)), theirs);
});

test('more attribute sets than are remembered give the same text', () => {
  const peers = [{ bgpId: '192.0.2.1', address: '192.0.2.1', as: 1, fourOctetAs: true }];
  const nlri = { type: 'ip-prefix', family: IPV4_UNICAST, prefix: '192.0.2.0/24' } as const;
  const entry = (med: number) => ({
    peerIndex: 0,
    originatedTime: 0,
    attributes: fromHex(`800404${med.toString(16).padStart(8, '0')}`),
  });
  const formatter = new BgpdumpFormatter();
  const scanner = new RouteScanner(formatter);
  const scan = (value: MrtValue): string => {
    const octets = encodeMrt(TIME, value);
    scanner.scan(new MrtRecord(octets, 0, octets.length, 0));
    const { out } = formatter;
    const text = Buffer.from(out.bytes.subarray(0, out.length)).toString('latin1');
    out.length = 0;
    return text;
  };
  scan({ type: 'peer-index-table', collectorBgpId: '192.0.2.9', viewName: '', peers });
  for (let first = 0; first < 300_000; first += 1000) {
    const meds = Array.from({ length: 1000 }, (_, i) => (first + i) % 140_000);
    const text = scan({ type: 'rib', family: IPV4_UNICAST, addPath: false, generic: false, sequence: 0, nlri, entries: meds.map(entry) });
    assert.deepEqual(
      text
        .trimEnd()
        .split('\n')
        .map((line) => Number(line.split('|')[10])),
      meds,
    );
  }
});
