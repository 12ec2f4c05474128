/**
 * Running sessions and the RIB: a session that comes up becomes a peer of the RIB, its UPDATEs go into the RIB, and route refreshes go both
 * ways.
 */
import type { PeerOptions, Rib, RibPeer } from '@tsbgp/rib';
import type { CloseReason, Logger, Plugin, SessionInfo, UpdateWriter } from '@tsbgp/session';
import { type Family, formatFamily, notificationOf, RefreshSubtype, type RouteRefreshMessage } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import { ControlError, type ResetKind } from '../control-plane.ts';
import type { EventLog } from '../events.ts';
import type { Rpki } from '../rpki/rpki.ts';
import { InboundRefreshes } from './inbound-refresh.ts';
import { type KeepTimes, keptFamilies } from './kept-routes.ts';
import { LimitShutdown } from './limit-shutdown.ts';
import type { Neighbor, NeighborPolicies, SessionExtras } from './neighbor.ts';
import { NeighborRestart } from './neighbor-restart.ts';
import type { OwnRouting } from './own-routing.ts';
import { Pace } from './pace.ts';
import { Port } from './port.ts';
import { orfFamilies, PrefixOrf } from './prefix-orf.ts';
import type { RouteReport } from './route-report.ts';
import type { SessionObserver } from './session-observer.ts';

export interface SessionsOptions {
  readonly rib: Rib;
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  readonly events: EventLog;
  readonly report: RouteReport;
  /** The RIB has something to do. */
  readonly schedule: () => void;
  /** Whether a configured neighbor has an address. */
  readonly isNeighbor: (octets: Uint8Array) => boolean;
  readonly policiesOf: (neighbor: Neighbor) => NeighborPolicies;
  readonly own: Pick<OwnRouting, 'extrasOf' | 'isDelayed' | 'isRestarting'>;
  readonly rpki: Pick<Rpki, 'isConfigured'>;
}

