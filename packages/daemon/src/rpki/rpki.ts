/**
 * RPKI in the daemon: the client with its caches and files, what the RIB asks of its data, and who hears of changes.
 *
 *     caches, files -> RpkiClient -> tables <- TableValidator <- RIB
 *                          | changes -> RIB: routes to look at again
 *                          | status  -> StartHold: sessions that wait
 */
import type { RouteValidator, ValidationChange } from '@tsbgp/rib';
import { type RpkiChange, RpkiClient, type RpkiStatus } from '@tsbgp/rpki';
import type { Logger } from '@tsbgp/session';
import type { Boundaries } from '../boundaries.ts';
import type { EventLog } from '../events.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { hasSources, NO_RPKI, type RpkiConfig } from '../rpki-config.ts';
import type { RpkiCacheState } from '../rpki-control.ts';
import { cacheOptions } from './cache-options.ts';
import { ChangedFiles } from './changed-files.ts';
import { addRpkiMetrics } from './metrics.ts';
import { TableValidator } from './validator.ts';

export interface RpkiOptions {
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  readonly events: EventLog;
  /** Data changed: routes that this concerns are to be judged again. */
  readonly changed: (change: ValidationChange) => void;
  /** `isReady` may be another. */
  readonly statusChanged: () => void;
}

const ALL = { all: true, count: 0, lengths: new Uint8Array(0), addresses: new Uint8Array(0) } as const;

export class Rpki {
  readonly client: RpkiClient;
  readonly #options: RpkiOptions;
  readonly #validator: TableValidator;
  readonly #watch: ChangedFiles;
  #config: RpkiConfig = NO_RPKI;
  #isStarted = false;

  constructor(options: RpkiOptions) {
    this.#options = options;
    this.client = new RpkiClient({
      logger: this.#logger(),
      onChange: (change) => this.#changed(change),
      onStatus: () => this.#statusChanged(),
    });
    this.#validator = new TableValidator(this.client.vrps, this.client.aspas);
    const { logger, boundaries } = options;
    this.#watch = new ChangedFiles({ logger, boundaries, changed: () => void this.reloadFiles() });
  }

  get validator(): RouteValidator {
    return this.#validator;
  }

  get config(): RpkiConfig {
    return this.#config;
  }

  /** Whether data come from anywhere. */
  get isConfigured(): boolean {
    return hasSources(this.#config);
  }

  /** Whether all files were read, and a cache is or was in sync where there are caches. */
  get isReady(): boolean {
    return this.status().ready;
  }

  /**
   * Other sources, at the start or while the daemon runs. What stays the same keeps its connection and its data. Resolves when the files were
   * read; caches answer later. Never rejects: what is wrong with a file or cache is in the log and in `status`.
   */
  async configure(config: RpkiConfig): Promise<void> {
    this.#config = config;
    const { caches, files, slurm } = config;
    await this.#watch.follow([...files, ...slurm]);
    if (this.#config !== config || (!this.#isStarted && !this.isConfigured)) return;
    const sources = { caches: caches.map(cacheOptions), files, slurm };
    try {
      const isFirst = !this.#isStarted;
      this.#isStarted = true;
      await this.client.update(sources);
      if (isFirst) await this.client.start();
    } catch (error) {
      this.#options.boundaries.caught('process', { rpki: 'configuration' }, error);
    }
  }

  /** Reads all files again. */
  async reloadFiles(): Promise<void> {
    try {
      await this.client.reloadFiles();
    } catch (error) {
      this.#options.boundaries.caught('timer', { timer: 'rpki-files' }, error);
    }
  }

  status(): RpkiStatus {
    return this.client.status();
  }

  caches(): RpkiCacheState[] {
    const configs = new Map(this.#config.caches.map((config) => [config.name, config]));
    return this.status().caches.flatMap((status) => {
      const config = configs.get(status.name);
      return config === undefined ? [] : [{ config, status }];
    });
  }

  close(): void {
    this.#isStarted = false;
    this.#watch.close();
    this.client.close();
  }

  readonly addMetrics = (out: Exposition): void => {
    if (this.isConfigured) addRpkiMetrics(out, this.status(), this.caches());
  };

  #changed({ ranges, customers }: RpkiChange): void {
    const { vrps, aspas } = this.client;
    const validator = this.#validator;
    const hasVrps = vrps.count.ipv4 + vrps.count.ipv6 > 0;
    const hasAspas = aspas.count > 0;
    // With the first data every route gets a state, and with the last ones it loses it.
    const { ipv4, ipv6 } = hasVrps === validator.hasVrps ? ranges : { ipv4: ALL, ipv6: ALL };
    const changed = hasAspas === validator.hasAspas ? customers : 'all';
    validator.hasVrps = hasVrps;
    validator.hasAspas = hasAspas;
    this.#options.boundaries.run('rib', { rpki: 'change' }, () => this.#options.changed({ ipv4, ipv6, customers: changed }));
  }

  #statusChanged(): void {
    this.#options.boundaries.run('session', { rpki: 'status' }, this.#options.statusChanged);
  }

  /** What the client tells operators is an event too. */
  #logger(): Logger {
    const { logger, events } = this.#options;
    const telling = (level: 'info' | 'warn') => (fields: object, text: string) => {
      logger[level](fields, text);
      events.record({ type: 'rpki', neighbor: '', text });
    };
    return {
      debug: (fields, text) => logger.debug(fields, text),
      info: telling('info'),
      warn: telling('warn'),
      error: (fields, text) => logger.error(fields, text),
    };
  }
}
