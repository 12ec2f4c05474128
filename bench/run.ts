/**
 * `npm run bench [-- OPTIONS]`: tsbgpd and the other daemons that are installed, one after the other under the same load; one table.
 *
 *     --only tsbgpd,bird     some daemons            --scenarios S1,S2    some scenarios
 *     --repeat N             the fastest of N counts --timeout SECONDS    when to give up (default 150)
 *     --own                  our own load generator  --markdown FILE      writes the table there, with date and versions
 *
 * Needs root on Linux, for the two hosts in network namespaces. Compare only figures of one run, on a quiet machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHosts } from './hosts.ts';
import { measure } from './measure.ts';
import { markdownTable, type Row, textTable } from './report.ts';
import { benchScenarios } from './scenarios.ts';
import { loadGenerator } from './shared-load.ts';
import { installed, type Target, targets } from './targets.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scenarios: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    timeout: { type: 'string', default: '150' },
    own: { type: 'boolean', default: false },
    markdown: { type: 'string' },
  },
});

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
  const generator = loadGenerator(folder, { own: values.own });
  const scenarios = chosen(values.scenarios, benchScenarios).filter(({ control }) => control === undefined || generator.hasControl);
  const candidates = chosen(values.only, targets).filter(({ name }) => generator.targets.includes(name));
  const absent = candidates.filter((target) => !installed(target));
  if (absent.length > 0) console.log(`not installed: ${absent.map(({ name }) => name).join(', ')}`);
  const present = candidates.filter(installed);
  if (present.some(({ name }) => name === 'tsbgpd')) buildBundle();
  const versions = present.map((target) => `${target.name} ${versionOf(target)}`).join(', ');
  console.log(`load generator: ${generator.title}\ndaemons: ${versions}`);

  const hosts = createHosts(Math.max(...scenarios.map(({ senders }) => senders)));
  const rows: Row[] = [];
  try {
    for (const scenario of scenarios) {
      console.log(`${scenario.name}: ${scenario.title}`);
      for (const target of present) {
        const measurements = [];
        for (let round = 0; round < Number(values.repeat); round++) {
          const place = join(folder, `${scenario.name}-${target.name}-${round}`);
          const measurement = await measure({ hosts, generator, target, scenario, timeoutSeconds: Number(values.timeout), folder: place });
          measurements.push(measurement);
          console.log(`  ${target.name}: ${measurement.type === 'measured' ? JSON.stringify(measurement.result) : measurement.reason}`);
        }
        rows.push({ scenario, target: target.name, measurements });
      }
    }
  } finally {
    hosts.close();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${textTable(rows)}`);
  if (values.markdown !== undefined) updateMarkdown(values.markdown, rows, versions, generator.title);
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

function updateMarkdown(file: string, rows: readonly Row[], versions: string, generator: string): void {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const section = [
    MARK_BEGIN,
    `Measured ${new Date().toISOString().slice(0, 10)} in one run on ${cpus().length} cores (${processor}), Linux ${release()},`,
    `Node ${process.versions.node}, the fastest of ${values.repeat}; load from ${generator.split('/').at(-1)}. Daemons: ${versions}.`,
    '',
    markdownTable(rows),
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
