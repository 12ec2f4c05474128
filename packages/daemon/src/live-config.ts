/** The configuration of a running daemon and its file: reads the file again, and puts what differs into effect. */
import { ConfigRejected, formatWarning } from './config/config-error.ts';
import { type DaemonConfig, loadConfig } from './config/load.ts';
import type { LogFormat, LogLevel } from './config/schema.ts';
import { ControlError } from './control-plane.ts';
import type { Daemon } from './daemon.ts';
import type { DaemonLog } from './log.ts';
import { describeChange, summarizeChanges } from './reconcile/describe.ts';
import { StartError } from './start-error.ts';

/** Options of the command line that go before the file. */
export interface LogOverrides {
  readonly level: LogLevel | undefined;
  readonly format: LogFormat | undefined;
}

export function withOverrides(config: DaemonConfig, { level, format }: LogOverrides): DaemonConfig {
  return { ...config, log: { level: level ?? config.log.level, format: format ?? config.log.format } };
}

export interface LiveConfigOptions {
  readonly daemon: Pick<Daemon, 'config' | 'change' | 'boundaries'>;
  readonly log: DaemonLog;
  readonly overrides: LogOverrides;
}

export class LiveConfig {
  readonly #options: LiveConfigOptions;

  constructor(options: LiveConfigOptions) {
    this.#options = options;
  }

  /** Reads the file again. What is wrong with it goes to the log, and nothing is changed then. Never rejects. */
  async reload(): Promise<void> {
    const { daemon, log, overrides } = this.#options;
    const { file, setFiles } = daemon.config;
    try {
      const began = performance.now();
      const { config, warnings } = loadConfig(file, setFiles.files);
      for (const warning of warnings) log.warn({ code: warning.code }, formatWarning(warning));
      const changes = await daemon.change(withOverrides(config, overrides));
      for (const change of changes) log.info(change, `configuration: ${describeChange(change)}`);
      const milliseconds = Math.round(performance.now() - began);
      log.info({ changes: changes.length, milliseconds }, `${file} was read again: ${summarizeChanges(changes)}`);
    } catch (error) {
      if (error instanceof ConfigRejected) {
        for (const each of error.errors) log.error({ code: each.code }, each.message);
        log.error({ errors: error.errors.length }, `${file} was not put into effect: nothing has changed`);
      } else if (error instanceof ControlError || error instanceof StartError) {
        log.error({ code: error.code }, `${file} was not put into effect, nothing has changed: ${error.message}`);
      } else {
        daemon.boundaries.caught('signal', { signal: 'SIGHUP' }, error);
      }
    }
  }
}
