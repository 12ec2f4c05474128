/**
 * `tsbgpd` from its arguments to its exit status. Reading a configuration (yaml) is loaded here and used once. Logging and the
 * parts of the daemon are loaded only when a daemon is to run.
 */
import { existsSync } from 'node:fs';
import { BrokenInvariant } from '@tsbgp/rib';
import { readCommandLine, USAGE } from './command-line.ts';
import { ConfigRejected, formatWarning } from './config/config-error.ts';
import { CONFIG_PATHS } from './config/defaults.ts';
import { type Loaded, loadConfig } from './config/load.ts';
import { Daemon } from './daemon.ts';
import { type LogOverrides, withOverrides } from './live-config.ts';
import type { DaemonLog } from './log.ts';
import type { Parts } from './parts.ts';
import { RESTART_SIGNAL, Signals } from './signals.ts';
import { StartError } from './start-error.ts';
import { VERSION } from './version.ts';

export interface Io {
  /** To standard output and standard error. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly loadParts: () => Promise<Parts>;
}

/** Resolves with the exit status: 0 for success, 1 for a refused configuration, a failed start or a broken invariant, 2 for wrong usage. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const command = readCommandLine(args);
  switch (command.type) {
    case 'help':
      io.out(USAGE);
      return 0;
    case 'version':
      io.out(`tsbgpd ${VERSION}\n`);
      return 0;
    case 'schema': {
      const { configSchema } = await import('./config/json-schema.ts');
      io.out(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
      return 0;
    }
    case 'wrong':
      io.err(`tsbgpd: ${command.reason}\nTry "tsbgpd --help".\n`);
      return 2;
    case 'check':
      return check(command.file, io);
    case 'diff':
      return diff(command.before, command.after, io);
    case 'run': {
      const rolledBack = await rollBack(fileOf(command.file), io);
      const loaded = await tryLoad(command.file, io);
      if (loaded === undefined) return 1;
      const overrides = { level: command.level, format: command.format };
      return run(loaded, overrides, io, rolledBack);
    }
  }
}

async function check(file: string | undefined, io: Io): Promise<number> {
  const loaded = await tryLoad(file, io);
  if (loaded === undefined) return 1;
  const { scriptFailures } = await import('./policy/script-check.ts');
  const failures = await scriptFailures(loaded.config);
  for (const failure of failures) io.err(`${failure}\n`);
  if (failures.length > 0) return 1;
  const { reportAccepted } = await import('./config/report.ts');
  io.out(reportAccepted(loaded.config, loaded.warnings));
  return 0;
}

/** Exits with 0 where nothing differs, or the daemon can make the change while it runs; with 1 where it cannot. */
async function diff(before: string, after: string, io: Io): Promise<number> {
  const loaded = [await tryLoad(before, io), await tryLoad(after, io)];
  const [old, wanted] = loaded;
  if (old === undefined || wanted === undefined) return 1;
  const { diffConfig } = await import('./reconcile/reconcile.ts');
  const { describeChange, summarizeChanges } = await import('./config-change/describe.ts');
  const changes = diffConfig(old.config, wanted.config);
  io.out(`${[...changes.map(describeChange), summarizeChanges(changes)].join('\n')}\n`);
  return changes.some(({ effects }) => effects.includes('restart')) ? 1 : 0;
}

async function tryLoad(named: string | undefined, io: Io): Promise<Loaded | undefined> {
  const file = fileOf(named);
  if (file === undefined) {
    io.err(
      `tsbgpd: no configuration file: looked for ${CONFIG_PATHS.join(', then ')}\n` +
        'Write one of them, or name a file: "tsbgpd FILE". The keys are in docs/configuration.md; the smallest file is\n' +
        '  global: { as: 64500, router-id: 192.0.2.254 }\n',
    );
    return undefined;
  }
  try {
    return loadConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigRejected)) throw error;
    const { reportRejected } = await import('./config/report.ts');
    io.err(reportRejected(error));
    return undefined;
  }
}

