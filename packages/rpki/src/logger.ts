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

export const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
