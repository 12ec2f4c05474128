/**
 * `tsbgpd` from its arguments to its exit status. The configuration's machinery (yaml, valibot) is loaded here and used once; logging and
 * the rooms are loaded only when a daemon is to run.
 */
import { existsSync } from 'node:fs';
import { readCommandLine, USAGE } from './command-line.ts';
import { ConfigRejected, formatWarning } from './config/config-error.ts';
import type { DaemonConfig } from './config/daemon-config.ts';
import { CONFIG_PATHS } from './config/defaults.ts';
import { type Loaded, loadConfig } from './config/load.ts';
import { Daemon } from './daemon.ts';
import type { DaemonLog } from './log.ts';
import type { Rooms } from './rooms.ts';
import { StartError } from './start-error.ts';
import { VERSION } from './version.ts';

export interface Io {
  /** To standard output and standard error. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly loadRooms: () => Promise<Rooms>;
}

/** Resolves with the exit status: 0 fine, 1 configuration or start failed, 2 wrong usage. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const command = readCommandLine(args);
  switch (command.type) {
    case 'help':
      io.out(USAGE);
      return 0;
    case 'version':
      io.out(`tsbgpd ${VERSION}\n`);
      return 0;
    case 'wrong':
      io.err(`tsbgpd: ${command.reason}\nTry "tsbgpd --help".\n`);
      return 2;
    case 'check':
      return check(command.file ?? standardFile(), io);
    case 'run': {
      const loaded = await tryLoad(command.file ?? standardFile(), io);
      if (loaded === undefined) return 1;
      const { log } = loaded.config;
      const config = { ...loaded.config, log: { level: command.level ?? log.level, format: command.format ?? log.format } };
      return run({ ...loaded, config }, io);
    }
  }
}

/** The first of the standard paths that exists; the first of all where none does, for the message. */
function standardFile(): string {
  return CONFIG_PATHS.find((path) => existsSync(path)) ?? CONFIG_PATHS[0]!;
}

async function check(file: string, io: Io): Promise<number> {
  const loaded = await tryLoad(file, io);
  if (loaded === undefined) return 1;
  const { reportAccepted } = await import('./config/report.ts');
  io.out(reportAccepted(loaded.config, loaded.warnings));
  return 0;
}

async function tryLoad(file: string, io: Io): Promise<Loaded | undefined> {
  try {
    return loadConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigRejected)) throw error;
    const { reportRejected } = await import('./config/report.ts');
    io.err(reportRejected(error));
    return undefined;
  }
}

async function run({ config, warnings }: Loaded, io: Io): Promise<number> {
  const { createLog } = await import('./log.ts');
  const log = await createLog(config.log);
  const unwatch = watchForTheUnhandled(log);
  try {
    for (const warning of warnings) log.warn({ code: warning.code }, formatWarning(warning));
    return await runUntilStopped(config, log, await io.loadRooms());
  } finally {
    unwatch();
    await log.flush();
  }
}

async function runUntilStopped(config: DaemonConfig, log: DaemonLog, rooms: Rooms): Promise<number> {
  const daemon = new Daemon(config, log, rooms);
  const signals = new StopSignals(log);
  try {
    try {
      await daemon.start();
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      log.fatal({ code: error.code }, error.message);
      return 1;
    }
    const reason = await Promise.race([signals.first, daemon.shutdownRequested.then((text) => text ?? 'shutdown through the API')]);
    log.info({}, `stopping: ${reason}`);
    // The signal's name is nothing a peer's operator needs (RFC 9003).
    const clean = await daemon.stop(signals.received ? undefined : reason);
    log.info({}, clean ? 'stopped' : 'stopped, not everything closed in time');
    return 0;
  } finally {
    signals.dispose();
  }
}

/** SIGINT and SIGTERM: the first asks, the second does not wait. SIGHUP would end the process without a word to the peers: it is logged. */
class StopSignals {
  readonly first: Promise<string>;
  received = false;
  #handlers: Record<'SIGINT' | 'SIGTERM' | 'SIGHUP', () => void>;

  constructor(log: DaemonLog) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.first = promise;
    const stop = (signal: 'SIGINT' | 'SIGTERM', status: number) => () => {
      if (this.received) {
        log.warn({}, `${signal} again: not waiting any longer`);
        log.flushNow();
        process.exit(status);
      }
      this.received = true;
      resolve(signal);
    };
    this.#handlers = {
      SIGINT: stop('SIGINT', 130),
      SIGTERM: stop('SIGTERM', 143),
      SIGHUP: () => log.warn({}, 'SIGHUP: the configuration cannot be reloaded yet, restart to apply a change'),
    };
    for (const [signal, handler] of Object.entries(this.#handlers)) process.on(signal, handler);
  }

  dispose(): void {
    for (const [signal, handler] of Object.entries(this.#handlers)) process.off(signal, handler);
  }
}

/** An error that nobody handled leaves the routing state in doubt: say it and end; whoever supervises us starts afresh. */
function watchForTheUnhandled(log: DaemonLog): () => void {
  const onError = (error: unknown, origin: string) => {
    log.fatal({ err: error, origin }, 'unhandled error, this is a bug of tsbgpd');
    log.flushNow();
    process.exit(1);
  };
  // Rejections come here too: without a handler of their own Node turns them into uncaught exceptions.
  process.on('uncaughtException', onError);
  return () => process.off('uncaughtException', onError);
}
