/**
 * A typed client of the daemon, over its unix socket or TCP.
 */
import type { DescService } from '@bufbuild/protobuf';
import { type CallOptions, type Client, Code, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { existingSocketPath } from './default-address.ts';
import { ConfigService } from './gen/tsbgp/v1/config_pb.ts';
import { ControlService } from './gen/tsbgp/v1/control_pb.ts';
import { FieldErrorSchema } from './gen/tsbgp/v1/errors_pb.ts';
import { EventService } from './gen/tsbgp/v1/event_pb.ts';
import { GlobalService } from './gen/tsbgp/v1/global_pb.ts';
import { InjectionService } from './gen/tsbgp/v1/injection_pb.ts';
import { MrtService } from './gen/tsbgp/v1/mrt_pb.ts';
import { NeighborService } from './gen/tsbgp/v1/neighbor_pb.ts';
import { PolicyService } from './gen/tsbgp/v1/policy_pb.ts';
import { ProcessService } from './gen/tsbgp/v1/process_pb.ts';
import { RibService } from './gen/tsbgp/v1/rib_pb.ts';
import { RpkiService } from './gen/tsbgp/v1/rpki_pb.ts';
import { SafeSessionManager } from './session-manager.ts';

/**
 * Memory that a connection may use, in Node's megabytes. With Node's default of 10, our own side resets a request of 10 MB (ENHANCE_YOUR_CALM),
 * and every later call of the connection too, although the daemon takes up to 16 MiB.
 */
const SESSION_MEGABYTES_MAX = 256;

export interface TsbgpClientOptions {
  /** `unix:///run/tsbgp/tsbgpd.sock` or `http://127.0.0.1:50051`. @default the socket of the daemon on this host */
  readonly address?: string | undefined;
  /** A bearer token that says who calls, for daemons that ask for one on TCP. It is sent as it is: use TLS on networks. @default none */
  readonly token?: string | undefined;
}

export interface TsbgpClient {
  /** The address of the daemon. */
  readonly address: string;
  readonly global: Client<typeof GlobalService>;
  readonly neighbors: Client<typeof NeighborService>;
  readonly rib: Client<typeof RibService>;
  readonly policies: Client<typeof PolicyService>;
  readonly rpki: Client<typeof RpkiService>;
  readonly injection: Client<typeof InjectionService>;
  readonly processes: Client<typeof ProcessService>;
  readonly mrt: Client<typeof MrtService>;
  readonly control: Client<typeof ControlService>;
  readonly events: Client<typeof EventService>;
  readonly config: Client<typeof ConfigService>;
}

/**
 * A refused or failed call. `code` is the name of the gRPC status. `field` is the path of the wrong field, if there is one; `message` names it too,
 * so show the message alone.
 */
export class TsbgpError extends Error {
  override readonly name = 'TsbgpError';
  readonly code: string;
  readonly field: string | undefined;
  /** Every wrong field, with what was found and what is allowed. `field` is the first. */
  readonly fields: readonly { readonly field: string; readonly description: string }[];
  /** No daemon listens at the address, or the connection was lost. */
  readonly isUnreachable: boolean;

  constructor(cause: ConnectError) {
    super(cause.rawMessage, { cause });
    this.code = Code[cause.code].replace(/(?<!^)([A-Z])/g, '_$1').toUpperCase();
    this.fields = cause.findDetails(FieldErrorSchema).map(({ field, description }) => ({ field, description }));
    this.field = this.fields[0]?.field;
    this.isUnreachable = cause.code === Code.Unavailable || isConnectFailure(cause.cause);
  }
}

/** Throws RangeError for a wrong address. Opens no connection before the first call. */
export function createTsbgpClient(options: TsbgpClientOptions = {}): TsbgpClient {
  const address = options.address ?? `unix://${existingSocketPath()}`;
  const { baseUrl, nodeOptions } = endpoint(address);
  const sessionOptions = { ...nodeOptions, maxSessionMemory: SESSION_MEGABYTES_MAX };
  const { token } = options;
  const interceptors: Interceptor[] = token === undefined ? [] : [bearer(token)];
  const transport = createGrpcTransport({
    baseUrl,
    interceptors,
    sessionManager: new SafeSessionManager(baseUrl, undefined, sessionOptions),
  });
  return {
    address,
    global: clearClient(GlobalService, transport),
    neighbors: clearClient(NeighborService, transport),
    rib: clearClient(RibService, transport),
    policies: clearClient(PolicyService, transport),
    rpki: clearClient(RpkiService, transport),
    injection: clearClient(InjectionService, transport),
    processes: clearClient(ProcessService, transport),
    mrt: clearClient(MrtService, transport),
    control: clearClient(ControlService, transport),
    events: clearClient(EventService, transport),
    config: clearClient(ConfigService, transport),
  };
}

function bearer(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
}

function endpoint(address: string): { baseUrl: string; nodeOptions?: { path: string } } {
  const unix = /^unix:(?:\/\/)?(\/(?!\/).+)$/.exec(address);
  if (unix !== null) return { baseUrl: 'http://localhost', nodeOptions: { path: unix[1]! } };
  if (/^https?:\/\/[^/]+\/?$/.test(address) && URL.canParse(address)) return { baseUrl: address.replace(/\/$/, '') };
  throw new RangeError(
    `"${address}" is not an address of the API: allowed are unix:///PATH and http://HOST:PORT, e.g. "unix:///run/tsbgp/tsbgpd.sock"`,
  );
}

/** Connect's client, changed in two ways: every error, also in the middle of a stream, is a TsbgpError; leaving the loop over a stream ends it. */
function clearClient<Service extends DescService>(service: Service, transport: Transport): Client<Service> {
  const client = createClient(service, transport);
  const kinds = new Map<string | symbol, string>(service.methods.map(({ localName, methodKind }) => [localName, methodKind]));
  return new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      const streams = kinds.get(name) === 'server_streaming' || kinds.get(name) === 'bidi_streaming';
      return (request: unknown, options?: CallOptions) =>
        streams
          ? new ClearStream((signal) => Reflect.apply(method, target, [request, { ...options, signal }]), options?.signal)
          : (Reflect.apply(method, target, [request, options]) as Promise<unknown>).catch(rethrow);
    },
  });
}

/** A stream of answers. Leaving the loop ends the call; Connect alone would keep it until its signal is aborted. */
class ClearStream<T> implements AsyncIterableIterator<T> {
  readonly #left: AbortController = new AbortController();
  readonly #messages: AsyncIterator<T>;

  constructor(call: (signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal | undefined) {
    const either = signal === undefined ? this.#left.signal : AbortSignal.any([signal, this.#left.signal]);
    this.#messages = call(either)[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    return this.#messages.next().catch(rethrow);
  }

  async return(): Promise<IteratorResult<T>> {
    this.#left.abort();
    return { done: true, value: undefined };
  }
}

function rethrow(error: unknown): never {
  throw new TsbgpError(ConnectError.from(error));
}

function isConnectFailure(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'EACCES' || code === 'ECONNRESET';
}
