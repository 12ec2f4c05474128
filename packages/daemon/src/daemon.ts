/**
 * The life of the daemon: its configuration, its parts, and what is started in which order.
 *
 *   0. Policies in TypeScript are loaded.
 *   1. API and HTTP listen. If one of them cannot, no peer has heard of us yet.
 *   2. The BGP listeners open and the neighbors are added in the same turn: a peer that connects at once is already known.
 *   3. The programs start: they may announce routes at once.
 *   4. Stop: Cease to every peer first, then the rest, all within STOP_TIMEOUT_MS.
 *
 * If one step fails, what was started is stopped again. A broken invariant ends everything: Cease to every peer, a crash report, exit.
 */
import { BrokenInvariant } from '@tsbgp/rib';
import { HALF_OPEN_MAX_DEFAULT } from '@tsbgp/session';
import { Boundaries } from './boundaries.ts';
import { ConfigRejected } from './config/config-error.ts';
import { type DaemonConfig, type Loaded, parseConfig } from './config/load.ts';
import { ControlError, invalidArgument } from './control-plane.ts';
import { crashFolder, writeCrashReport } from './crash-report.ts';
import { formatEndpoint } from './endpoint.ts';
import type { EventLog } from './events.ts';
import { LiveConfig, type LogOverrides } from './live-config.ts';
import type { DaemonLog } from './log.ts';
import { DESCRIPTOR_CHECK_MS, DescriptorWatch, descriptorLimit, descriptorMax, openDescriptors } from './metrics/descriptors.ts';
import { EventLoopDelay } from './metrics/event-loop-delay.ts';
import type { MetricSource } from './metrics/exposition.ts';
import { MrtFiles } from './mrt/mrt-files.ts';
import type { Parts } from './parts.ts';
import { Programs } from './processes/programs.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { ConfigChange } from './reconcile/section.ts';
import { RestartFile, readFormerDaemon, restartFilePath } from './restart-file.ts';
import { ServiceListeners } from './service-listeners.ts';
import { SetFileReload } from './set-file-reload.ts';
import type { OwnRestart } from './speaker/own-routing.ts';
import type { Speaker } from './speaker/speaker.ts';
import { errno, listenError, StartError } from './start-error.ts';
import { type StateSummary, summarize } from './state-summary.ts';
import { VERSION } from './version.ts';

/** How long `stop` waits for peers that do not read their Cease. */
export const STOP_TIMEOUT_MS: number = 5000;
/** How long a daemon with a broken state waits for its Cease to go out. */
export const CRASH_TIMEOUT_MS: number = 1000;

/** Where the configuration comes from. */
export interface ConfigSource {
  readonly loaded: Loaded;
  readonly overrides: LogOverrides;
}

/** How a client of the API asks the daemon to stop. */
export interface ShutdownRequest {
  /** For the peers. */
  readonly reason: string | undefined;
  /** Peers are to keep our routes until the next daemon is there. */
  readonly isRestart: boolean;
}

export class Daemon {
  readonly speaker: Speaker;
  readonly listeners: ServiceListeners;
  /** Undefined where the daemon was not started from a file. */
  readonly live: LiveConfig | undefined;
  readonly programs: Programs;
  readonly mrt: MrtFiles;
  /** Resolves when a client of the API asks the daemon to stop. */
  readonly shutdownRequested: Promise<ShutdownRequest>;
  readonly boundaries: Boundaries;
  crashed = false;
  readonly #restartFile: RestartFile | undefined;
  #log: DaemonLog;
  #config: DaemonConfig;
  /** Settles when every earlier change of the configuration is done. */
  #changing: Promise<unknown> = Promise.resolve();
  #metricSources: MetricSource[] = [];
  #delay: EventLoopDelay = new EventLoopDelay();
  #descriptorTimer: NodeJS.Timeout | undefined;
  #setFiles: SetFileReload;

