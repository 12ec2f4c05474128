/**
 * `npm run fuzz [-- OPTIONS]`: gives changed octets to the decoders of @tsbgp/wire, then to the sockets of the API, until something is wrong or all
 * inputs have run.
 *
 *     --inputs N        20000000          --seed N       4271: the same seed and workers, the same inputs
 *     --seconds N       no limit          --workers N    one for each core, 2 at most
 *     --deep N          one input in N is also written, printed and read back (32)
 *     --failures N      a worker goes on until it has found N that differ (1)
 *     --http N          30000 requests on the sockets of the API as well, after the others; 0: none
 *     --http-seconds N  300
 *     --replay TARGET --hex HEX           one input again
 *
 * When something fails, prints its octets and exits with 1. See README.md.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Failure } from './engine.ts';
import { type FuzzOptions, fuzz, type Progress, replay } from './fuzz.ts';
import { fuzzHttp, HTTP_TARGET, replayHttp } from './http/fuzz.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000000' },
    seed: { type: 'string', default: '4271' },
    seconds: { type: 'string' },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    deep: { type: 'string', default: '32' },
    failures: { type: 'string', default: '1' },
    http: { type: 'string', default: '30000' },
    'http-seconds': { type: 'string', default: '300' },
    replay: { type: 'string' },
    hex: { type: 'string' },
  },
});

const LINE_EVERY_SECONDS = process.stdout.isTTY ? 0.5 : 30;

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(`fuzz: ${error.message}`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const options: FuzzOptions = {
    inputs: whole('inputs', values.inputs),
    seed: whole('seed', values.seed, 0),
    workers: whole('workers', values.workers, 1, 64),
    deepOneIn: whole('deep', values.deep),
    failuresMax: whole('failures', values.failures),
    ...(values.seconds !== undefined && { seconds: whole('seconds', values.seconds) }),
    onProgress: progressLine(),
    onFailure: show,
  };
  if (values.replay !== undefined) return replayed(options, values.replay, values.hex ?? '');
  const outcome = await fuzz(options);
  const seconds = outcome.milliseconds / 1000;
  const rate = Math.round(outcome.inputs / seconds);
  console.log(
    `\n${outcome.inputs} inputs in ${seconds.toFixed(1)} s, ${rate}/s with ${values.workers} workers, seed ${values.seed}; ` +
      `heap ${mib(outcome.heap)}, grown by ${mib(outcome.heapGrowth)}; ${outcome.failures.length} failures`,
  );
  const found = await overHttp(options);
  return outcome.failures.length === 0 && found ? 0 : 1;
}

/** Returns whether all inputs passed. */
async function overHttp({ seed }: FuzzOptions): Promise<boolean> {
  const inputs = whole('http', values.http, 0);
  if (inputs === 0) return true;
  const line = progressLine();
  const outcome = await fuzzHttp({
    inputs,
    seconds: whole('http-seconds', values['http-seconds']),
    ...(seed !== undefined && { seed }),
    onProgress: (done, milliseconds) => line({ inputs: done, milliseconds, heap: 0 }),
  });
  outcome.failures.forEach(show);
  console.log(
    `\n${outcome.inputs} requests of HTTP in ${(outcome.milliseconds / 1000).toFixed(1)} s, seed ${values.seed}; ` +
      `heap grown by ${mib(outcome.heapGrowth)}; ${outcome.failures.length} failures`,
  );
  return outcome.failures.length === 0;
}

async function replayed(options: FuzzOptions, target: string, hex: string): Promise<number> {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex)) throw new RangeError(`--hex: found "${hex}", allowed are octets, e.g. "ffff"`);
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  const failure = target === HTTP_TARGET ? await replayHttp(bytes) : await replay(options, target, bytes);
  if (failure === undefined) console.log('passes');
  else show(failure);
  return failure === undefined ? 0 : 1;
}

function show({ target, reason, hex, minimized }: Failure): void {
  console.log(`\nFAILED  ${target}: ${reason}`);
  if (hex === '') return;
  console.log(`input   ${hex}\nagain   npm run fuzz -- --replay '${target}' --hex ${minimized}`);
}

function progressLine(): (progress: Progress) => void {
  let next = 0;
  let before = { inputs: 0, milliseconds: 0 };
  return (progress) => {
    if (progress.milliseconds < next) return;
    next = progress.milliseconds + LINE_EVERY_SECONDS * 1000;
    const rate = Math.round((progress.inputs - before.inputs) / Math.max(0.001, (progress.milliseconds - before.milliseconds) / 1000));
    before = progress;
    const line = `${progress.inputs} inputs, ${rate}/s, heap ${mib(progress.heap)}`;
    process.stdout.write(process.stdout.isTTY ? `\r${line.padEnd(60)}` : `${line}\n`);
  };
}

function whole(option: string, text: string, min = 1, max: number = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new RangeError(
    `--${option}: found "${text}", allowed is a whole number from ${min}${max < 1e9 ? ` to ${max}` : ''}, e.g. --${option} ${min}`,
  );
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
