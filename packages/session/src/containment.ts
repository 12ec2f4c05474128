/**
 * Where exceptions stop. Every call of the event loop into this library, and every call of this library into the user's code, goes through
 * here. An exception is counted, reported to the user's hook, and ends the session it belongs to. One that the user calls fatal passes.
 */
import type { Peer } from './peer.ts';
import { type ErrorPlace, type Logger, type ServerOptions, SILENT } from './server-options.ts';

export class Containment {
  readonly #options: Pick<ServerOptions, 'logger' | 'onError' | 'isFatal'>;
  readonly #logger: Logger;
  count = 0;

  constructor(options: Pick<ServerOptions, 'logger' | 'onError' | 'isFatal'>) {
    this.#options = options;
    this.#logger = options.logger ?? SILENT;
  }

  /** Counts and reports an exception that the caller caught. Throws it again when it is fatal. */
  caught(error: unknown, place: ErrorPlace, peer?: Peer): void {
    const { onError, isFatal } = this.#options;
    if (isFatal?.(error) === true) throw error;
    this.count++;
    try {
      if (onError !== undefined) onError(error, { place, peer });
      else this.#logger.error({ peer: peer?.config.remoteAddress, state: peer?.state, place, err: error }, 'a callback threw');
    } catch (second) {
      // The hook or the logger threw: there is no one left to report to.
      if (isFatal?.(second) === true) throw second;
    }
  }

  /** The logger, without exceptions: they must not reach the state machine. */
  guardLogger(): Logger {
    const guard = (level: keyof Logger) => (fields: object, message: string) => {
      try {
        this.#logger[level](fields, message);
      } catch (error) {
        this.caught(error, 'logger');
      }
    };
    return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') };
  }
}
