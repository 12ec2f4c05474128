/**
 * The life of the daemon: a configuration, the rooms, and what is started in which order.
 *
 *   1. API and HTTP listen: if one cannot, no peer has heard of us.
 *   2. The BGP listeners are asked for and the neighbors added in the same turn, so that a peer that connects at once is already known.
 *   3. Stop: Cease to every peer first, then the rest, all within STOP_TIMEOUT_MS.
 *
 * Whatever fails on the way, what was started is stopped again. A broken invariant ends all: Cease to every peer, a crash report, exit.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { BrokenInvariant } from '@tsbgp/rib';
import { HALF_OPEN_MAX_DEFAULT } from '@tsbgp/session';
import { Boundaries } from './boundaries.ts';
import type { DaemonConfig } from './config/daemon-config.ts';
import { ControlError, type Endpoint } from './control-plane.ts';
import { crashFolder, writeCrashReport } from './crash-report.ts';
import { formatEndpoint } from './endpoint.ts';
import type { HttpServer } from './http/http-server.ts';
import type { DaemonLog } from './log.ts';
import { DESCRIPTOR_CHECK_MS, DescriptorWatch, descriptorLimit, descriptorMax, openDescriptors } from './metrics/descriptors.ts';
import { EventLoopDelay } from './metrics/event-loop-delay.ts';
import type { MetricSource } from './metrics/exposition.ts';
import type { ApiRoom, Rooms, SpeakerRoom } from './rooms.ts';
import { errno, listenError, StartError } from './start-error.ts';
import { type StateSummary, summarize } from './state-summary.ts';
import { VERSION } from './version.ts';

/** A peer that does not read its Cease is not waited for any longer. */
export const STOP_TIMEOUT_MS: number = 5000;
/** How long the Cease of a daemon with a broken state may take. */
export const CRASH_TIMEOUT_MS: number = 1000;

export class Daemon {
  readonly config: DaemonConfig;
  readonly speaker: SpeakerRoom;
  /** Resolves with the reason when somebody asks for the end through the API. */
  readonly shutdownRequested: Promise<string | undefined>;
  readonly boundaries: Boundaries;
  /** The end is that of `crash`. */
  crashed = false;
  #log: DaemonLog;
  #rooms: Rooms;
  #api: ApiRoom | undefined;
  #http: HttpServer | undefined;
  #metricSources: MetricSource[] = [];
  #delay: EventLoopDelay = new EventLoopDelay();
  #descriptorTimer: NodeJS.Timeout | undefined;

  constructor(config: DaemonConfig, log: DaemonLog, rooms: Rooms) {
    this.config = config;
    this.#log = log;
    this.#rooms = rooms;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.shutdownRequested = promise;
    this.boundaries = new Boundaries(log);
    this.#metricSources.push(this.boundaries.addMetrics, log.addMetrics, this.#delay.addMetrics);
    const { as, routerId } = config.global;
    const limit = descriptorLimit();
    this.speaker = rooms.createSpeaker({
      localAs: as,
      routerId,
      logger: log,
      version: VERSION,
      onShutdown: resolve,
      boundaries: this.boundaries,
      metricSources: this.#metricSources,
      descriptorMax: descriptorMax(limit),
      // Where descriptors are few, connections that have proved nothing may take a quarter of them.
      halfOpenMax: limit === undefined ? undefined : Math.min(HALF_OPEN_MAX_DEFAULT, Math.max(1, Math.floor(limit / 4))),
    });
  }

