/**
 * A batch of routes to inject, checked and encoded. It is kept in columns, without an object for each route; equal attributes are encoded
 * once.
 */
import { type AttrId, grown, NONE, type Rib, type RibTable } from '@tsbgp/rib';
import { encodeTypedNlri, type Family, Fault, formatFamily, type Nlri, type PathAttribute } from '@tsbgp/wire';
import { ControlError, type LocalRoute, type LocalRouteKey } from '../control-plane.ts';
import { notRouted } from '../keys/injectable.ts';
import { quote } from '../quote.ts';
import { encodeLocalAttributes } from './local-attributes.ts';
import { readPrefix } from './wire-prefix.ts';

/** Attribute sets that a batch remembers, so that they are encoded once. */
const KNOWN_SETS_MAX = 4096;

/** Octets of a prefix in wire form: its length, then the whole address. */
export const PREFIX_OCTETS = 17;

export class EncodedBatch {
  readonly prefixes: Uint8Array;
  /** By route: the octets of an NLRI that is no plain prefix. */
  readonly #nlri: Map<number, Uint8Array> = new Map();
  /** Attribute sets that were encoded. */
  setCount = 0;
  /** By route: position of its table, index of its set, path identifier (RFC 7911). */
  readonly #tables: Uint8Array;
  readonly #sets: Int32Array;
  readonly #identifiers: Uint32Array;
  readonly #rib: Rib;
  readonly #addFamily: (family: Family) => RibTable;
  /** Attributes -> table and next hop -> index of the set. Emptied when it is full. */
  readonly #known: Map<readonly PathAttribute[], Map<string, number>> = new Map();
  /** The octets of all sets, one after the other; and by set: where its octets end, and its id in the RIB. */
  #octets: Uint8Array = new Uint8Array(1 << 16);
  #end: Int32Array = new Int32Array(256);
  #attr: Int32Array = new Int32Array(256);

  /** `addFamily` gives the table of a family, which is made where it is not there. */
  constructor(rib: Rib, capacity: number, addFamily: (family: Family) => RibTable) {
    this.#rib = rib;
    this.#addFamily = addFamily;
    this.prefixes = new Uint8Array(capacity * PREFIX_OCTETS);
    this.#sets = new Int32Array(capacity);
    this.#tables = new Uint8Array(capacity);
    this.#identifiers = new Uint32Array(capacity);
  }

  familyAt(index: number): LocalRouteKey['family'] {
    return this.#rib.tables[this.#tables[index]!]!.family;
  }

  /** Where the NLRI of a route is: at `offsetAt`. */
  octetsAt(index: number): Uint8Array {
    return (this.#nlri.size === 0 ? undefined : this.#nlri.get(index)) ?? this.prefixes;
  }

  offsetAt(index: number): number {
    return this.#nlri.size > 0 && this.#nlri.has(index) ? 0 : index * PREFIX_OCTETS;
  }

  identifierAt(index: number): number {
    return this.#identifiers[index]!;
  }

  /** Throws ControlError that names `routes[index]` and the field. */
  addRoute(route: LocalRoute, index: number): void {
    if (route.nlri === undefined) {
      const reason = notRouted(this.#readKey(route, index));
      if (reason !== undefined) throw invalid(`routes[${index}].prefix`, `found ${quote(route.prefix)}, ${reason}; it cannot be injected`);
    } else this.addKey(route, index);
    this.#sets[index] = this.#setOf(route, index);
  }

  /** Throws ControlError that names `routes[index]` and the field. */
  addKey(key: LocalRouteKey, index: number): void {
    if (key.nlri === undefined) this.#readKey(key, index);
    else this.#addNlri(key.family, key.nlri, key.pathIdentifier ?? 0, index);
  }

  #addNlri(family: Family, nlri: Nlri, identifier: number, index: number): void {
    if (nlri.type === 'unknown') throw invalid(`routes[${index}].nlri`, 'allowed is an NLRI that can be read');
    this.#tables[index] = this.#addFamily(family).position;
    this.#identifiers[index] = identifier;
    this.#nlri.set(index, encodeTypedNlri(nlri));
  }

  #readKey(key: LocalRouteKey, index: number): ReturnType<typeof readPrefix> {
    const { family } = key;
    if (!this.#rib.has(family)) {
      throw invalid(`routes[${index}].family`, `found ${formatFamily(family)}, allowed are ipv4-unicast and ipv6-unicast`);
    }
    const table = this.#rib.table(family);
    const prefix = readPrefix(key.prefix, `routes[${index}].prefix`);
    if (prefix.bitsMax !== table.index.bitsMax) {
      throw invalid(`routes[${index}].prefix`, `found ${quote(key.prefix)}, which is not of family ${formatFamily(family)}`);
    }
    this.#tables[index] = table.position;
    this.#identifiers[index] = key.pathIdentifier ?? 0;
    this.prefixes.set(prefix.octets, index * PREFIX_OCTETS);
    return prefix;
  }

  /** The id of the route's attribute set. The batch holds it until `release`. */
  attrAt(index: number): AttrId {
    const set = this.#sets[index]!;
    const known = this.#attr[set]!;
    if (known !== NONE) return known as AttrId;
    const octets = this.#octets.subarray(set === 0 ? 0 : this.#end[set - 1]!, this.#end[set]!);
    const attr = this.#rib.internLocal(this.familyAt(index), octets);
    if (attr instanceof Fault) throw new Error(`attributes that were checked are refused: ${attr.reason}`);
    this.#attr[set] = attr;
    return attr;
  }

  release(set: number): void {
    if (this.#attr[set] !== NONE) this.#rib.releaseLocal(this.#attr[set]! as AttrId);
  }

  #setOf({ attributes, nextHop, family }: LocalRoute, index: number): number {
    let byNextHop = this.#known.get(attributes);
    if (byNextHop === undefined) {
      if (this.#known.size >= KNOWN_SETS_MAX) this.#known.clear();
      byNextHop = new Map();
      this.#known.set(attributes, byNextHop);
    }
    const table = this.#tables[index]!;
    const key = `${table} ${nextHop}`;
    const known = byNextHop.get(key);
    if (known !== undefined) return known;
    const set = this.#store(encodeLocalAttributes({ family, nextHop, attributes }, `routes[${index}]`));
    byNextHop.set(key, set);
    return set;
  }

  #store(octets: Uint8Array): number {
    const set = this.setCount++;
    if (set === this.#end.length) {
      this.#end = grown(this.#end, set * 2, set);
      this.#attr = grown(this.#attr, set * 2, set);
    }
    const start = set === 0 ? 0 : this.#end[set - 1]!;
    const end = start + octets.length;
    if (end > this.#octets.length) this.#octets = grown(this.#octets, end * 2, start);
    this.#octets.set(octets, start);
    this.#end[set] = end;
    return set;
  }
}

function invalid(field: string, message: string): ControlError {
  return new ControlError('invalid-argument', field, message);
}
