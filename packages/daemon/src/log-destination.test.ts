import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { LOG_QUEUE_BYTES_MAX, LOG_RECENT_MAX, LOG_RETRY_MS, LogDestination, type LogTrouble } from './log-destination.ts';
import type { LogSink } from './log-sink.ts';

/** A sink that answers when the test says so. */
class TestSink implements LogSink {
  isDead = false;
  text = '';
  pending: { chunk: Uint8Array; done: (error: NodeJS.ErrnoException | null, written: number) => void } | undefined;

  write(chunk: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void {
    assert.equal(this.pending, undefined, 'one write at a time');
    this.pending = { chunk, done };
  }

  writeNow(chunk: Uint8Array): number {
    this.text += Buffer.from(chunk).toString();
    return chunk.length;
  }

  /** Takes so many octets of the pending write. */
  take(octets = Number.POSITIVE_INFINITY): void {
    const { chunk, done } = this.pending!;
    const taken = chunk.subarray(0, octets);
    this.pending = undefined;
    this.text += Buffer.from(taken).toString();
    done(null, taken.length);
  }

  fail(code: string): void {
    const { done } = this.pending!;
    this.pending = undefined;
    done(Object.assign(new Error(code), { code }), 0);
  }
}

function destination(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const sink = new TestSink();
  const troubles: LogTrouble[] = [];
  const log: LogDestination = new LogDestination(sink, (trouble) => {
    troubles.push(trouble);
    log.write(`(${trouble.lost} lost: ${trouble.code})\n`);
  });
  return { sink, log, troubles, tick: (milliseconds: number) => t.mock.timers.tick(milliseconds) };
}

const LINE = `${'x'.repeat(1023)}\n`;
const LINES_MAX = LOG_QUEUE_BYTES_MAX / LINE.length;

suite('a destination of the log', () => {
  test('writes in order, one write at a time, and goes on where a write was short', (t) => {
    const { sink, log } = destination(t);
    log.write('one\n');
    log.write('two\n');
    log.write('three\n');
    sink.take(2);
    sink.take();
    sink.take();
    assert.equal(sink.text, 'one\ntwo\nthree\n');
    assert.deepEqual([log.lost, log.queueBytes], [0, 0]);
  });

  for (const code of ['ENOSPC', 'EIO', 'EPIPE', 'EBADF', 'EDQUOT']) {
    test(`${code}: lines wait, then are lost and counted; when it works again the log says so, where the lost ones would stand`, async (t) => {
      const { sink, log, troubles, tick } = destination(t);
      for (let i = 0; i < LINES_MAX; i++) log.write(LINE);
      sink.fail(code);
      assert.equal(sink.pending, undefined, 'no attempt without a pause');
      log.write('lost 1\n');
      log.write('lost 2\n');
      assert.deepEqual([log.lost, log.queueBytes], [2, LOG_QUEUE_BYTES_MAX]);
      tick(LOG_RETRY_MS);
      sink.fail(code);
      tick(LOG_RETRY_MS);
      while (sink.pending !== undefined) {
        sink.take();
        if (troubles.length === 1) log.write('after\n');
        if (troubles.length === 1) break;
      }
      while (sink.pending !== undefined) sink.take();
      assert.deepEqual(troubles, [{ lost: 2, code }]);
      assert.ok(sink.text.endsWith(`${LINE}(2 lost: ${code})\nafter\n`));
      assert.equal(sink.text.split('\n').length, LINES_MAX + 3);
    });
  }

  test('a reader that stalls: the same, with attempts that become rare', (t) => {
    const { sink, log, troubles, tick } = destination(t);
    log.write('one\n');
    for (const pause of [1, 2, 4, 8, 16, 32, 64, 100, 100]) {
      sink.fail('EAGAIN');
      tick(pause - 1);
      assert.equal(sink.pending, undefined);
      tick(1);
    }
    sink.take();
    assert.deepEqual([sink.text, troubles], ['one\n', []], 'nothing was lost, nothing is said');
  });

  test('a reader that is gone for good: everything is counted, nothing is kept', async (t) => {
    const { sink, log } = destination(t);
    log.write('one\n');
    log.write('two\n');
    sink.isDead = true;
    sink.fail('EPIPE');
    log.write('three\n');
    assert.deepEqual([log.lost, log.queueBytes], [3, 0]);
    await log.flush(1000);
  });

  test('flush waits for the last octet, but not for ever', async (t) => {
    const { sink, log, tick } = destination(t);
    log.write('one\n');
    let flushed = 0;
    const first = log.flush(1000).then(() => flushed++);
    const second = log.flush(5000).then(() => flushed++);
    tick(1000);
    await first;
    assert.equal(flushed, 1);
    sink.take();
    await second;
  });

  test('flushNow writes what is not on its way', (t) => {
    const { sink, log } = destination(t);
    log.write('on its way\n');
    log.write('held\n');
    log.flushNow();
    assert.equal(sink.text, 'held\n');
  });

  test('the latest lines are kept, also those that were lost', (t) => {
    const { log } = destination(t);
    for (let i = 0; i < 10 * LOG_RECENT_MAX; i++) log.write(`${i}\n`);
    assert.equal(log.recent.length, LOG_RECENT_MAX);
    assert.equal(log.recent.at(-1), `${10 * LOG_RECENT_MAX - 1}\n`);
  });
});

// Real descriptors

/** Logs `count` lines as fast as it can while a timer must not be late, then asks for the end. */
const PROGRAM = (format: string, count: number) => `
  import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))};
  const log = await createLog({ level: 'info', format: ${JSON.stringify(format)} });
  let late = 0;
  let at = performance.now();
  const timer = setInterval(() => { const now = performance.now(); late = Math.max(late, now - at - 10); at = now; }, 10);
  for (let i = 0; i < ${count}; i++) {
    log.info({ i }, 'x'.repeat(200));
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const metrics = {};
  log.addMetrics({ counter: (name) => ({ set: (value) => { metrics[name] = value; } }), gauge: (name) => ({ set: (value) => { metrics[name] = value; } }) });
  process.stderr.write(JSON.stringify({ late, lost: metrics.tsbgp_log_lines_lost_total }) + '\\n');
  clearInterval(timer);
  await log.flush();
  process.exit(7);
`;

const nodeArgs = (format: string, count: number) => ['--conditions=tsbgp-source', '--input-type=module', '--eval', PROGRAM(format, count)];

const folder = mkdtempSync(join(tmpdir(), 'tsbgp-log-'));
test.after(() => rmSync(folder, { recursive: true }));

for (const format of ['json', 'pretty'] as const) {
  for (const kind of ['pipe', 'socket'] as const) {
    test(`${format}, a ${kind} that nobody reads: nothing waits, the process ends when asked`, { timeout: 30_000 }, async () => {
      const args = nodeArgs(format, 10_000);
      const started = performance.now();
      // Node gives a socket for 'pipe'; the shell gives a real pipe.
      const child =
        kind === 'socket'
          ? spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
          : spawn('sh', ['-c', '{ "$@"; echo "status $?" >&2; } | sleep 20', 'sh', process.execPath, ...args], {
              stdio: ['ignore', 'ignore', 'pipe'],
              detached: true,
            });
      let said = '';
      child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
      if (kind === 'socket') {
        assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 7);
      } else {
        while (!said.includes('status')) await new Promise((resolve) => child.stderr!.once('data', resolve));
        assert.match(said, /status 7/);
        process.kill(-child.pid!); // the sleep
      }
      const { late, lost } = JSON.parse(said.split('\n')[0]!) as { late: number; lost: number };
      assert.ok(lost > 0, 'lines were lost');
      assert.ok(late < 1000, `a timer was ${late} ms late`);
      assert.ok(performance.now() - started < 20_000);
    });
  }
}

