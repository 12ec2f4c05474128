/**
 * A BMP station: receives from any number of routers, keeps the peers of each, and gives their routes to callbacks as octets. It listens through a server
 * that the program makes (`net.createServer()`, or one with TLS), so that it needs nothing of Node itself.
 *
 * A station never answers (RFC 7854 §3.2). A router that sends what cannot be read is disconnected if the next message cannot be found;
 * otherwise the message is left out and reported.
 */
import {
  AttributeCode,
  type Family,
  HEADER_LENGTH,
  IPV4_UNICAST,
  MessageType,
  makeFamily,
  messageType,
  readU16,
  type WireContext,
} from '@tsbgp/wire';
import { BmpInformation, BmpPeerType } from './codes.ts';
import { type BmpContexts, bmpContext, bmpContexts } from './context.ts';
import { BmpFault } from './fault.ts';
import { BmpFramer } from './framing.ts';
import type { BmpOptions } from './messages/message.ts';
import type { BmpMessage, BmpPeerDown, BmpPeerUp, BmpRouteMirroring, BmpRouteMonitoring, BmpStatisticsReport } from './messages/values.ts';
import { type BmpPeer, bmpPeerKey } from './peer.ts';
import { type BmpTlv, bmpText } from './tlv.ts';

/** What a station needs of a connection; a `net.Socket` and a `tls.TLSSocket` have it. */
export interface BmpConnection {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  /** Octets arrived. */
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  /** The connection is closed. */
  on(event: 'close', listener: () => void): unknown;
  /** Something went wrong; 'close' follows. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Closes the connection at once. */
  destroy(): unknown;
}

/** What a station needs of a server; a `net.Server` has it, and a `tls.Server` with the event 'secureConnection'. */
export interface BmpServer {
  /** A connection was accepted. */
  on(event: string, listener: (connection: BmpConnection) => void): unknown;
}

/** A router that is connected. */
export interface BmpRouter {
  /** As the connection has them; for names see `sysName`. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** From Initiation; undefined before. */
  readonly sysName: string | undefined;
  readonly sysDescr: string | undefined;
  /** The peers that are up. */
  readonly peers: ReadonlyMap<string, BmpRouterPeer>;
  /** Messages that were read. */
  readonly messages: number;
  /** Disconnects. */
  close(): void;
}

/** A peer of a router, as its Peer Up says. */
export interface BmpRouterPeer {
  /** `bmpPeerKey`: the key in `BmpRouter.peers`. */
  readonly key: string;
  readonly peer: BmpPeer;
  readonly peerUp: BmpPeerUp;
  readonly contexts: BmpContexts;
}

/** Which of the RIBs of a peer a route is in. */
export type BmpRib = 'pre-policy' | 'post-policy' | 'pre-policy-out' | 'post-policy-out' | 'loc-rib';

/** What a station tells. Octets and messages are borrowed until the callback returns; every callback is optional. */
export interface BmpStationHandler {
  /** A router has connected. */
  onRouter?(router: BmpRouter): void;
  /** The router says what it is. */
  onInitiation?(router: BmpRouter, information: readonly BmpTlv[]): void;
  /** Also when the peer was up already: its routes begin anew. */
  onPeerUp?(router: BmpRouter, peer: BmpRouterPeer): void;
  /** After it, the routes of the peer are gone (RFC 7854 §4.9). */
  onPeerDown?(router: BmpRouter, peer: BmpRouterPeer | undefined, message: BmpPeerDown): void;
  /** An UPDATE. `context` is how to decode it: `decodeMessage(update, 0, update.length, context)`. */
  onRoutes?(router: BmpRouter, routes: BmpRoutes): void;
  /** The router has sent all routes of this family of a RIB. */
  onEndOfRib?(router: BmpRouter, routes: BmpRoutes, family: Family): void;
  /** Counters and gauges of a peer. */
  onStatistics?(router: BmpRouter, message: BmpStatisticsReport): void;
  /** BGP messages as they came, or what was lost. */
  onMirroring?(router: BmpRouter, message: BmpRouteMirroring): void;
  /** The router says that it will close, and why. */
  onTermination?(router: BmpRouter, information: readonly BmpTlv[]): void;
  /** A message that makes no sense. After one that is fatal, the router is disconnected. */
  onFault?(router: BmpRouter, fault: BmpFault): void;
  /** The connection is closed: all peers and routes of the router are gone. */
  onRouterGone?(router: BmpRouter, error: Error | undefined): void;
}

