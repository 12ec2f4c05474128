/**
 * The file that a daemon writes when it must stop because its state contradicts itself. It helps to find the cause. It contains addresses and AS
 * numbers of neighbors, but no routes and no keys. Its mode is 0600.
 */
import { lstatSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateSummary } from './state-summary.ts';
import { VERSION } from './version.ts';

/** Reports kept in the folder. Older ones are deleted. */
export const CRASH_REPORTS_MAX: number = 10;

const NAME = /^tsbgpd-crash-[0-9TZ.-]+-\d+\.json$/;

/** `$TSBGP_STATE_DIR`, else systemd's `$STATE_DIRECTORY`, else the folder for temporary files. */
export function crashFolder(env: NodeJS.ProcessEnv): string {
  // StateDirectory= may name several folders, separated by colons.
  const systemd = env.STATE_DIRECTORY?.split(':')[0];
  return env.TSBGP_STATE_DIR || systemd || tmpdir();
}

export interface Crash {
  readonly error: unknown;
  readonly state: StateSummary;
  /** The latest lines of the log. */
  readonly log: readonly string[];
}

/** Writes the report and returns its path. Throws the system's error. */
export function writeCrashReport(folder: string, { error, state, log }: Crash, now: Date): string {
  removeOldest(folder);
  const path = join(folder, `tsbgpd-crash-${now.toISOString().replaceAll(':', '-')}-${process.pid}.json`);
  const report = {
    version: VERSION,
    at: now.toISOString(),
    invariant: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack?.split('\n') : undefined,
    state,
    log: log.map((line) => line.trimEnd()),
  };
  // wx fails if the path exists, so that a link placed by another user in a shared folder is not followed.
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return path;
}

/** Deletes the oldest reports, so that one more may be written. Only files of this user count. */
function removeOldest(folder: string): void {
  try {
    const ours = readdirSync(folder).filter((name) => NAME.test(name) && lstatSync(join(folder, name)).uid === process.geteuid?.());
    for (const name of ours.toSorted().slice(0, Math.max(0, ours.length - CRASH_REPORTS_MAX + 1))) unlinkSync(join(folder, name));
  } catch {
    // Another process deleted a file first, or the folder cannot be read. Writing the new report matters more.
  }
}
