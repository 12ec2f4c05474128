/** A daemon over the API. */
import { createTsbgpClient, type TsbgpClient, TsbgpError, WatchRoutesRequest_Table } from '@tsbgp/api';
import { type Address, chooseAddress } from './address.ts';
import type { Daemon, RouteKeyRequest, RouteQuery } from './daemon.ts';
import { CliError, ExitCode, notFound } from './exit-code.ts';
import { changeView, eventView, globalView, healthView, neighborView, pathsView, routeView } from './from-api.ts';
import { configMessage } from './neighbor-config.ts';
import type { Io } from './terminal/io.ts';
import { counted } from './terminal/units.ts';
import { localRoute, localRouteKey, present, resetKind, routeFilter } from './to-api.ts';
import type { RouteView } from './views/route.ts';

/** Up to this many routes a page is asked for; beyond, a stream is opened. */
const PAGE_MAX = 1000;

/** How long one question may take, and how long a stream may take to begin. */
const TIMEOUT_MS = 30_000;

interface StreamOptions {
  readonly signal: AbortSignal;
  readonly onHeader: () => void;
}

export async function connectDaemon(option: string | undefined, io: Io): Promise<Daemon> {
  const address = chooseAddress(option, io.env);
  const client = createTsbgpClient({ address: address.url });
  const { signal } = io;
  const call = { signal, timeoutMs: TIMEOUT_MS };

  /** Whatever goes wrong is said in the words of the command line. */
  async function asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw explain(error, address);
    }
  }

  /**
   * Whoever stops listening ends the call at once: Connect would wait for the rest of the stream, which nobody reads any more. The stream may
   * last, but its headers have to come in time.
   */
  async function* streamed<T>(open: (options: StreamOptions) => AsyncIterable<T>): AsyncGenerator<T> {
    const over = new AbortController();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      over.abort();
    }, TIMEOUT_MS);
    const onHeader = (): void => clearTimeout(timer);
    const messages = open({ signal: AbortSignal.any([signal, over.signal]), onHeader })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await messages.next();
        if (done === true) return;
        yield value;
      }
    } catch (error) {
      if (isLate) throw tooLate(error, address);
      if (!signal.aborted) throw explain(error, address);
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }

  return {
    global: async () => globalView(await asked(client.global.getGlobal({}, call))),
    health: async () => healthView(await asked(client.control.getHealth({}, call))),
    metrics: async () => (await asked(client.control.getMetrics({}, call))).text,
    async shutdown(reason) {
      await asked(client.control.shutdown(present({ reason }), call));
    },

    async listNeighbors() {
      return (await asked(client.neighbors.listNeighbors({}, call))).neighbors.map(neighborView);
    },
    async getNeighbor(which) {
      return neighborView(must((await asked(client.neighbors.getNeighbor({ address: which }, call))).neighbor));
    },
    async addNeighbor(request) {
      return neighborView(must((await asked(client.neighbors.addNeighbor({ neighbor: configMessage(request) }, call))).neighbor));
    },
    async deleteNeighbor(which) {
      await asked(client.neighbors.deleteNeighbor({ address: which }, call));
    },
    async enableNeighbor(which) {
      await asked(client.neighbors.enableNeighbor({ address: which }, call));
    },
    async disableNeighbor(which, reason) {
      await asked(client.neighbors.disableNeighbor({ address: which, ...present({ reason }) }, call));
    },
    async resetNeighbor(which, { kind, reason, families }) {
      await asked(
        client.neighbors.resetNeighbor(
          { address: which, kind: resetKind(kind), ...present({ reason }), families: [...(families ?? [])] },
          call,
        ),
      );
    },

    async paths(prefix) {
      try {
        return pathsView(await asked(client.rib.listPaths({ prefix }, call)));
      } catch (error) {
        const cause = error instanceof CliError ? error.cause : undefined;
        if (!(cause instanceof TsbgpError) || cause.code !== 'NOT_FOUND') throw error;
        const hints = prefix.includes('/') ? [`routes that cover it: tsbgp rib ${prefix} --shorter`] : [];
        throw notFound(withoutField(cause.message, cause.field ?? ''), ...hints);
      }
    },
    async *routes(query) {
      const { limit } = query;
      if (limit !== undefined && limit <= PAGE_MAX) {
        yield await asked(page(client, query, limit, call));
        return;
      }
      let left = limit ?? Number.POSITIVE_INFINITY;
      for await (const { routes } of streamed((options) => stream(client, query, options))) {
        yield routes.slice(0, left).map(routeView);
        left -= routes.length;
        if (left <= 0) return;
      }
    },
    async *watch(query) {
      const request = {
        filter: routeFilter(query),
        table: query.table === 'best' ? WatchRoutesRequest_Table.BEST : WatchRoutesRequest_Table.RECEIVED,
        initial: query.initial,
        ...present({ neighbor: query.neighbor }),
      };
      for await (const { events } of streamed((options) => client.rib.watchRoutes(request, options))) {
        yield events.map(changeView).filter((change) => change !== undefined);
      }
    },
    async *events({ neighbor, recent, follow }) {
      const request = { ...present({ neighbor }), recent, recentOnly: !follow };
      for await (const { events, lost } of streamed((options) => client.events.watchEvents(request, options))) {
        yield { events: events.map(eventView), lost: Number(lost) };
      }
    },
    async addRoutes(batches) {
      let count = 0;
      for await (const batch of batches) {
        const answer = client.injection.addRoutes({ routes: batch.map(localRoute) }, call);
        await asked(answer).catch((error: unknown) => rethrowBatch(error, batch, count, 'added'));
        count += batch.length;
      }
      return count;
    },
    async deleteRoutes(batches) {
      let count = 0;
      for await (const batch of batches) {
        const answer = client.injection.deleteRoutes({ routes: batch.map(localRouteKey) }, call);
        const { deleted } = await asked(answer).catch((error: unknown) => rethrowBatch(error, batch, count, 'deleted'));
        count += Number(deleted);
      }
      return count;
    },
  };
}

