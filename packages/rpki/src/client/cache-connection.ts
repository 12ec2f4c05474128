/** One cache: carries out what the state machine says. Timers, the connection and the tables are here, decisions are in `step`. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { RtrError } from '../rtr/codes.ts';
import { decodePdu, fault } from '../rtr/decode.ts';
import { encodePdu } from '../rtr/encode.ts';
import { PduStream } from '../rtr/framing.ts';
import { RtrFault } from '../rtr/pdu.ts';
import { type RpkiChange, SourceData, type Tables } from '../source/source-data.ts';
import { formatTransport, openTransport } from '../transport/open.ts';
import type { TransportOptions } from '../transport/options.ts';
import { type Action, type Event, expectsData, isConnected, newSession, type Session, type SessionConfig, type Timer } from './session.ts';
import { carriesData, stage } from './staging.ts';
import { step } from './step.ts';

export interface CacheConfig extends TransportOptions, Partial<SessionConfig> {
  readonly name: string;
  /** Lower is better. */
  readonly preference: number;
}

export interface CacheWorld {
  readonly tables: Tables;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Data of this cache came or went. */
  readonly onData: (change: RpkiChange) => void;
  /** The session is in another phase. */
  readonly onPhase: () => void;
}

export interface CacheCounters {
  /** Connections that opened. */
  connects: number;
  pdusReceived: number;
  /** Complete answers. */
  updates: number;
  /** Failures of any kind. */
  errors: number;
}

export class CacheConnection {
  readonly config: CacheConfig;
  readonly counters: CacheCounters = { connects: 0, pdusReceived: 0, updates: 0, errors: 0 };
  session: Session;
  /** Times are those of the clock, in milliseconds. */
  connectedAt: number | undefined;
  updatedAt: number | undefined;
  lastError: { readonly reason: string; readonly at: number } | undefined;
  readonly data: SourceData;
  readonly #world: CacheWorld;
  readonly #timers = new Map<Timer, { readonly handle: unknown; readonly at: number }>();
  #stream: Duplex | undefined;
  readonly #queue: Event[] = [];
  #stepping = false;

  constructor(config: CacheConfig, world: CacheWorld) {
    this.config = config;
    this.#world = world;
    this.session = newSession(config);
    this.data = new SourceData(config.name, world.tables);
  }

  start(): void {
    this.#happen({ type: 'Start' });
  }

  /** Closes the connection and drops the data. `start` begins anew. */
  stop(): void {
    this.#happen({ type: 'Stop' });
  }

  /** When a timer ends, in milliseconds of the clock; undefined when it does not run. */
  timerAt(timer: Timer): number | undefined {
    return this.#timers.get(timer)?.at;
  }

