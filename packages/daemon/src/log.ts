/**
 * The daemon's log: pino on standard output, pretty for people on a terminal, one JSON object a line for everything else.
 *
 * Both forms go through a LogDestination, which never makes the daemon wait. Pino's worker transports are not used: they do not survive
 * bundling, and the last lines before a crash would be lost. pino-pretty is loaded only when it is used.
 */
import { isatty } from 'node:tty';
import type { Logger } from '@tsbgp/session';
import { type LoggerOptions, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import type { LogFormat, LogLevel } from './config/schema.ts';
import { LogDestination, type LogTrouble } from './log-destination.ts';
import { openSink } from './log-sink.ts';
import type { MetricSource } from './metrics/exposition.ts';

export interface DaemonLog extends Logger {
  fatal(fields: object, message: string): void;
  /** Resolves when everything is written, or after FLUSH_TIMEOUT_MS, as the reader of the log may have stopped. Call before the process ends. */
  flush(): Promise<void>;
  /** Writes what waits at once, for a process that ends now. A write that is under way may come out later. Never blocks. */
  flushNow(): void;
  /** The latest lines, for a crash report. */
  recent(): readonly string[];
  /** Another level or form from the next line on. */
  configure(options: Pick<LogOptions, 'level' | 'format'>): Promise<void>;
  /** Adds metrics: lines lost, and octets that wait. */
  readonly addMetrics: MetricSource;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** File descriptor. @default 1 */
  readonly fd?: number;
}

/** How long `flush` waits. */
export const FLUSH_TIMEOUT_MS: number = 1000;

/** No pid and host name: the collector of the log adds them. */
const COMMON: LoggerOptions = { base: null, timestamp: stdTimeFunctions.isoTime };

export async function createLog({ fd = 1, ...first }: LogOptions): Promise<DaemonLog> {
  const destination = new LogDestination(openSink(fd), (trouble) => reportTrouble(logger, trouble));
  const newLogger = async ({ level, format }: Pick<LogOptions, 'level' | 'format'>): Promise<PinoLogger> => {
    const pretty = format === 'pretty' || (format === 'auto' && isatty(fd));
    return pretty
      ? pino({ ...COMMON, level }, { write: await prettyWriter(destination, fd) })
      : pino({ ...COMMON, level, formatters: { level: (label) => ({ level: label }) } }, destination);
  };
  let logger = await newLogger(first);
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    fatal: (fields, message) => logger.fatal(fields, message),
    async configure(options) {
      logger = await newLogger(options);
    },
    flush: () => destination.flush(FLUSH_TIMEOUT_MS),
    flushNow: () => destination.flushNow(),
    recent: () => destination.recent,
    addMetrics(out) {
      out.counter('tsbgp_log_lines_lost_total', 'Lines of the log that were lost because nothing took them.').set(destination.lost);
      out.gauge('tsbgp_log_queue_bytes', 'Octets of the log that wait to be written.').set(destination.queueBytes);
    },
  };
}

async function prettyWriter(destination: LogDestination, fd: number): Promise<(line: string) => void> {
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({
    colorize: isatty(fd) && (process.env.NO_COLOR ?? '') === '',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return (line) => destination.write(prettify(line));
}

function reportTrouble(logger: PinoLogger, { lost, code }: LogTrouble): void {
  const what = lost === 0 ? 'no line was lost' : lost === 1 ? '1 line was lost' : `${lost} lines were lost`;
  const why = code === 'EAGAIN' ? 'nobody read it' : `it could not be written (${code})`;
  logger.warn({ lost, code }, `the log goes on: ${why}, ${what}`);
}