  /** Rejects with a StartError. Nothing runs then. */
  async start(): Promise<void> {
    this.#delay.start();
    this.#watchDescriptors();
    try {
      await this.#startApi();
      await this.#startHttp();
      await this.#startBgp();
    } catch (error) {
      await this.stop('start failed');
      throw error;
    }
    const { global, neighbors } = this.config;
    const count = neighbors.length === 1 ? '1 neighbor' : `${neighbors.length} neighbors`;
    this.#log.info(
      { version: VERSION, as: global.as },
      `tsbgpd ${VERSION} started: AS ${global.as}, router-id ${global.routerId}, ${count}`,
    );
  }

  /** May be called in any state. Resolves when everything is closed, or after STOP_TIMEOUT_MS; then the answer is false. */
  async stop(reason?: string): Promise<boolean> {
    const api = this.#api;
    const http = this.#http;
    this.#api = undefined;
    this.#http = undefined;
    this.#delay.stop();
    clearInterval(this.#descriptorTimer);
    const closing = Promise.allSettled([this.speaker.close(reason), http?.close()]).then(async (results) => {
      const [last] = await Promise.allSettled([api?.close()]);
      for (const result of [...results, last]) {
        if (result.status === 'fulfilled') continue;
        if (result.reason instanceof BrokenInvariant) await this.crash(result.reason);
        else this.#log.warn({ err: result.reason }, 'closing failed');
      }
      return true;
    });
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, STOP_TIMEOUT_MS, false);
    const done = await Promise.race([closing, promise]);
    clearTimeout(timer);
    return done;
  }

  /** What runs, in the log: one line for the process, one for each neighbor, one with every metric that belongs to no neighbor. */
  logState(): void {
    const { process: ours, health, neighbors, neighborsLeftOut, metrics } = this.#summary();
    this.#log.info({ ...ours, health }, 'state: process');
    for (const neighbor of neighbors) this.#log.info(neighbor, `state: neighbor ${String(neighbor.address)} is ${String(neighbor.state)}`);
    if (neighborsLeftOut > 0) this.#log.info({ neighborsLeftOut }, `state: ${neighborsLeftOut} more neighbors, all Established`);
    this.#log.info({ metrics }, 'state: metrics');
  }

  /**
   * The routing state contradicts itself. Tells every peer, leaves a crash report, and resolves after at most CRASH_TIMEOUT_MS; the process
   * must end then.
   */
  async crash(error: unknown): Promise<void> {
    this.crashed = true;
    // First of all, and at once: from here on no peer gets another route.
    const leaving = this.#abandon();
    this.#log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
    const folder = crashFolder(process.env);
    try {
      const path = writeCrashReport(folder, { error, state: this.#summary(), log: this.#log.recent() }, new Date());
      this.#log.fatal({ path }, `crash report written to ${path}: please attach it to a bug report`);
    } catch (failure) {
      this.#log.error({ err: failure, folder }, 'the crash report could not be written');
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CRASH_TIMEOUT_MS);
    await Promise.race([leaving, promise]);
    clearTimeout(timer);
  }

  async #abandon(): Promise<void> {
    try {
      await this.speaker.abandon();
    } catch (error) {
      this.#log.error({ err: error }, 'not every peer could be told');
    }
  }

  #summary(): StateSummary {
    return summarize(this.speaker, this.#delay.get());
  }

  #watchDescriptors(): void {
    const watch = new DescriptorWatch(this.#log);
    const look = () => this.boundaries.run('timer', { timer: 'descriptors' }, () => watch.look(openDescriptors(), descriptorLimit()));
    this.#descriptorTimer = setInterval(look, DESCRIPTOR_CHECK_MS).unref();
  }

  async #startApi(): Promise<void> {
    const { unixSocket, mode, tcp, hosts } = this.config.api;
    const path = unixSocket === 'none' ? undefined : (unixSocket ?? this.#rooms.defaultSocketPath());
    if (path === undefined && unixSocket !== 'none') {
      throw new StartError(
        'no-socket-path',
        'no default path for the API socket is writable; write "api: { unix-socket: /PATH }" or "unix-socket: none"',
      );
    }
    if (path === undefined && tcp === undefined) return;
    const newFolder = path !== undefined && !existsSync(dirname(path)) ? dirname(path) : undefined;
    const settings = { unixSocket: path, mode, tcp, hosts, logger: this.#log, boundaries: this.boundaries };
    this.#api = this.#rooms.createApiServer(this.speaker, settings);
    this.#metricSources.push(this.#api.addMetrics);
    let bound: Endpoint | undefined;
    try {
      bound = (await this.#api.start()).tcp;
    } catch (error) {
      // Which of the two it was stands in the error of the system, if it stands anywhere.
      const onTcp = tcp !== undefined && (path === undefined || (error as { port?: number }).port === tcp.port);
      throw onTcp
        ? listenError({ what: 'API', where: tcp, key: 'api.tcp' }, error)
        : listenError({ what: 'API', where: path!, key: 'api.unix-socket' }, error);
    }
    if (newFolder !== undefined) this.#log.info({ folder: newFolder }, `created the folder ${newFolder} for the API socket`);
    if (path !== undefined) this.#log.info({ path }, `API listening on unix:${path}`);
    if (bound !== undefined) this.#log.info(bound, `API listening on ${formatEndpoint(bound)}`);
  }

  async #startHttp(): Promise<void> {
    const { http } = this.config;
    if (http === undefined) return;
    const { startHttpServer } = await import('./http/http-server.ts');
    try {
      this.#http = await startHttpServer(this.speaker, http, this.#log, { boundaries: this.boundaries, hosts: http.hosts });
      this.#metricSources.push(this.#http.addMetrics);
    } catch (error) {
      throw listenError({ what: 'HTTP', where: http, key: 'http.listen' }, error);
    }
    const { endpoint } = this.#http;
    this.#log.info(endpoint, `HTTP listening on http://${formatEndpoint(endpoint)} (/metrics, /healthz)`);
  }

  async #startBgp(): Promise<void> {
    const { listen, listenIsDefault } = this.config.global;
    const listening = listen.map((endpoint) => this.speaker.listen(endpoint));
    // Awaited below, after the neighbors: nobody may miss a rejection that comes before.
    const settled = Promise.allSettled(listening);
    for (const neighbor of this.config.neighbors) {
      try {
        this.speaker.addNeighbor(neighbor);
      } catch (error) {
        await settled;
        // The file has other names for the fields than the API.
        const reason = error instanceof ControlError ? error.sentence : error instanceof Error ? error.message : String(error);
        throw new StartError('neighbor-refused', `neighbor ${neighbor.address}: ${reason}`, { cause: error });
      }
    }
    const results = await settled;
    const one = results.some((result) => result.status === 'fulfilled');
    for (const [i, result] of results.entries()) {
      const endpoint = listen[i]!;
      if (result.status === 'fulfilled') {
        const bound = this.speaker.global().listen[i] ?? endpoint;
        this.#log.info(bound, `BGP listening on ${formatEndpoint(endpoint.port === 0 ? bound : endpoint)}`);
        continue;
      }
      const error = listenError({ what: 'BGP', where: endpoint, key: 'global.listen' }, result.reason);
      const absent = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(errno(result.reason) ?? '');
      if (!(listenIsDefault && one && absent)) throw error;
      this.#log.warn(endpoint, error.message);
    }
  }
}
