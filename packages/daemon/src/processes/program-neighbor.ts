/** A neighbor of the daemon as one program sees it: what its commands select and its events are about. */
import type {
  CommandNeighbor,
  EventNeighbor,
  EventSource,
  NegotiatedView,
  NeighborView,
  ShownRoute,
  TableDirection,
} from '@tsbgp/process-api';
import { CommandError, familyName } from '@tsbgp/process-api';
import type { SessionInfo } from '@tsbgp/session';
import {
  type Capability,
  EXTENDED_MESSAGE_LENGTH_MAX,
  encodeTypedNlri,
  type Family,
  MESSAGE_LENGTH_MAX,
  type Nlri,
  RefreshSubtype,
  type WireContext,
} from '@tsbgp/wire';
import type { NeighborState, Route } from '../control-plane.ts';
import { ControlError } from '../control-plane.ts';
import type { Neighbor } from '../speaker/neighbor.ts';
import type { ProgramPort } from '../speaker/program-port.ts';
import type { Speaker } from '../speaker/speaker.ts';

/** What a neighbor of a program needs of the daemon. */
export type NeighborHost = Pick<Speaker, 'getNeighbor' | 'routes' | 'global'> & Pick<ProgramPort, 'resetSoftly' | 'settled'>;

export class ProgramNeighbor implements CommandNeighbor, EventSource {
  /** Another one after a change of its configuration. */
  neighbor: Neighbor;
  counter = 0;
  readonly #host: NeighborHost;

  constructor(neighbor: Neighbor, host: NeighborHost) {
    this.neighbor = neighbor;
    this.#host = host;
  }

  get peerAddress(): string {
    return this.neighbor.config.address;
  }

  get isEstablished(): boolean {
    return this.neighbor.session !== undefined;
  }

  get #localAddress(): string {
    const { session, config } = this.neighbor;
    return session?.localAddress ?? config.localAddress ?? 'auto';
  }

  get name(): string {
    const { config, localAs } = this.neighbor;
    const { routerId } = this.#host.global();
    return `neighbor ${config.address} local-ip ${this.#localAddress} local-as ${localAs} peer-as ${config.remoteAs} router-id ${routerId} family-allowed in-open`;
  }

  // Events

  get eventNeighbor(): EventNeighbor {
    const { config, localAs } = this.neighbor;
    const local = this.#localAddress;
    const localAddress = local === 'auto' ? '0.0.0.0' : local;
    return { localAddress, peerAddress: config.address, localAs, peerAs: config.remoteAs, routerId: this.#host.global().routerId };
  }

  get negotiated(): NegotiatedView | undefined {
    const { session } = this.neighbor;
    return session && negotiatedView(session);
  }

  get sendContext(): WireContext | undefined {
    return this.neighbor.session?.send;
  }

  // Commands

  view(): NeighborView {
    return viewOf(this.#host.getNeighbor(this.peerAddress), this.neighbor, this.#localAddress, this.#host.global().routerId);
  }

  configurationLines(): readonly string[] {
    const { config, localAs } = this.neighbor;
    return [
      `neighbor ${config.address} {`,
      `\trouter-id ${this.#host.global().routerId};`,
      `\tlocal-address ${this.#localAddress};`,
      `\tlocal-as ${localAs};`,
      `\tpeer-as ${config.remoteAs};`,
      `\thold-time ${config.holdTimeSeconds};`,
      '\tfamily {',
      ...config.families.map((family) => `\t\t${familyName(family)};`),
      '\t}',
      '}',
    ];
  }

  async *shownRoutes(direction: TableDirection, extensive: boolean): AsyncGenerator<ShownRoute> {
    const table = direction === 'in' ? 'received' : 'advertised';
    const never = new AbortController().signal;
    for await (const routes of this.#host.routes({ table, neighbor: this.peerAddress }, never)) {
      for (const route of routes) yield shownRoute(route, extensive);
    }
  }

  teardown(subcode: number): void {
    this.neighbor.peer.reset(subcode);
  }

  resend(): boolean {
    return this.isEstablished && this.#softly('soft-out');
  }

  /** The routes that the neighbor has announced are judged again; those that are missing are asked for. */
  clearIn(): void {
    if (this.isEstablished) this.#softly('soft-in');
  }

  #softly(kind: 'soft-in' | 'soft-out'): true {
    try {
      this.#host.resetSoftly(this.neighbor, kind);
      return true;
    } catch (error) {
      if (error instanceof ControlError) throw new CommandError(error.sentence, { cause: error });
      throw error;
    }
  }

  /** The RIB sends End-of-RIB when it has sent everything; nobody else may say so. */
  sendEndOfRib(): boolean {
    return false;
  }

  sendRouteRefresh(family: Family): boolean {
    return this.neighbor.peer.sendRouteRefresh(family, RefreshSubtype.Request);
  }

  sendOperational(): boolean {
    return false;
  }

  flushed(): Promise<void> {
    return this.#host.settled();
  }
}