  /** Steps one after the other: an action may cause an event before its step is over. An exception ends the connection, nothing else. */
  #happen(event: Event): void {
    this.#queue.push(event);
    if (this.#stepping) return;
    this.#stepping = true;
    const before = this.session.phase;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
    } catch (error) {
      this.#queue.length = 0;
      this.#world.logger.error({ cache: this.config.name, err: error }, 'an exception in the session with an RPKI cache');
      this.#disconnect();
      // It may have come in the middle of a step: what we hold is not what we think.
      this.session = { ...this.session, identity: undefined };
      this.#step({ type: 'Closed', reason: `an exception here: ${(error as Error).message}`, opened: true });
    } finally {
      this.#stepping = false;
    }
    if (this.session.phase !== before) this.#world.onPhase();
  }

  #step(event: Event): void {
    const [after, actions] = step(this.session, event);
    this.session = after;
    for (const action of actions) this.#carryOut(action);
  }

  #carryOut(action: Action): void {
    const { clock, logger } = this.#world;
    switch (action.do) {
      case 'connect':
        return this.#connect();
      case 'send':
        this.#stream?.write(encodePdu(action.pdu));
        return;
      case 'disconnect':
        return this.#disconnect();
      case 'startTimer':
        return this.#startTimer(action.timer, action.seconds);
      case 'stopTimer':
        return this.#stopTimer(action.timer);
      case 'begin':
        this.data.begin(action.kind);
        return;
      case 'abort':
        return this.data.abort();
      case 'commit': {
        this.counters.updates++;
        this.updatedAt = clock.now();
        const change = this.data.commit();
        if (change !== undefined) this.#world.onData(change);
        return;
      }
      case 'dropData':
        this.updatedAt = undefined;
        return this.#world.onData(this.data.clear());
      default:
        this.counters.errors++;
        this.lastError = { reason: action.reason, at: clock.now() };
        logger.warn({ cache: this.config.name, phase: this.session.phase }, `RPKI cache ${formatTransport(this.config)}: ${action.reason}`);
    }
  }

  #connect(): void {
    let opening: ReturnType<typeof openTransport>;
    try {
      opening = openTransport(this.config);
    } catch (error) {
      return this.#happen({ type: 'Closed', reason: (error as Error).message, opened: false });
    }
    const { stream } = opening;
    this.#stream = stream;
    const current = (): boolean => this.#stream === stream;
    const pdus = new PduStream((bytes, start, end) => this.#receive(bytes, start, end) && current());
    opening.closed(({ reason, opened }) => {
      if (!current()) return;
      this.#stream = undefined;
      this.connectedAt = undefined;
      stream.destroy();
      this.#happen({ type: 'Closed', reason, opened });
    });
    stream.on('data', (chunk: Uint8Array) => {
      if (!current()) return;
      this.#happen({ type: 'Progress' });
      const broken = pdus.push(chunk);
      if (broken !== undefined && current()) this.#happen({ type: 'Fault', fault: broken });
    });
    opening.ready(() => {
      if (!current()) return;
      this.counters.connects++;
      this.connectedAt = this.#world.clock.now();
      this.#happen({ type: 'Connected' });
    });
  }

  /** Returns whether the connection is still wanted. */
  #receive(bytes: Uint8Array, start: number, end: number): boolean {
    this.counters.pdusReceived++;
    if (carriesData(bytes[start + 1]!)) {
      const { transfer } = this.data;
      const problem =
        transfer !== undefined && expectsData(this.session, bytes[start]!)
          ? stage(transfer, bytes, start, end)
          : fault(RtrError.CorruptData, this.#whyNoData(bytes[start]!), bytes, start, end);
      if (problem !== undefined) this.#happen({ type: 'Fault', fault: problem });
    } else {
      const pdu = decodePdu(bytes, start, end);
      this.#happen(pdu instanceof RtrFault ? { type: 'Fault', fault: pdu } : { type: 'Pdu', pdu });
    }
    return isConnected(this.session);
  }

  #whyNoData(version: number): string {
    const { phase, version: ours } = this.session;
    return phase === 'receiving' ? `data of version ${version} in a session of version ${ours}` : 'data without a Cache Response';
  }

  #disconnect(): void {
    const stream = this.#stream;
    const wasOpen = this.connectedAt !== undefined;
    this.#stream = undefined;
    this.connectedAt = undefined;
    if (stream === undefined) return;
    if (!wasOpen) {
      stream.destroy();
      return;
    }
    // What was sent may still leave, but not for ever. Destroying at once could take an Error Report back.
    stream.end();
    const { clock } = this.#world;
    const limit = clock.setTimeout(() => stream.destroy(), LINGER_MS);
    stream.once('close', () => clock.clearTimeout(limit));
  }

  #startTimer(timer: Timer, seconds: number): void {
    this.#stopTimer(timer);
    const { clock } = this.#world;
    // RFC 8210 §6 has no jitter. Attempts of many routers after a cache's restart should not come together.
    const milliseconds = 1000 * seconds * (timer === 'retry' ? 0.75 + 0.25 * clock.random() : 1);
    const handle = clock.setTimeout(() => {
      this.#timers.delete(timer);
      this.#happen({ type: 'TimerExpires', timer });
    }, milliseconds);
    this.#timers.set(timer, { handle, at: clock.now() + milliseconds });
  }

  #stopTimer(timer: Timer): void {
    const running = this.#timers.get(timer);
    if (running === undefined) return;
    this.#world.clock.clearTimeout(running.handle);
    this.#timers.delete(timer);
  }
}

/** How long a connection that we close may take to send its last octets. */
const LINGER_MS = 2000;
