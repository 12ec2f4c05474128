/**
 * Control communities: how a client of a route server says who may have its route. RS is the route server's AS, PEER the AS of another client.
 *
 *                          standard         large            extended (route target)
 *   to nobody              0:RS             RS:0:0           rt:0:RS
 *   not to PEER            0:PEER           RS:0:PEER        rt:0:PEER
 *   to PEER                RS:PEER          RS:1:PEER        rt:RS:PEER
 *   to all                 RS:RS            RS:1:0           rt:RS:RS
 *   NO_EXPORT to PEER      65281:PEER       RS:65281:PEER    rt:65281:PEER
 *
 * "Not to PEER" wins over "to PEER", which wins over "to nobody". Without any, a route goes to all. A standard community has no room for AS
 * numbers of four octets: those that name the route server need a stand-in of two octets for one with such a number. An extended one has
 * room for one of the two (RFC 4360 §3.1, RFC 5668).
 */
import { AttributeCode, readU16, readU32 } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { NONE } from '../columns.ts';

/** Which AS numbers mean the route server. */
export interface ControlOptions {
  readonly routeServerAs: number;
  /** Its AS number in standard and two-octet extended communities; undefined where it has none. */
  readonly standIn: number | undefined;
}

/** What the communities of an attribute set ask for, as sets of members. */
export interface Control {
  /** Who may have the route. */
  readonly allowed: bigint;
  /** Who is to get it with NO_EXPORT added. */
  readonly noExport: bigint;
}

/** The members with this AS number. */
export type MembersOf = (as: number) => bigint;

const ALL = -1n;
/** Values for all members and for the action, in large communities. */
const TO_ALL = 0;
const NOT_TO = 0;
const TO = 1;
/** The lower half of NO_EXPORT (RFC 1997). */
const ADD_NO_EXPORT = 65_281;

const ROUTE_TARGET = 0x02;
const TWO_OCTET_AS = 0x00;
const FOUR_OCTET_AS = 0x02;
const AS_MAX_TWO_OCTETS = 0xffff;

/** The stand-in of a route server's AS number: the number itself, where two octets hold it. */
export function controlOptions(routeServerAs: number, standIn?: number): ControlOptions {
  return { routeServerAs, standIn: standIn ?? (routeServerAs <= AS_MAX_TWO_OCTETS ? routeServerAs : undefined) };
}

/** What the communities of a set ask for; undefined where none of them is a control community. */
export function readControl(attributes: AttributeTable, attr: number, options: ControlOptions, membersOf: MembersOf): Control | undefined {
  const asked = new Asked(options, membersOf);
  const { data } = attributes.arena;
  const start = attributes.offset[attr]!;
  const end = start + attributes.length[attr]!;
  const each = (code: number, size: number, read: (at: number) => void): void => {
    const header = findAttribute(data, start, end, code);
    if (header === NONE) return;
    const from = header + headerLength(data, header);
    const to = from + valueLength(data, header);
    for (let at = from; at + size <= to; at += size) read(at);
  };
  each(AttributeCode.Communities, 4, (at) => asked.pair(readU16(data, at), readU16(data, at + 2)));
  each(AttributeCode.LargeCommunities, 12, (at) => {
    if (readU32(data, at) === options.routeServerAs) asked.large(readU32(data, at + 4), readU32(data, at + 8));
  });
  each(AttributeCode.ExtendedCommunities, 8, (at) => {
    if (data[at + 1] !== ROUTE_TARGET) return;
    if (data[at] === TWO_OCTET_AS) asked.pair(readU16(data, at + 2), readU32(data, at + 4));
    if (data[at] === FOUR_OCTET_AS) asked.pair(readU32(data, at + 2), readU16(data, at + 6));
  });
  return asked.control();
}

/** Collects what is asked for, community by community. */
class Asked {
  readonly #options: ControlOptions;
  readonly #membersOf: MembersOf;
  #any = false;
  #nobody = false;
  #notTo = 0n;
  #to = 0n;
  #noExport = 0n;

  constructor(options: ControlOptions, membersOf: MembersOf) {
    this.#options = options;
    this.#membersOf = membersOf;
  }

  /** A standard or extended community `first:second`. */
  pair(first: number, second: number): void {
    const isRouteServer = (as: number): boolean => as === this.#options.standIn || as === this.#options.routeServerAs;
    if (first === 0) this.#deny(second, isRouteServer(second));
    else if (isRouteServer(first)) this.#allow(second, isRouteServer(second));
    else if (first === ADD_NO_EXPORT) this.#addNoExport(this.#membersOf(second));
  }

  /** A large community of the route server: `RS:action:as`. */
  large(action: number, as: number): void {
    if (action === NOT_TO) this.#deny(as, as === TO_ALL);
    else if (action === TO) this.#allow(as, as === TO_ALL);
    else if (action === ADD_NO_EXPORT) this.#addNoExport(as === TO_ALL ? ALL : this.#membersOf(as));
  }

  control(): Control | undefined {
    if (!this.#any) return undefined;
    return { allowed: (this.#nobody ? this.#to : ALL) & ~this.#notTo, noExport: this.#noExport };
  }

  #deny(as: number, everybody: boolean): void {
    this.#any = true;
    if (everybody) this.#nobody = true;
    else this.#notTo |= this.#membersOf(as);
  }

  #allow(as: number, everybody: boolean): void {
    this.#any = true;
    this.#to |= everybody ? ALL : this.#membersOf(as);
  }

  #addNoExport(members: bigint): void {
    this.#any = true;
    this.#noExport |= members;
  }
}
