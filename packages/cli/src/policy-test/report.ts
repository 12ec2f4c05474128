/** What `tsbgp policy test` prints for people. */
import type { PolicyTestResult } from '@tsbgp/policy';
import { printable, type Style } from '../terminal/style.ts';

/** What tests reached of one policy. Statements, or lines of code. */
export interface PolicyCoverage {
  readonly policy: string;
  /** Of a policy in TypeScript. */
  readonly file?: string | undefined;
  readonly unit: 'statements' | 'lines';
  readonly total: number;
  readonly reached: number;
  /** Names and places of statements, or numbers of lines. */
  readonly missed: readonly string[];
}

/** A file of tests, after its run. */
export interface TestedFile {
  readonly name: string;
  readonly results: readonly {
    readonly name: string;
    readonly place: string;
    readonly passed: boolean;
    readonly result: PolicyTestResult;
  }[];
  readonly coverage: readonly PolicyCoverage[];
  readonly warnings: readonly string[];
}

/** A line for each test. For one that failed: what is not as expected, and how the policy decided; with `verbose` for all. */
export function resultLines({ name, results, warnings }: TestedFile, style: Style, verbose: boolean): string[] {
  return [
    style('bold', printable(name)),
    ...results.flatMap(({ name: title, place, passed, result }) => [
      passed
        ? `  ${style('green', '✓')} ${printable(title)}`
        : `  ${style('red', '✗')} ${printable(title)}  ${style('dim', printable(place))}`,
      ...result.differences.map((difference) => `      ${style('red', printable(difference))}`),
      ...(passed && !verbose ? [] : result.explanation.map((line) => `      ${style('dim', printable(line))}`)),
    ]),
    ...warnings.map((warning) => `${style('yellow', 'warning:')} ${printable(warning)}`),
  ];
}

export function coverageLines(files: readonly TestedFile[], percent: number, style: Style): string[] {
  const rows = files.flatMap(({ coverage }) => coverage);
  const width = Math.max(0, ...rows.map((row) => title(row).length));
  return [
    `coverage ${percent} %`,
    ...rows.flatMap((row) => [
      `  ${printable(title(row)).padEnd(width)}  ${row.reached} of ${row.total} ${row.unit}`,
      ...(row.missed.length === 0
        ? []
        : [style('yellow', `    ${row.unit === 'lines' ? 'not run: ' : 'never matched: '}${printable(row.missed.join(', '))}`)]),
    ]),
  ];
}

function title({ policy, file }: PolicyCoverage): string {
  return file === undefined ? policy : `${policy}, ${file}`;
}
