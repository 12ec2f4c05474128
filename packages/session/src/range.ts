/** Peers without a configuration of their own: whoever connects from a prefix, so many at a time. */
import { parseAddress } from '@tsbgp/wire';
import { PeerError } from './errors.ts';
import type { KeyTarget } from './tcp-options.ts';
import type { Peer, PeerOptions, PeerRangeConfig, Plugin } from './types.ts';

/** Peers of one range at a time, unless its `limit` says otherwise. */
export const RANGE_LIMIT_DEFAULT = 100;

export class Range {
  readonly config: PeerRangeConfig;
  readonly options: PeerOptions;
  readonly plugin: Plugin;
  readonly members: Set<Peer> = new Set();
  readonly #bytes: Uint8Array;
  readonly #length: number;

  constructor(config: PeerRangeConfig, options: PeerOptions, plugin: Plugin) {
    this.config = config;
    this.options = options;
    this.plugin = plugin;
    const { bytes, length } = parsePrefix(config.prefix);
    this.#bytes = bytes;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  get full(): boolean {
    return this.members.size >= (this.config.limit ?? RANGE_LIMIT_DEFAULT);
  }

  /** For keys on listeners. */
  get target(): KeyTarget {
    return { address: this.config.prefix.split('/')[0] ?? '', prefixLength: this.#length };
  }

  contains(address: string): boolean {
    const bytes = parseAddress(address.split('%')[0] ?? '');
    if (bytes === undefined || bytes.length !== this.#bytes.length) return false;
    const whole = this.#length >>> 3;
    for (let i = 0; i < whole; i++) if (bytes[i] !== this.#bytes[i]) return false;
    const rest = this.#length & 7;
    return rest === 0 || ((bytes[whole]! ^ this.#bytes[whole]!) & (0xff00 >>> rest) & 0xff) === 0;
  }
}

function parsePrefix(text: string): { bytes: Uint8Array; length: number } {
  const match = /^([^/%]+)\/(\d{1,3})$/.exec(text);
  const bytes = parseAddress(match?.[1] ?? '');
  const length = Number(match?.[2]);
  if (bytes === undefined || !(length <= bytes.length * 8)) {
    throw new PeerError(
      'invalid-config',
      `prefix: found ${JSON.stringify(text)}, allowed an IPv4 or IPv6 prefix, e.g. "192.0.2.0/24"`,
      'prefix',
    );
  }
  return { bytes, length };
}