async function page(
  client: TsbgpClient,
  query: RouteQuery,
  pageSize: number,
  call: { readonly signal: AbortSignal },
): Promise<readonly RouteView[]> {
  const request = { filter: routeFilter(query), pageSize, ...present({ neighbor: query.neighbor }) };
  const method = { best: 'listBest', received: 'listReceived', advertised: 'listAdvertised' } as const;
  return (await client.rib[method[query.table]](request, call)).routes.map(routeView);
}

function stream(client: TsbgpClient, query: RouteQuery, options: StreamOptions): ReturnType<TsbgpClient['rib']['streamBest']> {
  const request = { filter: routeFilter(query), ...present({ neighbor: query.neighbor }) };
  const method = { best: 'streamBest', received: 'streamReceived', advertised: 'streamAdvertised' } as const;
  return client.rib[method[query.table]](request, options);
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new CliError(ExitCode.Refused, 'the daemon answered without a neighbor; is it of another version?');
  return value;
}

/** A refused batch in the words of the person: lines and prefixes for `routes[3]`, every complaint there is, and what is done already. */
function rethrowBatch(error: unknown, batch: readonly RouteKeyRequest[], done: number, verb: string): never {
  const cause = error instanceof CliError ? error.cause : undefined;
  if (!(cause instanceof TsbgpError)) throw error;
  const complaints = cause.fields.flatMap(({ field, description }) => {
    const [, index, rest] = /^routes\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    const route = batch[Number(index)];
    if (route === undefined) return [];
    const place = route.place === '' ? route.prefix : `${route.place}: ${route.prefix}`;
    const sentence = withoutField(description, field);
    return rest === undefined || rest === '' || rest === 'prefix' ? `${place}: ${sentence}` : `${place}: ${rest}: ${sentence}`;
  });
  const before = done === 0 ? [] : [`the ${counted(done, 'route')} before it ${done === 1 ? 'was' : 'were'} ${verb}`];
  const [first, ...others] = complaints;
  if (first === undefined)
    throw before.length === 0 ? error : new CliError(ExitCode.Refused, (error as CliError).message, before, { cause });
  if (others.length === 0) throw new CliError(ExitCode.Refused, first, before, { cause });
  const whole = batch.length === complaints.length ? 'all' : String(complaints.length);
  throw new CliError(
    ExitCode.Refused,
    `${whole} of ${counted(batch.length, 'route')} refused, none was ${verb}`,
    [...complaints, ...before],
    { cause },
  );
}

