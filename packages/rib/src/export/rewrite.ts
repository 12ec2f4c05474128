/**
 * What BGP itself changes in an attribute set on its way out, after policy (RFC 4271 §5, §9.2; RFC 7947 for route server clients).
 *
 *                        external                     route server client      internal
 *   AS_PATH              our AS in front              as it is                 as it is
 *   NEXT_HOP             ours                         as it is                 as it is, or ours if asked
 *   MULTI_EXIT_DISC      only of our own routes       as it is                 as it is
 *   LOCAL_PREF           removed                      removed                  as it is, default added
 *   ORIGINATOR_ID, CLUSTER_LIST   removed             removed                  as they are
 *   unknown, transitive  Partial bit set              Partial bit set          Partial bit set       RFC 4271 §5
 *   unknown, otherwise   removed                      removed                  removed
 *
 * Our own routes go to a route server client as to any external peer. Done once per attribute set and message, not per route.
 */
import {
  AttributeCode,
  AttributeFlag,
  attributeCodec,
  decodeAttributes,
  encodeAttributes,
  narrowAs,
  type WireContext,
  writeU32,
} from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { headerLength, valueLength } from '../attributes/block.ts';
import { DEFAULT_LOCAL_PREF } from '../attributes/facts.ts';
import { PeerKind, type RibPeer } from '../peer.ts';

const SEGMENT_AS_SEQUENCE = 2;
const SEGMENT_LENGTH_MAX = 255;

export interface ExportView {
  readonly kind: PeerKind;
  readonly localAs: number;
  readonly routeServerClient: boolean;
  readonly nextHopSelfAlways: boolean;
  /** Our own next hop for the family of the group; undefined where we have none. */
  readonly nextHopSelf: Uint8Array | undefined;
  readonly context: WireContext;
}

/** Rewrites into its own buffers, which the next call overwrites. */
export class AttributeRewriter {
  /** The path attributes without MP_REACH_NLRI are `bytes[0, length)`. */
  bytes: Uint8Array = new Uint8Array(8192);
  length = 0;
  /** Next hop field of MP_REACH_NLRI, for sets that have one. */
  readonly nextHop: Uint8Array = new Uint8Array(64);
  nextHopLength = 0;

  readonly #view: ExportView;

  constructor(view: ExportView) {
    this.#view = view;
  }

  /** Writes the attributes of a set as they go out to peers of this view, learned from `source`. */
  write(attributes: AttributeTable, attr: number, source: RibPeer): void {
    const data = attributes.arena.data;
    const start = attributes.offset[attr]!;
    const end = start + attributes.length[attr]!;
    const view = this.#view;
    const ownRoute = source.kind === PeerKind.Local;
    const transparent = view.routeServerClient && !ownRoute;
    const external = view.kind === PeerKind.External;
    if (this.bytes.length < end - start + 64) this.bytes = new Uint8Array((end - start) * 2 + 64);
    this.length = 0;
    this.nextHopLength = 0;
    let localPrefSeen = false;
    for (let offset = start; offset < end; ) {
      const code = data[offset + 1]!;
      const value = offset + headerLength(data, offset);
      const next = value + valueLength(data, offset);
      switch (code) {
        case AttributeCode.AsPath:
          if (external && !transparent) this.#prepend(data, value, next);
          else this.#copy(data, offset, next);
          break;
        case AttributeCode.NextHop:
          this.#copy(data, offset, next);
          if (this.#ownNextHop(data, value, 4, transparent, ownRoute)) this.bytes.set(view.nextHopSelf!, this.length - 4);
          break;
        case AttributeCode.MpReachNlri:
          this.#mpNextHop(data, value, transparent, ownRoute);
          break;
        case AttributeCode.MultiExitDisc:
          if (!external || transparent || ownRoute) this.#copy(data, offset, next);
          break;
        case AttributeCode.LocalPref:
          localPrefSeen = true;
          if (!external) this.#copy(data, offset, next);
          break;
        case AttributeCode.OriginatorId:
        case AttributeCode.ClusterList:
          if (!external) this.#copy(data, offset, next);
          break;
        default:
          if (!external && !localPrefSeen && code > AttributeCode.LocalPref) {
            this.#defaultLocalPref();
            localPrefSeen = true;
          }
          this.#other(data, offset, next, code, external);
      }
      offset = next;
    }
    if (!external && !localPrefSeen) this.#defaultLocalPref();
    if (!view.context.fourOctetAs) this.#narrow();
  }

  /** Anything that has no rule of its own here. */
  #other(data: Uint8Array, start: number, end: number, code: number, external: boolean): void {
    const flags = data[start]!;
    const transitive = (flags & AttributeFlag.Transitive) !== 0;
    if (attributeCodec(code) === undefined) {
      if (!transitive) return;
      this.#copy(data, start, end);
      this.bytes[this.length - (end - start)] = flags | AttributeFlag.Partial;
    } else if (transitive || !external) {
      this.#copy(data, start, end);
    }
  }

