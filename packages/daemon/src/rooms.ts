/** What the daemon is put together from, as interfaces: main.ts wires the real ones, tests wire what they need. */
import type { Boundaries } from './boundaries.ts';
import type { ControlPlane, Endpoint } from './control-plane.ts';
import type { Log } from './log.ts';
import type { MetricSource } from './metrics/exposition.ts';

export interface SpeakerSettings {
  readonly localAs: number;
  readonly routerId: string;
  readonly logger: Log;
  readonly version: string;
  /** Somebody asked through the API for the end. */
  readonly onShutdown: (reason?: string) => void;
  readonly boundaries: Boundaries;
  /** What other parts add to the metrics; filled while the daemon starts. */
  readonly metricSources: readonly MetricSource[];
  /** The session library's option of the same name: incoming connections leave the descriptors from here on to others. */
  readonly descriptorMax?: number | undefined;
  /** The session library's option of the same name. */
  readonly halfOpenMax?: number | undefined;
}

export interface SpeakerRoom extends ControlPlane {
  /** Rejects when the address cannot be bound. */
  listen(endpoint: Endpoint): Promise<unknown>;
  /** Cease/2 with `reason` to every peer, listeners closed; resolves when all is gone. */
  close(reason?: string): Promise<void>;
  /** The state cannot be trusted: Cease/8 to every peer, and not one more route to anybody. Resolves when all is gone. */
  abandon(): Promise<void>;
}

export interface ApiSettings {
  readonly unixSocket?: string | undefined;
  /** Permissions of the socket. */
  readonly mode?: number | undefined;
  readonly tcp?: Endpoint | undefined;
  /** By which clients may call the TCP listener, beside the loopback names and its own address. */
  readonly hosts?: readonly string[] | undefined;
  readonly logger: Log;
  readonly boundaries: Boundaries;
}

export interface ApiRoom {
  readonly addMetrics: MetricSource;
  /** Resolves with where it listens: of port 0 the one that the system chose. */
  start(): Promise<{ readonly tcp?: Endpoint | undefined }>;
  close(): Promise<void>;
}

export interface Rooms {
  createSpeaker(settings: SpeakerSettings): SpeakerRoom;
  createApiServer(control: ControlPlane, settings: ApiSettings): ApiRoom;
  /** Where the API socket goes when the configuration does not say; undefined where no path is writable. */
  defaultSocketPath(): string | undefined;
}
