/**
 * The bounds of the API's transport. Each has a label in `tsbgp_api_refused_total` and a row in docs/operations.md. Requests and connections
 * beyond a bound are refused, counted, and logged once a minute.
 */
import type { Metric } from '../metrics/exposition.ts';

export interface ApiLimits {
  /** Open connections of all listeners. At the bound the connection that is idle longest is closed; when none is idle, the new one is. */
  readonly connections: number;
  /** Open connections over TCP. The rest of `connections` is reserved for the unix socket, so that TCP clients cannot keep the operator out. */
  readonly tcpConnections: number;
  /** Connections without a whole request yet. At the bound the oldest of them is closed. */
  readonly halfOpenConnections: number;
  /** Time for the headers of a request, counted from the connection or from the previous answer. */
  readonly headerSeconds: number;
  /** Time for the calls of an HTTP/2 connection after the client has sent GOAWAY. */
  readonly goawaySeconds: number;
  /** Octets of the headers of a request. */
  readonly headerBytes: number;
  /** Requests of one connection at a time: streams of HTTP/2, pipelined requests of HTTP/1.1. */
  readonly requestsPerConnection: number;
  /** Unary calls at a time. */
  readonly requests: number;
  /** Streaming calls at a time. */
  readonly streams: number;
  /** Health checks at a time. They do not count as unary calls, so they are answered when other calls are refused. */
  readonly healthChecks: number;
  /** Octets of one message of a request. */
  readonly messageBytes: number;
  /** Octets of one element of a list in a message, such as a route, or of a field that is not a list. */
  readonly elementBytes: number;
  /** Messages inside a message, such as routes, attributes and segments. In JSON: objects and arrays. */
  readonly nestedMessages: number;
  /** Values in a message: numbers, texts and messages. */
  readonly values: number;
  /** Depth to which messages are nested. */
  readonly nesting: number;
  /** Octets of requests that are held at a time, for all calls together. */
  readonly heldRequestBytes: number;
  /** Messages inside messages that are held at a time, for all calls together. */
  readonly heldNestedMessages: number;
  /** Time for one message of a request, from its first octet on. For the first message: from the headers on. */
  readonly messageSeconds: number;
  /** Octets of answers that wait for clients, for all calls together. */
  readonly heldAnswerBytes: number;
  /** Time for the client to take the answer of a unary call, plus a second for each `answerBytesPerSecond`. */
  readonly answerSeconds: number;
  readonly answerBytesPerSecond: number;
}

export const API_LIMITS: ApiLimits = {
  connections: 256,
  tcpConnections: 192,
  halfOpenConnections: 64,
  headerSeconds: 10,
  goawaySeconds: 10,
  headerBytes: 16 * 1024,
  requestsPerConnection: 100,
  requests: 512,
  streams: 128,
  healthChecks: 32,
  messageBytes: 16 * 1024 * 1024,
  elementBytes: 1024 * 1024,
  nestedMessages: 2_000_000,
  values: 8_000_000,
  nesting: 32,
  heldRequestBytes: 64 * 1024 * 1024,
  heldNestedMessages: 2_000_000,
  messageSeconds: 60,
  heldAnswerBytes: 32 * 1024 * 1024,
  answerSeconds: 30,
  answerBytesPerSecond: 64 * 1024,
};

/** Why something was refused or closed: the label `reason` of `tsbgp_api_refused_total`. */
export const REFUSAL_REASONS = [
  'connections',
  'half-open',
  'header-time',
  'malformed',
  'host',
  'origin',
  'requests-per-connection',
  'requests',
  'streams',
  'health-checks',
  'message-size',
  'message-count',
  'message-time',
  'held-requests',
  'held-answers',
  'answer-time',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

const LOG_EVERY_MS = 60_000;

/** Counts refusals, and logs each reason at most once a minute. */
export class Refusals {
  readonly #log: { warn(fields: object, message: string): void };
  readonly #counts: Map<RefusalReason, number> = new Map();
  readonly #logged: Map<RefusalReason, { at: number; count: number }> = new Map();
  readonly #now: () => number;

  constructor(log: { warn(fields: object, message: string): void }, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  add(reason: RefusalReason, message: string): void {
    const count = this.count(reason) + 1;
    this.#counts.set(reason, count);
    const last = this.#logged.get(reason);
    const now = this.#now();
    if (last !== undefined && now - last.at < LOG_EVERY_MS) return;
    this.#logged.set(reason, { at: now, count });
    this.#log.warn({ reason, count, since: count - (last?.count ?? 0) }, `API: ${message}`);
  }

  count(reason: RefusalReason): number {
    return this.#counts.get(reason) ?? 0;
  }

  addTo(metric: Metric): void {
    for (const reason of REFUSAL_REASONS) metric.add({ reason }, this.count(reason));
  }
}

/** An amount that all calls share. */
export class Budget {
  readonly max: number;
  used = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** False when that would be too many; nothing is taken then. */
  take(count: number): boolean {
    if (this.used + count > this.max) return false;
    this.used += count;
    return true;
  }

  give(count: number): void {
    this.used -= count;
  }
}
