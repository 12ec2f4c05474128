/**
 * A peer of a RIB under test: sends UPDATEs by value, and keeps what it was sent as a view (prefix -> attributes), as a router would.
 */
import assert from 'node:assert/strict';
import {
  Afi,
  type AsPathSegment,
  addressBytes,
  ByteWriter,
  DEFAULT_CONTEXT,
  decodeUpdate,
  encodeTypedNlri,
  encodeUpdate,
  type Family,
  Fault,
  familyCodec,
  formatFamily,
  formatNlri,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type IpPrefix,
  type LargeCommunity,
  type Nlri,
  type PathAttribute,
  parseExtendedCommunity,
  parseIpv4,
  parseNlri,
  readU16,
  readU32,
  toHex,
  toJson,
  type UpdateMessage,
} from '@tsbgp/wire';
import {
  type AsPathOptions,
  type DampingOptions,
  type ExportObserver,
  type ExportPolicy,
  type ImportPolicy,
  type LimitOptions,
  PeerKind,
  type PeerOptions,
  Rib,
  type RibOptions,
  type RibPeer,
  type RouteServerOptions,
  type StaleExport,
  type ValidationOptions,
} from '../src/index.ts';

export interface FakePeerOptions {
  readonly address: string;
  readonly as: number;
  readonly localAs: number;
  readonly routeServerClient?: boolean;
  readonly fourOctetAs?: boolean;
  readonly extendedMessage?: boolean;
  /** Takes path identifiers of these families (RFC 7911). */
  readonly addPath?: readonly Family[];
  readonly nextHopSelfAlways?: boolean;
  /** Our own next hops. @default 198.51.100.1 and 2001:db8:ffff::1 */
  readonly nextHopSelf?: ReadonlyMap<Family, Uint8Array>;
  readonly link?: string;
  /** Uses AIGP (RFC 7311 §3.3). @default if it is an internal peer */
  readonly aigp?: boolean;
  readonly importAccept?: boolean;
  readonly exportAccept?: boolean;
  /** Whether IPv4 routes may have IPv6 next hops (RFC 8950). @default not known */
  readonly extendedNextHop?: boolean;
  readonly routeServer?: RouteServerOptions;
  readonly addPathMax?: number;
  /** Sends path identifiers (RFC 7911). */
  readonly sendsAddPath?: boolean;
  /** In another AS of our confederation. */
  readonly confederationExternal?: boolean;
  /** We are in a confederation, and this peer too. @default that it is in another AS of it */
  readonly confederation?: boolean;
  readonly reflectorClient?: boolean;
  readonly clusterId?: number;
  readonly clientToClient?: boolean;
  /** Our role towards the peer (RFC 9234). */
  readonly role?: number | undefined;
  readonly asPathOptions?: AsPathOptions;
  readonly nextHopUnchanged?: boolean;
  readonly gracefulShutdown?: boolean;
  readonly obeysGracefulShutdown?: boolean;
  readonly blackholeMark?: 'no-export' | 'no-advertise' | undefined;
  /** What this peer may not name as next hop. */
  readonly ownAddresses?: readonly string[];
  readonly limits?: LimitOptions;
  readonly keepRejected?: boolean;
  /** Is sent nothing before its first prefix filter (RFC 5291). */
  readonly awaitsPrefixFilter?: boolean;
  /** Families in which it is sent a default route of ours. */
  readonly defaultOriginate?: readonly Family[];
  /** What is validated of its routes. */
  readonly validation?: ValidationOptions;
  /** What it is sent of routes with LLGR_STALE (RFC 9494). */
  readonly staleRoutes?: StaleExport;
  /** Its routes are suppressed when they flap. */
  readonly damping?: DampingOptions;
  readonly importPolicy?: ImportPolicy | undefined;
  readonly exportPolicy?: ExportPolicy | undefined;
  readonly policySubject?: object;
  /** @default IPv4 and IPv6 unicast */
  readonly families?: readonly Family[];
}

export interface Announcement {
  readonly prefix: string;
  readonly asPath: readonly number[];
  /** In the place of `asPath`. */
  readonly segments?: readonly AsPathSegment[];
  readonly nextHop?: string;
  readonly med?: number;
  readonly localPref?: number;
  readonly communities?: readonly number[];
  readonly extendedCommunities?: readonly string[];
  readonly largeCommunities?: readonly LargeCommunity[];
  readonly pathIdentifier?: number;
  readonly originatorId?: string;
  readonly aigp?: number;
  readonly clusterList?: readonly string[];
  readonly onlyToCustomer?: number;
}

export class FakePeer {
  readonly name: string;
  kind: PeerKind;
  readonly as: number;
  readonly localAs: number;
  /** What this peer holds from us: prefix -> attributes as JSON text. */
  readonly view: Map<string, string> = new Map();
  /** The same, as values; MP_REACH_NLRI among them. */
  readonly attributes: Map<string, readonly PathAttribute[]> = new Map();
  readonly endOfRib: Family[] = [];
  messages = 0;
  /** What was sent, in order: "announce PREFIX", "withdraw PREFIX", "end-of-rib FAMILY". */
  readonly log: string[] = [];
  /** Thrown by the next `write`. */
  throws: Error | undefined;
  backlogBytes = 0;
  ribPeer: RibPeer | undefined;
  #options: FakePeerOptions;
  readonly #rib: Rib;

  constructor(rib: Rib, options: FakePeerOptions) {
    this.#rib = rib;
    this.#options = options;
    this.name = options.address;
    this.as = options.as;
    this.localAs = options.localAs;
    this.kind = kindOf(options);
  }

