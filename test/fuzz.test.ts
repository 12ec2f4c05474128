/** The fuzzer finds planted faults and reports their octets. A short run finds nothing in @tsbgp/wire. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { ATTRIBUTE_CODECS, CAPABILITIES, DEFAULT_CONTEXT, decodeAttributes, decodeCapabilities, FAMILY_CODECS, Fault } from '@tsbgp/wire';
import { type FuzzOptions, fuzz, type Outcome, replay } from '../fuzz/fuzz.ts';
import { fuzzHttp, replayHttp } from '../fuzz/http/fuzz.ts';
import { ownSeeds } from '../fuzz/own-seeds.ts';
import { FAMILIES } from '../fuzz/targets.ts';
import { scaled } from './scale.ts';
import { ROOT } from './workspace.ts';

const INPUTS = scaled(100_000, 20_000);

const planted = (name: string): string => new URL(`./fuzz-planted.ts#${name}`, import.meta.url).href;

function run(name: string, options: Partial<FuzzOptions> = {}): Promise<Outcome> {
  return fuzz({ targets: planted(name), inputs: 2_000_000, seconds: 20, ...options });
}

test(`${INPUTS} inputs of all kinds: no exception, no loop, no growth, and scan and decoder agree`, { timeout: 60_000 }, async (t) => {
  const { failures, inputs, milliseconds, heapGrowth } = await fuzz({ inputs: INPUTS, seed: 1 });
  assert.deepEqual(failures, []);
  assert.ok(inputs >= INPUTS, `${inputs}`);
  t.diagnostic(`${inputs} inputs in ${milliseconds.toFixed(0)} ms, heap grown by ${heapGrowth} octets`);
});

test('an exception is found and made small', async () => {
  const { failures } = await run('throws');
  assert.equal(failures.length, 1);
  assert.match(failures[0]!.reason, /planted: the fourth octet/);
  assert.equal(failures[0]!.minimized, '000000ab');
  const again = await replay({ targets: planted('throws'), inputs: 1 }, 'throws', Buffer.from(failures[0]!.minimized, 'hex'));
  assert.match(again?.reason ?? 'passed', /planted/);
});

test('the same seed finds the same input', async () => {
  const [first, second, other] = await Promise.all([run('throws', { seed: 5 }), run('throws', { seed: 5 }), run('throws', { seed: 6 })]);
  assert.equal(first.failures[0]?.hex, second.failures[0]?.hex);
  assert.notEqual(first.failures[0]?.hex, other.failures[0]?.hex);
});

test('an endless loop is found from outside and made small', async () => {
  const { failures } = await run('loops', { loopMilliseconds: 500, slowMilliseconds: 100 });
  assert.equal(failures.length, 1);
  assert.match(failures[0]!.reason, /does not end within 500 ms/);
  assert.ok(failures[0]!.minimized.includes('cd'));
  assert.ok(failures[0]!.minimized.length < failures[0]!.hex.length);
});

test('an input that takes too long is found, and is no endless loop', async () => {
  const { failures } = await run('slow');
  assert.match(failures[0]?.reason ?? 'none', /one input takes \d+ ms, allowed are 250/);
});

test('a leak is found', async () => {
  const { failures, heapGrowth } = await run('leaks', { inputs: 20_000, heapGrowthMax: 4 << 20 });
  assert.match(failures[0]?.reason ?? 'none', /the heap grew by/);
  assert.ok(heapGrowth > 4 << 20);
});

test('where nothing is wrong nothing is found, by two workers, and a limit of time is kept', async () => {
  const whole = await run('sound', { inputs: 50_001, workers: 2 });
  assert.deepEqual(whole.failures, []);
  assert.equal(whole.inputs, 50_001);
  const cut = await run('sound', { inputs: 1e12, seconds: 1 });
  assert.deepEqual(cut.failures, []);
  assert.ok(cut.milliseconds < 15_000);
});

test('the command: exit code, the octets, and a replay', () => {
  const command = (...args: string[]) =>
    spawnSync(process.execPath, ['--conditions=tsbgp-source', 'fuzz/run.ts', ...args], { cwd: ROOT, encoding: 'utf8', timeout: 60_000 });
  const short = command('--inputs', '2000', '--workers', '1', '--http', '0');
  assert.equal(short.status, 0, short.stdout + short.stderr);
  assert.match(short.stdout, /2000 inputs in .* 0 failures/);
  assert.equal(command('--replay', 'nlri', '--hex', '0000').status, 0);
  const wrong = command('--inputs', 'many');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--inputs: found "many", allowed is a whole number from 1, e\.g\. --inputs 1/);
  assert.match(command('--replay', 'nowhere').stderr, /target: found "nowhere", allowed are "message ebgp"/);
});

test('requests on the sockets of the API: it lives, answers others, and holds nothing afterwards', { timeout: 90_000 }, async (t) => {
  const { failures, inputs, milliseconds } = await fuzzHttp({ inputs: 1500, seed: 1, seconds: 30 });
  assert.deepEqual(failures, []);
  t.diagnostic(`${inputs} inputs in ${milliseconds.toFixed(0)} ms`);
});

test('a request that ends the process of the API is found', { timeout: 120_000 }, async () => {
  const { failures } = await fuzzHttp({ inputs: 3000, seed: 1, seconds: 30, plant: 'dies' });
  assert.match(failures[0]?.reason ?? 'none', /the server ended with 1: [\s\S]*planted/);
  // Sent alone, it also ended a new server.
  assert.notEqual(failures[0]!.hex, '');
});

test('a request is sent again from its octets', { timeout: 60_000 }, async () => {
  // Send it to the first listener in one piece, then wait for the answer.
  const body = '{}';
  const head = `POST /tsbgp.v1.ControlService/GetHealth HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n`;
  const input = Buffer.concat([Buffer.from([0, 0, 0]), Buffer.from(head + body)]);
  assert.match((await replayHttp(input, 'dies'))?.reason ?? 'none', /planted/);
  assert.equal(await replayHttp(input), undefined);
});

test('what the API does not free is found', { timeout: 90_000 }, async () => {
  const { failures } = await fuzzHttp({ inputs: 1000, seed: 1, seconds: 40, plant: 'leaks', heapGrowthMax: 4 << 20 });
  assert.match(failures[0]?.reason ?? 'none', /the heap grew by/);
});

test('own seeds: every row of the tables of attributes, capabilities and families is among them, and they are sound', () => {
  const attributes = new Set<string>();
  const capabilities = new Set<string>();
  const families = new Set<number>();
  for (const { kind, bytes } of ownSeeds()) {
    if (kind === 'nlri') families.add(FAMILIES[bytes[0]!]!);
    if (kind === 'capabilities') {
      const list = decodeCapabilities(bytes);
      assert.ok(!(list instanceof Fault));
      for (const { type } of list) capabilities.add(type);
    }
    if (kind !== 'attributes') continue;
    // AS4_* are for two-octet peers, LOCAL_PREF and its like for internal ones.
    for (const fourOctetAs of [true, false]) {
      const context = { ...DEFAULT_CONTEXT, peerType: 'ibgp', fourOctetAs } as const;
      for (const { type } of decodeAttributes(bytes, 0, bytes.length, context).attributes) attributes.add(type);
    }
  }
  const missing = (wanted: readonly string[], found: ReadonlySet<string>) => wanted.filter((each) => !found.has(each));
  assert.deepEqual(
    missing(
      ATTRIBUTE_CODECS.flatMap((codec) => codec?.type ?? []),
      attributes,
    ),
    [],
  );
  assert.deepEqual(
    missing(
      CAPABILITIES.map(({ type }) => type),
      capabilities,
    ),
    [],
  );
  assert.deepEqual(
    FAMILY_CODECS.filter((codec) => !codec.families.some((family) => families.has(family))).map(({ type }) => type),
    [],
  );
});
