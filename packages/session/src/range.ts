/** Dynamic peers: anyone who connects from a prefix, up to a limit. */
import { type Prefix, parseAddress, parsePrefix, sharesBits } from '@tsbgp/wire';
import { PeerError } from './errors.ts';
import type { Peer, PeerOptions } from './peer.ts';
import type { Plugin } from './plugin.ts';
import type { KeyTarget } from './tcp-options.ts';

/** `limit` of a range that sets none: peers at a time. */
export const RANGE_LIMIT_DEFAULT = 100;

/** Accepts any peer that connects from this prefix. Such a peer is passive, and deleted when its session ends. */
export interface PeerRangeConfig {
  /** e.g. `192.0.2.0/24` */
  readonly prefix: string;
  /** One AS, several, or any (undefined). Unless it is one number, a peer's `config.remoteAs` is 0 until its OPEN comes. */
  readonly remoteAs?: number | readonly number[] | undefined;
  readonly localAs: number;
  /** Peers at a time; more connections are refused with Cease/8. @default 100 */
  readonly limit?: number | undefined;
}

/** A range as `addPeerRange` made it. */
export interface PeerRange {
  readonly config: PeerRangeConfig;
  readonly options: PeerOptions;
  /** The peers that came from it and have a connection now. */
  listPeers(): Peer[];
}

export class Range {
  readonly config: PeerRangeConfig;
  readonly options: PeerOptions;
  readonly plugin: Plugin;
  readonly members: Set<Peer> = new Set();
  readonly #prefix: Prefix;

  constructor(config: PeerRangeConfig, options: PeerOptions, plugin: Plugin) {
    this.config = config;
    this.options = options;
    this.plugin = plugin;
    this.#prefix = readPrefix(config.prefix);
  }

  get length(): number {
    return this.#prefix.bits;
  }

  get full(): boolean {
    return this.members.size >= (this.config.limit ?? RANGE_LIMIT_DEFAULT);
  }

  /** For keys on listeners. */
  get target(): KeyTarget {
    return { address: this.config.prefix.split('/')[0] ?? '', prefixLength: this.length };
  }

  contains(text: string): boolean {
    const { address, bits } = this.#prefix;
    const bytes = parseAddress(text.split('%')[0] ?? '');
    return bytes?.length === address.length && sharesBits(bytes, 0, address, 0, bits);
  }
}

/** The range with the longest prefix that contains `address`. */
export function findRange(ranges: Iterable<Range>, address: string): Range | undefined {
  let best: Range | undefined;
  for (const range of ranges) {
    if (range.contains(address) && (best === undefined || range.length > best.length)) best = range;
  }
  return best;
}

function readPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  const message = `prefix: found ${JSON.stringify(text)}, allowed an IPv4 or IPv6 prefix, e.g. "192.0.2.0/24"`;
  throw new PeerError('invalid-config', message, 'prefix');
}
