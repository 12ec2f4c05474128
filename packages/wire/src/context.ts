/**
 * What a codec must know of a session to read and write its octets: the result of capability negotiation (RFC 5492), or the defaults.
 */
import type { Family } from './family.ts';
import type { SpanRecorder } from './spans.ts';

/** What was negotiated for one direction of a session. */
export interface WireContext {
  /** AS numbers in AS_PATH and AGGREGATOR have four octets (RFC 6793). */
  readonly fourOctetAs: boolean;
  /** Families whose NLRI carry a path identifier in this direction (RFC 7911). */
  readonly addPath: ReadonlySet<Family>;
  /** RFC 7606 treats some attributes of internal and external peers differently. */
  readonly peerType: 'ebgp' | 'ibgp';
  /**
   * Whether the peer belongs to our confederation and may name its members in AS_PATH (RFC 5065 §5). @default true for an internal peer, false
   * for an external one
   */
  readonly confederation?: boolean;
  /** Whether AIGP is in use on the session (RFC 7311 §3.3). @default true for an internal peer, false for an external one */
  readonly aigp?: boolean;
  /**
   * AFIs of the routes for which the sender may replace AS_PATH by BGPSEC_PATH: the sender announced that it sends BGPsec, and the receiver that
   * it accepts it (RFC 8205 §2.2). @default none
   */
  readonly bgpsec?: ReadonlySet<number>;
  /** Records what decoders read and where; see `dissectMessage`. @default none: nothing is recorded */
  readonly spans?: SpanRecorder;
  /**
   * AFIs that a next hop of the family may have besides that of the family (RFC 8950 §4). An MP_REACH_NLRI with a next hop of another AFI ends
   * the session (RFC 7606 §7.11). @default any length that an RFC allows is accepted
   */
  readonly extendedNextHop?: ReadonlyMap<Family, ReadonlySet<number>>;
  /**
   * Families in use. In MP_REACH_NLRI and MP_UNREACH_NLRI of another family only the header is checked, because the rest is not read.
   * @default all
   */
  readonly families?: ReadonlySet<Family>;
  /** RFC 8654. */
  readonly extendedMessage: boolean;
}

const NONE: ReadonlySet<Family> = new Set();

/** An external peer with four-octet AS numbers, without ADD-PATH and without extended messages. */
export const DEFAULT_CONTEXT: WireContext = { fourOctetAs: true, addPath: NONE, peerType: 'ebgp', extendedMessage: false };

/** Whether AIGP is in use on the session (RFC 7311 §3.3). */
export function usesAigp({ aigp, peerType }: WireContext): boolean {
  return aigp ?? peerType === 'ibgp';
}

/** For attributes that are stored, or exchanged between parts of one program: as from an internal peer, so that every attribute is accepted. */
export const STORED_CONTEXT: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };
