/** Collects what is wrong with a policy of a foreign model. */
import { parseAddress } from '@tsbgp/wire';
import { type PrefixSet, PrefixSetBuilder } from '../prefix/set.ts';

export class ModelReader {
  readonly #problems: string[] = [];
  #place = '';

  /** Problems inside `read` are told with this place. */
  at<T>(place: string, read: () => T): T {
    const outer = this.#place;
    this.#place = place;
    try {
      return read();
    } finally {
      this.#place = outer;
    }
  }

  problem(field: string, sentence: string): void {
    const place = [this.#place, field].filter((part) => part !== '').join('.');
    this.#problems.push(place === '' ? sentence : `${place}: ${sentence}`);
  }

  /** Addresses as prefixes of all their bits. */
  hosts(field: string, texts: readonly string[]): PrefixSet {
    const builder = new PrefixSetBuilder();
    for (const text of texts) {
      const address = parseAddress(text);
      if (address === undefined) this.problem(field, `"${text}" is not an address, e.g. "192.0.2.1"`);
      else builder.add({ address, bits: 8 * address.length, min: 8 * address.length, max: 8 * address.length });
    }
    return builder.build();
  }

  /** The value, or the problems when there are any. */
  result<T>(value: T): T | readonly string[] {
    return this.#problems.length === 0 ? value : this.#problems;
  }
}
