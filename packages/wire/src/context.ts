/**
 * What a codec must know of a session to read and write its octets; the outcome of capability negotiation (RFC 5492), or its defaults.
 */
import type { Family } from './family.ts';
import type { SpanRecorder } from './spans.ts';

/** What was agreed for one direction of a session. */
export interface WireContext {
  /** AS numbers in AS_PATH and AGGREGATOR have four octets (RFC 6793). */
  readonly fourOctetAs: boolean;
  /** Families whose NLRI carry a path identifier in this direction (RFC 7911). */
  readonly addPath: ReadonlySet<Family>;
  /** RFC 7606 treats some attributes of internal and external peers differently. */
  readonly peerType: 'ebgp' | 'ibgp';
  /**
   * Whether the peer belongs to our confederation and may name its members in AS_PATH (RFC 5065 §5). @default not known: taken as true of an
   * internal peer, as false of an external one
   */
  readonly confederation?: boolean;
  /**
   * AFIs of the routes for which the sender may put BGPSEC_PATH in the place of AS_PATH: it said that it sends BGPsec, the receiver that it
   * takes it (RFC 8205 §2.2). @default none
   */
  readonly bgpsec?: ReadonlySet<number>;
  /** Told what decoders read and where; see `dissectMessage`. @default none: nothing is recorded */
  readonly spans?: SpanRecorder;
  /**
   * AFIs that a next hop of the family may have besides its own (RFC 8950 §4). What an MP_REACH_NLRI has beyond them ends the session
   * (RFC 7606 §7.11). @default not known: any length that a document allows is taken
   */
  readonly extendedNextHop?: ReadonlyMap<Family, ReadonlySet<number>>;
  /**
   * Families in use. Of MP_REACH_NLRI and MP_UNREACH_NLRI of another family only the header is judged, because nobody reads the rest.
   * @default all
   */
  readonly families?: ReadonlySet<Family>;
  /** RFC 8654. */
  readonly extendedMessage: boolean;
}

const NONE: ReadonlySet<Family> = new Set();

/** An external peer with four-octet AS numbers, without ADD-PATH and without extended messages. */
export const DEFAULT_CONTEXT: WireContext = { fourOctetAs: true, addPath: NONE, peerType: 'ebgp', extendedMessage: false };

/** How attributes are stored and exchanged between parts of one program: as from an internal peer, so that none of them is refused. */
export const STORED_CONTEXT: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };
