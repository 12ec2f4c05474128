/**
 * What is ours in an attribute set: our AS numbers, our BGP Identifier, our cluster identifiers, our addresses as next hop.
 *
 * A set that holds any of it gets AttrFlag.Own when it is interned, once for all peers. Whether that makes a route unusable depends on the
 * peer, and import/unusable.ts looks then. So this is the union of what is ours towards all peers: it may name too much, never too little.
 */
import { IPV4_ADDRESS_OCTETS, ipv4Offset } from './next-hops.ts';
import { viewOf } from './views.ts';

/** What is ours towards one peer. */
export interface OwnTowardsPeer {
  readonly localAs: number;
  /** Of 4 or 16 octets. */
  readonly addresses: readonly Uint8Array[];
}

/** What is ours beside our AS and our BGP Identifier. */
export interface OtherIdentities {
  /** The AS number of our confederation, by which peers outside know us (RFC 5065 §2). @default none */
  readonly confederation?: number | undefined;
  /** @default the BGP Identifier (RFC 4456 §7) */
  readonly clusterId?: number | undefined;
}

export class OwnIdentity {
  readonly localAs: number;
  readonly bgpIdentifier: number;
  readonly confederation: number | undefined;
  readonly clusterId: number;
  /**
   * Whether AttrFlag.Own of every interned set is up to date. While it is not, the flag says nothing and each set is looked at.
   * The owner of the sets sets it.
   */
  settled = true;
  #localAses: ReadonlySet<number>;
  #addressKeys: ReadonlySet<number> = new Set();

  /** Every cluster identifier that we use or have used on some session: what went out with it may come back later. */
  readonly #clusterIds: Set<number>;

  constructor(localAs: number, bgpIdentifier: number, { confederation, clusterId = bgpIdentifier }: OtherIdentities = {}) {
    this.localAs = localAs;
    this.bgpIdentifier = bgpIdentifier;
    this.confederation = confederation;
    this.clusterId = clusterId;
    this.#localAses = new Set([localAs, confederation ?? localAs]);
    this.#clusterIds = new Set([clusterId]);
  }

  /** A session uses this cluster identifier. True where none did before: the flags of interned sets do not know of it. */
  learnClusterId(clusterId: number): boolean {
    if (this.#clusterIds.has(clusterId)) return false;
    this.#clusterIds.add(clusterId);
    return true;
  }

  isClusterId(value: number): boolean {
    return this.#clusterIds.has(value);
  }

  /** Whether an ORIGINATOR_ID or an entry of CLUSTER_LIST may be ours. */
  isReflector(value: number): boolean {
    return value === this.bgpIdentifier || value === this.clusterId || (this.#clusterIds.size > 1 && this.#clusterIds.has(value));
  }

  /** Whether all that is ours towards this peer is in the union. */
  covers(towards: OwnTowardsPeer): boolean {
    return this.#localAses.has(towards.localAs) && towards.addresses.every((address) => this.#addressKeys.has(keyOf(address)));
  }

  /** Forms the union again. Sets interned before do not know of it: see `settled`. */
  unite(all: readonly OwnTowardsPeer[]): void {
    this.#localAses = new Set([this.localAs, this.confederation ?? this.localAs, ...all.map(({ localAs }) => localAs)]);
    this.#addressKeys = new Set(all.flatMap(({ addresses }) => addresses.map(keyOf)));
  }

  /** Our AS towards a session that has another one than the rest of the sessions, as `local-as` gives. */
  get hasOtherAses(): boolean {
    return this.#localAses.size > 1;
  }

  isAs(as: number): boolean {
    return this.#localAses.has(as);
  }

  /** Whether one of our addresses may be the one in `data[start, start + length)`. */
  mayBeAddress(data: DataView, start: number, length: number): boolean {
    return this.#addressKeys.size > 0 && this.#addressKeys.has(addressKey(data, start, length));
  }
}

function keyOf(address: Uint8Array): number {
  return addressKey(viewOf(address), 0, address.length);
}

/** 32 bits of an address. An IPv4-mapped address has the key of its IPv4 address. */
function addressKey(data: DataView, start: number, length: number): number {
  const ipv4 = ipv4Offset(data, start, length);
  if (ipv4 !== -1) return data.getUint32(ipv4);
  let key = length - IPV4_ADDRESS_OCTETS;
  for (let at = start; at + 4 <= start + length; at += 4) key = Math.imul(key ^ data.getUint32(at), 0x9e37_79b1);
  return key >>> 0;
}
