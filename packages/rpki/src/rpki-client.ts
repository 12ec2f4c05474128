/** The RPKI data of a router: from caches and files into two tables, with word of every change. */
import { parsePrefix, ValueError } from '@tsbgp/wire';
import { AspaTable } from './aspa/aspa-table.ts';
import { CacheConnection } from './client/cache-connection.ts';
import { arrange } from './client/cache-group.ts';
import { isConnected } from './client/session.ts';
import { type Clock, systemClock } from './clock.ts';
import type { RpkiFileError } from './files/file-error.ts';
import { FileSources } from './files/file-sources.ts';
import { guarded, type Logger, SILENT } from './logger.ts';
import type { RtrVersion } from './rtr/codes.ts';
import type { RtrIntervals } from './rtr/pdu.ts';
import type { RpkiChange } from './source/source-data.ts';
import type { CacheStatus, RpkiStatus } from './status.ts';
import { isEmpty } from './table/ranges.ts';
import type { RovState } from './table/vrp-rows.ts';
import { type SourcedVrp, VrpTable } from './table/vrp-table.ts';
import { formatTransport } from './transport/open.ts';
import type { TransportOptions } from './transport/options.ts';

/** Preference of a cache that has none. */
export const PREFERENCE_DEFAULT = 1;
/** Rows that are looked at in one slice while rows are freed. */
const COLLECT_ROWS = 20_000;
const COLLECT_EVERY_MS = 10;

/** A cache to get data from. */
export interface CacheOptions extends Omit<TransportOptions, 'transport'> {
  /** For logs and status; no two caches have the same. @default transport, host and port */
  readonly name?: string | undefined;
  /** @default "tcp" */
  readonly transport?: TransportOptions['transport'] | undefined;
  /** Caches with the lowest number are used; others while none of those is in sync. @default 1 */
  readonly preference?: number | undefined;
  /** Highest version of the protocol to offer. @default 2 */
  readonly versionMax?: RtrVersion | undefined;
  /** Until the cache names its own; for version 0 always. @default 3600, 600 and 7200 seconds */
  readonly intervals?: RtrIntervals | undefined;
  /** Intervals that hold whatever the cache names, in seconds, within the bounds of RFC 8210 §6. @default none */
  readonly overrides?: Partial<RtrIntervals> | undefined;
}

/** Where the data come from. */
export interface RpkiSources {
  readonly caches?: readonly CacheOptions[] | undefined;
  /** Paths of JSON that rpki-client or Routinator wrote. */
  readonly files?: readonly string[] | undefined;
  /** Paths of SLURM files (RFC 8416). */
  readonly slurm?: readonly string[] | undefined;
}

/** Sources, and who hears of changes. */
export interface RpkiOptions extends RpkiSources {
  /** Data changed: these routes are to be looked at again. */
  readonly onChange?: ((change: RpkiChange) => void) | undefined;
  /** A cache is in another phase, or files were read: `status` has something new. */
  readonly onStatus?: (() => void) | undefined;
  /** @default silent */
  readonly logger?: Logger | undefined;
  /** @default the system's */
  readonly clock?: Clock | undefined;
}

/** The state of a route, and the VRPs that decide it. */
export interface Validation {
  readonly state: RovState;
  /** All that cover the prefix, the most specific first. */
  readonly covering: readonly SourcedVrp[];
}

/** A client with its sources: `vrps` and `aspas` hold what they give. */
export class RpkiClient {
  readonly vrps: VrpTable = new VrpTable();
  readonly aspas: AspaTable = new AspaTable();
  readonly #options: RpkiOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #files: FileSources;
  #sources: RpkiSources;
  #caches: CacheConnection[] = [];
  /** Caches that failed since they were last in sync. */
  readonly #failed = new Set<CacheConnection>();
  #loading: Promise<unknown> = Promise.resolve();
  #filesRead = false;
  #started = false;
  #arranging = false;
  #collecting: unknown;

