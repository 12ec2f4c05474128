/**
 * `npm run test:chaos [-- OPTIONS]`: runs every attack on tsbgpd at once, with a BIRD session of hold time 9, then checks what is left. Ends
 * with "N passed, N failed".
 *
 * Options: --minutes N (default 10), --short (one minute), --only NAME,NAME (some attacks), --keep (keeps the folder).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { availableDaemons } from '../interop/harness/install.ts';
import { whyNoTestBed } from '../interop/harness/test-bed.ts';
import { ATTACKS } from './attacks/registry.ts';
import { ChaosRun, HEALTH_P99_MAX_MS } from './chaos-run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
process.exitCode = await main();

async function main(): Promise<number> {
  const names = values.only?.split(',') ?? Object.keys(ATTACKS);
  const unknown = names.find((name) => ATTACKS[name] === undefined);
  if (unknown !== undefined) throw new Error(`found "${unknown}", allowed ${Object.keys(ATTACKS).join(', ')}`);
  const reason = (await whyNoTestBed()) ?? whyNoBird();
  if (reason !== undefined) {
    console.log(`SKIP chaos: ${reason}`);
    const isFailure = process.env['CI'] === 'true' && process.getuid?.() === 0;
    console.log(`0 passed, ${isFailure ? 1 : 0} failed`);
    return isFailure ? 1 : 0;
  }
  buildBundle();
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-chaos-'));
  const run = new ChaosRun(folder, names, values.short ? HEALTH_P99_MAX_MS.short : HEALTH_P99_MAX_MS.whole);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => run.stop.abort());
  try {
    await run.setUp();
    await run.attack((values.short ? 1 : Number(values.minutes)) * 60);
    await run.judge();
  } catch (error) {
    run.check('the run came to its end', false, String(error));
  } finally {
    await run.tearDown();
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${run.passed} passed, ${run.failed} failed`);
  return run.failed === 0 ? 0 : 1;
}

function whyNoBird(): string | undefined {
  return availableDaemons(new Set(['bird'])).here.has('bird') ? undefined : 'bird2 is not installed';
}

/** The daemon that users install: the bundle. */
function buildBundle(): void {
  const build = join(import.meta.dirname, '../tools/build.ts');
  const { status } = spawnSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the bundle could not be built');
}