const NOTHING_KEPT: ReadonlyMap<Family, KeepTimes> = new Map();

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #neighborOf: Map<RibPeer, Neighbor> = new Map();
  /** Ports that were written to in this turn. */
  readonly #corked: Port[] = [];
  #observer: SessionObserver | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get observer(): SessionObserver | undefined {
    return this.#observer;
  }

  /** From now on this one is told what happens in sessions; undefined: nobody. */
  set observer(observer: SessionObserver | undefined) {
    this.#observer = observer;
    for (const neighbor of this.#neighborOf.values()) this.#tap(neighbor);
  }

  #tap(neighbor: Neighbor): void {
    const { port } = neighbor;
    const observer = this.#observer;
    if (port !== undefined) port.tap = observer && ((messages) => observer.sent(neighbor, messages));
  }

  /** What the session library calls for the sessions of a neighbor. */
  plugin(neighbor: Neighbor): Plugin {
    const { rib, events, schedule } = this.#options;
    return {
      getCapabilities: () => neighbor.capabilities(this.#options.own.isRestarting()),
      onEstablished: (_peer, session, writer) => {
        const ribPeer = this.#established(neighbor, session, writer);
        this.#observer?.established(neighbor, session);
        return (bytes, start, end) => {
          schedule();
          if (this.#observer !== undefined) this.#observer.update(neighbor, session, bytes, start, end);
          const fault = rib.ingest(ribPeer, bytes, start, end);
          return fault === undefined ? undefined : notificationOf(fault);
        };
      },
      onClose: (_peer, reason) => {
        this.#closed(neighbor, reason);
        this.#observer?.closed(neighbor, reason);
      },
      onStateChange: (_peer, from, to) => this.#observer?.stateChanged(neighbor, from, to),
      onMessage: (_peer, direction, message) => this.#observer?.message(neighbor, direction, message),
      onNotification: (_peer, message, direction) => events.record(neighbor.notified(message, direction)),
      onRouteRefresh: (_peer, message) => this.#refreshAsked(neighbor, message),
    };
  }

  /** Judges the peer's routes again (soft-in), asks it for them (refresh), sends it ours again (soft-out). Throws ControlError `failed-precondition`. */
  resetSoftly(neighbor: Neighbor, kind: Exclude<ResetKind, 'hard'>, families: readonly Family[] | undefined): void {
    const { session, ribPeer, config } = neighbor;
    const { address } = config;
    if (session === undefined || ribPeer === undefined) {
      throw new ControlError('failed-precondition', 'address', `neighbor ${address} is not Established: there is nothing to reset softly`);
    }
    const negotiated = ribPeer.options.families;
    const wanted = families?.length ? families : negotiated;
    const missing = wanted.find((family) => !negotiated.includes(family));
    if (missing !== undefined) {
      throw new ControlError('failed-precondition', 'families', `${formatFamily(missing)} was not negotiated with ${address}`);
    }
    const { rib } = this.#options;
    const isInbound = kind !== 'soft-out';
    // Where the Adj-RIB-In holds all that the peer has announced, nothing new must be asked of it.
    const asked = isInbound ? wanted.filter((family) => kind === 'refresh' || !ribPeer.holdsAll(rib.table(family).position)) : [];
    if (asked.length > 0 && !session.routeRefresh) {
      const why = kind === 'refresh' ? '' : ', and not all of its routes are held';
      const sentence = `neighbor ${address} has no route refresh capability (RFC 2918)${why}; reset it hard`;
      throw new ControlError('failed-precondition', 'kind', sentence);
    }
    for (const family of asked) neighbor.peer.sendRouteRefresh(family);
    if (isInbound && kind !== 'refresh') rib.rejudge(ribPeer);
    if (kind === 'soft-out' || kind === 'soft') for (const family of wanted) rib.resend(ribPeer, family);
    this.#options.schedule();
  }

  /** The configuration of a neighbor is another: its session stays, and the RIB is told. So it is of one whose routes are kept. */
  changed(neighbor: Neighbor): void {
    const { ribPeer } = neighbor;
    const { session, port } = neighbor.lost ?? neighbor;
    if (session === undefined || ribPeer === undefined || port === undefined) return;
    const { rib, isNeighbor, schedule, policiesOf } = this.#options;
    const keptRejected = ribPeer.keepsRejected;
    const { limits } = ribPeer;
    const { importPolicy } = ribPeer.options;
    rib.changePeer(ribPeer, neighbor.ribOptions(session, port, isNeighbor, this.#extrasOf(neighbor), policiesOf(neighbor)));
    // Routes that were only counted may be held from now on: the neighbor is asked for them.
    const isOtherPolicy = importPolicy !== ribPeer.options.importPolicy;
    const mayHoldMore = (!keptRejected && (ribPeer.keepsRejected || isOtherPolicy)) || limits !== ribPeer.limits;
    if (mayHoldMore && session.routeRefresh && !ribPeer.isSuspended) {
      for (const family of ribPeer.options.families) {
        if (!ribPeer.holdsAll(rib.table(family).position)) neighbor.peer.sendRouteRefresh(family);
      }
    }
    schedule();
  }

  endOfRib(peer: RibPeer, family: Family): void {
    const neighbor = this.#neighborOf.get(peer);
    neighbor?.refreshes?.endOfRib(family);
    neighbor?.restart?.endOfRib(family);
  }

  /** Routes that are kept for the next session of a neighbor go: there will be none, or not with this neighbor. */
  forget(neighbor: Neighbor): void {
    const { ribPeer, restart, session } = neighbor;
    if (restart === undefined) return;
    restart.cancel();
    neighbor.restart = undefined;
    if (session !== undefined || ribPeer === undefined) return;
    this.#removeFromRib(neighbor, ribPeer);
    this.#options.schedule();
  }

  /** The peer passed a limit that ends its session; the NOTIFICATION is on its way. */
  limitPassed(peer: RibPeer, text: string): void {
    const neighbor = this.#neighborOf.get(peer);
    if (neighbor !== undefined) neighbor.limitPassed = text;
  }

  /** Ends the session of a peer whose view of our routes is no longer known. */
  exportFailed(peer: RibPeer): void {
    this.#neighborOf.get(peer)?.exportFailed();
  }

  /** Lets out what was written to the sockets in this turn. */
  uncork(): void {
    for (const port of this.#corked) this.#options.boundaries.run('session', {}, () => port.uncork());
    this.#corked.length = 0;
  }

  #established(neighbor: Neighbor, session: SessionInfo, writer: UpdateWriter): RibPeer {
    const { rib, report, isNeighbor, schedule, policiesOf } = this.#options;
    const port = new Port(writer, this.#corked, (error) => report.peerFailed(ribPeer, error), this.#paceOf(neighbor));
    const options = neighbor.ribOptions(session, port, isNeighbor, this.#extrasOf(neighbor), policiesOf(neighbor));
    const ribPeer: RibPeer = neighbor.ribPeer === undefined ? rib.addPeer(options) : this.#resumed(neighbor, neighbor.ribPeer, options);
    neighbor.up(
      session,
      ribPeer,
      port,
      this.#refreshesOf(session, ribPeer, () => neighbor.config.refreshStaleTimeSeconds),
      this.#orfOf(neighbor, session, ribPeer),
    );
    this.#neighborOf.set(ribPeer, neighbor);
    this.#tap(neighbor);
    writer.onDrain = schedule;
    schedule();
    report.peerUp(ribPeer);
    neighbor.restart?.back(session);
    return ribPeer;
  }

  /** The neighbor is back. It gets another peer where its session is not one of the same neighbor: then its stale routes are gone. */
  #resumed(neighbor: Neighbor, kept: RibPeer, options: PeerOptions): RibPeer {
    const ribPeer = this.#options.rib.resumePeer(kept, options);
    if (ribPeer === kept) return ribPeer;
    this.#neighborOf.delete(kept);
    neighbor.restart?.cancel();
    neighbor.restart = undefined;
    return ribPeer;
  }

  #extrasOf({ config }: Neighbor): SessionExtras {
    const { own, rpki } = this.#options;
    return { ...own.extrasOf(config), hasRpki: rpki.isConfigured };
  }

  #paceOf(neighbor: Neighbor): Pace {
    const { rib, boundaries, schedule, own } = this.#options;
    return new Pace({
      intervalSeconds: () => neighbor.config.advertisementIntervalSeconds ?? 0,
      isDelayed: own.isDelayed,
      isInStep: () => neighbor.ribPeer !== undefined && rib.membersOf(neighbor.ribPeer).every(({ behind }) => !behind),
      opened: schedule,
      boundaries,
    });
  }

  #closed(neighbor: Neighbor, reason: CloseReason): void {
    const { connectedPeer: ribPeer, session, restart, limitPassed } = neighbor;
    if (ribPeer === undefined || session === undefined) return;
    const kept = limitPassed === undefined ? keptFamilies(session, reason, neighbor.config) : NOTHING_KEPT;
    this.#options.events.record({ type: 'session-down', neighbor: neighbor.config.address, text: reason.text });
    restart?.cancel();
    neighbor.restart = undefined;
    neighbor.down(kept.size > 0);
    if (kept.size > 0) this.#suspend(neighbor, ribPeer, kept);
    else this.#removeFromRib(neighbor, ribPeer);
    this.#keepDown(neighbor);
    this.#options.schedule();
  }

  #suspend(neighbor: Neighbor, peer: RibPeer, kept: ReadonlyMap<Family, KeepTimes>): void {
    const { rib, logger, boundaries, events, schedule } = this.#options;
    rib.suspendPeer(peer, new Set(kept.keys()));
    const over = (): void => {
      neighbor.restart = undefined;
      if (neighbor.session === undefined) this.#removeFromRib(neighbor, peer);
    };
    const { stalePathTimeSeconds: stalePathSeconds } = neighbor.config;
    neighbor.restart = new NeighborRestart({ rib, peer, kept, stalePathSeconds, logger, boundaries, events, schedule, over });
  }

  #removeFromRib(neighbor: Neighbor, peer: RibPeer): void {
    this.#neighborOf.delete(peer);
    this.#options.rib.removePeer(peer);
    neighbor.ribPeer = undefined;
    neighbor.lost = undefined;
  }

  /** After a limit ended the session. */
  #keepDown(neighbor: Neighbor): void {
    const { limitPassed: text, config, peer } = neighbor;
    neighbor.limitPassed = undefined;
    if (text === undefined || peer.adminState === 'down') return;
    const { boundaries, events } = this.#options;
    const { address, maxPrefixRestart: minutes } = config;
    const ended = (): void => {
      neighbor.limitShutdown = undefined;
    };
    neighbor.limitShutdown = new LimitShutdown({ address, text, minutes, boundaries, events, peer, ended });
  }

  #refreshesOf(session: SessionInfo, peer: RibPeer, staleSeconds: () => number): InboundRefreshes {
    const { rib, logger, boundaries, schedule } = this.#options;
    const { local, remote } = session.negotiated.gracefulRestart;
    const gracefulRestart = local !== undefined && remote !== undefined;
    return new InboundRefreshes({ rib, peer, gracefulRestart, staleSeconds, logger, boundaries, schedule });
  }

  #orfOf(neighbor: Neighbor, session: SessionInfo, peer: RibPeer): PrefixOrf {
    const { rib, logger, boundaries, events, schedule } = this.#options;
    const { address } = neighbor.config;
    const warn = (family: Family, text: string): void => {
      logger.warn({ neighbor: address, family: formatFamily(family) }, text);
      events.record({ type: 'warning', neighbor: address, family, text });
    };
    const resend = (family: Family): void => this.#resend(neighbor, family);
    return new PrefixOrf({ rib, peer, families: orfFamilies(session), logger, boundaries, schedule, resend, warn });
  }

  /** RFC 2918 §4: sends all routes of the family again. RFC 7313 §4.1: marks around them let the peer find out which of its routes are stale. */
  #refreshAsked(neighbor: Neighbor, message: RouteRefreshMessage): void {
    const { family, subtype } = message;
    if (neighbor.ribPeer === undefined) return;
    if (subtype !== RefreshSubtype.Request) neighbor.refreshes?.mark(family, subtype);
    // A changed filter is applied first; the routes follow.
    else if (neighbor.orf?.refreshAsked(message) !== false) this.#resend(neighbor, family);
  }

  #resend(neighbor: Neighbor, family: Family): void {
    const { ribPeer, session } = neighbor;
    if (ribPeer === undefined) return;
    const { rib, boundaries, schedule } = this.#options;
    // The RIB calls these in the middle of its work: no exception may get out.
    const mark = (kind: number) => (): void => {
      boundaries.run('rib-observer', { neighbor: neighbor.config.address }, () => neighbor.peer.sendRouteRefresh(family, kind));
    };
    const isEnhanced = session?.enhancedRouteRefresh === true;
    rib.resend(ribPeer, family, isEnhanced ? { begin: mark(RefreshSubtype.Begin), end: mark(RefreshSubtype.End) } : undefined);
    schedule();
  }
}
