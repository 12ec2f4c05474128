/**
 * The bounds of the API's transport. Each has a label in `tsbgp_api_refused_total` and a row in docs/operations.md. Requests and connections
 * beyond a bound are refused, counted, and logged once a minute.
 */
import type { Metric } from '../metrics/exposition.ts';

export const API_LIMITS = {
  /** Open connections of all listeners. At the bound the connection that is idle longest is closed; when none is idle, the new one is. */
  connections: 256,
  /** Open connections over TCP. The rest of `connections` is reserved for the unix socket, so that TCP clients cannot keep the operator out. */
  tcpConnections: 192,
  /** Connections without a whole request yet. At the bound the oldest of them is closed. */
  halfOpenConnections: 64,
  /** Time for the headers of a request, counted from the connection or from the previous answer. */
  headerSeconds: 10,
  /** Time for the calls of an HTTP/2 connection after the client has sent GOAWAY. */
  goawaySeconds: 10,
  /** Octets of the headers of a request. */
  headerBytes: 16_384,
  /** Requests of one connection at a time: streams of HTTP/2, pipelined requests of HTTP/1.1. */
  requestsPerConnection: 100,
  /** Unary calls at a time. */
  requests: 512,
  /** Streaming calls at a time. */
  streams: 128,
  /** Health checks at a time. They do not count as unary calls, so they are answered when other calls are refused. */
  healthChecks: 32,
  /** Octets of one message of a request: 16 MiB. */
  messageBytes: 16_777_216,
  /** Octets of one element of a list in a message, such as a route, or of a field that is not a list. */
  elementBytes: 1_048_576,
  /** Messages inside a message, such as routes, attributes and segments. In JSON: objects and arrays. */
  nestedMessages: 2_000_000,
  /** Values in a message: numbers, texts and messages. */
  values: 8_000_000,
  /** Depth to which messages are nested. */
  nesting: 32,
  /** Octets of requests that are held at a time, for all calls together: 64 MiB. */
  heldRequestBytes: 67_108_864,
  /** Messages inside messages that are held at a time, for all calls together. */
  heldNestedMessages: 2_000_000,
  /** Time for one message of a request, from its first octet on. For the first message: from the headers on. */
  messageSeconds: 60,
  /** Octets of answers that wait for clients, for all calls together: 32 MiB. */
  heldAnswerBytes: 33_554_432,
  /** Time for the client to take the answer of a unary call, plus a second for each `answerBytesPerSecond`. */
  answerSeconds: 30,
  answerBytesPerSecond: 65_536,
} as const;

export type ApiLimits = Readonly<Record<keyof typeof API_LIMITS, number>>;

/** Why something was refused or closed: the label `reason` of `tsbgp_api_refused_total`. */
export const REFUSAL_REASONS = [
  'connections',
  'half-open',
  'header-time',
  'malformed',
  'host',
  'origin',
  'token',
  'role',
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

  constructor(log: { warn(fields: object, message: string): void }) {
    this.#log = log;
  }

  add(reason: RefusalReason, message: string): void {
    const count = this.count(reason) + 1;
    this.#counts.set(reason, count);
    const last = this.#logged.get(reason);
    const now = performance.now();
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

/** The bounds of one server, what was refused because of them, and what its calls hold together. */
export class Bounds {
  readonly limits: ApiLimits;
  readonly refusals: Refusals;
  readonly heldRequests: Budget;
  readonly heldMessages: Budget;
  readonly heldAnswers: Budget;

  /** A limit that is not given is that of API_LIMITS. */
  constructor(limits: Partial<ApiLimits> | undefined, log: { warn(fields: object, message: string): void }) {
    this.limits = { ...API_LIMITS, ...limits };
    this.refusals = new Refusals(log);
    this.heldRequests = new Budget(this.limits.heldRequestBytes);
    this.heldMessages = new Budget(this.limits.heldNestedMessages);
    this.heldAnswers = new Budget(this.limits.heldAnswerBytes);
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
