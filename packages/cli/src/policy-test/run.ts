/** `tsbgp policy test`: runs files of tests, prints what came of them, and how much of the policies they reached. */
import { PolicyTestRun } from '@tsbgp/policy';
import { type CoveredLines, ScriptCoverage } from '@tsbgp/policy/node';
import { CliError, ExitCode } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { type LoadedTests, loadTests } from './load.ts';
import { coverageLines, type PolicyCoverage, resultLines, type TestedFile } from './report.ts';

export interface PolicyTestOptions {
  readonly minCoverage?: number | undefined;
  readonly verbose?: boolean | undefined;
}

/** Throws CliError where a test failed, or the coverage is too small. */
export async function runPolicyTests(invocation: Invocation, names: readonly string[], options: PolicyTestOptions): Promise<void> {
  // Before any policy is loaded: V8 counts what is compiled from here on.
  const scriptCoverage = new ScriptCoverage();
  const files: TestedFile[] = [];
  try {
    for (const name of names) files.push(runFile(await loadTests(name), scriptCoverage));
  } finally {
    scriptCoverage.stop();
  }
  const coverage = files.flatMap((file) => file.coverage);
  const percent = percentOf(coverage);
  const results = files.flatMap((file) => file.results);
  const failed = results.filter(({ passed }) => !passed).length;
  const isTooLow = options.minCoverage !== undefined && percent < options.minCoverage;
  if (invocation.isJson) await invocation.printJson(document(files, percent, failed === 0 && !isTooLow));
  else {
    for (const file of files) await invocation.print(...resultLines(file, invocation.style, options.verbose === true));
    await invocation.print(...coverageLines(files, percent, invocation.style));
    const count = `${results.length} ${results.length === 1 ? 'test' : 'tests'}`;
    if (failed === 0) await invocation.print(`${count}, all passed`);
  }
  if (failed > 0) throw new CliError(ExitCode.Refused, `${failed} of ${results.length} tests failed`);
  if (isTooLow) throw new CliError(ExitCode.Refused, `coverage is ${percent} %, at least ${options.minCoverage} % is wanted`);
}

function runFile(loaded: LoadedTests, scriptCoverage: ScriptCoverage): TestedFile {
  const run = new PolicyTestRun(loaded);
  const results = loaded.tests.map((test) => {
    const result = run.run(test);
    return { name: test.name, place: loaded.placeOf(test.path), passed: result.differences.length === 0, result };
  });
  const ofScripts = scriptCoverage.of([...loaded.scripts.values()].map(({ file }) => file));
  return { name: loaded.name, results, coverage: [...ofStatements(run, loaded), ...ofFiles(loaded, ofScripts)], warnings: loaded.warnings };
}

function ofStatements(run: PolicyTestRun, { placeOf }: LoadedTests): PolicyCoverage[] {
  const byPolicy = Map.groupBy(run.coverage, ({ policy }) => policy);
  return [...byPolicy].map(([policy, statements]) => {
    const missed = statements.filter(({ matched }) => !matched).map(({ statement, path }) => `${statement} (${placeOf(path)})`);
    return { policy, unit: 'statements', total: statements.length, reached: statements.length - missed.length, missed };
  });
}

function ofFiles({ scripts }: LoadedTests, covered: ReadonlyMap<string, CoveredLines>): PolicyCoverage[] {
  return [...scripts].flatMap(([policy, { file, shown }]): PolicyCoverage[] => {
    const found = covered.get(file);
    if (found === undefined) return [];
    const { lines, notRun } = found;
    return [{ policy, file: shown, unit: 'lines', total: lines, reached: lines - notRun.length, missed: ranges(notRun) }];
  });
}

/** `[4, 5, 6, 9]` is 4-6 and 9. */
function ranges(numbers: readonly number[]): string[] {
  const found: (readonly [from: number, to: number])[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.[1] === number - 1) found[found.length - 1] = [last[0], number];
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
}

/** Rounded down: 100 means all. */
function percentOf(coverage: readonly PolicyCoverage[]): number {
  const sum = (value: (one: PolicyCoverage) => number): number => coverage.reduce((all, one) => all + value(one), 0);
  const total = sum((one) => one.total);
  return total === 0 ? 100 : Math.floor((100 * sum((one) => one.reached)) / total);
}

function document(files: readonly TestedFile[], percent: number, ok: boolean): object {
  return {
    ok,
    tests: files.flatMap(({ name: file, results }) =>
      results.map(({ name, place, passed, result: { differences, explanation } }) => ({
        file,
        name,
        place,
        passed,
        differences,
        explanation,
      })),
    ),
    coverage: { percent, policies: files.flatMap(({ coverage }) => coverage) },
    warnings: files.flatMap(({ warnings }) => warnings),
  };
}
