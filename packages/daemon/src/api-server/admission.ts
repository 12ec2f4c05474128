/**
 * Counts calls that are under way and decides whether one more is let in. Health checks are counted separately, so that an overloaded daemon
 * still answers them.
 */
import { Code } from '@connectrpc/connect';
import type { Exposition } from '../metrics/exposition.ts';
import { type Call, codeName, methodName } from './call.ts';
import type { Bounds } from './limits.ts';

const HEALTH_CHECKS: ReadonlySet<string> = new Set([
  'grpc.health.v1.Health/Check',
  'grpc.health.v1.Health/List',
  'tsbgp.v1.ControlService/GetHealth',
]);

/** Kinds of calls: which limit bounds them, why one more is refused, and what the message calls them. */
const KINDS = {
  unary: { limit: 'requests', reason: 'requests', calls: 'calls' },
  stream: { limit: 'streams', reason: 'streams', calls: 'streaming calls' },
  'health-check': { limit: 'healthChecks', reason: 'health-checks', calls: 'health checks' },
} as const;
type Kind = keyof typeof KINDS;

export class Admission {
  readonly #bounds: Bounds;
  readonly #running: Record<Kind, number> = { unary: 0, stream: 0, 'health-check': 0 };
  readonly #streams: Map<string, number> = new Map();
  /** Calls that ended, by method and by code. Only known methods and codes are keys, so no client can make the map grow. */
  readonly #ended: Map<string, Map<string, number>> = new Map();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Lets a call in and counts it until `leave`, or returns why it is refused. */
  enter(call: Call): string | undefined {
    const kind = kindOf(call);
    const { limit, reason, calls } = KINDS[kind];
    const { limits, refusals } = this.#bounds;
    if (this.#running[kind] >= limits[limit]) {
      const message = `${limits[limit]} ${calls} are under way: no more are allowed`;
      refusals.add(reason, message);
      this.#count(call, Code.ResourceExhausted);
      return message;
    }
    this.#running[kind]++;
    if (call.isStream) this.#addStream(call, 1);
    return undefined;
  }

  leave(call: Call): void {
    this.#running[kindOf(call)]--;
    if (call.isStream) this.#addStream(call, -1);
    this.#count(call, call.failed);
  }

  addMetrics(out: Exposition): void {
    const running = out.gauge('tsbgp_api_calls_running', 'Calls of the API that are under way, by kind.');
    for (const [kind, count] of Object.entries(this.#running)) running.add({ kind }, count);
    const streams = out.gauge('tsbgp_api_streams', 'Streaming calls that are under way, by method: watchers are those of WatchRoutes.');
    for (const [method, count] of this.#streams) streams.add({ method }, count);
    const ended = out.counter('tsbgp_api_calls_total', 'Calls of the API that have ended, by method and code.');
    for (const [method, codes] of this.#ended) for (const [code, count] of codes) ended.add({ method, code }, count);
  }

  #addStream(call: Call, count: number): void {
    const method = methodName(call.method);
    this.#streams.set(method, (this.#streams.get(method) ?? 0) + count);
  }

  #count(call: Call, failed: Code | undefined): void {
    const method = methodName(call.method);
    const code = failed === undefined ? 'OK' : codeName(failed).toUpperCase();
    const codes = this.#ended.get(method) ?? new Map<string, number>();
    this.#ended.set(method, codes);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
}

function kindOf(call: Call): Kind {
  if (call.isStream) return 'stream';
  return HEALTH_CHECKS.has(methodName(call.method)) ? 'health-check' : 'unary';
}
