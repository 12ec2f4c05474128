/** A client with the system's clock and real connections, and waiting for what it says. */
import { type CacheOptions, type CacheStatus, formatVrp, RpkiClient, type RpkiOptions } from '../src/index.ts';

export class LiveClient {
  readonly client: RpkiClient;
  #check: () => void = () => {};

  constructor(caches: readonly CacheOptions[], options: Omit<RpkiOptions, 'caches'> = {}) {
    const changed = (): void => this.#check();
    this.client = new RpkiClient({
      ...options,
      caches,
      onChange: changed,
      logger: { debug: changed, info: changed, warn: () => setImmediate(changed), error: changed },
    });
  }

  get vrps(): string[] {
    return [...this.client.vrps.vrps()].map(formatVrp).sort();
  }

  get cache(): CacheStatus {
    return this.client.status().caches[0]!;
  }

  /** Resolves when the condition holds; it is asked after each change, step and failure. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      this.#check = () => {
        if (!condition()) return;
        this.#check = () => {};
        resolve();
      };
    });
  }
}
