/** Two tables of all measurements, for the terminal and for docs/benchmarks.md: what all scenarios have, and what some have. */
import { type Figure, figures } from './figures.ts';
import type { LoadResult, Measurement } from './measure.ts';
import type { BenchScenario } from './scenarios.ts';

export interface Row {
  readonly scenario: BenchScenario;
  readonly target: string;
  readonly measurements: readonly Measurement[];
}

interface Table {
  readonly head: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

const ABSENT = '–';

function mainTable(rows: readonly Row[]): Table {
  const head = ['scenario', 'daemon', 'converge s', '× bird', 'CPU s', 'peak RSS MB', 'leave s'];
  const lines = rows.map(({ scenario, target, measurements }) => {
    const best = fastest(measurements);
    if (best === undefined) {
      const failed = measurements.find((measurement) => measurement.type === 'failed');
      return [scenario.name, target, failed?.reason ?? ABSENT, ABSENT, ABSENT, ABSENT, ABSENT];
    }
    const leaked = (best.leaked ?? 0) > 0 ? ` (${best.leaked} leaked)` : '';
    const bird = fastest(rows.find((row) => row.scenario === scenario && row.target === 'bird')?.measurements ?? []);
    return [
      scenario.name,
      target,
      `${best.converge_s.toFixed(2)}${leaked}`,
      bird === undefined ? ABSENT : (best.converge_s / bird.converge_s).toFixed(2),
      best.target_cpu_s.toFixed(2),
      best.peak_rss_mb.toFixed(0),
      // Below zero: the sink received no change after the peer left, since the other peer has the same routes.
      best.down_s === undefined || best.down_s < 0 ? ABSENT : best.down_s.toFixed(2),
    ];
  });
  return { head, lines };
}

function figureTable(rows: readonly Row[]): Table {
  const names = [...new Set(rows.map(({ target }) => target))];
  const lines = [...new Set(rows.map(({ scenario }) => scenario))].flatMap((scenario) => {
    const results = names.map((name) => fastest(rows.find((row) => row.scenario === scenario && row.target === name)?.measurements ?? []));
    return figures
      .filter(({ key }) => results.some((result) => result?.[key] !== undefined))
      .map((figure) => [scenario.name, figure.title, ...results.map((result) => figureText(figure, result))]);
  });
  return { head: ['scenario', 'figure', ...names], lines };
}

function figureText({ key, digits }: Figure, result: LoadResult | undefined): string {
  const value = result?.[key];
  return typeof value === 'number' ? value.toFixed(digits) : ABSENT;
}

/** The fastest repetition counts: every disturbance makes a run slower. */
function fastest(measurements: readonly Measurement[]): LoadResult | undefined {
  const results = measurements.flatMap((measurement) => (measurement.type === 'measured' ? [measurement.result] : []));
  return results.sort((a, b) => a.converge_s - b.converge_s)[0];
}

export function textTables(rows: readonly Row[]): string {
  return tables(rows)
    .map(({ head, lines }) => {
      const all = [head, ...lines];
      const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
      const text = (cell: string, column: number): string => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!));
      return all.map((line) => line.map(text).join('  ')).join('\n');
    })
    .join('\n\n');
}

export function markdownTables(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return tables(rows)
    .map(({ head, lines }) => [line(head), `|---|---|${'---:|'.repeat(head.length - 2)}`, ...lines.map(line)].join('\n'))
    .join('\n\n');
}

function tables(rows: readonly Row[]): readonly Table[] {
  return [mainTable(rows), figureTable(rows)].filter(({ lines }) => lines.length > 0);
}
