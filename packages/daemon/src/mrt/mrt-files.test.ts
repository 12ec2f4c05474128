/** MRT files of the tables: what is in them, for every family and with path identifiers, and what becomes of files. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { decodeRibAttributes, MrtDamage, type PeerIndexTable, type RibRecord, readMrt } from '@tsbgp/mrt';
import { openMrt } from '@tsbgp/mrt/node';
import {
  type Capability,
  DEFAULT_CONTEXT,
  encodeUpdate,
  type Family,
  formatAttribute,
  formatFamily,
  formatNlri,
  fromHex,
  IPV4_UNICAST,
  type Nlri,
  type PathAttribute,
  parseFamily,
  parseNlri,
} from '@tsbgp/wire';
import { nextHopForms } from '@tsbgp/wire/scan';
import { NLRI_VECTORS } from '../../../wire/test/vectors/nlri.ts';
import { until } from '../../test/api-server/serve.ts';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker, QUIET } from '../../test/speakers.ts';
import { Boundaries } from '../boundaries.ts';
import { Exposition } from '../metrics/exposition.ts';
import { MrtFiles } from './mrt-files.ts';

const EXAMPLES: ReadonlyMap<Family, Nlri> = new Map(
  NLRI_VECTORS.flatMap(({ examples }) =>
    examples.map(([name, , , text]): [Family, Nlri] => [parseFamily(name)!, parseNlri(text, parseFamily(name)!)]),
  ),
);
const FAMILIES = [...EXAMPLES.keys()];

function announcement(as: number, family: Family, nlri: Nlri): Uint8Array {
  const nextHops = [nextHopForms(family)?.ipv4.length === 0 ? '2001:db8::2' : '192.0.2.99'];
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [as] }] },
    { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops, nlri: [nlri] } },
  ];
  const body = encodeUpdate({ type: 'update', withdrawn: [], attributes, nlri: [] }, DEFAULT_CONTEXT);
  const bytes = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
  new DataView(bytes.buffer).setUint16(16, bytes.length);
  bytes[18] = 2;
  bytes.set(body, 19);
  return bytes;
}

async function read(path: string): Promise<{ index: PeerIndexTable; records: RibRecord[] }> {
  const values: unknown[] = [];
  for await (const record of readMrt(openMrt(path), { onDamage: ({ reason }) => assert.fail(reason) })) {
    const value = record.decode();
    assert.ok(!(value instanceof MrtDamage), value instanceof MrtDamage ? value.reason : '');
    values.push(structuredClone(value));
  }
  return { index: values[0] as PeerIndexTable, records: values.slice(1) as RibRecord[] };
}

suite('files of the tables', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-mrt-'));
  const boundaries = new Boundaries(QUIET);
  const speaker = makeSpeaker({ boundaries });
  const files = new MrtFiles({ observe: () => undefined, dump: (timestamp) => speaker.tableDump(timestamp), log: QUIET, boundaries });
  const peers: RawPeer[] = [];

  before(async () => {
    const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
    for (const last of [2, 3]) {
      speaker.addNeighbor(
        makeNeighbor(last, { families: FAMILIES, nextHopIpv6: '2001:db8::1', importPolicy: last === 3 ? 'deny-all' : 'accept-all' }),
      );
      const peer = new RawPeer(port, last, 240, { families: FAMILIES });
      peers.push(peer);
      await peer.up();
      for (const [family, nlri] of EXAMPLES) await peer.write(announcement(65_000 + last, family, nlri));
      await until(() => speaker.getNeighbor(`127.0.0.${last}`).prefixes.every(({ received }) => received === 1), 'a route of each family');
    }
    await speaker.addRoutes([{ family: IPV4_UNICAST, prefix: '203.0.113.0/24', nextHop: '192.0.2.9', attributes: [] }]);
    await speaker.programPort.settled();
  });
  after(async () => {
    await files.close();
    for (const { socket } of peers) socket.destroy();
    await speaker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('without the section nothing is written, and that is said', async () => {
    await assert.rejects(files.dumpTables(), /the configuration has no mrt\.tables/);
    const out = new Exposition();
    files.addMetrics(out);
    assert.equal(out.toString(), '');
  });

  test('every route of every neighbor and of our own is in it once, rejected ones too, with its peer and its attributes', async () => {
    files.set({ tables: { file: join(folder, 'new/rib.%Y%m%d.%H%M%S.mrt.gz'), everyMinutes: 0, keep: 0 }, messages: undefined });
    const dump = await files.dumpTables();
    const { index, records } = await read(dump.path);
    assert.deepEqual(
      index.peers.map(({ address, as, bgpId }) => [address, as, bgpId === '' ? '' : 'id']),
      [
        ['0.0.0.0', 64_512, 'id'],
        ['127.0.0.2', 65_002, 'id'],
        ['127.0.0.3', 65_003, 'id'],
      ],
    );
    const seen = new Map<string, string[]>();
    for (const { family, nlri, entries } of records) {
      const key = `${formatFamily(family)} ${formatNlri(nlri)}`;
      for (const { peerIndex, attributes: octets } of entries) {
        const { attributes, fault } = decodeRibAttributes(octets, family);
        assert.equal(fault, undefined, key);
        const text = attributes.map(formatAttribute).join('; ');
        if (peerIndex > 0) assert.match(text, new RegExp(`AS_PATH ${65_001 + peerIndex}`), key);
        seen.set(key, [...(seen.get(key) ?? []), String(peerIndex)]);
      }
    }
    for (const [family, nlri] of EXAMPLES) {
      assert.deepEqual(seen.get(`${formatFamily(family)} ${formatNlri(nlri)}`)?.toSorted(), ['1', '2'], formatFamily(family));
    }
    assert.deepEqual(seen.get('ipv4-unicast 203.0.113.0/24'), ['0']);
    assert.deepEqual([dump.peers, dump.records, dump.routes], [3, records.length, 2 * FAMILIES.length + 1]);
    assert.ok(FAMILIES.length >= 15);
    const out = new Exposition();
    files.addMetrics(out);
    assert.match(out.toString(), /tsbgp_mrt_dumps_total 1\n/);
    assert.match(out.toString(), new RegExp(`tsbgp_mrt_dump_routes ${dump.routes}\\n`));
  });

  test('calls at the same time get one file; the oldest beyond `keep` go, and no other file does', async () => {
    const old = join(folder, 'rib.20200101.000000.mrt');
    const foreign = join(folder, 'rib.notes');
    for (const file of [old, foreign]) writeFileSync(file, '');
    files.set({ tables: { file: join(folder, 'rib.%Y%m%d.%H%M%S.mrt'), everyMinutes: 0, keep: 1 }, messages: undefined });
    const [first, second] = await Promise.all([files.dumpTables(), files.dumpTables()]);
    assert.equal(first, second);
    assert.equal(first.octets, first.fileOctets);
    assert.equal((await read(first.path)).records.length, first.records);
    assert.deepEqual([existsSync(old), existsSync(foreign)], [false, true]);
  });

  test('a file that cannot be written is told, counted, and leaves nothing; the next one is written', async () => {
    files.set({ tables: { file: join(folder, 'rib.notes/rib.%Y.mrt'), everyMinutes: 0, keep: 0 }, messages: undefined });
    await assert.rejects(files.dumpTables(), /could not be written to .*rib\.notes/);
    assert.equal(files.tables().failures, 1);
    assert.match(files.tables().lastError!, /EEXIST|ENOTDIR/);
    files.set({ tables: { file: join(folder, 'later.%Y.mrt'), everyMinutes: 1440, keep: 0 }, messages: undefined });
    assert.ok(files.tables().nextAt!.getTime() % 86_400_000 === 0 && files.tables().nextAt!.getTime() > Date.now());
    await files.dumpTables();
    assert.equal(files.tables().lastError, undefined);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.new')),
      [],
    );
  });
});

test('the paths of a peer with path identifiers are all in it, with their identifiers (RFC 8050)', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-mrt-'));
  const boundaries = new Boundaries(QUIET);
  const speaker = makeSpeaker({ boundaries });
  const files = new MrtFiles({ observe: () => undefined, dump: (timestamp) => speaker.tableDump(timestamp), log: QUIET, boundaries });
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.addNeighbor(makeNeighbor(2, { addPath: 'receive' }));
  const capabilities: Capability[] = [{ type: 'add-path', families: [{ family: IPV4_UNICAST, receive: false, send: true }] }];
  const peer = new RawPeer(port, 2, 240, { capabilities });
  try {
    await peer.up();
    // ORIGIN, AS_PATH 65002, NEXT_HOP; two paths to 198.51.100.0/24, with identifiers 7 and 9.
    const attributes = '40010100' + '4002060201' + '0000fdea' + '400304c0000263';
    const body = fromHex(`0000${'0014'}${attributes}${'00000007' + '18c63364'}${'00000009' + '18c63364'}`);
    const bytes = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
    new DataView(bytes.buffer).setUint16(16, bytes.length);
    bytes[18] = 2;
    bytes.set(body, 19);
    await peer.write(bytes);
    await until(() => speaker.getNeighbor('127.0.0.2').prefixes[0]!.received === 2, 'both paths');
    files.set({ tables: { file: join(folder, 'rib.%S'), everyMinutes: 0, keep: 0 }, messages: undefined });
    const { records } = await read((await files.dumpTables()).path);
    assert.deepEqual(
      records.map(({ addPath, entries }) => [addPath, entries.map(({ pathIdentifier }) => pathIdentifier).toSorted()]),
      [[true, [7, 9]]],
    );
  } finally {
    peer.socket.destroy();
    await files.close();
    await speaker.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