  constructor(options: RpkiOptions) {
    this.#options = options;
    this.#sources = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = guarded(options.logger ?? SILENT);
    this.#files = new FileSources({
      tables: this,
      clock: this.#clock,
      onData: (change) => this.#changed(change),
    });
  }

  /** Reads the files and connects to the caches. Returns the errors of files, which are also logged and in `status`. */
  async start(): Promise<readonly RpkiFileError[]> {
    this.#started = true;
    return this.update(this.#sources);
  }

  /** Replaces the sources. A cache whose options are the same keeps its connection and its data. All files are read again. */
  async update(sources: RpkiSources): Promise<readonly RpkiFileError[]> {
    const wanted = (sources.caches ?? []).map(configOf);
    const names = wanted.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new ValueError(`two caches are called "${twice}": give one of them another "name"`);
    this.#sources = sources;
    if (!this.#started) return [];
    const errors = await this.reloadFiles();
    this.#replaceCaches(wanted);
    return errors;
  }

  /** Reads all files again, one after the other. What cannot be read stays as it was. Returns the errors. */
  reloadFiles(): Promise<readonly RpkiFileError[]> {
    const load = async (): Promise<readonly RpkiFileError[]> => {
      const { files = [], slurm = [] } = this.#sources;
      const errors = await this.#files.load(files, slurm);
      for (const error of errors) this.#logger.warn({ file: error.file }, error.message);
      this.#filesRead = errors.length === 0;
      this.#statusChanged();
      return errors;
    };
    const loaded = this.#loading.then(load, load);
    this.#loading = loaded;
    return loaded;
  }

  /** Closes the connections. The data of caches are gone after it, without a call of `onChange`. */
  close(): void {
    this.#started = false;
    for (const cache of this.#caches.splice(0)) cache.stop();
    this.#failed.clear();
    this.#clock.clearTimeout(this.#collecting);
    this.#collecting = undefined;
  }

  /** The state of a route, for people: `vrps.validate` is for routes by the million. Throws ValueError. */
  validate(prefix: string, origin: number): Validation {
    const parsed = parsePrefix(prefix);
    if (parsed === undefined) throw new ValueError(`"${prefix}" is not a prefix, e.g. "192.0.2.0/24" or "2001:db8::/32"`);
    const { address, bits } = parsed;
    return {
      state: this.vrps.validate(address, 0, address.length === 16, bits, origin),
      covering: this.vrps.covering(prefix) ?? [],
    };
  }

  /** What the sources are doing now. */
  status(): RpkiStatus {
    return {
      caches: this.#caches.map((cache) => this.#cacheStatus(cache)),
      files: this.#files.status(),
      total: { ...this.vrps.count, aspas: this.aspas.count },
      octets: this.vrps.octets,
      ready: this.#isReady(),
    };
  }

  #isReady(): boolean {
    // By what is wanted: files are read before the caches are there.
    const { caches = [] } = this.#sources;
    return this.#filesRead && (caches.length === 0 || this.#caches.some(({ updatedAt }) => updatedAt !== undefined));
  }

  #replaceCaches(wanted: readonly CacheConnection['config'][]): void {
    if (!this.#started) return;
    const before = this.#caches;
    this.#caches = wanted.map((config) => before.find((cache) => sameConfig(cache.config, config)) ?? this.#connection(config));
    for (const cache of before) {
      if (this.#caches.includes(cache)) continue;
      cache.stop();
      this.#failed.delete(cache);
      this.#changed(cache.data.remove());
    }
    this.#arrange();
  }

  #connection(config: CacheConnection['config']): CacheConnection {
    const cache: CacheConnection = new CacheConnection(config, {
      tables: this,
      clock: this.#clock,
      logger: this.#logger,
      onData: (change) => this.#changed(change),
      onPhase: () => {
        const { phase } = cache.session;
        const failed = this.#failed.has(cache);
        if (phase === 'synced') this.#failed.delete(cache);
        else if (phase === 'waiting' || phase === 'no-data') this.#failed.add(cache);
        this.#logger.debug({ cache: config.name, phase }, 'RPKI cache');
        if (phase === 'synced' && (failed || cache.counters.updates === 1)) this.#logger.info({ cache: config.name }, inSync(cache));
        this.#arrange();
        this.#statusChanged();
      },
    });
    return cache;
  }

  #statusChanged(): void {
    if (!this.#started) return;
    try {
      this.#options.onStatus?.();
    } catch (error) {
      this.#logger.error({ err: error }, 'onStatus of the RPKI client threw');
    }
  }

  /** Caches that start or stop change their phase, which calls this again. */
  #arrange(): void {
    if (this.#arranging || !this.#started) return;
    this.#arranging = true;
    try {
      arrange(this.#caches, this.#failed);
    } finally {
      this.#arranging = false;
    }
  }

  #changed(change: RpkiChange): void {
    if (this.#started) this.#collecting ??= this.#clock.setTimeout(() => this.#collect(), COLLECT_EVERY_MS);
    if (!this.#started || (isEmpty(change.ranges) && change.customers.size === 0)) return;
    try {
      this.#options.onChange?.(change);
    } catch (error) {
      this.#logger.error({ err: error }, 'onChange of the RPKI client threw');
    }
  }

  /** Frees rows in slices. */
  #collect(): void {
    this.#collecting = this.vrps.collect(COLLECT_ROWS) ? this.#clock.setTimeout(() => this.#collect(), COLLECT_EVERY_MS) : undefined;
  }

  #cacheStatus(cache: CacheConnection): CacheStatus {
    const { config, session, data, counters, lastError } = cache;
    const now = this.#clock.now();
    const since = (at: number | undefined): number | undefined => (at === undefined ? undefined : Math.floor((now - at) / 1000));
    const until = (at: number | undefined): number | undefined => (at === undefined ? undefined : Math.ceil((at - now) / 1000));
    return {
      name: config.name,
      transport: formatTransport(config),
      preference: config.preference,
      phase: session.phase,
      version: isConnected(session) && session.negotiated ? session.version : session.identity?.version,
      sessionId: session.identity?.sessionId,
      serial: session.identity?.serial,
      intervals: session.intervals,
      ...data.vrpSource.count,
      aspas: data.aspaSource.count,
      connectedSeconds: since(cache.connectedAt),
      updatedSeconds: since(cache.updatedAt),
      nextQuerySeconds: until(cache.timerAt('refresh') ?? cache.timerAt('retry')),
      expiresSeconds: until(cache.timerAt('expire')),
      lastError: lastError === undefined ? undefined : { reason: lastError.reason, secondsAgo: since(lastError.at)! },
      ...counters,
    };
  }
}

function inSync({ config, session, data }: CacheConnection): string {
  const { ipv4, ipv6 } = data.vrpSource.count;
  const given = `${ipv4 + ipv6} VRPs and ${data.aspaSource.count} ASPAs`;
  return `RPKI cache ${formatTransport(config)}: in sync, version ${session.version}, ${given}`;
}

function configOf(options: CacheOptions): CacheConnection['config'] {
  const config = { ...options, transport: options.transport ?? ('tcp' as const) };
  const { versionMax, intervals, overrides, ...rest } = config;
  return {
    ...rest,
    name: options.name ?? formatTransport(config),
    preference: options.preference ?? PREFERENCE_DEFAULT,
    ...(versionMax !== undefined && { versionMax }),
    ...(intervals !== undefined && { intervals }),
    ...(overrides !== undefined && { overrides }),
  };
}

/** Whether a cache can stay as it is. Hooks are compared as they are, everything else by what it says. */
function sameConfig(a: CacheConnection['config'], b: CacheConnection['config']): boolean {
  return a.connect === b.connect && JSON.stringify(a, sortedKeys) === JSON.stringify(b, sortedKeys);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
