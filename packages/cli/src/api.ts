/** Calls of the daemon's API. Each call has a deadline, and each failure is a CliError. */
import { createTsbgpClient, type TsbgpClient } from '@tsbgp/api';
import type { Address } from './address.ts';
import { explain, TIMEOUT_MS, tooLate } from './api-errors.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly onHeader: () => void;
}

export interface Api {
  /** One request and one answer: `api.call((client, options) => client.control.getHealth({}, options))`. */
  call<T>(request: (client: TsbgpClient, options: CallOptions) => Promise<T>): Promise<T>;
  /**
   * The messages of a stream. It may last as long as it likes, but its headers must arrive in time. When the reader stops, the call is
   * cancelled: Connect would otherwise wait for the rest of the stream.
   */
  stream<T>(request: (client: TsbgpClient, options: StreamOptions) => AsyncIterable<T>): AsyncIterable<T>;
}

/** `token` says who calls. Calls end when `signal` is aborted: a call rejects, a stream just ends. */
export function connectApi(address: Address, signal: AbortSignal, token?: string): Api {
  const client = createTsbgpClient({ address: address.url, token });
  return {
    async call(request) {
      try {
        return await request(client, { signal, timeoutMs: TIMEOUT_MS });
      } catch (error) {
        throw explain(error, address);
      }
    },

    async *stream(request) {
      const cancel = new AbortController();
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        cancel.abort();
      }, TIMEOUT_MS);
      const onHeader = (): void => clearTimeout(timer);
      const messages = request(client, { signal: AbortSignal.any([signal, cancel.signal]), onHeader })[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { value, done } = await messages.next();
          if (done === true) return;
          yield value;
        }
      } catch (error) {
        if (isLate) throw tooLate(error, address);
        if (!signal.aborted) throw explain(error, address);
      } finally {
        clearTimeout(timer);
        cancel.abort();
      }
    },
  };
}
