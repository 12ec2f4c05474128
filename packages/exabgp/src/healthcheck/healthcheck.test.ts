/** The health check: the lines of the corpus, by the program itself; states; options of a file. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sampled } from '../../../../test/scale.ts';
import { corpusJson, SKIP } from '../../test/corpus.ts';
import { linesOf } from './lines.ts';
import { readHealthcheckOptions } from './options.ts';
import { type Health, INITIAL, next } from './states.ts';

const BIN = join(import.meta.dirname, '../bin.ts');

interface Printed {
  readonly each_interval: readonly string[];
  readonly on_exit: readonly string[];
}

interface HealthcheckCase {
  readonly name: string;
  readonly args: readonly string[];
  readonly '5.0.13': Printed;
  readonly '6.0.0-dev': Printed;
}

/** Runs until two rounds were printed, or for `debounce` a while longer than two rounds, then ends it with SIGTERM. */
async function run(args: readonly string[], version: string, rounds: number, perRound: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--conditions=tsbgp-source', '--no-warnings', BIN, 'healthcheck', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, exabgp_api_version: version },
  });
  let text = '';
  let isEnding = false;
  const lines = (): string[] => text.split('\n').filter(Boolean);
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
    if (isEnding || lines().length < rounds * perRound) return;
    isEnding = true;
    // With --debounce more than one round must pass in silence.
    setTimeout(() => child.kill('SIGTERM'), rounds === 1 ? 800 : 0);
  });
  await new Promise((resolve) => child.on('exit', resolve));
  return lines();
}

const corpus = corpusJson<{ common: readonly string[]; cases: readonly HealthcheckCase[] }>('healthcheck.json');

describe('healthcheck.json', { skip: SKIP, concurrency: 3 }, () => {
  for (const found of sampled(corpus?.cases ?? [])) {
    test(found.name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'exabgp-healthcheck-'));
      try {
        const disable = join(folder, 'disable');
        writeFileSync(disable, '');
        const args = [...corpus!.common, ...found.args.map((arg) => (arg === 'DISABLE_FILE' ? disable : arg))];
        const expected = found['5.0.13'];
        const rounds = found.name === 'debounce' ? 1 : 2;
        const round = expected.each_interval;
        const lines = await run(args, '5', rounds, round.length);
        const exit = lines.slice(-expected.on_exit.length);
        const before = lines.slice(0, -expected.on_exit.length);
        assert.deepEqual(exit, expected.on_exit);
        assert.ok(before.length >= rounds * round.length && (rounds > 1 || before.length === round.length), lines.join('\n'));
        for (const [i, line] of before.entries()) assert.equal(line, round[i % round.length]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

test('healthcheck.json: the lines of version 6', { skip: SKIP }, () => {
  for (const found of corpus!.cases) {
    const options = readHealthcheckOptions([...corpus!.common, ...found.args])!;
    const state = found.args.includes('--disable') ? 'DISABLED' : found.args.includes('false') ? 'DOWN' : 'UP';
    const expected = found['6.0.0-dev'];
    const addresses = [...options.ips];
    assert.deepEqual(linesOf(state, addresses, options, 6), expected.each_interval, found.name);
    assert.deepEqual(linesOf('EXIT', addresses, options, 6), expected.on_exit, found.name);
  }
});

const LIMITS = { rise: 3, fall: 2 };

function history(results: readonly (boolean | undefined)[], limits = LIMITS): string[] {
  let health: Health = INITIAL;
  return results.map((isGood) => {
    health = next(health, isGood, limits);
    return health.state;
  });
}

test('states: rise and fall are counted, and begin anew when the result changes', () => {
  assert.deepEqual(history([true, true, true, true]), ['RISING', 'RISING', 'UP', 'UP']);
  assert.deepEqual(history([true, false, true, true, true]), ['RISING', 'FALLING', 'RISING', 'RISING', 'UP']);
  assert.deepEqual(history([false, false, true, false, false]), ['FALLING', 'DOWN', 'RISING', 'FALLING', 'DOWN']);
  assert.deepEqual(history([true, false], { rise: 1, fall: 1 }), ['UP', 'DOWN']);
  assert.deepEqual(history([undefined, true, true, true, true]), ['DISABLED', 'INIT', 'RISING', 'RISING', 'UP']);
});

test('options: the file gives what the command line does not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exabgp-healthcheck-'));
  try {
    const file = join(folder, 'check.conf');
    writeFileSync(
      file,
      '# a comment\ninterval = 10\nip = 192.0.2.1\nip = 192.0.2.2\nwithdraw-on-down\ncommand = curl -f http://localhost/?a=b\n',
    );
    const options = readHealthcheckOptions(['--config', file, '--interval', '2'])!;
    assert.equal(options.intervalSeconds, 2);
    assert.deepEqual(options.ips, ['192.0.2.1', '192.0.2.2']);
    assert.equal(options.withdrawOnDown, true);
    assert.equal(options.command, 'curl -f http://localhost/?a=b');
    assert.throws(() => readHealthcheckOptions(['--rise', 'often']), /--rise: found "often", allowed is a number, e\.g\. "3"/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('lines: neighbors, path identifiers, lists and states', () => {
  const options = readHealthcheckOptions([
    '--neighbor=192.0.2.1',
    '--neighbor=192.0.2.2',
    '--path-id=7',
    '--local-preference=200',
    '--large-community=65000:1:2',
    '--down-as-path=65001',
    '--up-metric=5',
  ])!;
  assert.deepEqual(linesOf('UP', ['10.0.0.1/32'], options, 5), [
    'neighbor 192.0.2.1, neighbor 192.0.2.2 announce route 10.0.0.1/32 next-hop self med 5 local-preference 200 large-community [ 65000:1:2 ] path-information 7',
  ]);
  assert.match(linesOf('DOWN', ['10.0.0.1/32'], options, 5)[0]!, /med 1000 .* as-path \[ 65001 \] path-information 7$/);
  assert.deepEqual(linesOf('EXIT', ['10.0.0.1/32'], options, 6), [
    'peer [192.0.2.1, 192.0.2.2] withdraw route 10.0.0.1/32 next-hop self path-information 7',
  ]);
  assert.deepEqual(linesOf('RISING', ['10.0.0.1/32'], options, 5), []);
});
