/**
 * What is ours in an attribute set: our AS numbers, our BGP Identifier (which is our cluster identifier too), our addresses as next hop.
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

export class OwnIdentity {
  readonly localAs: number;
  readonly bgpIdentifier: number;
  /**
   * Whether AttrFlag.Own of every interned set is up to date. While it is not, the flag says nothing and each set is looked at.
   * The owner of the sets sets it.
   */
  settled = true;
  #localAses: ReadonlySet<number>;
  #addressKeys: ReadonlySet<number> = new Set();

  constructor(localAs: number, bgpIdentifier: number) {
    this.localAs = localAs;
    this.bgpIdentifier = bgpIdentifier;
    this.#localAses = new Set([localAs]);
  }

  /** Whether all that is ours towards this peer is in the union. */
  covers(towards: OwnTowardsPeer): boolean {
    return this.#localAses.has(towards.localAs) && towards.addresses.every((address) => this.#addressKeys.has(keyOf(address)));
  }

  /** Forms the union again. Sets interned before do not know of it: see `settled`. */
  unite(all: readonly OwnTowardsPeer[]): void {
    this.#localAses = new Set([this.localAs, ...all.map(({ localAs }) => localAs)]);
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
