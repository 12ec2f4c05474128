/**
 * The connections of one peer: one, and a second one while two collide (RFC 4271 §6.8).
 *
 *     primary    the peer's machine: dials, waits, is Established
 *     candidate  runs an accepted connection while the primary has or opens another; replaces the primary or is dropped
 */
import type { Socket } from 'node:net';
import type { Event, State } from '@tsbgp/fsm';
import { CeaseSubcode, type OpenMessage, openAs } from '@tsbgp/wire';
import { canonicalAddress } from './address.ts';
import { BgpConnection, type ConnectedPeer, type ConnectionContext, type Rivalry } from './bgp-connection.ts';
import { COLLISION_RULES, type CollisionRules, dominates, type Rival } from './collision.ts';
import type { CollisionVerdict } from './incoming-messages.ts';
import { cease } from './messages.ts';
import type { Refusal } from './refusals.ts';

/** Connections of one peer that are negotiated at a time: RFC 4271 §6.8 needs two to resolve a collision. */
export const CONNECTIONS_PER_PEER_MAX = 2;

export class ConnectionPair implements Rivalry {
  readonly #context: ConnectionContext;
  readonly #peer: ConnectedPeer;
  readonly #rules: CollisionRules;
  primary: BgpConnection;
  #candidate: BgpConnection | undefined = undefined;
  /** The state that users see: the candidate's while it is further than the primary. */
  visibleState: State = 'Idle';

