/** One table of all measurements, for the terminal and for docs/benchmarks.md. */
import type { Measurement } from './measure.ts';
import type { BenchScenario } from './scenarios.ts';

export interface Row {
  readonly scenario: BenchScenario;
  readonly target: string;
  readonly measurements: readonly Measurement[];
}

const HEAD = ['scenario', 'daemon', 'converge s', '× bird', 'CPU s', 'peak RSS MB', 'leave s'] as const;

/** The fastest repetition counts: every disturbance makes a run slower. */
function tableCells(rows: readonly Row[]): string[][] {
  return rows.map(({ scenario, target, measurements }) => {
    const best = fastest(measurements);
    if (best === undefined) {
      const failed = measurements.find((measurement) => measurement.type === 'failed');
      return [scenario.name, target, failed?.reason ?? '–', '–', '–', '–', '–'];
    }
    const leaked = (best.leaked ?? 0) > 0 ? ` (${best.leaked} leaked)` : '';
    const bird = fastest(rows.find((row) => row.scenario === scenario && row.target === 'bird')?.measurements ?? []);
    return [
      scenario.name,
      target,
      `${best.converge_s.toFixed(2)}${leaked}`,
      bird === undefined ? '–' : (best.converge_s / bird.converge_s).toFixed(2),
      best.target_cpu_s.toFixed(2),
      best.peak_rss_mb.toFixed(0),
      // Below zero: the sink received no change after the peer left, since the other peer has the same routes.
      best.down_s === undefined || best.down_s < 0 ? '–' : best.down_s.toFixed(2),
    ];
  });
}

function fastest(measurements: readonly Measurement[]) {
  const results = measurements.flatMap((measurement) => (measurement.type === 'measured' ? [measurement.result] : []));
  return results.sort((a, b) => a.converge_s - b.converge_s)[0];
}

export function textTable(rows: readonly Row[]): string {
  const lines = [[...HEAD], ...tableCells(rows)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  '))
    .join('\n');
}

export function markdownTable(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEAD), `|---|---|${'---:|'.repeat(HEAD.length - 2)}`, ...tableCells(rows).map(line)].join('\n');
}
