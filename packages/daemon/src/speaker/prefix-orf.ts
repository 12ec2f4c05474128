/**
 * Receives the prefix filters of a peer (ORF, RFC 5291 and RFC 5292) and has the RIB obey them.
 *
 *   ADD, REMOVE, REMOVE-ALL   change the entries of a family. Nothing of what is sent changes yet.
 *   IMMEDIATE                 The entries are applied, and the routes that pass are sent again (RFC 5291 §5).
 *   DEFER                     The same happens with the next ROUTE-REFRESH that is not deferred.
 *   malformed, too many       All entries of the family are removed (RFC 5291 §5).
 *
 * Both sides agreed that the peer sends filters: then it is sent nothing before its first ROUTE-REFRESH, with or without entries, but for at
 * most FIRST_FILTER_SECONDS. It would have to drop most of it. Without entries every route passes. The entries end with the session.
 */
import { FILTER_ENTRIES_MAX, PrefixFilter, type PrefixFilterEntry, type Rib, type RibPeer } from '@tsbgp/rib';
import type { Logger, SessionInfo } from '@tsbgp/session';
import { type AddressPrefixOrf, Afi, addressBytes, afiOf, type Family, formatFamily, OrfType, type RouteRefreshMessage } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';

/** How long the first routes wait for the filter that the peer announced. */
export const FIRST_FILTER_SECONDS = 30;

export interface PrefixOrfOptions {
  readonly rib: Pick<Rib, 'setPrefixFilter'>;
  readonly peer: RibPeer;
  /** Families in which the peer may send filters. */
  readonly families: ReadonlySet<Family>;
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  /** The RIB has work to do. */
  readonly schedule: () => void;
  /** All routes that pass are to be sent again. */
  readonly resend: (family: Family) => void;
  /** Something that the operator should know. */
  readonly warn: (family: Family, text: string) => void;
}

type AddOrRemove = Exclude<AddressPrefixOrf, { readonly action: 'remove-all' }>;

/** The filters that one session receives. Call `close` at its end. */
export class PrefixOrf {
  readonly #options: PrefixOrfOptions;
  readonly #entries: Map<Family, Map<number, AddOrRemove>> = new Map();
  /** Families whose entries changed since they were applied. */
  readonly #changed: Set<Family> = new Set();
  /** Families in which the RIB is about to obey the entries, and those of them that are to be applied once more then. */
  readonly #applying: Set<Family> = new Set();
  readonly #again: Set<Family> = new Set();
  /** Families whose first routes wait. */
  readonly #awaited: Set<Family>;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(options: PrefixOrfOptions) {
    this.#options = options;
    this.#awaited = new Set(options.families);
    if (options.families.size === 0) return;
    const expire = (): void => {
      options.boundaries.run('timer', { neighbor: options.peer.options.name }, () => this.#expire());
    };
    this.#timer = setTimeout(expire, FIRST_FILTER_SECONDS * 1000).unref();
  }