  constructor(context: Omit<ConnectionContext, 'rivalry'>) {
    this.#context = { ...context, rivalry: this };
    this.#peer = context.peer;
    this.#rules = context.collisionRules ?? COLLISION_RULES;
    this.primary = new BgpConnection(this.#context, context.peer.machineConfig());
  }

  /** Both connections. The candidate comes first: when the primary ends, the candidate would take its place. */
  *all(): Iterable<BgpConnection> {
    const candidate = this.#candidate;
    if (candidate !== undefined) yield candidate;
    yield this.primary;
  }

  /** Takes an accepted TCP connection. Returns why not, else undefined. */
  accept(socket: Socket): Refusal | undefined {
    const { localAddress } = this.#peer.options;
    if (localAddress !== undefined && withoutZone(socket.localAddress ?? '') !== withoutZone(localAddress)) {
      return { reason: 'wrong-local-address', text: `the peer is expected at ${localAddress}` };
    }
    if (this.#peer.adminState === 'down') return { reason: 'peer-disabled', text: 'the peer is disabled' };
    const primary = this.primary;
    const damped = primary.state === 'Idle' && primary.session.oscillations > 0 && primary.session.config.damping !== undefined;
    if (damped) return { reason: 'peer-damped', text: 'the peer is damped after errors' };
    this.#context.tally.counters.connectionsAccepted++;
    // An Idle primary waits for its next attempt. The peer has connected, so it starts now (RFC 4271 §8.1.2 leaves that to us).
    if (primary.state === 'Idle') primary.dispatch({ type: 'AutomaticStartWithPassive' });
    if (primary.state === 'Active' && primary.session.connection === 'none') {
      primary.attach(socket, 'in');
      return undefined;
    }
    return this.#acceptCandidate(socket);
  }

  #acceptCandidate(socket: Socket): Refusal | undefined {
    if (this.#candidate !== undefined) {
      if (RANK[this.#candidate.state] > RANK.OpenSent) {
        return { reason: 'negotiating', text: 'two connections are being negotiated already' };
      }
      // The peer connects again, so it has given the older attempt up.
      this.#context.replaced(this.#peer);
      this.#candidate.dispatch(DUMP);
    }
    const candidate = new BgpConnection(this.#context, { ...this.#peer.machineConfig(), passive: true, allowAutomaticStart: false });
    candidate.dispatch({ type: 'ManualStartWithPassive' });
    this.#candidate = candidate;
    candidate.attach(socket, 'in');
    return undefined;
  }

  // Rivalry

  collisionOnOpen(connection: BgpConnection, open: OpenMessage, patience: boolean): CollisionVerdict {
    const other = this.#rivalOf(connection);
    if (other === undefined) return 'go';
    const restarts = this.#restarts(open);
    const replace = this.#peer.options.replaceEstablished === true || restarts;
    const verdict = this.#rules.collide(connection.direction, rival(connection, other), this.#dominates(open), replace, patience);
    if (verdict === 'keep-both') return 'go';
    if (verdict === 'wait') return 'wait';
    this.#context.tally.counters.collisions++;
    this.#context.logger.debug(
      { peer: this.#peer.config.remoteAddress, direction: connection.direction, other: other.direction, verdict },
      'connections collide',
    );
    if (verdict === 'drop-this') {
      connection.dispatch(DUMP);
      return 'drop';
    }
    if (verdict === 'replace-other' && restarts) other.replace();
    else other.dispatch(DUMP);
    return 'go';
  }

  mustAwait(connection: BgpConnection, open: OpenMessage): boolean {
    const other = this.#rivalOf(connection);
    return other !== undefined && this.#rules.mustAwait(connection.direction, rival(connection, other), this.#dominates(open));
  }

  /** RFC 4724 §4.2: when a peer with graceful restart connects again, it has restarted and its old connection is dead. */
  #restarts(open: OpenMessage): boolean {
    const { session } = this.#peer;
    return session?.negotiated.gracefulRestart.remote !== undefined && open.capabilities.some(({ type }) => type === 'graceful-restart');
  }

  #rivalOf(connection: BgpConnection): BgpConnection | undefined {
    const other = connection === this.primary ? this.#candidate : this.primary;
    return other?.stream === undefined ? undefined : other;
  }

  #dominates(open: OpenMessage): boolean {
    return dominates(
      { bgpIdentifier: this.#peer.bgpIdentifier, as: this.#peer.config.localAs },
      { bgpIdentifier: open.bgpIdentifier, as: openAs(open) },
    );
  }

  settled(connection: BgpConnection): void {
    if (connection === this.#candidate) {
      if (connection.session.connection === 'none') {
        this.#candidate = undefined;
        connection.discard();
        this.primary.release();
      } else if (RANK[connection.state] > RANK.OpenSent && RANK[this.primary.state] < RANK.OpenSent) {
        this.#promote();
      }
    } else if (connection === this.primary && this.#candidate?.stream !== undefined && this.#peer.adminState === 'up') {
      if (connection.state === 'Idle' || (connection.state === 'Active' && connection.session.connection === 'none')) this.#promote();
      // RFC 4271 §6.8: it came too late for an Established primary, or a dominant peer may still choose it. Its OPEN decides.
      else this.#candidate.release();
    }
    this.#showState();
    if (this.primary.stream === undefined && this.#candidate === undefined) this.#context.rested(this.#peer);
  }

  collapsed(connection: BgpConnection): boolean {
    if (connection === this.#candidate) {
      this.#candidate = undefined;
      return false;
    }
    if (this.#peer.session !== undefined) this.#peer.sessionDown({ type: 'connection-lost', text: 'internal error' });
    this.#showState();
    return this.#peer.adminState === 'up' && connection === this.primary;
  }

  stateChanged(connection: BgpConnection, from: State): void {
    const { direction, state: to } = connection;
    this.#context.logger.debug({ peer: this.#peer.config.remoteAddress, direction, from, to }, 'state');
    this.#showState();
    if (to === 'Established' && connection === this.#candidate) this.#promote();
  }

  #showState(): void {
    const from = this.visibleState;
    const primary = this.primary.state;
    const candidate = this.#candidate?.state ?? 'Idle';
    const to = RANK[candidate] > RANK[primary] && RANK[candidate] >= RANK.OpenSent ? candidate : primary;
    if (to === from) return;
    this.visibleState = to;
    this.#peer.visibleStateChanged(from, to);
  }

  /** The candidate replaces the primary, which stops. */
  #promote(): void {
    const [old, next] = [this.primary, this.#candidate];
    if (next === undefined) return;
    next.configure(this.#peer.machineConfig());
    next.session = { ...next.session, oscillations: old.session.oscillations };
    this.primary = next;
    this.#candidate = undefined;
    if (RANK[old.state] >= RANK.OpenSent) old.dispatch(DUMP);
    old.discard();
    next.release();
  }
}

const RANK: Readonly<Record<State, number>> = { Idle: 0, Active: 1, Connect: 2, OpenSent: 3, OpenConfirm: 4, Established: 5 };

const DUMP: Event = { type: 'OpenCollisionDump', notification: cease(CeaseSubcode.ConnectionCollisionResolution) };

function rival(connection: BgpConnection, other: BgpConnection): Rival {
  return { direction: other.direction, state: other.state, newer: other.serial > connection.serial };
}

function withoutZone(address: string): string | undefined {
  return canonicalAddress(address)?.split('%')[0];
}
