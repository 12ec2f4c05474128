/** Files of all messages: what is in them in both directions, with path identifiers, and what becomes of files. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MrtDamage, type MrtValue, readMrt } from '@tsbgp/mrt';
import { openMrt } from '@tsbgp/mrt/node';
import { fromHex, IPV4_UNICAST } from '@tsbgp/wire';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker, QUIET } from '../../test/speakers.ts';
import { Boundaries } from '../boundaries.ts';
import { Exposition } from '../metrics/exposition.ts';
import type { SessionObserver } from '../speaker/session-observer.ts';
import { MessageFiles } from './message-files.ts';

const TYPES = ['', 'open', 'update', 'notification', 'keepalive', 'route-refresh'];

/** 198.51.100.0/24 with path identifier 7, ORIGIN, AS_PATH 65002 and NEXT_HOP. */
const UPDATE = fromHex(`${'ff'.repeat(16)}003302000000144001010040020602010000fdea400304c00002630000000718c63364`);

async function read(path: string): Promise<MrtValue[]> {
  const values: MrtValue[] = [];
  for await (const record of readMrt(openMrt(path), { onDamage: ({ reason }) => assert.fail(reason) })) {
    assert.ok(record.typeName.startsWith('BGP4MP_ET'), record.typeName);
    assert.ok(Math.abs(record.timestamp - Date.now() / 1000) < 600);
    const value = record.decode();
    assert.ok(!(value instanceof MrtDamage));
    values.push(structuredClone(value));
  }
  return values;
}

test('every message in both directions and every change of state is in the file, ADD-PATH in its own subtypes', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-mrt-'));
  const boundaries = new Boundaries(QUIET);
  const speaker = makeSpeaker({ boundaries });
  const files = new MessageFiles({ observe: (observer) => speaker.programPort.logMessages(observer), log: QUIET, boundaries });
  files.set({ file: join(folder, 'new/updates.%Y.mrt.gz'), rotateMinutes: 1440, keep: 0 });
  const path = files.state().path!;
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  const peers: RawPeer[] = [];
  try {
    for (const last of [2, 3]) {
      speaker.addNeighbor(makeNeighbor(last, last === 2 ? { addPath: 'receive' } : {}));
      const addPath = { type: 'add-path' as const, families: [{ family: IPV4_UNICAST, receive: false, send: true }] };
      const peer = new RawPeer(port, last, 240, { capabilities: last === 2 ? [addPath] : [] });
      peers.push(peer);
      await peer.up();
    }
    await peers[0]!.write(UPDATE);
    await peers[1]!.until(() => speaker.getNeighbor('127.0.0.3').counters.updatesSent > 2, 'End-of-RIB of two families and the route');
    await speaker.close('bye');
    await files.close();
    const values = await read(path);
    assert.equal(existsSync(`${path}.new`), false);
    const messages = values.flatMap((value) => (value.type === 'bgp-message' ? [value] : []));
    const text = messages.map(({ peerAddress, peerAs, local, message, addPath }) => {
      return `${peerAddress} ${peerAs} ${local ? 'sent' : 'received'} ${TYPES[message[18]!]}${addPath ? ' add-path' : ''}`;
    });
    for (const line of [
      '127.0.0.2 65002 received open',
      '127.0.0.2 65002 sent open',
      '127.0.0.2 65002 received keepalive',
      '127.0.0.2 65002 sent keepalive',
      '127.0.0.2 65002 received update add-path',
      '127.0.0.3 65003 sent update',
      '127.0.0.3 65003 sent notification',
    ]) {
      assert.ok(text.includes(line), `${line} in\n${text.join('\n')}`);
    }
    assert.deepEqual(Buffer.from(messages[text.indexOf('127.0.0.2 65002 received update add-path')]!.message), Buffer.from(UPDATE));
    assert.equal(values.filter((value) => value.type === 'state-change' && value.newState === 6).length, 2);
    assert.ok(messages.every(({ localAs, localAddress }) => localAs === 64_512 && /^(127\.0\.0\.1|0\.0\.0\.0)$/.test(localAddress)));
    assert.deepEqual([files.state().records, files.state().files, files.state().failures], [values.length, 1, 0]);
  } finally {
    for (const { socket } of peers) socket.destroy();
    await speaker.close();
    await files.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a file that is there stays; one that cannot be written is told, and what is lost is counted', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-mrt-'));
  const told: (SessionObserver | undefined)[] = [];
  const files = new MessageFiles({ observe: (observer) => told.push(observer), log: QUIET, boundaries: new Boundaries(QUIET) });
  try {
    files.set({ file: join(folder, 'u.%Y'), rotateMinutes: 60, keep: 0 });
    const first = files.state().path!;
    files.set({ file: join(folder, 'u.%Y'), rotateMinutes: 30, keep: 0 });
    await files.close();
    assert.equal(told.at(-1), undefined);
    assert.deepEqual([readdirSync(folder).length, existsSync(first), existsSync(`${first}.1`)], [2, true, true]);

    writeFileSync(join(folder, 'file'), '');
    files.set({ file: join(folder, 'file/u.%Y'), rotateMinutes: 5, keep: 0 });
    assert.deepEqual([files.state().path, files.state().failures], [undefined, 1]);
    assert.match(files.state().lastError!, /EEXIST|ENOTDIR/);
    const neighbor = { config: { address: '192.0.2.1', remoteAs: 1 }, localAs: 2 };
    told.at(-1)!.message(neighbor as never, 'received', UPDATE);
    const out = new Exposition();
    files.addMetrics(out);
    assert.match(out.toString(), /tsbgp_mrt_messages_total 1\n/);
    files.set(undefined);
    assert.ok(files.state().droppedOctets > UPDATE.length);
  } finally {
    await files.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
