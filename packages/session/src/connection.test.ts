/** Framing: however the octets come in, the messages are the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault, NotificationMessage } from '@tsbgp/wire';
import fc from 'fast-check';
import { breathe, concat, FakeClock, FakeSocket, KEEPALIVE, message, socketPair } from '../test/support.ts';
import { CONSUMED, Connection, type ConnectionOwner, type Consumed, HOLD } from './connection.ts';
import { Turns } from './turns.ts';

class Owner implements ConnectionOwner {
  readonly seen: string[] = [];
  readonly faults: Fault[] = [];
  lost = 0;
  thrown: unknown = undefined;
  holdAt = -1;
  connection: Connection | undefined = undefined;

  onMessage(type: number, bytes: Uint8Array, start: number, end: number): Consumed {
    if (this.seen.length === this.holdAt) return HOLD;
    this.seen.push(`${type} ${Buffer.from(bytes.subarray(start + 19, end)).toString('hex')}`);
    return CONSUMED;
  }

  onRefused(_notification: NotificationMessage): void {
    this.connection?.drop();
  }

  onHeaderFault(fault: Fault): void {
    this.faults.push(fault);
    this.connection?.drop();
  }

  onThrown(error: unknown): void {
    this.thrown = error;
    this.connection?.drop();
  }

  onLost(): void {
    this.lost++;
  }
}

function setUp(turns = new Turns(1000)): { socket: FakeSocket; owner: Owner; connection: Connection } {
  const [socket] = socketPair('192.0.2.1', '192.0.2.2');
  const owner = new Owner();
  const connection = new Connection(socket.asSocket(), owner, turns, new FakeClock());
  owner.connection = connection;
  return { socket, owner, connection };
}

/** UPDATEs go to the handler, everything else to the owner: one list of both. */
function handle(connection: Connection, owner: Owner): void {
  connection.handler = (bytes, start, end) => {
    owner.seen.push(`2 ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`);
    return undefined;
  };
}

const STREAM = concat(
  message(4),
  message(2, '00000000'),
  message(2, '0004180a0000000f40010100'),
  message(5, '00010001'),
  message(2, new Uint8Array(4077)),
  message(4),
);
const EXPECTED = ['4 ', '2 00000000', '2 0004180a0000000f40010100', '5 00010001', `2 ${'00'.repeat(4077)}`, '4 '];

test('the stream split at every octet', () => {
  for (let at = 0; at <= STREAM.length; at++) {
    const { socket, owner, connection } = setUp();
    handle(connection, owner);
    socket.receive(STREAM.slice(0, at));
    socket.receive(STREAM.slice(at));
    assert.deepEqual(owner.seen, EXPECTED, `split at ${at}`);
  }
});

test('the stream an octet at a time', () => {
  const { socket, owner, connection } = setUp();
  handle(connection, owner);
  for (const octet of STREAM) socket.receive(Uint8Array.of(octet));
  assert.deepEqual(owner.seen, EXPECTED);
});

test('a header fault is reported as soon as the header is there, in whatever pieces', () => {
  for (let at = 0; at <= 19; at++) {
    const { socket, owner } = setUp();
    const bad = KEEPALIVE.slice();
    bad[17] = 18;
    socket.receive(concat(KEEPALIVE, bad.slice(0, at)));
    socket.receive(bad.slice(at));
    assert.deepEqual(owner.seen, ['4 ']);
    assert.equal(owner.faults.length, 1);
  }
});

