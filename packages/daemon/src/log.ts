/**
 * The daemon's log: pino on standard output, pretty for people on a terminal, one JSON object a line for everything else.
 *
 * No worker transports: they do not survive bundling, and a log that dies with the process has lost its last words. JSON lines are written
 * asynchronously and flushed at exit; pretty ones go out at once. pino-pretty is loaded only when it is used.
 */
import { isatty } from 'node:tty';
import { type DestinationStream, destination, type LoggerOptions, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import type { LogFormat, LogLevel } from './config/schema.ts';

/** What rooms below are given (the session library's `Logger`): fields first, then the sentence. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface DaemonLog extends Log {
  fatal(fields: object, message: string): void;
  /** Resolves when everything is written, or after FLUSH_TIMEOUT_MS: whoever reads the log may have stopped. Call before the process ends. */
  flush(): Promise<void>;
  /** For an end that cannot wait: what is held is written now, before a line that is just on its way. */
  flushNow(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** File descriptor. @default 1 */
  readonly fd?: number;
}

export async function createLog(options: LogOptions): Promise<DaemonLog> {
  const fd = options.fd ?? 1;
  const pretty = options.format === 'pretty' || (options.format === 'auto' && isatty(fd));
  return pretty ? prettyLog(options.level, fd) : jsonLog(options.level, fd);
}

function jsonLog(level: LogLevel, fd: number): DaemonLog {
  const stream = destination({ fd, sync: false, minLength: MIN_LENGTH });
  const logger = pino({ ...COMMON, level, formatters: { level: (label) => ({ level: label }) } }, stream);
  return withFlush(
    logger,
    () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
      stream.flush(() => resolve());
      return promise.finally(() => clearTimeout(timer));
    },
    () => {
      try {
        stream.flushSync();
      } catch {
        // The descriptor is closed or full for good: there is nowhere left to say so.
      }
    },
  );
}

const FLUSH_TIMEOUT_MS = 1000;

/** Every line is longer, so each goes out at once; with 0 the stream's `flush` would not wait for a write that is on its way. */
const MIN_LENGTH = 1;

async function prettyLog(level: LogLevel, fd: number): Promise<DaemonLog> {
  const { default: prettify } = await import('pino-pretty');
  const stream: DestinationStream = prettify({
    destination: fd,
    sync: true,
    colorize: isatty(fd) && (process.env.NO_COLOR ?? '') === '',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return withFlush(
    pino({ ...COMMON, level }, stream),
    async () => {},
    () => {},
  );
}

/** No pid and host name: whatever collects the lines adds its own. */
const COMMON: LoggerOptions = { base: null, timestamp: stdTimeFunctions.isoTime };

function withFlush(logger: PinoLogger, flush: () => Promise<void>, flushNow: () => void): DaemonLog {
  return {
    debug: logger.debug.bind(logger),
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    fatal: logger.fatal.bind(logger),
    flush,
    flushNow,
  };
}
