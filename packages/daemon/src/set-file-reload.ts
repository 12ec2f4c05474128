/**
 * Files of sets while the daemon runs. When one changes, its new generation is put into effect through the same door as a new configuration, so
 * that only what uses a changed set is judged again. A file with a mistake changes nothing: its generation before stays in use.
 */
import type { SetFileState } from '@tsbgp/policy/node';
import type { Boundaries } from './boundaries.ts';
import type { DaemonConfig } from './config/load.ts';
import { FileWatch } from './file-watch.ts';
import type { DaemonLog } from './log.ts';
import type { Metric, MetricSource } from './metrics/exposition.ts';

export interface SetFileReloadOptions {
  /** Whose configuration it is. A change is given what is in effect when its turn comes. */
  readonly daemon: { readonly config: DaemonConfig; change(wanted: (before: DaemonConfig) => DaemonConfig): Promise<unknown> };
  readonly log: DaemonLog;
  readonly boundaries: Boundaries;
  /** Quiet after the last change of a file before it is read. @default that of FileWatch */
  readonly settleMs?: number;
}

export class SetFileReload {
  readonly #options: SetFileReloadOptions;
  readonly #watch: FileWatch;

  constructor(options: SetFileReloadOptions) {
    const { log, boundaries, settleMs } = options;
    this.#options = options;
    this.#watch = new FileWatch({
      settleMs,
      changed: () => void this.reload().catch((error: unknown) => boundaries.caught('timer', { timer: 'files of sets' }, error)),
      cannotWatch: (folder, error) =>
        log.warn({ folder, err: error }, `${folder} cannot be watched: its files of sets are looked at every 10 s`),
    });
  }

  /** The files of the configuration that is in effect are watched from now on. */
  follow(): void {
    const { uses, files } = this.#options.daemon.config.setFiles;
    this.#watch.follow(uses.map(({ file }) => files.pathOf(file)));
  }

  close(): void {
    this.#watch.close();
  }

  /** Looks at all files, and puts into effect what has changed. Resolves with the files that have another generation now. */
  async reload(): Promise<SetFileState[]> {
    const { daemon, log } = this.#options;
    const { files } = daemon.config.setFiles;
    const before = new Map(files.states.map((state) => [keyOf(state), state]));
    await files.refresh();
    const changed = files.states.filter((state) => state.generation !== before.get(keyOf(state))?.generation);
    for (const { path, kind, fault, faults, generation } of files.states) {
      if (fault === undefined || faults === before.get(keyOf({ path, kind }))?.faults) continue;
      log.error({ file: path, generation }, `set ${fault.text}: generation ${generation} stays in use`);
    }
    if (changed.length === 0) return [];
    await daemon.change((config) => {
      const { sets, problems } = files.resolve(config.setFiles.written);
      // Sets that cannot be read at all were refused when the configuration was loaded.
      return problems.length > 0 ? config : { ...config, policy: { ...config.policy, sets } };
    });
    for (const { path, generation, entries } of changed) {
      log.info({ file: path, generation, entries }, `sets of ${path}: generation ${generation} with ${entries} entries is in use`);
    }
    return changed;
  }

  readonly addMetrics: MetricSource = (out) => {
    const { files } = this.#options.daemon.config.setFiles;
    const { states } = files;
    if (states.length === 0) return;
    const add = (metric: Metric, value: (state: SetFileState) => number): void => {
      for (const state of states) metric.add({ file: state.path, kind: state.kind }, value(state));
    };
    const gauge = (name: string, help: string, value: (state: SetFileState) => number): void => add(out.gauge(name, help), value);
    gauge(
      'tsbgp_set_file_generation',
      'Generation of the file that is in use; it grows when the file changes.',
      (state) => state.generation,
    );
    gauge('tsbgp_set_file_entries', 'Prefixes or AS numbers in the generation that is in use.', (state) => state.entries);
    gauge('tsbgp_set_file_written_seconds', 'When the generation in use was written, in seconds since 1970.', secondsOf);
    gauge('tsbgp_set_file_stale', '1 while the newest version of the file has a mistake and the one before is in use.', (state) =>
      state.fault === undefined ? 0 : 1,
    );
    add(out.counter('tsbgp_set_file_errors_total', 'Versions of the file that could not be used.'), (state) => state.faults);
  };
}

function secondsOf({ writtenAt }: SetFileState): number {
  return (writtenAt?.getTime() ?? 0) / 1000;
}

function keyOf({ kind, path }: Pick<SetFileState, 'kind' | 'path'>): string {
  return `${kind} ${path}`;
}