  /** The entries of a family in the order in which they are looked at. */
  entriesOf(family: Family): readonly AddOrRemove[] {
    return [...(this.#entries.get(family)?.values() ?? [])].sort((a, b) => a.sequence - b.sequence);
  }

  /** Whether the first routes of the family wait for the filter. */
  isAwaited(family: Family): boolean {
    return this.#awaited.has(family);
  }

  /** A ROUTE-REFRESH that asks for routes. True when the caller is to send all of them again; else it is seen to, now or later. */
  refreshAsked({ family, orf, rest }: RouteRefreshMessage): boolean {
    if (!this.#options.families.has(family)) return true;
    if (rest !== undefined) {
      this.#options.warn(family, 'its prefix filters are malformed and all removed (RFC 5291 §5)');
      this.#removeAll(family);
    }
    for (const group of orf?.groups ?? []) {
      if (group.orfType !== OrfType.AddressPrefix && group.orfType !== OrfType.AddressPrefixCisco) continue;
      if (group.prefixes === undefined) {
        this.#options.warn(family, 'its prefix filters are malformed and all removed (RFC 5291 §5)');
        this.#removeAll(family);
      } else {
        for (const entry of group.prefixes) this.#take(family, entry);
      }
    }
    if (orf?.whenToRefresh === 'defer') return false;
    return this.#apply(family);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** Has the RIB obey the entries. True when they are obeyed already, so that the routes can be sent again at once. */
  #apply(family: Family): boolean {
    const { rib, peer, logger, boundaries, schedule, resend } = this.#options;
    if (this.#applying.has(family)) {
      this.#again.add(family);
      return false;
    }
    const isFirst = this.#awaited.delete(family);
    if (!this.#changed.delete(family) && !isFirst) return true;
    this.#applying.add(family);
    const filter = this.#filterOf(family);
    logger.info(
      { neighbor: peer.options.name, family: formatFamily(family), entries: filter?.entries.length ?? 0 },
      'prefix filters of the neighbor applied (RFC 5292)',
    );
    const applied = (): void => {
      this.#applying.delete(family);
      const isAgain = this.#again.delete(family);
      if (isAgain ? this.#apply(family) : !isFirst) resend(family); // the RIB sends the first routes itself
    };
    rib.setPrefixFilter(peer, family, filter, () => boundaries.run('rib-observer', { neighbor: peer.options.name }, applied));
    schedule();
    return false;
  }

  #filterOf(family: Family): PrefixFilter | undefined {
    const entries = this.entriesOf(family);
    if (entries.length === 0) return undefined;
    const bits = afiOf(family) === Afi.Ipv6 ? 128 : 32;
    return new PrefixFilter(
      entries.map((entry) => filterEntry(entry, bits)),
      bits,
    );
  }

  #take(family: Family, entry: AddressPrefixOrf): void {
    if (entry.action === 'remove-all') return this.#removeAll(family);
    let entries = this.#entries.get(family);
    if (entries === undefined) this.#entries.set(family, (entries = new Map()));
    const before = entries.get(entry.sequence);
    if (entry.action === 'remove') {
      if (before === undefined || !isSame(before, entry)) return;
      entries.delete(entry.sequence);
    } else if (before === undefined && entries.size >= FILTER_ENTRIES_MAX) {
      this.#options.warn(family, `more than ${FILTER_ENTRIES_MAX} entries of prefix filters: all are removed, and it is sent every route`);
      this.#removeAll(family);
      return;
    } else {
      entries.set(entry.sequence, entry);
    }
    this.#changed.add(family);
  }

  #removeAll(family: Family): void {
    if ((this.#entries.get(family)?.size ?? 0) > 0) this.#changed.add(family);
    this.#entries.delete(family);
  }

  /** The peer sent no filter in time. */
  #expire(): void {
    for (const family of this.#awaited) {
      this.#options.warn(family, `no prefix filter came within ${FIRST_FILTER_SECONDS} s: it is sent the routes without one`);
      this.#apply(family);
    }
  }
}

/** The families in which both sides agreed that the peer sends prefix filters. */
export function orfFamilies({ families, negotiated }: SessionInfo): Set<Family> {
  const { receive } = negotiated.orf;
  const isPrefixes = (type: number): boolean => type === OrfType.AddressPrefix || type === OrfType.AddressPrefixCisco;
  return new Set([...receive].filter(([family, types]) => families.has(family) && types.some(isPrefixes)).map(([family]) => family));
}

/** RFC 5292 §3: REMOVE names the whole entry. */
function isSame(a: AddOrRemove, b: AddOrRemove): boolean {
  return a.match === b.match && a.prefix === b.prefix && a.minLength === b.minLength && a.maxLength === b.maxLength;
}

/** RFC 5292 §2: a length of 0 is not given. Without both, the prefix alone matches; without one, its end of the range is open. */
function filterEntry({ sequence, match, prefix, minLength, maxLength }: AddOrRemove, bits: number): PrefixFilterEntry {
  const [address = '', text = ''] = prefix.split('/');
  const length = Number(text);
  const isExact = minLength === 0 && maxLength === 0;
  return {
    sequence,
    deny: match === 'deny',
    prefix: Uint8Array.of(length, ...addressBytes(address).subarray(0, (length + 7) >>> 3)),
    minLength: isExact || minLength === 0 ? length : minLength,
    maxLength: isExact ? length : maxLength === 0 ? bits : maxLength,
  };
}
