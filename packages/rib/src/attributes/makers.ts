/**
 * Who brought which attribute sets: a set counts for the peer that was the first to bring it, for as long as anyone uses it.
 *
 * The sets of a table are shared, so that the exact number of sets that a peer uses would cost a counter for each set and peer. To bound what
 * a peer can make us hold, the sets that were made for it are enough: they cost two steps for each set, and none for a route.
 */
import { grown } from '../columns.ts';

/** A set counts once for each so many octets begun: long ones cost more memory. */
export const SET_UNIT_BYTES = 1024;

/** Whose sets are counted. */
export interface SetMaker {
  /** Told apart from every other one of this run; not 0. */
  readonly token: number;
  /** Its sets that are in use, in units of SET_UNIT_BYTES. */
  attributeSets: number;
}

export class SetMakers {
  readonly #makers: Map<number, SetMaker> = new Map();
  /** By attribute set: the token of its maker, or 0. */
  #tokenOf: Uint32Array = new Uint32Array(0);

  /** The sets that a peer brings are counted from now on. */
  add(maker: SetMaker): void {
    this.#makers.set(maker.token, maker);
  }

  /** The set is new, and this peer brought it. */
  made(attr: number, length: number, maker: SetMaker): void {
    if (attr >= this.#tokenOf.length) this.#tokenOf = grown(this.#tokenOf, Math.max(1024, attr * 2), this.#tokenOf.length);
    this.#tokenOf[attr] = maker.token;
    maker.attributeSets += units(length);
  }

  /** The set is freed. */
  freed(attr: number, length: number): void {
    const token = this.#tokenOf[attr];
    if (token === undefined || token === 0) return;
    this.#tokenOf[attr] = 0;
    const maker = this.#makers.get(token);
    if (maker !== undefined) maker.attributeSets -= units(length);
  }

  /** What a set counts for the session with this token. */
  unitsFor(token: number, attr: number, length: number): number {
    return this.#tokenOf[attr] === token ? units(length) : 0;
  }

  /** The session is over. Its sets that others use count for nobody. */
  remove(maker: SetMaker): void {
    this.#makers.delete(maker.token);
  }
}

function units(length: number): number {
  return Math.max(1, Math.ceil(length / SET_UNIT_BYTES));
}
