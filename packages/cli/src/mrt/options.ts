/** What `tsbgp mrt` is asked to do: plain values, so that worker threads can be given them. */

import { asPathPattern, filterPrefix, type RouteFilterOptions, RouteKind } from '@tsbgp/mrt';
import { addressBytes, parseCommunity, parseLargeCommunity } from '@tsbgp/wire';

export type MrtFormat = 'text' | 'bgpdump' | 'json';

/** Checked when the command line was read. */
export interface MrtOptions {
  readonly format?: MrtFormat;
  readonly summary?: boolean;
  readonly output?: string;
  readonly prefix?: readonly string[];
  readonly longer?: readonly string[];
  readonly shorter?: readonly string[];
  readonly originAs?: readonly number[];
  readonly asPath?: string;
  readonly peer?: readonly string[];
  readonly community?: readonly string[];
  readonly type?: readonly ('announce' | 'withdraw' | 'table' | 'state')[];
  /** Seconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  readonly jobs?: number;
}

const KINDS = { announce: RouteKind.Announced, withdraw: RouteKind.Withdrawn, table: RouteKind.InTable, state: 'state' } as const;

/** The filter that the options ask for; undefined when they ask for none but the time. */
export function filterOf(options: MrtOptions): RouteFilterOptions | undefined {
  const prefixes = (['exact', 'longer', 'shorter'] as const).flatMap((match) =>
    ((match === 'exact' ? options.prefix : options[match]) ?? []).map((text) => filterPrefix(text, match)!),
  );
  const filter: RouteFilterOptions = {
    ...(prefixes.length > 0 && { prefixes }),
    ...(options.originAs && { originAs: options.originAs }),
    ...(options.asPath !== undefined && { asPath: asPathPattern(options.asPath) }),
    ...(options.peer && { peers: options.peer.map((text) => (/^\d+$/.test(text) ? Number(text) : addressBytes(text))) }),
    ...(options.community && { communities: options.community.map(communityOf) }),
    ...(options.type && { kinds: options.type.map((type) => KINDS[type]) }),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

function communityOf(text: string): number | Uint8Array {
  if (text.split(':').length !== 3) return parseCommunity(text);
  const { globalAdministrator, localData1, localData2 } = parseLargeCommunity(text);
  const octets = new Uint8Array(12);
  const view = new DataView(octets.buffer);
  [globalAdministrator, localData1, localData2].forEach((part, i) => view.setUint32(4 * i, part));
  return octets;
}