/** What Route Monitoring says. */
export interface BmpRoutes {
  readonly peer: BmpPeer;
  readonly rib: BmpRib;
  /** The Peer Up of the peer; undefined when the router sent none, which it should have done. */
  readonly known: BmpRouterPeer | undefined;
  /** An UPDATE with its header. */
  readonly update: Uint8Array;
  readonly context: WireContext;
  /** Of version 4. */
  readonly tlvs: BmpRouteMonitoring['tlvs'];
}

/** What a station accepts. */
export interface BmpStationOptions extends BmpOptions {
  /** Routers at the same time; further connections are closed at once. @default 1000 */
  readonly routersMax?: number;
  /** Peers of one router; further ones are a fault, and their routes come without a Peer Up. @default 10000 */
  readonly peersMax?: number;
}

/** @default of `routersMax` */
export const BMP_ROUTERS_MAX = 1000;
/** @default of `peersMax` */
export const BMP_PEERS_MAX = 10_000;

/** Receives from routers, and tells a handler. */
export class BmpStation {
  readonly #handler: BmpStationHandler;
  readonly #options: BmpStationOptions;
  readonly #routers = new Set<Router>();

  constructor(handler: BmpStationHandler, options: BmpStationOptions = {}) {
    this.#handler = handler;
    this.#options = options;
  }

  /** The routers that are connected. */
  get routers(): ReadonlySet<BmpRouter> {
    return this.#routers;
  }

  /** Accepts the connections of a server; its address and port are the program's business. A TLS server has the event 'secureConnection'. */
  listen(server: BmpServer, event: 'connection' | 'secureConnection' = 'connection'): void {
    server.on(event, (connection) => this.accept(connection));
  }

