/**
 * A RIB with a peer for each form in which routes go out, that reads what it is sent as that peer would: for properties and for fuzzing.
 */
import {
  addressBytes,
  decodeUpdate,
  type Family,
  Fault,
  findAttribute,
  formatAddress,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type Nlri,
  type PathAttribute,
  readU16,
  toHex,
  type UpdateMessage,
  type WireContext,
} from '@tsbgp/wire';
import { PeerKind, type PeerOptions, type PeerPort, Rib, type RibPeer } from '../src/index.ts';
import { inject } from './inject.ts';

const LOCAL_AS = 64_500;
const HEADER_LENGTH = 19;
const NO_FAMILIES: ReadonlySet<Family> = new Set();
const FAMILIES: readonly Family[] = [IPV4_UNICAST, IPV6_UNICAST];
const OWN_NEXT_HOPS: ReadonlyMap<Family, Uint8Array> = new Map([
  [IPV4_UNICAST, addressBytes('198.51.100.1')],
  [IPV6_UNICAST, addressBytes('2001:db8:ffff::1')],
]);

/** One form. */
export interface View {
  readonly name: string;
  readonly kind: PeerKind;
  readonly context: WireContext;
  readonly routeServerClient: boolean;
  readonly nextHopSelfAlways: boolean;
  readonly nextHopSelf: ReadonlyMap<Family, Uint8Array>;
}

/** Whose routes are sent to the others. */
export const SOURCES = ['external', 'external two-octet', 'client', 'internal', 'local'] as const;
export type SourceName = (typeof SOURCES)[number];

/** What `forget` withdraws; of anything else it costs a session. */
export const PREFIXES: readonly Uint8Array[] = [Uint8Array.of(24, 192, 0, 2), Uint8Array.of(48, 0x20, 0x01, 0x0d, 0xb8, 0, 1)];

/** An UPDATE body that withdraws them. */
const WITHDRAWAL: Uint8Array = Uint8Array.of(0, 4, ...PREFIXES[0]!, 0, 13, 0x80, 15, 10, 0, 2, 1, ...PREFIXES[1]!);

/** What a view was sent that its peer must not be sent. */
export class WrongMessage extends Error {
  override readonly name = 'WrongMessage';
}

export class EveryView {
  readonly rib: Rib;
  readonly receivers: readonly Receiver[];
  readonly #sources: Map<SourceName, RibPeer> = new Map();

  constructor() {
    const fail = (error: unknown): never => {
      throw error;
    };
    this.rib = new Rib({
      localAs: LOCAL_AS,
      bgpIdentifier: 1,
      observer: { fault: () => undefined, endOfRib: () => undefined },
      exportObserver: {
        notSent: () => undefined,
        exportFailed: (_group, error) => fail(error),
        peerFailed: (_peer, error) => fail(error),
      },
      capacity: { ipv4: 16, ipv6: 16, pathsPerNlri: 8, attributeSets: 16 },
    });
    for (const name of SOURCES) this.#connect(name);
    this.receivers = everyView().map((view, index) => new Receiver(this.rib, view, `203.0.113.${index + 1}`));
    this.settle();
  }

