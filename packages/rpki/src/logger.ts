/** Where the library logs: fields for machines, a message for people. A pino logger fits. */
export interface Logger {
  /** Steps of a session. */
  debug(fields: object, message: string): void;
  /** What an operator wants to know. */
  info(fields: object, message: string): void;
  /** What an operator may have to look into. */
  warn(fields: object, message: string): void;
  /** What went wrong in this process. */
  error(fields: object, message: string): void;
}

/** The logger, without exceptions: they must not end a session. */
export function guarded(logger: Logger): Logger {
  const guard = (level: keyof Logger) => (fields: object, message: string) => {
    try {
      logger[level](fields, message);
    } catch {
      // There is no one left to tell.
    }
  };
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') };
}

export const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