/** The sentence alone, where a daemon puts the field in front of it. */
function withoutField(sentence: string, field: string): string {
  return sentence.startsWith(`${field}: `) ? sentence.slice(field.length + 2) : sentence;
}

function explain(thrown: unknown, address: Address): unknown {
  // Where an interceptor throws, Connect wraps it once more.
  const error = thrown instanceof Error && thrown.cause instanceof TsbgpError ? thrown.cause : thrown;
  if (!(error instanceof TsbgpError)) return error;
  if (error.isUnreachable) return cannotConnect(error, address);
  if (error.code === 'DEADLINE_EXCEEDED') return tooLate(error, address);
  const foreign = notOurApi(error, address);
  if (foreign !== undefined) return foreign;
  const { field = '' } = error;
  const message = field === '' ? error.message : `${field}: ${withoutField(error.message, field)}`;
  return new CliError(ExitCode.Refused, message, [], { cause: error });
}

function tooLate(cause: unknown, { text }: Address): CliError {
  const hint = 'it is busy, or what listens there is not the API of tsbgpd';
  return new CliError(ExitCode.CannotConnect, `${text} did not answer within ${TIMEOUT_MS / 1000} s`, [hint], { cause });
}

/** Something answers at the address, and not as the API does. */
function notOurApi(error: TsbgpError, { text, source }: Address): CliError | undefined {
  const status = /^HTTP (\d{3})$/.exec(error.message)?.[1];
  const hints = [
    'the API of tsbgpd is at api.unix-socket and api.tcp of its configuration; BGP (179) and metrics (http.listen) are other ports',
    ...(source === 'default' ? [] : [`this address is from ${source}`]),
  ];
  const failed = (message: string): CliError => new CliError(ExitCode.CannotConnect, message, hints, { cause: error });
  if (status === '401' || status === '403' || status === '421') {
    return failed(`${text} refuses the call (HTTP ${status}): it may not answer to this name; try its IP address`);
  }
  // UNIMPLEMENTED is also what an older daemon says of a newer call.
  if (error.code === 'UNIMPLEMENTED') return failed(`${text} does not know this call: it is not tsbgpd, or an older one than this tsbgp`);
  if (status !== undefined || error.message.startsWith('unsupported content type')) {
    return failed(`${text} is not the API of tsbgpd: a web server answers there (${error.message})`);
  }
  if (error.message === 'Protocol error') return failed(`${text} is not the API of tsbgpd: something else answers there`);
  const closed = error.message.startsWith('http/2 stream closed with error code');
  return closed ? failed(`${text} closed the connection without an answer: it is not the API of tsbgpd, or the daemon stopped`) : undefined;
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nobody listens there',
  EACCES: 'permission denied',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'there is no such host',
};

function cannotConnect(error: TsbgpError, address: Address): CliError {
  const code = /\b(E[A-Z]{4,})\b/.exec(error.message)?.[1] ?? '';
  const why = WHY[code] ?? error.message;
  const hints =
    code === 'EACCES'
      ? ['who may write to the socket may use the daemon: its mode is api.mode in the configuration, 0660 by default']
      : ['start a daemon:     tsbgpd /etc/tsbgp/tsbgpd.yaml     or, in the repository, npm start'];
  if (address.source === 'default') hints.push('it is elsewhere:    tsbgp -a 127.0.0.1:50051 …       or TSBGP_ADDRESS=127.0.0.1:50051');
  else hints.push(`this address is from ${address.source}`);
  return new CliError(ExitCode.CannotConnect, `no daemon at ${address.text}: ${why}`, hints, { cause: error });
}