  /**
   * Gives the RIB the UPDATE body of a source (for 'local': its attributes and NLRI), and sees that every view gets what is well formed.
   * Returns whether the session of the source would go on.
   */
  give(name: SourceName, body: Uint8Array): boolean {
    const fault = this.rib.ingest(this.#sources.get(name)!, body, 0, body.length);
    this.settle();
    return fault === undefined;
  }

  /** The local route of a prefix in wire form. Returns whether it was taken. */
  announceLocal(family: Family, prefix: Uint8Array, attributes: Uint8Array): boolean {
    const fault = inject(this.rib, family, prefix, attributes);
    this.settle();
    return fault === undefined;
  }

  /** The source has no routes any more. */
  forget(name: SourceName): void {
    if (name === 'local') {
      for (const prefix of PREFIXES) this.rib.withdrawLocal(prefix.length > 5 ? IPV6_UNICAST : IPV4_UNICAST, prefix, 0);
    } else {
      this.rib.ingest(this.#sources.get(name)!, WITHDRAWAL, 0, WITHDRAWAL.length);
      if (this.rib.tables.some(({ pathCount }) => pathCount > 0)) {
        this.rib.removePeer(this.#sources.get(name)!);
        this.#connect(name);
      }
    }
    this.settle();
  }

  #connect(name: SourceName): void {
    if (name === 'local') return;
    const kind = name === 'internal' ? PeerKind.Internal : PeerKind.External;
    const context = contextOf(kind, { extendedMessage: true, fourOctetAs: name !== 'external two-octet' });
    const port: PeerPort = { write: () => undefined, backlogBytes: 0 };
    const options = peerOptions(name, `192.0.2.${SOURCES.indexOf(name) + 1}`, kind, context, port);
    this.#sources.set(name, this.rib.addPeer({ ...options, routeServerClient: name === 'client', exportAccept: false }));
  }

  settle(): void {
    while (this.rib.work()) {
      // until nothing is left
    }
    for (const receiver of this.receivers) receiver.check();
  }
}

/** A peer of one view. */
export class Receiver implements PeerPort {
  readonly view: View;
  readonly backlogBytes = 0;
  /** What this peer holds from us. */
  readonly routes: Map<string, readonly PathAttribute[]> = new Map();
  readonly #address: string;
  readonly #rib: Rib;
  readonly #peer: RibPeer;

  constructor(rib: Rib, view: View, address: string) {
    this.view = view;
    this.#address = address;
    this.#rib = rib;
    this.#peer = rib.addPeer({
      ...peerOptions(view.name, address, view.kind, view.context, this),
      nextHopSelf: view.nextHopSelf,
      routeServerClient: view.routeServerClient,
      nextHopSelfAlways: view.nextHopSelfAlways,
    });
  }

  write(messages: Uint8Array): void {
    const { context } = this.view;
    for (let at = 0; at < messages.length; ) {
      const length = readU16(messages, at + 16);
      if (length > (context.extendedMessage ? 65_535 : 4096)) this.#wrong(`a message of ${length} octets`);
      if (at + length > messages.length) this.#wrong('a message that is cut off');
      const update = decodeUpdate(messages, at + HEADER_LENGTH, at + length, context);
      if (update instanceof Fault) this.#wrong(`what ends its session: ${update.reason}`);
      if (update.fault !== undefined) this.#wrong(`a fault: ${update.fault.reason}; ${toHex(messages.subarray(at, at + length))}`);
      this.#take(update);
      at += length;
    }
  }

  /** What the peer holds is what the RIB says it holds. */
  check(): void {
    const advertised = this.#rib.membersOf(this.#peer).reduce((sum, member) => sum + member.advertised, 0);
    if (advertised !== this.routes.size) this.#wrong(`${this.routes.size} routes, where ${advertised} count as advertised`);
  }