/** A version of the file that was to be confirmed, and was not when the daemon ended, is rolled back. Resolves with a sentence about it. */
async function rollBack(file: string | undefined, io: Io): Promise<string | undefined> {
  if (file === undefined || !existsSync(`${file}.versions`)) return undefined;
  const { rollBackUnconfirmed } = await import('./config-store/recover.ts');
  try {
    return await rollBackUnconfirmed(file);
  } catch (error) {
    io.err(
      `tsbgpd: ${file}: a version that was not confirmed could not be rolled back: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return undefined;
  }
}

/** The file to read; undefined where none is named and none is in its usual places. */
function fileOf(named: string | undefined): string | undefined {
  return named ?? CONFIG_PATHS.find((path) => existsSync(path));
}

async function run(loaded: Loaded, overrides: LogOverrides, io: Io, rolledBack: string | undefined): Promise<number> {
  const { createLog } = await import('./log.ts');
  const config = withOverrides(loaded.config, overrides);
  const { warnings } = loaded;
  const log = await createLog(config.log);
  try {
    if (rolledBack !== undefined) log.warn({}, rolledBack);
    for (const warning of warnings) log.warn({ code: warning.code }, formatWarning(warning));
    return await runUntilStopped({ ...loaded, config }, overrides, log, await io.loadParts());
  } finally {
    await log.flush();
  }
}

async function runUntilStopped(loaded: Loaded, overrides: LogOverrides, log: DaemonLog, parts: Parts): Promise<number> {
  const daemon = new Daemon(loaded.config, log, parts, { loaded, overrides });
  const unhandled = new Unhandled(daemon, log);
  const signals = new Signals(log, daemon.boundaries, { report: () => daemon.logState(), reload: () => void daemon.live?.reload() });
  try {
    try {
      if ((await Promise.race([daemon.start(), unhandled.fatal])) === FATAL) return 1;
      unhandled.isStarted = true;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      log.fatal({ code: error.code }, error.message);
      return 1;
    }
    // The name of a signal means nothing to the operator of a peer, so it is not sent (RFC 9003).
    const signalled = signals.stop.then((name) => ({ why: name, reason: undefined, isRestart: name === RESTART_SIGNAL }));
    const requested = daemon.shutdownRequested.then(({ reason = 'shutdown through the API', isRestart }) => ({
      why: reason,
      reason,
      isRestart,
    }));
    const stop = await Promise.race([signalled, requested, unhandled.fatal]);
    if (stop === FATAL) return 1;
    log.info({}, `${stop.isRestart ? 'stopping for a restart' : 'stopping'}: ${stop.why}`);
    const clean = await Promise.race([daemon.stop(stop.reason, stop.isRestart), unhandled.fatal]);
    if (clean === FATAL || daemon.crashed) return 1;
    log.info({}, clean ? 'stopped' : 'stopped, not everything closed in time');
    return 0;
  } finally {
    signals.dispose();
    unhandled.dispose();
  }
}

const FATAL: unique symbol = Symbol('fatal');

/**
 * Errors that no other boundary caught. A broken invariant ends the daemon. So does any error during the start: a daemon that runs without one
 * of its parts would look healthy. Every other error is a bug that interrupted one thing: it is logged and counted, and routing goes on.
 */
class Unhandled {
  /** Resolves when the process must end, after the reason was logged. */
  readonly fatal: Promise<typeof FATAL>;
  isStarted = false;
  readonly #daemon: Daemon;
  readonly #log: DaemonLog;
  readonly #resolve: (value: typeof FATAL) => void;
  #isEnding = false;

  constructor(daemon: Daemon, log: DaemonLog) {
    this.#daemon = daemon;
    this.#log = log;
    const { promise, resolve } = Promise.withResolvers<typeof FATAL>();
    this.fatal = promise;
    this.#resolve = resolve;
    // Unhandled rejections come here too: Node turns them into uncaught exceptions.
    process.on('uncaughtException', this.#onError);
  }

  dispose(): void {
    process.off('uncaughtException', this.#onError);
  }

  readonly #onError = (error: unknown, origin: string): void => {
    if (this.#isEnding) return; // an error while the process ends changes nothing
    if (error instanceof BrokenInvariant) {
      this.#isEnding = true;
      void this.#daemon.crash(error).finally(() => this.#resolve(FATAL));
    } else if (this.isStarted) {
      this.#daemon.boundaries.caught('process', { origin }, error);
    } else {
      this.#isEnding = true;
      this.#log.fatal({ err: error, origin }, 'unhandled error while starting, this is a bug of tsbgpd');
      this.#resolve(FATAL);
    }
  };
}