/** `nlri` is there where `prefix` is empty: in the families that are no plain prefixes. */
function shownRoute({ family, prefix, nlri, nextHop, attributes, pathIdentifier }: Route, extensive: boolean): ShownRoute {
  const value: Nlri = nlri ?? { type: 'ip-prefix', family, prefix };
  const octets = value.type === 'unknown' ? value.bytes : encodeTypedNlri(value);
  return {
    nlri: { family, octets, pathId: pathIdentifier, value },
    nextHop: nextHop === '' ? undefined : nextHop,
    // The next hop of IPv4 unicast is an attribute too.
    attributes: extensive ? attributes.filter(({ type }) => type !== 'next-hop') : [],
  };
}

function negotiatedView(session: SessionInfo): NegotiatedView {
  const { negotiated } = session;
  const { send, receive } = negotiated.extendedMessage;
  const both = (type: string): boolean =>
    session.localCapabilities.some((each) => each.type === type) && session.remoteCapabilities.some((each) => each.type === type);
  return {
    messageSize: send && receive ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX,
    holdTimeSeconds: session.holdTimeSeconds,
    asn4: negotiated.fourOctetAs,
    multisession: false,
    operational: false,
    refresh: negotiated.enhancedRouteRefresh ? 'enhanced' : both('route-refresh') ? 'normal' : 'absent',
    families: [...session.families].toSorted((a, b) => a - b),
    nextHops: [...negotiated.extendedNextHop].flatMap(([family, afis]) => [...afis].map((nextHopAfi) => ({ family, nextHopAfi }))),
    addPathSend: [...session.send.addPath],
    addPathReceive: [...session.receive.addPath],
  };
}

function viewOf(state: NeighborState, { config, session, localAs }: Neighbor, localAddress: string, routerId: string): NeighborView {
  const { counters } = state;
  const ours = session?.localCapabilities ?? [];
  const has = (list: readonly Capability[] | undefined, type: Capability['type']): boolean =>
    list?.some((each) => each.type === type) === true;
  const capability = (name: string, type: Capability['type']) =>
    [name, has(ours, type), session === undefined ? null : has(session.remoteCapabilities, type)] as const;
  const rows = [
    ['open', counters.opensSent, counters.opensReceived],
    ['notification', counters.notificationsSent, counters.notificationsReceived],
    ['keepalive', counters.keepalivesSent, counters.keepalivesReceived],
    ['update', counters.updatesSent, counters.updatesReceived],
    ['refresh', counters.routeRefreshesSent, counters.routeRefreshesReceived],
  ] as const;
  const remoteOpen = session?.remoteOpen;
  const upSince = state.session?.establishedAt.getTime() ?? state.lastErrorAt?.getTime() ?? Date.now();
  return {
    isUp: session !== undefined,
    seconds: Math.floor((Date.now() - upSince) / 1000),
    fsm: state.state.toUpperCase(),
    local: { address: localAddress, as: localAs, id: routerId, hold: config.holdTimeSeconds },
    peer: {
      address: config.address,
      as: config.remoteAs,
      id: session?.remoteBgpIdentifier,
      hold: remoteOpen === undefined ? undefined : (remoteOpen[22]! << 8) | remoteOpen[23]!,
    },
    capabilities: [
      capability('asn4', 'four-octet-as'),
      capability('route-refresh', 'route-refresh'),
      capability('multi-session', 'multisession'),
      ['operational', false, null],
      capability('add-path', 'add-path'),
      capability('extended-message', 'extended-message'),
      capability('graceful-restart', 'graceful-restart'),
    ],
    families: config.families.map((family) => [
      familyName(family),
      session === undefined ? null : session.families.has(family),
      session?.send.addPath.has(family) ?? false,
      session?.receive.addPath.has(family) ?? false,
    ]),
    messages: [...rows, ['total', rows.reduce((sum, [, sent]) => sum + sent, 0), rows.reduce((sum, [, , got]) => sum + got, 0)]],
    received: state.prefixes.reduce((sum, { received }) => sum + received, 0),
    withdrawn: state.prefixes.reduce((sum, { withdrawn }) => sum + withdrawn, 0),
  };
}
