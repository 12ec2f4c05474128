/** The listeners for programs and people: the API and HTTP. They start with the daemon and follow its configuration. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ApiServer } from './api-server/api-server.ts';
import type { Boundaries } from './boundaries.ts';
import type { DaemonConfig } from './config/load.ts';
import type { Configuration } from './configuration.ts';
import type { ControlPlane } from './control-plane.ts';
import { formatEndpoint } from './endpoint.ts';
import type { HttpServer } from './http/http-server.ts';
import type { DaemonLog } from './log.ts';
import type { MetricSource } from './metrics/exposition.ts';
import type { Parts } from './parts.ts';
import { listenError, StartError } from './start-error.ts';

export interface ServiceListenersOptions {
  readonly control: ControlPlane;
  readonly configuration: Configuration | undefined;
  readonly log: DaemonLog;
  readonly boundaries: Boundaries;
  readonly parts: Pick<Parts, 'createApiServer' | 'defaultSocketPath'>;
  readonly addMetrics: (source: MetricSource) => void;
}

export class ServiceListeners {
  readonly #options: ServiceListenersOptions;
  #api: ApiServer | undefined;
  #http: HttpServer | undefined;
  #httpConfig: DaemonConfig['http'];

  constructor(options: ServiceListenersOptions) {
    this.#options = options;
    options.addMetrics((out) => this.#http?.addMetrics(out));
  }

  /** Listens as `config` says from now on. Rejects with a StartError; then everything that listened before still does. */
  async setApi(config: DaemonConfig['api']): Promise<void> {
    const { control, configuration, log, boundaries, parts, addMetrics } = this.#options;
    const { unixSocket, mode, tcp, hosts, access } = config;
    const path = unixSocket === 'none' ? undefined : (unixSocket ?? parts.defaultSocketPath());
    if (path === undefined && unixSocket !== 'none') {
      throw new StartError(
        'no-socket-path',
        'no default path for the API socket is writable; write "api: { unix-socket: /PATH }" or "unix-socket: none"',
      );
    }
    if (path === undefined && tcp === undefined && this.#api === undefined) return;
    const newFolder = path !== undefined && !existsSync(dirname(path)) ? dirname(path) : undefined;
    if (this.#api === undefined) {
      this.#api = parts.createApiServer(control, { logger: log, boundaries, configuration });
      addMetrics(this.#api.addMetrics);
    }
    try {
      for (const { where, isNew } of await this.#api.listen({ unixSocket: path, mode, tcp, hosts, access })) {
        if (!isNew) continue;
        if (typeof where !== 'string') log.info(where, `API listening on ${formatEndpoint(where)}`);
        else {
          if (newFolder !== undefined) log.info({ folder: newFolder }, `created the folder ${newFolder} for the API socket`);
          log.info({ path: where }, `API listening on unix:${where}`);
        }
      }
    } catch (error) {
      // The error of the system says which of the two listeners failed, if anything does.
      const onTcp = tcp !== undefined && (path === undefined || (error as { port?: number }).port === tcp.port);
      throw onTcp
        ? listenError({ what: 'API', where: tcp, key: 'api.tcp' }, error)
        : listenError({ what: 'API', where: path!, key: 'api.unix-socket' }, error);
    }
  }

  /** As `setApi`, for HTTP. */
  async setHttp(config: DaemonConfig['http']): Promise<void> {
    const before = this.#httpConfig;
    if (this.#http !== undefined && isDeepStrictEqual(before, config)) return;
    await this.#http?.close();
    this.#http = undefined;
    this.#httpConfig = undefined;
    if (config === undefined) return;
    const { control, log, boundaries } = this.#options;
    const { startHttpServer } = await import('./http/http-server.ts');
    try {
      this.#http = await startHttpServer(control, config, log, { boundaries, hosts: config.hosts });
    } catch (error) {
      const failed = listenError({ what: 'HTTP', where: config, key: 'http.listen' }, error);
      if (before !== undefined) await this.setHttp(before);
      throw failed;
    }
    this.#httpConfig = config;
    const { endpoint } = this.#http;
    log.info(endpoint, `HTTP listening on http://${formatEndpoint(endpoint)} (/metrics, /healthz)`);
  }

  async closeHttp(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    await http?.close();
  }

  /** Ends every call. */
  async closeApi(): Promise<void> {
    const api = this.#api;
    this.#api = undefined;
    await api?.close();
  }
}
