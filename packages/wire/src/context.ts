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
  /** The peer belongs to our confederation, so that an external one too may speak of it in AS_PATH (RFC 5065 §5). @default false */
  readonly confederation?: boolean;
  /**
   * AFIs of the routes for which the sender may put BGPSEC_PATH in the place of AS_PATH: it said that it sends BGPsec, the receiver that it
   * takes it (RFC 8205 §2.2). @default none
   */
  readonly bgpsec?: ReadonlySet<number>;
  /** Told what decoders read and where; see `dissectMessage`. @default none: nothing is recorded */
  readonly spans?: SpanRecorder;
  /** RFC 8654. */
  readonly extendedMessage: boolean;
}

const NONE: ReadonlySet<Family> = new Set();

/** An external peer with four-octet AS numbers, without ADD-PATH and without extended messages. */
export const DEFAULT_CONTEXT: WireContext = { fourOctetAs: true, addPath: NONE, peerType: 'ebgp', extendedMessage: false };