test('any chunks, pauses, holds and exhausted turns: the same messages in the same order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(2, 4, 5), fc.nat(60)), { maxLength: 40 }),
      fc.array(fc.nat(200), { maxLength: 30 }),
      fc.array(fc.nat(40), { maxLength: 5 }),
      fc.nat(40),
      fc.boolean(),
      async (messages, cuts, pauses, holdAt, hurried) => {
        const list = messages.map(([type, length], i) => message(type, type === 4 ? '' : new Uint8Array(4 + length).fill(i)));
        const expected = list.map((bytes) => `${bytes[18]} ${Buffer.from(bytes.subarray(19)).toString('hex')}`);
        const stream = concat(...list);
        // A budget of 0: each look at the clock ends the turn.
        const { socket, owner, connection } = setUp(new Turns(hurried ? 0.001 : 1000));
        owner.holdAt = holdAt;
        connection.handler = (bytes, start, end) => {
          owner.seen.push(`2 ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`);
          if (pauses.includes(owner.seen.length)) connection.pause();
          return undefined;
        };
        let at = 0;
        for (const cut of cuts) {
          socket.receive(stream.slice(at, at + cut));
          at += cut;
        }
        socket.receive(stream.slice(at));
        for (let i = 0; i < 200 && owner.lost === 0; i++) {
          await breathe(1);
          owner.holdAt = -1;
          connection.release();
          connection.resume();
          // A connection that ends while held has nothing more to say; that is another test.
          if (i === 0) socket.receive(undefined);
        }
        assert.deepEqual(owner.seen, expected);
        assert.equal(owner.lost, 1, 'the end comes last, and once');
      },
    ),
    { numRuns: 300, seed: 19 },
  );
});

test('a handler that throws stops delivery', () => {
  const { socket, owner, connection } = setUp();
  connection.handler = () => {
    throw new Error('boom');
  };
  socket.receive(STREAM);
  assert.match(String(owner.thrown), /boom/);
  assert.deepEqual(owner.seen, ['4 ']);
});

test('after drop nothing is delivered, not even from the same chunk', () => {
  const { socket, owner, connection } = setUp();
  connection.handler = () => {
    connection.drop();
    return undefined;
  };
  socket.receive(STREAM);
  assert.deepEqual(owner.seen, ['4 ']);
  assert.equal(owner.lost, 0);
});

test('the handler borrows: in place for what lies in one chunk', () => {
  const { socket, connection } = setUp();
  const arrays = new Set<ArrayBufferLike>();
  connection.handler = (bytes) => {
    assert.ok(!Buffer.isBuffer(bytes), 'a plain Uint8Array: slice copies');
    arrays.add(bytes.buffer);
    return undefined;
  };
  socket.receive(concat(...Array.from({ length: 50 }, () => message(2, '00000000'))));
  assert.equal(arrays.size, 1);
});

test('turns: two floods share a turn of the event loop, and the others have theirs between two turns', async (t) => {
  const BUDGET_MS = 2;
  const SLICE_MS = 1;
  const MESSAGE_MS = 0.02;
  // A clock that stands still but for the work of the handlers: what else the machine does is not in it.
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const turns = new Turns(BUDGET_MS);
  const counts = [0, 0];
  const sides = [setUp(turns), setUp(turns)];
  const flood = concat(...Array.from({ length: 4000 }, () => message(2, '00000000')));
  let unfair = 0;
  sides.forEach(({ connection }, i) => {
    connection.handler = () => {
      counts[i] = counts[i]! + 1;
      now += MESSAGE_MS;
      if (counts.every((count) => count < 4000)) unfair = Math.max(unfair, Math.abs(counts[0]! - counts[1]!));
      return undefined;
    };
  });
  for (const { socket } of sides) socket.receive(flood);
  // The first takes the whole turn in which it came, and a slice before the other has its own.
  let longestTurn = 0;
  for (let before = now; counts[0]! + counts[1]! < 8000; before = now) {
    await breathe(1);
    longestTurn = Math.max(longestTurn, now - before);
  }
  // The clock is read every few messages.
  assert.ok(unfair <= (BUDGET_MS + SLICE_MS) / MESSAGE_MS + 16, `difference of ${unfair} messages`);
  assert.ok(longestTurn > 0 && longestTurn <= BUDGET_MS + SLICE_MS + 16 * MESSAGE_MS, `a turn of ${longestTurn} ms`);
});
