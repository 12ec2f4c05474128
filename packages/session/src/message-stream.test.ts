/** Framing: the messages are the same, in whatever chunks the octets arrive. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault, NotificationMessage } from '@tsbgp/wire';
import fc from 'fast-check';
import { breathe, FakeClock } from '../test/fake-clock.ts';
import { FakeSocket, socketPair } from '../test/fake-socket.ts';
import { concat, KEEPALIVE, message } from '../test/messages.ts';
import { InputScheduler } from './input-scheduler.ts';
import { CONSUMED, type Consumed, HOLD, MessageStream, type StreamOwner } from './message-stream.ts';

class Owner implements StreamOwner {
  readonly seen: string[] = [];
  readonly faults: Fault[] = [];
  lost = 0;
  thrown: unknown = undefined;
  holdAt = -1;
  stream: MessageStream | undefined = undefined;

  onMessage(type: number, bytes: Uint8Array, start: number, end: number): Consumed {
    if (this.seen.length === this.holdAt) return HOLD;
    this.seen.push(`${type} ${Buffer.from(bytes.subarray(start + 19, end)).toString('hex')}`);
    return CONSUMED;
  }

  onRefused(_notification: NotificationMessage): void {
    this.stream?.drop();
  }

  onHeaderFault(fault: Fault): void {
    this.faults.push(fault);
    this.stream?.drop();
  }

  onThrown(error: unknown): void {
    this.thrown = error;
    this.stream?.drop();
  }

  onLost(): void {
    this.lost++;
  }
}

function setUp(scheduler = new InputScheduler(1000)): { socket: FakeSocket; owner: Owner; stream: MessageStream } {
  const [socket] = socketPair('192.0.2.1', '192.0.2.2');
  const owner = new Owner();
  const stream = new MessageStream(socket.asSocket(), owner, scheduler, new FakeClock());
  owner.stream = stream;
  return { socket, owner, stream };
}

/** Adds the UPDATEs, which the handler gets, to the owner's list of messages. */
function handle(stream: MessageStream, owner: Owner): void {
  stream.handler = (bytes, start, end) => {
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
    const { socket, owner, stream } = setUp();
    handle(stream, owner);
    socket.receive(STREAM.slice(0, at));
    socket.receive(STREAM.slice(at));
    assert.deepEqual(owner.seen, EXPECTED, `split at ${at}`);
  }
});

test('the stream an octet at a time', () => {
  const { socket, owner, stream } = setUp();
  handle(stream, owner);
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
        const octets = concat(...list);
        // Hardly any budget: each look at the clock ends the turn.
        const { socket, owner, stream } = setUp(new InputScheduler(hurried ? 0.001 : 1000));
        owner.holdAt = holdAt;
        stream.handler = (bytes, start, end) => {
          owner.seen.push(`2 ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`);
          if (pauses.includes(owner.seen.length)) stream.pause();
          return undefined;
        };
        let at = 0;
        for (const cut of cuts) {
          socket.receive(octets.slice(at, at + cut));
          at += cut;
        }
        socket.receive(octets.slice(at));
        for (let i = 0; i < 200 && owner.lost === 0; i++) {
          await breathe(1);
          owner.holdAt = -1;
          stream.release();
          stream.resume();
          // The end comes after the first round, when nothing is held any more.
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
  const { socket, owner, stream } = setUp();
  stream.handler = () => {
    throw new Error('boom');
  };
  socket.receive(STREAM);
  assert.match(String(owner.thrown), /boom/);
  assert.deepEqual(owner.seen, ['4 ']);
});

test('after drop nothing is delivered, not even from the same chunk', () => {
  const { socket, owner, stream } = setUp();
  stream.handler = () => {
    stream.drop();
    return undefined;
  };
  socket.receive(STREAM);
  assert.deepEqual(owner.seen, ['4 ']);
  assert.equal(owner.lost, 0);
});

test('the handler borrows the octets: messages in one chunk are not copied', () => {
  const { socket, stream } = setUp();
  const arrays = new Set<ArrayBufferLike>();
  stream.handler = (bytes) => {
    assert.ok(!Buffer.isBuffer(bytes), 'a plain Uint8Array: slice copies');
    arrays.add(bytes.buffer);
    return undefined;
  };
  socket.receive(concat(...Array.from({ length: 50 }, () => message(2, '00000000'))));
  assert.equal(arrays.size, 1);
});

test('turns: two floods share a turn of the event loop, and other work runs between two turns', async (t) => {
  const BUDGET_MS = 2;
  const SLICE_MS = 1;
  const MESSAGE_MS = 0.02;
  // Only the handlers move this clock, so other load on the machine does not count.
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const scheduler = new InputScheduler(BUDGET_MS);
  const counts = [0, 0];
  const sides = [setUp(scheduler), setUp(scheduler)];
  const flood = concat(...Array.from({ length: 4000 }, () => message(2, '00000000')));
  let unfair = 0;
  sides.forEach(({ stream }, i) => {
    stream.handler = () => {
      counts[i] = counts[i]! + 1;
      now += MESSAGE_MS;
      if (counts.every((count) => count < 4000)) unfair = Math.max(unfair, Math.abs(counts[0]! - counts[1]!));
      return undefined;
    };
  });
  for (const { socket } of sides) socket.receive(flood);
  // The first flood takes the whole turn in which it arrived, and then a slice before the other's first slice.
  let longestTurn = 0;
  for (let before = now; counts[0]! + counts[1]! < 8000; before = now) {
    await breathe(1);
    longestTurn = Math.max(longestTurn, now - before);
  }
  // The clock is read every few messages.
  assert.ok(unfair <= (BUDGET_MS + SLICE_MS) / MESSAGE_MS + 16, `difference of ${unfair} messages`);
  assert.ok(longestTurn > 0 && longestTurn <= BUDGET_MS + SLICE_MS + 16 * MESSAGE_MS, `a turn of ${longestTurn} ms`);
});
