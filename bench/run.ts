/**
 * `npm run bench [-- OPTIONS]`: tsbgpd and the other daemons that are installed, one after the other under the same load; one table.
 *
 *     --only tsbgpd,bird     some daemons            --scenarios S1,S2    some scenarios
 *     --repeat N             the fastest of N counts --timeout SECONDS    when to give up (default 150)
 *     --own                  our own load generator  --markdown FILE      writes the table there, with date and versions
 *     --short                S1 to S6, tsbgpd and bird, the fastest of 3
 *
 * Needs root on Linux, for the two hosts in network namespaces. Compare only figures of one run, on a quiet machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHosts } from './hosts.ts';
import { type LoadGenerator, loadGenerators } from './load-generators.ts';
import { type Measurement, measure } from './measure.ts';
import { markdownTables, type Row, textTables } from './report.ts';
import { type BenchScenario, benchScenarios } from './scenarios.ts';
import { installed, type Target, targets } from './targets.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scenarios: { type: 'string' },
    repeat: { type: 'string' },
    timeout: { type: 'string', default: '150' },
    own: { type: 'boolean', default: false },
    markdown: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});

const short = values.short ? { only: 'tsbgpd,bird', scenarios: 'S1,S2,S3,S4,S5,S6', repeat: '3' } : undefined;
const repeat = Number(values.repeat ?? short?.repeat ?? 1);

const MARK_BEGIN = '<!-- bench: what is between these two lines is written by npm run bench -->';
const MARK_END = '<!-- bench: end -->';

process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
process.exitCode = await main();

async function main(): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    console.log('bench: needs root on Linux, for two hosts in network namespaces');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-bench-'));
  const generators = loadGenerators(folder, { own: values.own });
  const generatorOf = (scenario: BenchScenario): LoadGenerator | undefined => generators.find(({ canDo }) => canDo(scenario));
  const scenarios = chosen(values.scenarios ?? short?.scenarios, benchScenarios).filter((scenario) => generatorOf(scenario) !== undefined);
  const candidates = chosen(values.only ?? short?.only, targets);
  const absent = candidates.filter((target) => !installed(target));
  if (absent.length > 0) console.log(`not installed: ${absent.map(({ name }) => name).join(', ')}`);
  const present = candidates.filter(installed);
  if (present.some(({ name }) => name === 'tsbgpd')) buildBundle();
  const versions = present.map((target) => `${target.name} ${versionOf(target)}`).join(', ');
  const titles = generators
    .filter((generator) => scenarios.some((scenario) => generatorOf(scenario) === generator))
    .map(({ title }) => title);
  console.log(`load generators: ${titles.join(', ')}\ndaemons: ${versions}`);

  const hosts = createHosts(Math.max(...scenarios.map(({ senders }) => senders)));
  const rows: Row[] = [];
  try {
    for (const scenario of scenarios) {
      console.log(`${scenario.name}: ${scenario.title}`);
      const generator = generatorOf(scenario)!;
      const measured = present.filter(({ name }) => generator.targets.includes(name));
      const measurements = new Map<Target, Measurement[]>(measured.map((target) => [target, []]));
      // In turns, so that all daemons meet the same disturbances.
      for (let round = 0; round < repeat; round++) {
        for (const target of measured) {
          const place = join(folder, `${scenario.name}-${target.name}-${round}`);
          const measurement = await measure({ hosts, generator, target, scenario, timeoutSeconds: Number(values.timeout), folder: place });
          measurements.get(target)!.push(measurement);
          console.log(`  ${target.name}: ${measurement.type === 'measured' ? JSON.stringify(measurement.result) : measurement.reason}`);
        }
      }
      for (const [target, results] of measurements) rows.push({ scenario, target: target.name, measurements: results });
    }
  } finally {
    hosts.close();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${textTables(rows)}`);
  if (values.markdown !== undefined) updateMarkdown(values.markdown, rows, versions, titles);
  return 0;
}

function chosen<T extends { readonly name: string }>(names: string | undefined, all: readonly T[]): T[] {
  if (names === undefined) return [...all];
  return names.split(',').map((name) => {
    const found = all.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`found "${name}", allowed ${all.map((candidate) => candidate.name).join(', ')}`);
    return found;
  });
}

/** Builds the bundle to measure. No measurement includes the build. */
function buildBundle(): void {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, '../tools/bundle.ts')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('the bundle could not be built');
}

function versionOf({ version: [program = '', ...args] }: Target): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return /\d+\.\d+[\w.]*/.exec(stdout + stderr)?.[0] ?? '?';
}

function updateMarkdown(file: string, rows: readonly Row[], versions: string, generators: readonly string[]): void {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const section = [
    MARK_BEGIN,
    `Measured ${new Date().toISOString().slice(0, 10)} in one run on ${cpus().length} cores (${processor}), Linux ${release()},`,
    `Node ${process.versions.node}, the fastest of ${repeat}; load from ${generators.map((title) => title.split('/').at(-1)).join(' and ')}. Daemons: ${versions}.`,
    '',
    markdownTables(rows),
    MARK_END,
  ].join('\n');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    text = `# Benchmarks\n\n${MARK_BEGIN}\n${MARK_END}\n`;
  }
  const begin = text.indexOf(MARK_BEGIN);
  const end = text.indexOf(MARK_END);
  if (begin < 0 || end < begin) throw new Error(`${file}: the lines "${MARK_BEGIN}" and "${MARK_END}" are missing`);
  writeFileSync(file, text.slice(0, begin) + section + text.slice(end + MARK_END.length));
  console.log(`${file} updated`);
}