test('a terminal that was stopped (Ctrl-S): nothing waits', { timeout: 30_000 }, (t) => {
  if (spawnSync('script', ['--version']).status !== 0) return t.skip('no script(1) here');
  // script(1) makes the terminal; its own output is a pipe that nobody reads, which is a terminal that stands still.
  const command = [process.execPath, ...nodeArgs('auto', 10_000)].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const report = join(folder, 'terminal');
  const result = spawnSync(
    'sh',
    [
      '-c',
      `script -qec "$1" /dev/null < /dev/null | sleep 8 & i=0; while [ $i -lt 150 ] && ! grep -q status "$2"; do sleep 0.1; i=$((i+1)); done; kill $! 2>/dev/null`,
      'sh',
      `${command} 2>${report}; echo "status $?" >>${report}`,
      report,
    ],
    { encoding: 'utf8', timeout: 25_000, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  assert.equal(result.error, undefined);
  const said = readFileSync(report, 'utf8');
  assert.match(said, /status 7/);
  const { late } = JSON.parse(said.split('\n')[0]!) as { late: number };
  assert.ok(late < 1000, `a timer was ${late} ms late`);
});

test('a full file system: the process goes on, and the log says how many lines were lost once there is room', { timeout: 60_000 }, (t) => {
  const mount = join(folder, 'full');
  const code = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))};
    import { spawnSync } from 'node:child_process';
    import { openSync, readFileSync } from 'node:fs';
    const file = ${JSON.stringify(join(mount, 'log'))};
    const log = await createLog({ level: 'info', format: 'json', fd: openSync(file, 'a') });
    for (let i = 0; i < 8000; i++) log.info({ i }, 'x'.repeat(200));
    await new Promise((resolve) => setTimeout(resolve, 300));
    let lost;
    log.addMetrics({ counter: () => ({ set: (value) => (lost = value) }), gauge: () => ({ set: () => {} }) });
    if (!(lost > 0)) throw new Error('nothing was lost');
    spawnSync('mount', ['-o', 'remount,size=8m', ${JSON.stringify(mount)}]); // somebody makes room
    for (let i = 0; i < 400; i++) {
      const found = /the log goes on: it could not be written \\(ENOSPC\\), \\d+ lines were lost/.exec(readFileSync(file, 'utf8'));
      if (found) { console.error(found[0]); process.exit(0); }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    process.exit(3);
  `;
  const result = spawnSync(
    'unshare',
    [
      '-rm',
      'sh',
      '-c',
      'mkdir -p "$1" && mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"',
      'sh',
      mount,
      process.execPath,
      '--conditions=tsbgp-source',
      '--input-type=module',
      '--eval',
      code,
    ],
    { encoding: 'utf8', timeout: 50_000 },
  );
  if (/unshare|mount/.test(result.stderr)) return t.skip('no mount namespaces here');
  assert.match(result.stderr, /the log goes on: it could not be written \(ENOSPC\), \d+ lines were lost/);
  assert.equal(result.status, 0);
});

test('a closed descriptor harms nobody', { timeout: 20_000 }, () => {
  const code = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))};
    const log = await createLog({ level: 'info', format: 'json', fd: 999 });
    log.info({}, 'x');
    log.flushNow();
    await log.flush();
    process.exit(5);
  `;
  assert.equal(spawnSync(process.execPath, ['--conditions=tsbgp-source', '--input-type=module', '--eval', code]).status, 5);
});
