/** The ranges of a server and the dynamic peers that came from them. */
import type { Peer } from './peer.ts';
import type { Range } from './range.ts';

export class Ranges {
  readonly #ranges = new Map<string, Range>();
  readonly #origins = new Map<Peer, Range>();

  get(prefix: string): Range | undefined {
    return this.#ranges.get(prefix);
  }

  all(): Iterable<Range> {
    return this.#ranges.values();
  }

  add(range: Range): void {
    this.#ranges.set(range.config.prefix, range);
  }

  delete(range: Range): void {
    this.#ranges.delete(range.config.prefix);
  }

  /** The range with the longest prefix that contains `address`. */
  find(address: string): Range | undefined {
    let best: Range | undefined;
    for (const range of this.#ranges.values()) {
      if (range.contains(address) && (best === undefined || range.length > best.length)) best = range;
    }
    return best;
  }

  isDynamic(peer: Peer): boolean {
    return this.#origins.has(peer);
  }

  /** From now on `forget` knows `peer`. */
  remember(peer: Peer, range: Range): void {
    this.#origins.set(peer, range);
  }

  /** Takes a dynamic peer out of its range. False: `peer` is not a dynamic one. */
  forget(peer: Peer): boolean {
    const range = this.#origins.get(peer);
    this.#origins.delete(peer);
    range?.members.delete(peer);
    return range !== undefined;
  }
}
