/** The tables of a RIB, one for each of its families: those of IPv4 and IPv6 unicast from the beginning, others once they are used. */
import { Afi, afiOf, type Family } from '@tsbgp/wire';
import { rowOf } from '@tsbgp/wire/scan';
import type { AttributeTable } from './attributes/attribute-table.ts';
import { Ipv4Index } from './nlri/ipv4-index.ts';
import { Ipv6Index } from './nlri/ipv6-index.ts';
import type { NlriIndex } from './nlri/nlri-index.ts';
import { OctetIndex } from './nlri/octet-index.ts';
import { PathOctets } from './nlri/path-octets.ts';
import type { RibPeer } from './peer.ts';
import type { RibOptions } from './rib-options.ts';
import { RibTable } from './table.ts';

/** Few of the other families are used, and fewer have many routes: their tables begin small. */
const NLRI_CAPACITY = 1 << 12;
const PATHS_PER_NLRI = 2;

export class Tables {
  /** By position. */
  readonly all: RibTable[] = [];
  /** Those of the tables, by position. */
  readonly families: Family[] = [];
  readonly of: Map<Family, RibTable> = new Map();
  readonly #attributes: AttributeTable;
  readonly #peers: readonly (RibPeer | undefined)[];

  constructor(attributes: AttributeTable, peers: readonly (RibPeer | undefined)[], capacity: RibOptions['capacity'] = {}) {
    const { ipv4 = 1 << 21, ipv6 = 1 << 19, pathsPerNlri = PATHS_PER_NLRI } = capacity;
    this.#attributes = attributes;
    this.#peers = peers;
    this.#add(new Ipv4Index(ipv4), ipv4, pathsPerNlri);
    this.#add(new Ipv6Index(ipv6), ipv6, pathsPerNlri);
  }

  /** A table for one more family. Prefixes have indexes of their own, which need less memory than octets. */
  add(family: Family): RibTable {
    if (rowOf(family)?.type !== 'ip-prefix') {
      const octets = new OctetIndex(family);
      return this.#add(octets, NLRI_CAPACITY, PATHS_PER_NLRI, new PathOctets(octets));
    }
    const index = afiOf(family) === Afi.Ipv4 ? new Ipv4Index(NLRI_CAPACITY, family) : new Ipv6Index(NLRI_CAPACITY, family);
    return this.#add(index, NLRI_CAPACITY, PATHS_PER_NLRI);
  }

  #add(index: NlriIndex, capacity: number, pathsPerNlri: number, octets?: PathOctets): RibTable {
    const table = new RibTable(this.all.length, index, this.#attributes, this.#peers, capacity, capacity * pathsPerNlri, octets);
    this.all.push(table);
    this.families.push(table.family);
    this.of.set(table.family, table);
    return table;
  }
}
