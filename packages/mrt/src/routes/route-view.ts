/** A route in an MRT file as readers of many routes see it: one object for all of them, whose fields say where its parts are. */
import { type Family, formatAddress, IPV4_UNICAST } from '@tsbgp/wire';
import type { MrtRecord } from '../record.ts';
import type { AttributeFacts } from './attribute-facts.ts';
import { TextBuffer } from './text-buffer.ts';

/** A peer of the collector. The same object comes with all routes of a peer, so what is made of it can be kept beside it. */
export class RoutePeer {
  /** 4 or 16 octets. A copy. */
  readonly address: Uint8Array;
  readonly as: number;
  /** Text of the address. */
  readonly addressText: string;
  /** `address|as|`, as in bgpdump's lines. */
  readonly columns: TextBuffer;

  constructor(address: Uint8Array, as: number) {
    this.address = address;
    this.as = as;
    const text = new TextBuffer(64);
    if (address.length === 4) text.ipv4(address, 0);
    else text.ipv6(address, 0);
    this.addressText = formatAddress(address);
    text.octet(0x7c);
    text.decimal(as);
    text.octet(0x7c);
    this.columns = text;
  }
}

/** What happened to the route. */
export const RouteKind = { Announced: 0, Withdrawn: 1, InTable: 2 } as const;
export type RouteKind = (typeof RouteKind)[keyof typeof RouteKind];

/** Where the next hop of the route is to be looked for. */
export const NextHopPlace = {
  /** In NEXT_HOP. */
  Attribute: 0,
  /** In MP_REACH_NLRI, whole as in an UPDATE. */
  MpReach: 1,
  /** In MP_REACH_NLRI if there is one, whole or short, else in NEXT_HOP. */
  Table: 2,
} as const;
export type NextHopPlace = (typeof NextHopPlace)[keyof typeof NextHopPlace];

/** Valid only during the call in which it is given; the next route overwrites it. */
export class RouteView {
  record!: MrtRecord;
  kind: RouteKind = RouteKind.Announced;
  peer!: RoutePeer;
  family: Family = IPV4_UNICAST;
  /** The NLRI is `nlriBytes[nlriStart, nlriEnd)`, without path identifier; of plain prefixes the first octet is the length in bits. */
  nlriBytes!: Uint8Array;
  nlriStart = 0;
  nlriEnd = 0;
  /** -1 when the record has none. */
  pathIdentifier = -1;
  /** Of tables: when the route was received, in seconds since 1970. */
  originatedTime = 0;
  /** Path attributes, in `record.bytes`; empty for a withdrawn route. All routes of one message have the same. */
  attributesStart = 0;
  attributesEnd = 0;
  fourOctetAs = true;
  nextHopPlace: NextHopPlace = NextHopPlace.Attribute;
  /** What the attributes say. Of tables it is not filled: call `facts.scan` if it is needed, once per set. */
  readonly facts: AttributeFacts;

  constructor(facts: AttributeFacts) {
    this.facts = facts;
  }
}

/** Takes what a scanner finds, in the order of the file. */
export interface RouteSink {
  /** A route. The view is borrowed: the next route overwrites it. */
  route(view: RouteView): void;
  /** States are those of RFC 4271 §8.2.2, from 1 for Idle to 6 for Established. */
  stateChange(record: MrtRecord, peer: RoutePeer, oldState: number, newState: number): void;
}
