/** Shared RTR dialogs, against the client, and against the cache of this package. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromHex, readU16, readU32, toHex } from '@tsbgp/wire';
import { breathe } from '../../test/fake-clock.ts';
import type { FakeSocket } from '../../test/fake-socket.ts';
import { loadShared } from '../../test/shared.ts';
import { vrp, World } from '../../test/world.ts';
import { CacheData } from '../cache/cache-data.ts';
import { CacheSession } from '../cache/cache-session.ts';
import { PduType } from '../rtr/codes.ts';
import { encodePdu } from '../rtr/encode.ts';
import { PduStream } from '../rtr/framing.ts';
import { INTERVALS_DEFAULT } from './intervals.ts';

interface DialogStep {
  readonly state?: { readonly session_id: number; readonly serial: number; readonly version: 0 | 1 | 2 };
  readonly send?: string;
  readonly expect?: string;
  readonly expect_type?: number;
  readonly session_id?: number;
  readonly serial?: number;
  readonly error_code?: number;
  readonly expect_nothing?: boolean;
  readonly within_s?: number;
  readonly read_until_type?: number;
  readonly expect_close?: boolean;
}

interface Dialogs {
  readonly vectors: readonly {
    readonly id: string;
    readonly role_under_test: 'router' | 'cache';
    readonly steps: readonly DialogStep[];
    readonly expect: {
      readonly vrps?: readonly string[];
      readonly aspas?: Readonly<Record<string, readonly number[]>>;
      readonly session?: string;
    };
  }[];
}

const file = loadShared<Dialogs>('logic/rtr-sessions.json');

suite('logic/rtr-sessions.json', { skip: typeof file === 'string' && file }, () => {
  for (const { id, role_under_test: role, steps, expect } of typeof file === 'string' ? [] : file.vectors) {
    test(`${role}: ${id}`, async () => {
      if (role === 'cache') return playCache(steps);
      const world = new World({ caches: [{ host: 'a' }] });
      const socket = await world.startOne();
      for (const step of steps) await playRouter(world, socket, step);
      if (expect.vrps !== undefined) assert.deepEqual(world.vrps(), expect.vrps.toSorted());
      if (expect.aspas !== undefined) {
        const held = [...world.client.aspas.aspas()].map(({ customer, providers }) => [String(customer), providers]);
        assert.deepEqual(Object.fromEntries(held), expect.aspas);
      }
      if (expect.session?.startsWith('error') === true) {
        assert.equal(world.client.status().caches[0]!.phase, 'waiting');
        assert.ok(socket.closedByClient);
      }
      world.client.close();
    });
  }
});

async function playRouter(world: World, socket: FakeSocket, step: DialogStep): Promise<void> {
  if (step.state !== undefined) {
    const { session_id: sessionId, serial, version } = step.state;
    socket.taken();
    socket.send(toHex(encodePdu({ version, type: 'cache-response', sessionId })));
    socket.send(toHex(encodePdu({ version, type: 'end-of-data', sessionId, serial, intervals: INTERVALS_DEFAULT })));
    await breathe();
    assert.equal(world.client.status().caches[0]!.serial, serial);
  }
  if (step.send !== undefined) {
    socket.send(step.send);
    await breathe();
  }
  if (step.expect !== undefined) assert.deepEqual(socket.taken(), [step.expect]);
  if (step.expect_type !== undefined) expectPdu(socket.taken(), step);
  if (step.expect_nothing === true) {
    await world.clock.advance(1000 * (step.within_s ?? 0.1));
    assert.deepEqual(socket.taken(), []);
  }
}

function expectPdu(pdus: readonly string[], { expect_type: type, session_id: sessionId, serial, error_code: code }: DialogStep): void {
  assert.equal(pdus.length, 1, pdus.join());
  const bytes = fromHex(pdus[0]!);
  assert.equal(bytes[1], type);
  if (sessionId !== undefined) assert.equal(readU16(bytes, 2), sessionId);
  if (serial !== undefined) assert.equal(readU32(bytes, 8), serial);
  if (code !== undefined) assert.equal(readU16(bytes, 2), code);
}

function playCache(steps: readonly DialogStep[]): void {
  const data = new CacheData({ vrps: [vrp('192.0.2.0/24-24 AS64496')] }, 7, 1);
  const session = new CacheSession(data, INTERVALS_DEFAULT);
  let answers: string[] = [];
  let closed = false;
  const take = ({ pdus, close }: ReturnType<CacheSession['answer']>): boolean => {
    answers.push(...[...pdus].map((pdu) => toHex(encodePdu(pdu))));
    closed ||= close;
    return !close;
  };
  const stream = new PduStream((bytes, start, end) => take(session.answer(bytes, start, end)));
  for (const step of steps) {
    if (step.send !== undefined) {
      const broken = stream.push(fromHex(step.send));
      if (broken !== undefined) take(session.refuse(broken));
    }
    if (step.expect_type !== undefined) expectPdu(answers.splice(0, 1), step);
    if (step.read_until_type !== undefined) {
      const end = answers.findIndex((pdu) => fromHex(pdu)[1] === step.read_until_type);
      assert.notEqual(end, -1);
      answers = answers.slice(end + 1);
      assert.equal(step.read_until_type, PduType.EndOfData);
    }
    if (step.expect_close === true) assert.ok(closed);
  }
}