  /** With `source` the daemon has a file, which it reads again and writes. */
  constructor(config: DaemonConfig, log: DaemonLog, parts: Parts, source?: ConfigSource) {
    this.#config = config;
    this.#log = log;
    const { promise, resolve } = Promise.withResolvers<ShutdownRequest>();
    this.shutdownRequested = promise;
    this.boundaries = new Boundaries(log);
    this.#setFiles = new SetFileReload({ daemon: this, log, boundaries: this.boundaries });
    this.#metricSources.push(this.boundaries.addMetrics, log.addMetrics, this.#delay.addMetrics, this.#setFiles.addMetrics);
    this.programs = new Programs({ speaker: () => this.speaker, log, boundaries: this.boundaries, reload: () => void this.live?.reload() });
    this.#metricSources.push(this.programs.addMetrics);
    this.mrt = new MrtFiles({
      dump: (timestamp) => this.speaker.tableDump(timestamp),
      observe: (observer) => this.speaker.programPort.logMessages(observer),
      log,
      boundaries: this.boundaries,
    });
    this.#metricSources.push(this.mrt.addMetrics);
    const { as, routerId, clusterId, confederation, decision } = config.global;
    const restartPath = restartFilePath(config, parts);
    const limit = descriptorLimit();
    this.speaker = parts.createSpeaker({
      localAs: as,
      confederation,
      routerId,
      decision,
      clusterId,
      logger: log,
      version: VERSION,
      policySource: {
        config: () => this.#config,
        reload: () => this.#setFiles.reload(),
        parse: (text) => otherConfig(text, this.#config.file),
      },
      policyNames: () => Object.keys(this.#config.policy.policies ?? {}),
      onShutdown: (reason, isRestart) => resolve({ reason, isRestart }),
      restart: restartPath === undefined ? undefined : this.#ownRestart(restartPath),
      onSessions: () => this.#restartFile?.changed(),
      boundaries: this.boundaries,
      metricSources: this.#metricSources,
      processes: () => this.programs.states(),
      descriptorMax: descriptorMax(limit),
      // With few descriptors, connections that have not sent a valid OPEN yet may take a quarter of them.
      halfOpenMax: limit === undefined ? undefined : Math.min(HALF_OPEN_MAX_DEFAULT, Math.max(1, Math.floor(limit / 4))),
    });
    this.speaker.mrt = this.mrt;
    if (restartPath !== undefined) {
      const neighbors = (): string[] => this.speaker.keepers();
      this.#restartFile = new RestartFile({ path: restartPath, neighbors, log, boundaries: this.boundaries });
    }
    const addMetrics = (source: MetricSource): void => void this.#metricSources.push(source);
    this.live = source && new LiveConfig({ daemon: this, log, ...source });
    this.listeners = new ServiceListeners({
      control: this.speaker,
      configuration: this.live,
      log,
      boundaries: this.boundaries,
      parts,
      addMetrics,
    });
  }

  get events(): EventLog {
    return this.speaker.events;
  }

  /** What is in effect. */
  get config(): DaemonConfig {
    return this.#config;
  }

  /**
   * Puts another configuration into effect: what differs is changed, and nothing else is touched. Resolves with what was changed. Rejects with
   * ControlError or StartError; then the configuration from before is in effect. Calls take effect one after the other. A function is given
   * what is in effect when its turn comes.
   */
  change(wanted: DaemonConfig | ((before: DaemonConfig) => DaemonConfig)): Promise<ConfigChange[]> {
    const changed = this.#changing.then(async () => {
      const { speaker, listeners, programs, mrt, boundaries } = this;
      const after = typeof wanted === 'function' ? wanted(this.#config) : wanted;
      const changes = await reconcile(this.#config, after, { speaker, listeners, programs, mrt, log: this.#log, boundaries });
      this.#config = after;
      this.#setFiles.follow();
      return changes;
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /** Other neighbors are configured from now on; `action` puts that into effect, in the order of other changes. Rejects as `action` does. */
  adopt<T>(neighbors: DaemonConfig['neighbors'], action: () => T | Promise<T>): Promise<T> {
    const adopted = this.#changing.then(async () => {
      const result = await action();
      this.#config = { ...this.#config, neighbors };
      return result;
    });
    this.#changing = adopted.catch(() => undefined);
    return adopted;
  }

  /** Rejects with a StartError, after everything was stopped again. */
  async start(): Promise<void> {
    this.#delay.start();
    this.#watchDescriptors();
    try {
      await this.#usePolicies();
      await this.listeners.setApi(this.#config.api);
      await this.listeners.setHttp(this.#config.http);
      this.mrt.set(this.#config.mrt);
      await this.#startBgp();
      await this.programs.set(this.#config.processes);
    } catch (error) {
      // Neighbors may still keep the routes of the daemon before: the next try has to know it.
      this.#restartFile?.leave();
      await this.stop('start failed');
      throw error;
    }
    this.#setFiles.follow();
    const { global, neighbors } = this.#config;
    const count = neighbors.length === 1 ? '1 neighbor' : `${neighbors.length} neighbors`;
    this.#log.info(
      { version: VERSION, as: global.as },
      `tsbgpd ${VERSION} started: AS ${global.as}, router-id ${global.routerId}, ${count}`,
    );
  }

  /**
   * May be called in any state. Resolves with true when everything is closed, with false after STOP_TIMEOUT_MS. `isRestart`: peers that keep our
   * routes until the next daemon is there are not told.
   */
  async stop(reason?: string, isRestart = false): Promise<boolean> {
    this.#restartFile?.close(isRestart);
    this.#delay.stop();
    this.#setFiles.close();
    clearInterval(this.#descriptorTimer);
    this.live?.close();
    const closing = Promise.allSettled([this.#closeSpeaker(reason, isRestart), this.programs.close(), this.listeners.closeHttp()]).then(
      async (results) => {
        const [last] = await Promise.allSettled([this.listeners.closeApi()]);
        for (const result of [...results, last]) {
          if (result.status === 'fulfilled') continue;
          if (result.reason instanceof BrokenInvariant) await this.crash(result.reason);
          else this.#log.warn({ err: result.reason }, 'closing failed');
        }
        return true;
      },
    );
    return (await within(STOP_TIMEOUT_MS, closing)) === true;
  }

  /** The last messages go to the files of messages too. */
  async #closeSpeaker(reason: string | undefined, isRestart: boolean): Promise<void> {
    try {
      await this.speaker.close(reason, isRestart);
    } finally {
      await this.mrt.close();
    }
  }

  /** Writes the state to the log: a line for the process, one for each neighbor, and one with every metric that belongs to no neighbor. */
  logState(): void {
    const { process: ours, health, neighbors, neighborsLeftOut, metrics } = this.#summary();
    this.#log.info({ ...ours, health }, 'state: process');
    for (const neighbor of neighbors) this.#log.info(neighbor, `state: neighbor ${String(neighbor.address)} is ${String(neighbor.state)}`);
    if (neighborsLeftOut > 0) this.#log.info({ neighborsLeftOut }, `state: ${neighborsLeftOut} more neighbors, all Established`);
    this.#log.info({ metrics }, 'state: metrics');
  }

  /**
   * For a routing state that contradicts itself. Sends Cease to every peer, writes a crash report, and resolves after at most
   * CRASH_TIMEOUT_MS. The process must end then.
   */
  async crash(error: unknown): Promise<void> {
    this.crashed = true;
    this.#restartFile?.close(false);
    // First, because no peer may get another route from here on.
    const leaving = this.#abandon();
    this.#log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
    const folder = crashFolder(process.env);
    try {
      const path = writeCrashReport(folder, { error, state: this.#summary(), log: this.#log.recent() }, new Date());
      this.#log.fatal({ path }, `crash report written to ${path}: please attach it to a bug report`);
    } catch (failure) {
      this.#log.error({ err: failure, folder }, 'the crash report could not be written');
    }
    await within(CRASH_TIMEOUT_MS, leaving);
  }

  async #abandon(): Promise<void> {
    try {
      await this.speaker.abandon();
    } catch (error) {
      this.#log.error({ err: error }, 'not every peer could be told');
    }
  }

  /** What the daemon before this one left, as far as neighbors may still keep its routes. */
  #ownRestart(path: string): OwnRestart | undefined {
    const former = readFormerDaemon(path, this.#log);
    if (former === undefined) return undefined;
    const { neighbors, secondsAgo } = former;
    const deferralSeconds = this.#config.global.restartDeferralSeconds;
    const which = neighbors.length === 1 ? '1 neighbor' : `${neighbors.length} neighbors`;
    this.#log.info(
      { neighbors: neighbors.length, secondsAgo, deferralSeconds },
      `tsbgpd ran until ${secondsAgo} s ago, and ${which} may keep its routes: nothing is advertised until they have sent End-of-RIB`,
    );
    return { neighbors, deferralSeconds };
  }

  #summary(): StateSummary {
    return summarize(this.speaker, this.#delay.get());
  }

  #watchDescriptors(): void {
    const watch = new DescriptorWatch(this.#log);
    const look = () => this.boundaries.run('timer', { timer: 'descriptors' }, () => watch.look(openDescriptors(), descriptorLimit()));
    this.#descriptorTimer = setInterval(look, DESCRIPTOR_CHECK_MS).unref();
  }

  async #usePolicies(): Promise<void> {
    try {
      await this.speaker.usePolicies(this.#config);
    } catch (error) {
      throw refused('policy-refused', 'policies of the configuration', error);
    }
  }

  async #startBgp(): Promise<void> {
    const { listen, listenIsDefault } = this.#config.global;
    const listening = listen.map((endpoint) => this.speaker.listen(endpoint));
    // Awaited below, after the neighbors. Until then `allSettled` handles a rejection.
    const settled = Promise.allSettled(listening);
    try {
      this.speaker.configure(this.#config.own);
    } catch (error) {
      await settled;
      throw refused('route-refused', 'routes of the configuration', error);
    }
    this.speaker.configureRpki(this.#config.rpki);
    for (const neighbor of this.#config.neighbors) {
      try {
        this.speaker.addNeighbor(neighbor);
      } catch (error) {
        await settled;
        throw refused('neighbor-refused', `neighbor ${neighbor.address}`, error);
      }
    }
    this.speaker.started();
    const results = await settled;
    const anyListens = results.some((result) => result.status === 'fulfilled');
    for (const [i, result] of results.entries()) {
      const endpoint = listen[i]!;
      if (result.status === 'fulfilled') {
        const bound = this.speaker.global().listen[i] ?? endpoint;
        this.#log.info(bound, `BGP listening on ${formatEndpoint(endpoint.port === 0 ? bound : endpoint)}`);
        continue;
      }
      const error = listenError({ what: 'BGP', where: endpoint, key: 'global.listen' }, result.reason);
      const absent = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(errno(result.reason) ?? '');
      if (!(listenIsDefault && anyListens && absent)) throw error;
      this.#log.warn(endpoint, error.message);
    }
  }
}

function refused(code: 'neighbor-refused' | 'route-refused' | 'policy-refused', what: string, error: unknown): StartError {
  // `message` names the field as the API does; the file has other names.
  const reason = error instanceof ControlError ? error.sentence : error instanceof Error ? error.message : String(error);
  return new StartError(code, `${what}: ${reason}`, { cause: error });
}

/** A configuration that is not put into effect. Relative names of its files begin where those of `file` do. */
function otherConfig(text: string, file: string): DaemonConfig {
  try {
    return parseConfig(text, file).config;
  } catch (error) {
    if (!(error instanceof ConfigRejected)) throw error;
    const [first, ...further] = error.errors.map(({ message }) => ({ field: 'configuration', sentence: message }));
    throw invalidArgument(first!.field, first!.sentence, { further, cause: error });
  }
}

/** Waits for the promise. Resolves with undefined when that takes longer. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds, undefined);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
