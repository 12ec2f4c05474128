/** A RIB with peers whose routes a test sets directly, and what the speaker builds on it. */
import { type NlriId, PeerKind, type PeerOptions, Rib, type RibPeer, Verdict } from '@tsbgp/rib';
import { encodeAttributes, type Family, IPV4_UNICAST, IPV6_UNICAST, type PathAttribute, parseAddress } from '@tsbgp/wire';
import { Boundaries } from '../src/boundaries.ts';
import { Background } from '../src/speaker/background.ts';
import { Listings } from '../src/speaker/listing.ts';
import { LocalRoutes } from '../src/speaker/local-routes.ts';
import { Watchers } from '../src/speaker/watchers.ts';
import { readPrefix } from '../src/speaker/wire-prefix.ts';

const CONTEXT = { fourOctetAs: true, addPath: new Set<Family>(), peerType: 'ibgp', extendedMessage: false } as const;

export class RibWorld {
  readonly rib: Rib = new Rib({
    localAs: 64_500,
    bgpIdentifier: 1,
    observer: { fault: () => undefined, endOfRib: () => undefined },
    capacity: { ipv4: 1024, ipv6: 1024, attributeSets: 64 },
  });
  readonly logged: object[] = [];
  readonly boundaries: Boundaries = new Boundaries({ error: (fields: object) => void this.logged.push(fields) });
  readonly background: Background = new Background();
  readonly peers: Map<string, RibPeer> = new Map();
  readonly listings: Listings = new Listings(this.rib, (address) => this.peers.get(address), this.background);
  readonly watchers: Watchers;
  readonly localRoutes: LocalRoutes = new LocalRoutes({
    rib: this.rib,
    background: this.background,
    schedule: () => undefined,
    addFamily: (family) => this.rib.addFamily(family),
  });

  constructor(changesMax?: number) {
    const { rib, listings, background, boundaries } = this;
    this.watchers = new Watchers({ rib, listings, background, boundaries, schedule: () => undefined, changesMax });
  }

  addPeer(name: string, last: number): RibPeer {
    const options: PeerOptions = {
      name,
      kind: PeerKind.External,
      remoteAs: 65_000 + last,
      localAs: 64_500,
      bgpIdentifier: last,
      address: Uint8Array.of(192, 0, 2, last),
      families: [IPV4_UNICAST, IPV6_UNICAST],
      receive: { ...CONTEXT, peerType: 'ebgp' },
      send: { ...CONTEXT, peerType: 'ebgp' },
      nextHopSelf: new Map([[IPV4_UNICAST, Uint8Array.of(192, 0, 2, 254)]]),
      routeServerClient: false,
      nextHopSelfAlways: false,
      importAccept: true,
      exportAccept: true,
      port: { write: () => undefined, backlogBytes: 0 },
    };
    const peer = this.rib.addPeer(options);
    this.peers.set(name, peer);
    return peer;
  }

  /** A route of a peer; more AS numbers make it worse. */
  announce(peer: RibPeer, prefix: string, asPathLength = 1): void {
    const { family, octets } = wire(prefix);
    const attributes: PathAttribute[] = [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: Array.from({ length: asPathLength }, () => 65_001) }] },
      family === IPV4_UNICAST
        ? { type: 'next-hop', flags: 0x40, value: '192.0.2.1' }
        : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: ['2001:db8::1'], nlri: [] } },
    ];
    const attr = this.rib.internLocal(family, encodeAttributes(attributes, CONTEXT));
    if (typeof attr !== 'number') throw new Error(attr.reason);
    const table = this.rib.table(family);
    table.announce(table.index.insertWire(octets, 0), peer, 0, new Verdict().accept(attr), 0);
    this.rib.releaseLocal(attr);
  }

  withdraw(peer: RibPeer, prefix: string): void {
    const { family, octets } = wire(prefix);
    const table = this.rib.table(family);
    table.withdraw(table.index.findWire(octets, 0), peer, 0);
  }

  nlriOf(prefix: string): NlriId {
    const { family, octets } = wire(prefix);
    return this.rib.table(family).index.findWire(octets, 0);
  }

  /** Lets the RIB do all of its work, and wakes the watchers. */
  settle(): void {
    while (this.rib.work());
    this.watchers.flush();
  }
}

function wire(prefix: string): { family: Family; octets: Uint8Array } {
  const family = parseAddress(prefix.split('/')[0]!)!.length === 4 ? IPV4_UNICAST : IPV6_UNICAST;
  return { family, octets: readPrefix(prefix, 'prefix').octets };
}
