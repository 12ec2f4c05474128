/**
 * RPKI states of routes: origin validation looked up once per prefix and origin AS, AS_PATHs once per attribute set and direction. Nothing is
 * looked up before it is asked for.
 */
import { AttributeCode } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { grown, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import type { PathId, RibTable } from '../table.ts';
import { AspaState, isValidated, type RouteValidator, RovState } from '../validation-options.ts';
import { OriginMemo } from './origin-memo.ts';
import { announcedState } from './state-community.ts';

const SEGMENT_AS_SET = 1;
const DOWNSTREAM_SHIFT = 4;
const NIBBLE = 0xf;

/** What is known of the routes of a RIB that has a validator. */
export class RouteStates {
  readonly #attributes: AttributeTable;
  readonly #validator: RouteValidator;
  /** By position of the table; undefined for families whose routes are not validated. */
  readonly #origins: readonly (OriginMemo | undefined)[];
  /** By attribute set: the state upstream and one, above it the state downstream and one; 0: not looked up. */
  #paths: Uint8Array = new Uint8Array(0);
  /** By attribute set: the state that it comes with and one. */
  #announced: Uint8Array = new Uint8Array(0);

  constructor(attributes: AttributeTable, tables: readonly RibTable[], validator: RouteValidator) {
    this.#attributes = attributes;
    this.#validator = validator;
    this.#origins = tables.map((table) => {
      if (!isValidated(table.family)) return undefined;
      const memo = new OriginMemo(table.index, validator);
      table.freed = (nlri) => memo.forget(nlri);
      return memo;
    });
    attributes.removed.add((attr) => {
      if (attr < this.#paths.length) this.#paths[attr] = 0;
      if (attr < this.#announced.length) this.#announced[attr] = 0;
    });
  }

  /** The origin validation state of a route: a prefix, the attribute set as it came, the peer that it came from. */
  rov(table: RibTable, nlri: NlriId, attr: number, peer: RibPeer): RovState {
    const memo = this.#origins[table.position];
    if (memo === undefined || peer.kind === PeerKind.Local) return RovState.NotChecked;
    if (peer.kind === PeerKind.Internal && peer.options.validation?.stateCommunity === true) {
      const announced = this.#announcedOf(attr);
      if (announced !== RovState.NotChecked) return announced;
    }
    return memo.stateOf(nlri, this.originOf(attr, peer));
  }

  /** The state of the AS_PATH of a set that came from this peer. */
  aspa(table: RibTable, attr: number, peer: RibPeer): AspaState {
    if (peer.kind !== PeerKind.External || this.#origins[table.position] === undefined) return AspaState.NotChecked;
    const { isDownstream = false, isRouteServer = false } = peer.options.validation ?? {};
    const state = this.#pathOf(attr, isDownstream);
    if (isRouteServer || state === AspaState.NotChecked || this.#attributes.neighborAs[attr] === peer.options.remoteAs) return state;
    return AspaState.Invalid;
  }

  /** The states of a path, for people. */
  of(table: RibTable, path: PathId): { readonly rov: RovState; readonly aspa: AspaState } {
    const peer = table.peerOf(path);
    if (peer === undefined) return { rov: RovState.NotChecked, aspa: AspaState.NotChecked };
    const attr = table.receivedAttrOf(path);
    return { rov: this.rov(table, table.nlriOf(path), attr, peer), aspa: this.aspa(table, attr, peer) };
  }

  /**
   * The AS that routes with this set originate in (RFC 6811 §2): the last one of AS_PATH; ours where there is none but those of a confederation;
   * 0, none, where AS_PATH ends in a set.
   */
  originOf(attr: number, peer: RibPeer): number {
    const origin = this.#attributes.originAs[attr]!;
    if (origin !== 0) return origin;
    const { own, flags } = this.#attributes;
    if ((flags[attr]! & AttrFlag.OddPath) !== 0 && this.#hasSet(attr)) return 0;
    return own.confederation ?? peer.localAs;
  }

  /** Origin validation states of an NLRI may be others. */
  forgetOrigin(table: RibTable, nlri: NlriId): void {
    this.#origins[table.position]?.forget(nlri);
  }

  /** The state of the AS_PATH of a set may be another one: it is forgotten. False where it was not known. */
  forgetPath(attr: number): boolean {
    if (attr >= this.#paths.length || this.#paths[attr] === 0) return false;
    this.#paths[attr] = 0;
    return true;
  }

  #pathOf(attr: number, isDownstream: boolean): AspaState {
    if (attr >= this.#paths.length) this.#paths = grown(this.#paths, this.#attributes.offset.length, this.#paths.length);
    const shift = isDownstream ? DOWNSTREAM_SHIFT : 0;
    const known = (this.#paths[attr]! >>> shift) & NIBBLE;
    if (known !== 0) return (known - 1) as AspaState;
    const { data } = this.#attributes.arena;
    const header = this.#asPath(attr);
    const start = header === NONE ? 0 : header + headerLength(data, header);
    const end = header === NONE ? 0 : start + valueLength(data, header);
    const state = this.#validator.pathState(data, start, end, isDownstream);
    this.#paths[attr]! |= (state + 1) << shift;
    return state;
  }

  #announcedOf(attr: number): RovState {
    if (attr >= this.#announced.length) this.#announced = grown(this.#announced, this.#attributes.offset.length, this.#announced.length);
    const known = this.#announced[attr]!;
    if (known !== 0) return (known - 1) as RovState;
    const state = announcedState(this.#attributes, attr);
    this.#announced[attr] = state + 1;
    return state;
  }

  #hasSet(attr: number): boolean {
    const { data } = this.#attributes.arena;
    const header = this.#asPath(attr);
    if (header === NONE) return false;
    let at = header + headerLength(data, header);
    for (const end = at + valueLength(data, header); at < end; at += 2 + 4 * data[at + 1]!) if (data[at] === SEGMENT_AS_SET) return true;
    return false;
  }

  #asPath(attr: number): number {
    const { arena, offset, length } = this.#attributes;
    return findAttribute(arena.data, offset[attr]!, offset[attr]! + length[attr]!, AttributeCode.AsPath);
  }
}
