/** CPU time and memory of a process and its descendants, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Node runs on

export class ProcessSample {
  peakRssMb = 0;
  readonly #pids: readonly number[];

  /** Without a pid all figures are 0. */
  constructor(pid: number | undefined) {
    this.#pids = pid === undefined ? [] : withDescendants(pid);
  }

  /** Updates the peak with the memory used now. */
  take(): void {
    let kilobytes = 0;
    for (const pid of this.#pids) kilobytes += Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
    this.peakRssMb = Math.max(this.peakRssMb, kilobytes / 1024);
  }

  cpuSeconds(): number {
    let ticks = 0;
    for (const pid of this.#pids) {
      const fields = afterName(pid);
      ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    }
    return ticks / TICKS_PER_SECOND;
  }
}

function withDescendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => ({ pid: Number(entry), parent: Number(afterName(Number(entry))[1] ?? 0) }));
  const found = [pid];
  for (const ancestor of found) found.push(...parents.filter(({ parent }) => parent === ancestor).map((child) => child.pid));
  return found;
}

/** The fields of /proc/PID/stat that follow the name: state, parent, … */
function afterName(pid: number): string[] {
  return read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it ended
  }
}