  /** Establishes the session, with other options where some are given. */
  up(options?: Partial<FakePeerOptions>): void {
    this.#options = { ...this.#options, ...options };
    this.kind = kindOf(this.#options);
    this.view.clear();
    this.attributes.clear();
    this.ribPeer = this.#rib.addPeer(this.#peerOptions());
  }

  /** Gives the session other options while it lasts. */
  change(options: Partial<FakePeerOptions>): void {
    assert.ok(this.ribPeer);
    this.#options = { ...this.#options, ...options };
    this.#rib.changePeer(this.ribPeer, this.#peerOptions());
  }

  /** The session is lost, and its routes of these families are kept. */
  suspend(...kept: readonly Family[]): void {
    assert.ok(this.ribPeer);
    this.#rib.suspendPeer(this.ribPeer, new Set(kept));
    this.view.clear();
    this.attributes.clear();
  }

  /** The session is back. */
  resume(options?: Partial<FakePeerOptions>): void {
    assert.ok(this.ribPeer);
    this.#options = { ...this.#options, ...options };
    this.ribPeer = this.#rib.resumePeer(this.ribPeer, this.#peerOptions());
  }

  down(): void {
    assert.ok(this.ribPeer);
    this.#rib.removePeer(this.ribPeer);
    this.ribPeer = undefined;
  }

  announce(...routes: Announcement[]): Fault | undefined {
    for (const route of routes) {
      const fault = this.raw(encodeUpdate({ type: 'update', withdrawn: [], ...this.#update(route) }, this.#context()));
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  withdraw(prefix: string, pathIdentifier?: number): Fault | undefined {
    const nlri = ipPrefix(prefix, pathIdentifier);
    const update: Pick<UpdateMessage, 'withdrawn' | 'attributes'> =
      nlri.family === IPV4_UNICAST
        ? { withdrawn: [nlri], attributes: [] }
        : { withdrawn: [], attributes: [{ type: 'mp-unreach-nlri', flags: 0x80, value: { family: nlri.family, nlri: [nlri] } }] };
    return this.raw(encodeUpdate({ type: 'update', nlri: [], ...update }, this.#context()));
  }

  /** Announces NLRI of any family, in wire's text, with these attributes and this next hop; none where it is empty. */
  announceNlri(family: Family, texts: readonly string[], attributes: readonly PathAttribute[], nextHop: string): Fault | undefined {
    const nlri = texts.map((text) => parseNlri(text, family));
    const value = { family, nextHops: nextHop === '' ? [] : [nextHop], nlri };
    return this.#send([...attributes, { type: 'mp-reach-nlri', flags: 0x80, value }]);
  }

  withdrawNlri(family: Family, ...texts: readonly string[]): Fault | undefined {
    const nlri = texts.map((text) => parseNlri(text, family));
    return this.#send([{ type: 'mp-unreach-nlri', flags: 0x80, value: { family, nlri } }]);
  }

  #send(attributes: PathAttribute[]): Fault | undefined {
    return this.raw(encodeUpdate({ type: 'update', withdrawn: [], nlri: [], attributes }, this.#context()));
  }

  /** BoRR and EoRR (RFC 7313). */
  beginRefresh(family: 'ipv4' | 'ipv6'): void {
    assert.ok(this.ribPeer);
    this.#rib.beginRefresh(this.ribPeer, family === 'ipv4' ? IPV4_UNICAST : IPV6_UNICAST);
  }

  endRefresh(family: 'ipv4' | 'ipv6'): boolean {
    assert.ok(this.ribPeer);
    return this.#rib.endRefresh(this.ribPeer, family === 'ipv4' ? IPV4_UNICAST : IPV6_UNICAST);
  }

  /** LLGR (RFC 9494 §4.2). */
  keepForLong(family: 'ipv4' | 'ipv6'): void {
    assert.ok(this.ribPeer);
    this.#rib.keepForLong(this.ribPeer, family === 'ipv4' ? IPV4_UNICAST : IPV6_UNICAST);
  }

  /** Announces prefixes of one family with these attributes, to which NEXT_HOP or MP_REACH_NLRI comes. */
  announceWith(attributes: readonly PathAttribute[], nextHops: readonly string[], ...prefixes: string[]): Fault | undefined {
    const nlri = prefixes.map((prefix) => ipPrefix(prefix));
    const { family } = nlri[0]!;
    const own = family === IPV4_UNICAST;
    const next: PathAttribute = own
      ? { type: 'next-hop', flags: 0x40, value: nextHops[0]! }
      : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [...nextHops], nlri } };
    const update: UpdateMessage = { type: 'update', withdrawn: [], attributes: [...attributes, next], nlri: own ? nlri : [] };
    return this.raw(encodeUpdate(update, this.#context()));
  }

  /** An UPDATE body as it is. */
  raw(body: Uint8Array): Fault | undefined {
    assert.ok(this.ribPeer);
    return this.#rib.ingest(this.ribPeer, body, 0, body.length);
  }

  #update(route: Announcement): { attributes: PathAttribute[]; nlri: IpPrefix[] } {
    const nlri = ipPrefix(route.prefix, route.pathIdentifier);
    const ipv4 = nlri.family === IPV4_UNICAST;
    const nextHop = route.nextHop ?? (ipv4 ? this.#ipv4Address() : '2001:db8::1');
    const attributes: PathAttribute[] = [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: segmentsOf(route) },
    ];
    if (ipv4) attributes.push({ type: 'next-hop', flags: 0x40, value: nextHop });
    if (route.med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: route.med });
    if (route.localPref !== undefined) attributes.push({ type: 'local-pref', flags: 0x40, value: route.localPref });
    if (route.communities !== undefined) attributes.push({ type: 'communities', flags: 0xc0, value: [...route.communities] });
    if (route.largeCommunities !== undefined)
      attributes.push({ type: 'large-communities', flags: 0xc0, value: [...route.largeCommunities] });
    if (route.extendedCommunities !== undefined) {
      attributes.push({ type: 'extended-communities', flags: 0xc0, value: route.extendedCommunities.map(parseExtendedCommunity) });
    }
    if (route.originatorId !== undefined) attributes.push({ type: 'originator-id', flags: 0x80, value: route.originatorId });
    if (route.aigp !== undefined)
      attributes.push({ type: 'aigp', flags: 0x80, value: [{ name: 'metric', fields: { value: BigInt(route.aigp) } }] });
    if (route.clusterList !== undefined) attributes.push({ type: 'cluster-list', flags: 0x80, value: [...route.clusterList] });
    if (route.onlyToCustomer !== undefined) attributes.push({ type: 'only-to-customer', flags: 0xc0, value: route.onlyToCustomer });
    if (!ipv4) attributes.push({ type: 'mp-reach-nlri', flags: 0x80, value: { family: nlri.family, nextHops: [nextHop], nlri: [nlri] } });
    return { attributes, nlri: ipv4 ? [nlri] : [] };
  }

  /** What the RIB sends: whole UPDATEs that fit and decode without a fault. */
  write(messages: Uint8Array): void {
    if (this.throws !== undefined) throw this.throws;
    assert.notEqual(this.ribPeer?.isSuspended, true, 'a session that is lost is sent nothing');
    const context = this.#sendContext();
    for (let at = 0; at < messages.length; ) {
      const length = readU16(messages, at + 16);
      assert.ok(length <= (context.extendedMessage ? 65_535 : 4096), `a message of ${length} octets`);
      assert.ok(at + length <= messages.length, 'messages are whole');
      const update = decodeUpdate(messages, at + 19, at + length, context);
      assert.ok(!(update instanceof Fault), 'the RIB writes well-formed messages');
      assert.equal(update.fault?.reason, undefined);
      at += length;
      this.messages++;
      this.#take(update);
    }
  }

  #take(update: UpdateMessage): void {
    if (update.endOfRib !== undefined) {
      this.endOfRib.push(update.endOfRib);
      this.log.push(`end-of-rib ${formatFamily(update.endOfRib)}`);
    }
    const others = update.attributes.filter(({ type }) => type !== 'mp-reach-nlri' && type !== 'mp-unreach-nlri');
    const shown = JSON.stringify(toJson(others));
    this.#withdrawn(update.withdrawn);
    this.#announced(update.nlri, others, shown);
    for (const attribute of update.attributes) {
      if (attribute.type === 'mp-unreach-nlri') this.#withdrawn(attribute.value.nlri);
      else if (attribute.type === 'mp-reach-nlri') {
        this.#announced(attribute.value.nlri, update.attributes, `${attribute.value.nextHops.join(' ')} ${shown}`);
      }
    }
  }

  #withdrawn(nlri: readonly Nlri[]): void {
    for (const route of nlri) {
      this.log.push(`withdraw ${route.type === 'ip-prefix' ? route.prefix : formatNlri(route)}`);
      this.view.delete(keyOf(route));
      this.attributes.delete(keyOf(route));
    }
  }

  #announced(nlri: readonly Nlri[], attributes: readonly PathAttribute[], shown: string): void {
    for (const route of nlri) {
      assert.equal(route.pathIdentifier !== undefined, this.#sendContext().addPath.has(route.family));
      this.log.push(`announce ${route.type === 'ip-prefix' ? route.prefix : formatNlri(route)}`);
      this.view.set(keyOf(route), route.type === 'ip-prefix' ? shown : `${formatNlri(route)} | ${shown}`);
      this.attributes.set(keyOf(route), attributes);
    }
  }

  #context() {
    const { fourOctetAs = true, extendedMessage = false, extendedNextHop, sendsAddPath = false } = this.#options;
    const { confederationExternal = false, confederation = confederationExternal } = this.#options;
    return {
      ...DEFAULT_CONTEXT,
      fourOctetAs,
      extendedMessage,
      addPath: new Set(sendsAddPath ? this.#families : []),
      peerType: this.kind === PeerKind.Internal && !confederationExternal ? 'ibgp' : 'ebgp',
      confederation,
      ...(this.#options.aigp !== undefined && { aigp: this.#options.aigp }),
      ...(extendedNextHop !== undefined && { extendedNextHop: new Map(extendedNextHop ? [[IPV4_UNICAST, new Set([Afi.Ipv6])]] : []) }),
    } as const;
  }

  #sendContext() {
    return { ...this.#context(), addPath: new Set(this.#options.addPath ?? []) } as const;
  }

  get #families(): readonly Family[] {
    return this.#options.families ?? [IPV4_UNICAST, IPV6_UNICAST];
  }

  #ipv4Address(): string {
    return this.#options.address.includes(':') ? '192.0.2.99' : this.#options.address;
  }

  #peerOptions(): PeerOptions {
    const options = this.#options;
    return {
      name: this.name,
      kind: this.kind,
      remoteAs: options.as,
      localAs: options.localAs,
      bgpIdentifier: readU32(parseIpv4(this.#ipv4Address())!, 0),
      address: addressBytes(options.address),
      families: this.#families,
      receive: this.#context(),
      send: this.#sendContext(),
      nextHopSelf:
        options.nextHopSelf ??
        new Map([
          [IPV4_UNICAST, addressBytes('198.51.100.1')],
          [IPV6_UNICAST, addressBytes('2001:db8:ffff::1')],
        ]),
      link: options.link,
      routeServerClient: options.routeServerClient ?? false,
      ...(options.routeServer && { routeServer: options.routeServer }),
      ...(options.addPathMax !== undefined && {
        addPathMax: new Map(this.#families.map((family) => [family, options.addPathMax!])),
      }),
      nextHopSelfAlways: options.nextHopSelfAlways ?? false,
      importAccept: options.importAccept ?? true,
      exportAccept: options.exportAccept ?? true,
      ...(options.confederationExternal && { confederationExternal: true }),
      ...(options.reflectorClient && { reflectorClient: true }),
      ...(options.clusterId !== undefined && { clusterId: options.clusterId }),
      ...(options.clientToClient !== undefined && { clientToClient: options.clientToClient }),
      role: options.role,
      asPath: options.asPathOptions ?? {},
      validation: options.validation,
      limits: options.limits,
      keepRejected: options.keepRejected ?? true,
      awaitsPrefixFilter: new Set(options.awaitsPrefixFilter === true ? [IPV4_UNICAST, IPV6_UNICAST] : []),
      ...(options.defaultOriginate && { defaultOriginate: options.defaultOriginate }),
      ...(options.damping && { damping: options.damping }),
      importPolicy: options.importPolicy,
      exportPolicy: options.exportPolicy,
      policySubject: options.policySubject,
      ...(options.staleRoutes && { staleRoutes: options.staleRoutes }),
      nextHopUnchanged: options.nextHopUnchanged ?? false,
      gracefulShutdown: options.gracefulShutdown ?? false,
      obeysGracefulShutdown: options.obeysGracefulShutdown ?? false,
      blackholeMark: options.blackholeMark,
      ownAddresses: (options.ownAddresses ?? []).map(addressBytes),
      port: this,
    };
  }
}

function kindOf({ as, localAs, confederationExternal = false }: FakePeerOptions): PeerKind {
  return as === localAs || confederationExternal ? PeerKind.Internal : PeerKind.External;
}

function segmentsOf({ asPath, segments }: Announcement): AsPathSegment[] {
  if (segments !== undefined) return [...segments];
  return asPath.length === 0 ? [] : [{ type: 'sequence', asns: [...asPath] }];
}

function ipPrefix(prefix: string, pathIdentifier?: number): IpPrefix {
  const family = prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST;
  return { type: 'ip-prefix', family, prefix, ...(pathIdentifier !== undefined && { pathIdentifier }) };
}

/** What identifies a route: a prefix, or the octets of another family. With ADD-PATH it has a key for each path. */
function keyOf(nlri: Nlri): string {
  return nlri.pathIdentifier === undefined ? routeOf(nlri) : `${routeOf(nlri)} ${nlri.pathIdentifier}`;
}

function routeOf(nlri: Nlri): string {
  if (nlri.type === 'ip-prefix') return nlri.prefix;
  if (nlri.type === 'unknown') return toHex(nlri.bytes);
  const octets = encodeTypedNlri(nlri);
  const key = new ByteWriter();
  familyCodec(nlri.family)!.key(key, octets, 0, octets.length, nlri.family);
  return toHex(key.take());
}

/** Works until nothing is left. */
export function settle(rib: Rib): void {
  for (let turns = 0; rib.work(); turns++) assert.ok(turns < 10_000, 'work comes to an end');
}

/** A RIB of AS 64500 with room for little, so that every column grows. */
export function smallRib(exportObserver?: ExportObserver, localAs = 64_500, more: Partial<RibOptions> = {}): Rib {
  return new Rib({
    localAs,
    bgpIdentifier: 1,
    observer: { fault: (_peer, fault) => assert.fail(fault.reason), endOfRib: () => undefined },
    ...(exportObserver && { exportObserver }),
    capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 },
    ...more,
  });
}
