/** What the kernel reports about the daemon's process. */
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in megabytes (10^6 octets), now and at its highest. Throws when the process has ended. */
export function memoryOf(pid: number): { readonly nowMb: number; readonly peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Math.round((Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6);
  return { nowMb: field('VmRSS'), peakMb: field('VmHWM') };
}

export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
