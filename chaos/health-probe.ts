/** Asks GetHealth twenty times a second: `health-probe.ts SOCKET`. Ends on SIGTERM, and prints what it saw as one line of JSON. */
import { createTsbgpClient } from '@tsbgp/api';

const EVERY_MS = 50;
/** A call without an answer in this time has failed. */
const TIMEOUT_MS = 10_000;

export interface HealthReport {
  readonly calls: number;
  readonly failures: readonly string[];
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const { control } = createTsbgpClient({ address: `unix://${process.argv[2] ?? ''}` });
const milliseconds: number[] = [];
const failures: string[] = [];
let over = false;
process.once('SIGTERM', () => {
  over = true;
});
while (!over) {
  const startedAt = performance.now();
  try {
    await control.getHealth({}, { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    failures.push(String(error));
  }
  const took = performance.now() - startedAt;
  milliseconds.push(took);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, EVERY_MS - took)));
}
milliseconds.sort((a, b) => a - b);
const at = (share: number): number => Math.round((milliseconds[Math.floor(milliseconds.length * share)] ?? 0) * 10) / 10;
const report: HealthReport = { calls: milliseconds.length, failures: failures.slice(0, 5), p50: at(0.5), p99: at(0.99), max: at(0.999999) };
console.log(JSON.stringify(report));
process.exit(0);
