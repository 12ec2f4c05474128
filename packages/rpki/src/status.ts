/** What the sources of a client are doing, for people and monitoring. */
import type { Phase } from './client/session.ts';
import type { RtrVersion } from './rtr/codes.ts';
import type { RtrIntervals } from './rtr/pdu.ts';

/** Numbers of what a source gives, also of what filters remove. */
export interface SourceCounts {
  readonly ipv4: number;
  readonly ipv6: number;
  readonly aspas: number;
}

/** One cache. */
export interface CacheStatus extends SourceCounts {
  readonly name: string;
  /** "tcp 192.0.2.1:323". */
  readonly transport: string;
  readonly preference: number;
  readonly phase: Phase;
  /** Undefined while the cache has not answered. */
  readonly version: RtrVersion | undefined;
  /** Undefined while we have to ask for everything. */
  readonly sessionId: number | undefined;
  readonly serial: number | undefined;
  readonly intervals: RtrIntervals;
  /** Age of the connection; undefined when there is none. */
  readonly connectedSeconds: number | undefined;
  /** Age of the last complete answer; undefined when there are no data. */
  readonly updatedSeconds: number | undefined;
  /** Until the next query or attempt; undefined when none is planned. */
  readonly nextQuerySeconds: number | undefined;
  /** Until the data may not be used any longer; undefined when there are no data. */
  readonly expiresSeconds: number | undefined;
  /** What went wrong last. It may be over. */
  readonly lastError: { readonly reason: string; readonly secondsAgo: number } | undefined;
  /** Connections that opened, PDUs received, complete answers, failures. */
  readonly connects: number;
  readonly pdusReceived: number;
  readonly updates: number;
  readonly errors: number;
}

/** One file. */
export interface FileStatus extends SourceCounts {
  readonly file: string;
  readonly kind: 'export' | 'slurm';
  /** Age of what is used of the file; undefined when it could not be read yet. */
  readonly loadedSeconds: number | undefined;
  /** Why the file as it is now is not used. */
  readonly error: string | undefined;
}

/** All sources of a client, and what they give together. */
export interface RpkiStatus {
  readonly caches: readonly CacheStatus[];
  readonly files: readonly FileStatus[];
  /** What takes part in validation, each VRP and customer once. */
  readonly total: SourceCounts;
  /** Memory of the VRPs, octets. */
  readonly octets: number;
  /** Whether all files were read, and there are data of a cache if there are caches. */
  readonly ready: boolean;
}
