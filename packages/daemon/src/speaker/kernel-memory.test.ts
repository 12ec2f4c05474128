/** Reads what Linux says of its memory for TCP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelMemory, SESSIONS_MIN } from './kernel-memory.ts';

const SOCKSTAT = (pages: number) => `sockets: used 40\nTCP: inuse 5 orphan 0 tw 0 alloc 6 mem ${pages}\nUDP: inuse 1 mem 900000\n`;

function memory(pages: () => number): KernelMemory {
  return new KernelMemory((path) => (path.endsWith('tcp_mem') ? '288459\t384612\t576918\n' : SOCKSTAT(pages())));
}

test('it is full above half of the number from which the kernel saves memory', () => {
  let pages = 192_306;
  const kernel = memory(() => pages);
  assert.equal(kernel.isFull(700), false);
  pages++;
  assert.equal(kernel.isFull(700), true);
});

test('few sessions cannot fill it, whatever others on the machine do', () => {
  const kernel = memory(() => 500_000);
  assert.equal(kernel.isFull(SESSIONS_MIN - 1), false);
  assert.equal(kernel.isFull(SESSIONS_MIN), true);
});

test('where the files are not there, or say something else, it is never full', () => {
  for (const read of [() => 'nothing', () => assert.fail('ENOENT')]) assert.equal(new KernelMemory(read).isFull(700), false);
  let reads = 0;
  const kernel = new KernelMemory((path) => (path.endsWith('tcp_mem') ? '1 2 3' : (reads++, 'something else')));
  assert.equal(kernel.isFull(700), false);
  assert.equal(kernel.isFull(700), false);
  assert.equal(reads, 1, 'a file without the number is not read again');
});
