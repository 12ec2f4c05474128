/**
 * `npm run test:interop [-- OPTIONS FILTER...]`: plays the scenarios against real daemons and ends with "N passed, N failed".
 *
 * FILTER is a part of a scenario's name, such as "bird" or "hold-timer". Options: --jobs N (scenarios at the same time, default 4),
 * --keep (leave the daemons' folders in place), --list.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { availableDaemons, versions } from './harness/install.ts';
import { runScenario, type StepReport } from './harness/run-scenario.ts';
import { readScenario, type Scenario } from './harness/scenario.ts';
import { whyNoTestBed } from './harness/test-bed.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: '4' }, keep: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
});

// The daemons are in sbin, which the PATH of an ordinary user lacks.
process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
// Stops daemons and removes hosts of the running scenarios before the suite ends on a signal.
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
process.exitCode = await main();

async function main(): Promise<number> {
  const scenarios = findScenarios(join(import.meta.dirname, 'scenarios')).filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  if (values.list) {
    for (const { name, steps } of scenarios) console.log(`${name}: ${steps.length} steps`);
    return 0;
  }
  const ci = process.env['CI'] === 'true' && process.getuid?.() === 0;
  const reason = scenarios.length === 0 ? `no scenario is called ${positionals.join(', ')}` : await whyNoTestBed();
  if (reason !== undefined) {
    console.log(`SKIP interop: ${reason}`);
    return finish({ passed: 0, failed: ci ? 1 : 0, skipped: scenarios.length });
  }
  const wanted = new Set(scenarios.flatMap(({ hosts }) => hosts.map(({ name }) => name)));
  const { here, missing } = availableDaemons(wanted);
  console.log(`daemons: ${await versions(here)}`);
  const playable = scenarios.filter(({ hosts }) => hosts.every(({ name }) => here.has(name)));
  const skipped = scenarios.length - playable.length;
  if (skipped > 0) console.log(`SKIP interop: ${skipped} scenarios, for want of ${missing.join(', ')}`);
  const { passed, failed } = await playAll(playable, Number(values.jobs));
  const extra = (ci && skipped > 0) || stop.signal.aborted ? 1 : 0;
  return finish({ passed, failed: failed + extra, skipped });
}

function findScenarios(root: string): Scenario[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'steps')
    .map((entry) => readScenario(entry.parentPath.slice(root.length + 1), entry.parentPath))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Runs several scenarios at a time, since most of a scenario is waiting for a timer. Prints the report of each at its end. */
async function playAll(scenarios: readonly Scenario[], jobs: number): Promise<{ passed: number; failed: number }> {
  const waiting = [...scenarios];
  let passed = 0;
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined && !stop.signal.aborted; scenario = waiting.shift()) {
      const startedAt = Date.now();
      const reports = await runScenario(scenario, { keep: values.keep, signal: stop.signal });
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      console.log(`# ${scenario.name} (${seconds} s)`);
      for (const report of reports) {
        if (report.passed) passed++;
        else failed++;
        print(scenario.name, report);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  return { passed, failed };
}

function print(scenario: string, { title, passed, detail }: StepReport): void {
  console.log(`${passed ? 'ok' : 'not ok'} - ${scenario}: ${title}`);
  if (detail !== undefined) console.log(detail.replace(/^/gm, '    '));
}

function finish({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }): number {
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