  #take(update: UpdateMessage): void {
    const { attributes } = update;
    const reach = findAttribute(attributes, 'mp-reach-nlri');
    this.#withdrawn(update.withdrawn);
    this.#withdrawn(findAttribute(attributes, 'mp-unreach-nlri')?.value.nlri ?? []);
    if (update.nlri.length > 0) this.#announced(update.nlri, attributes, [findAttribute(attributes, 'next-hop')?.value ?? 'none']);
    if (reach !== undefined) this.#announced(reach.value.nlri, attributes, reach.value.nextHops);
  }

  #withdrawn(nlri: readonly Nlri[]): void {
    for (const route of nlri) this.routes.delete(this.#prefixOf(route));
  }

  #announced(nlri: readonly Nlri[], attributes: readonly PathAttribute[], nextHops: readonly string[]): void {
    const { view } = this;
    if (findAttribute(attributes, 'origin') === undefined) this.#wrong('no ORIGIN');
    const path = findAttribute(attributes, 'as-path');
    if (path === undefined) this.#wrong('no AS_PATH');
    if (path.value.some(({ type }) => type.startsWith('confed'))) this.#wrong('a segment of a confederation');
    const external = view.kind === PeerKind.External;
    if (external === (findAttribute(attributes, 'local-pref') !== undefined)) this.#wrong(external ? 'LOCAL_PREF' : 'no LOCAL_PREF');
    for (const { flags, type } of attributes) {
      if ((flags & 0x0f) !== 0) this.#wrong(`flags ${flags.toString(16)} of ${type}`);
      if ((flags & 0x20) !== 0 && (flags & 0xc0) !== 0xc0) this.#wrong(`Partial on ${type}`);
    }
    if (nextHops.length === 0) this.#wrong('no next hop');
    for (const nextHop of nextHops) {
      if (nextHop === 'none' || nextHop === '::' || nextHop === '0.0.0.0') this.#wrong(`next hop ${nextHop}`);
      if (/^fe[89ab]/.test(nextHop)) this.#wrong(`next hop ${nextHop}`);
      if (nextHop === this.#address) this.#wrong(`its own address as next hop: ${nextHop}`);
      const own = [...view.nextHopSelf.values()].map((bytes) => formatAddress(bytes));
      if (((external && !view.routeServerClient) || view.nextHopSelfAlways) && !own.includes(nextHop)) this.#wrong(`next hop ${nextHop}`);
    }
    for (const route of nlri) this.routes.set(this.#prefixOf(route), attributes);
  }

  #prefixOf(route: Nlri): string {
    if (route.type !== 'ip-prefix') return this.#wrong('an NLRI that is no prefix');
    if ((route.pathIdentifier !== undefined) !== this.view.context.addPath.has(route.family)) this.#wrong('a path identifier, or none');
    return route.pathIdentifier === undefined ? route.prefix : `${route.prefix} ${route.pathIdentifier}`;
  }

  #wrong(what: string): never {
    throw new WrongMessage(`"${this.view.name}" was sent ${what}`);
  }
}

function everyView(): View[] {
  const views: View[] = [];
  for (const form of ['external', 'client', 'internal', 'internal next-hop-self']) {
    const kind = form.startsWith('internal') ? PeerKind.Internal : PeerKind.External;
    for (const fourOctetAs of [true, false]) {
      for (const extendedMessage of [true, false]) {
        for (const own of [true, false]) {
          // ADD-PATH goes through the same code in every form: one with each length of messages is enough.
          const addPath = !own || form !== 'internal' ? NO_FAMILIES : new Set(FAMILIES);
          views.push({
            name: `${form}${fourOctetAs ? '' : ' two-octet'}${extendedMessage ? ' extended' : ''}${own ? '' : ' without own next hop'}`,
            kind,
            context: contextOf(kind, { fourOctetAs, extendedMessage, addPath }),
            routeServerClient: form === 'client',
            nextHopSelfAlways: form === 'internal next-hop-self',
            nextHopSelf: own ? OWN_NEXT_HOPS : new Map(),
          });
        }
      }
    }
  }
  return views;
}

function contextOf(kind: PeerKind, context: Partial<WireContext>): WireContext {
  const peerType = kind === PeerKind.Internal ? 'ibgp' : 'ebgp';
  return { fourOctetAs: true, addPath: NO_FAMILIES, extendedMessage: false, peerType, ...context };
}

function peerOptions(name: string, address: string, kind: PeerKind, context: WireContext, port: PeerPort): PeerOptions {
  return {
    name,
    kind,
    remoteAs: kind === PeerKind.Internal ? LOCAL_AS : 65_001,
    localAs: LOCAL_AS,
    bgpIdentifier: 1,
    address: addressBytes(address),
    families: FAMILIES,
    receive: { ...context, addPath: NO_FAMILIES },
    send: context,
    nextHopSelf: OWN_NEXT_HOPS,
    routeServerClient: false,
    nextHopSelfAlways: false,
    importAccept: true,
    exportAccept: true,
    port,
  };
}