  #ownNextHop(data: Uint8Array, nextHop: number, length: number, transparent: boolean, ownRoute: boolean): boolean {
    const view = this.#view;
    if (view.nextHopSelf === undefined || transparent) return false;
    if (view.kind === PeerKind.External || view.nextHopSelfAlways) return true;
    return ownRoute && isUnspecified(data, nextHop, length);
  }

  #mpNextHop(data: Uint8Array, value: number, transparent: boolean, ownRoute: boolean): void {
    const length = data[value + 3]!;
    const own = this.#ownNextHop(data, value + 4, Math.min(length, 16), transparent, ownRoute);
    const from = own ? this.#view.nextHopSelf! : data.subarray(value + 4, value + 4 + length);
    this.nextHop.set(from);
    this.nextHopLength = from.length;
  }

  /** AS_PATH with our AS in front (RFC 4271 §5.1.2 b): in its first sequence while that has room, else in a new one. */
  #prepend(data: Uint8Array, start: number, end: number): void {
    const joins = end > start && data[start] === SEGMENT_AS_SEQUENCE && data[start + 1]! < SEGMENT_LENGTH_MAX;
    const length = end - start + (joins ? 4 : 6);
    const out = this.bytes;
    let at = this.length;
    if (length > 255) {
      out[at++] = AttributeFlag.Transitive | AttributeFlag.ExtendedLength;
      out[at++] = AttributeCode.AsPath;
      out[at++] = length >>> 8;
    } else {
      out[at++] = AttributeFlag.Transitive;
      out[at++] = AttributeCode.AsPath;
    }
    out[at++] = length;
    out[at++] = SEGMENT_AS_SEQUENCE;
    out[at++] = joins ? data[start + 1]! + 1 : 1;
    writeU32(out, at, this.#view.localAs);
    at += 4;
    for (let from = joins ? start + 2 : start; from < end; from++) out[at++] = data[from]!;
    this.length = at;
  }

  #defaultLocalPref(): void {
    const out = this.bytes;
    out[this.length] = AttributeFlag.Transitive;
    out[this.length + 1] = AttributeCode.LocalPref;
    out[this.length + 2] = 4;
    writeU32(out, this.length + 3, DEFAULT_LOCAL_PREF);
    this.length += 7;
  }

  #copy(data: Uint8Array, start: number, end: number): void {
    const out = this.bytes;
    let at = this.length;
    for (let from = start; from < end; from++) out[at++] = data[from]!;
    this.length = at;
  }

  /** RFC 6793 §4.2.2, for the few peers without four-octet AS numbers: the long way through the typed codec. */
  #narrow(): void {
    const { context } = this.#view;
    const { attributes } = decodeAttributes(this.bytes, 0, this.length, { ...context, fourOctetAs: true });
    const narrowed = encodeAttributes(narrowAs(attributes), context);
    this.bytes.set(narrowed);
    this.length = narrowed.length;
  }
}

function isUnspecified(data: Uint8Array, offset: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (data[offset + i] !== 0) return false;
  return true;
}
