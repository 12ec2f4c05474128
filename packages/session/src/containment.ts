/**
 * Where exceptions stop. Every call of the event loop into this library, and every call of this library into the user's code, goes through
 * here. An exception is counted, reported to the user's hook, and ends the session it belongs to. One that the user calls fatal passes.
 */
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Peer } from './peer.ts';

/** Which code threw an exception: a callback of the plugin, the logger, or what a timer, a socket or a listener called here. */
export type ErrorPlace =
  | 'getCapabilities'
  | 'onOpenMessage'
  | 'onEstablished'
  | 'update-handler'
  | 'onDrain'
  | 'onRouteRefresh'
  | 'onStateChange'
  | 'onNotification'
  | 'onClose'
  | 'logger'
  | 'timer'
  | 'socket'
  | 'listener';

/** Where an exception was contained. */
export interface ErrorOrigin {
  readonly place: ErrorPlace;
  /** The peer whose session it belonged to; undefined when it belonged to none. */
  readonly peer?: Peer | undefined;
}

export class Containment {
  readonly #logger: Logger;
  readonly #onError: ((error: unknown, where: ErrorOrigin) => void) | undefined;
  readonly #isFatal: ((error: unknown) => boolean) | undefined;
  count = 0;

  constructor(
    logger: Logger,
    onError: ((error: unknown, where: ErrorOrigin) => void) | undefined,
    isFatal: ((error: unknown) => boolean) | undefined,
  ) {
    this.#logger = logger;
    this.#onError = onError;
    this.#isFatal = isFatal;
  }

  /** Counts and reports an exception that the caller caught. Throws it again when it is fatal. */
  caught(error: unknown, place: ErrorPlace, peer?: Peer): void {
    if (this.#isFatal?.(error) === true) throw error;
    this.count++;
    try {
      if (this.#onError !== undefined) this.#onError(error, { place, peer });
      else this.#logger.error({ peer: peer?.config.remoteAddress, state: peer?.state, place, err: error }, 'a callback threw');
    } catch (second) {
      // The hook or the logger threw: there is no one left to report to.
      if (this.#isFatal?.(second) === true) throw second;
    }
  }

  /** The logger, without exceptions: they must not reach the state machine. */
  guardLogger(): Logger {
    const guard = (write: (fields: object, message: string) => void) => (fields: object, message: string) => {
      try {
        write(fields, message);
      } catch (error) {
        this.caught(error, 'logger');
      }
    };
    const logger = this.#logger;
    return {
      debug: guard((fields, message) => logger.debug(fields, message)),
      info: guard((fields, message) => logger.info(fields, message)),
      warn: guard((fields, message) => logger.warn(fields, message)),
      error: guard((fields, message) => logger.error(fields, message)),
    };
  }
}

/** `clock` with every callback run by `contain`. */
export function containedClock(clock: Clock, contain: (action: () => void) => void): Clock {
  return {
    now: () => clock.now(),
    setTimeout: (callback, milliseconds) => clock.setTimeout(() => contain(callback), milliseconds),
    clearTimeout: (handle) => clock.clearTimeout(handle),
    random: () => clock.random(),
  };
}