  /** Receives on a connection: one of a server, or one that the program opened to a passive router. Undefined when there are too many routers. */
  accept(connection: BmpConnection): BmpRouter | undefined {
    // Before anything else, because an error without a listener ends the program.
    let failure: Error | undefined;
    connection.on('error', (error) => {
      failure = error;
    });
    if (this.#routers.size >= (this.#options.routersMax ?? BMP_ROUTERS_MAX)) {
      connection.destroy();
      return undefined;
    }
    const router = new Router(connection, this.#handler, this.#options);
    this.#routers.add(router);
    this.#handler.onRouter?.(router);
    connection.on('data', (chunk) => router.receive(chunk));
    connection.on('close', () => {
      if (!this.#routers.delete(router)) return;
      router.forget();
      this.#handler.onRouterGone?.(router, failure);
    });
    return router;
  }

  /** Disconnects all routers. Close the server yourself. */
  close(): void {
    for (const router of this.#routers) router.close();
  }
}

class Router implements BmpRouter {
  readonly #connection: BmpConnection;
  readonly #handler: BmpStationHandler;
  readonly #framer: BmpFramer;
  readonly #peersMax: number;
  readonly peers: Map<string, BmpRouterPeer> = new Map();
  sysName: string | undefined;
  sysDescr: string | undefined;
  messages = 0;
  #isClosed = false;

  constructor(connection: BmpConnection, handler: BmpStationHandler, options: BmpStationOptions) {
    this.#connection = connection;
    this.#handler = handler;
    this.#framer = new BmpFramer(options);
    this.#peersMax = options.peersMax ?? BMP_PEERS_MAX;
  }

  get remoteAddress(): string | undefined {
    return this.#connection.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#connection.remotePort;
  }

  close(): void {
    this.#isClosed = true;
    this.#connection.destroy();
  }

  forget(): void {
    this.#isClosed = true;
    this.peers.clear();
  }

  receive(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    this.#framer.push(chunk);
    for (let message = this.#framer.next(); message !== undefined && !this.#isClosed; message = this.#framer.next()) {
      if (message instanceof BmpFault) {
        this.#handler.onFault?.(this, message);
        if (!message.isFatal) continue;
        this.close();
        return;
      }
      this.messages++;
      this.#take(message);
    }
  }

  #take(message: BmpMessage): void {
    const handler = this.#handler;
    switch (message.type) {
      case 'route-monitoring':
        return this.#routes(message);
      case 'peer-up':
        return this.#peerUp(message);
      case 'peer-down': {
        const key = bmpPeerKey(message.peer);
        const known = this.peers.get(key);
        this.peers.delete(key);
        return handler.onPeerDown?.(this, known, message);
      }
      case 'initiation':
        this.sysName = textOf(message.information, BmpInformation.SysName) ?? this.sysName;
        this.sysDescr = textOf(message.information, BmpInformation.SysDescr) ?? this.sysDescr;
        return handler.onInitiation?.(this, message.information);
      case 'termination':
        return handler.onTermination?.(this, message.information);
      case 'statistics-report':
        return handler.onStatistics?.(this, message);
      case 'route-mirroring':
        return handler.onMirroring?.(this, message);
      case 'unknown':
        // RFC 7854 §4.1: types that are not known are ignored.
        return undefined;
    }
  }

  #peerUp(message: BmpPeerUp): void {
    const key = bmpPeerKey(message.peer);
    if (this.peers.size >= this.#peersMax && !this.peers.has(key)) {
      this.#handler.onFault?.(this, new BmpFault(`more than ${this.#peersMax} peers: the Peer Up of ${message.peer.address} is left out`));
      return;
    }
    // The octets are borrowed, and the peer is kept.
    const peerUp = {
      ...message,
      sentOpen: Uint8Array.from(message.sentOpen),
      receivedOpen: Uint8Array.from(message.receivedOpen),
      information: copied(message.information),
    };
    const peer: BmpRouterPeer = { key, peer: message.peer, peerUp, contexts: bmpContexts(message) };
    this.peers.set(key, peer);
    this.#handler.onPeerUp?.(this, peer);
  }

  #routes({ peer, update, tlvs }: BmpRouteMonitoring): void {
    if (messageType(update, 0) !== MessageType.Update) {
      this.#handler.onFault?.(
        this,
        new BmpFault(`Route Monitoring holds a BGP message of type ${messageType(update, 0)}, allowed is UPDATE`),
      );
      return;
    }
    const known = this.peers.get(bmpPeerKey(peer));
    const routes: BmpRoutes = { peer, rib: ribOf(peer), known, update, context: bmpContext(peer, known?.contexts), tlvs };
    const ended = endedFamily(update);
    if (ended === undefined) this.#handler.onRoutes?.(this, routes);
    else this.#handler.onEndOfRib?.(this, routes, ended);
  }
}

/** Which RIB the flags of a per-peer header name. */
export function ribOf({ peerType, adjRibOut, postPolicy }: BmpPeer): BmpRib {
  if (peerType === BmpPeerType.LocRib) return 'loc-rib';
  if (adjRibOut) return postPolicy ? 'post-policy-out' : 'pre-policy-out';
  return postPolicy ? 'post-policy' : 'pre-policy';
}

const EMPTY_UPDATE = HEADER_LENGTH + 4;

/** The family of an End-of-RIB (RFC 4724 §2); undefined for other UPDATEs. */
function endedFamily(update: Uint8Array): Family | undefined {
  if (update.length === EMPTY_UPDATE) return IPV4_UNICAST;
  // No withdrawn routes, and one attribute: an MP_UNREACH_NLRI with AFI and SAFI alone, in the short or in the long form.
  if (readU16(update, HEADER_LENGTH) !== 0 || update.length > EMPTY_UPDATE + 7 || update.length < EMPTY_UPDATE + 6) return undefined;
  const value = update.length - 3;
  const isAlone =
    update[HEADER_LENGTH + 5] === AttributeCode.MpUnreachNlri &&
    update[value - 1] === 3 &&
    readU16(update, HEADER_LENGTH + 2) === update.length - EMPTY_UPDATE;
  return isAlone ? makeFamily(readU16(update, value), update[value + 2]!) : undefined;
}

function textOf(information: readonly BmpTlv[], type: number): string | undefined {
  const tlv = information.find((each) => each.type === type);
  return tlv === undefined ? undefined : bmpText(tlv);
}

function copied(tlvs: readonly BmpTlv[]): BmpTlv[] {
  return tlvs.map(({ type, value }) => ({ type, value: Uint8Array.from(value) }));
}
