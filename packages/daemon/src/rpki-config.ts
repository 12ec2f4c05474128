/** What the configuration says about RPKI: where the data come from, and how long sessions wait for them. */

/** How a cache is reached (RFC 8210 §9). */
export type RpkiTransport = 'tcp' | 'md5' | 'tls' | 'ssh';

/** A cache to ask over RTR. */
export interface RpkiCacheConfig {
  /** For people. No two caches have the same. */
  readonly name: string;
  /** Name or address. */
  readonly address: string;
  readonly port: number;
  readonly transport: RpkiTransport;
  /** Caches with the lowest number are used together; others while none of those is in sync. */
  readonly preference: number;
  /** Our address of the connection. Undefined: the system's choice. */
  readonly localAddress: string | undefined;
  /** The key of TCP MD5. */
  readonly password: string | undefined;
  /** Paths of PEM files, and the name that the certificate must have. */
  readonly tls: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
    readonly name?: string | undefined;
  };
  readonly ssh: {
    readonly user?: string | undefined;
    readonly identityFile?: string | undefined;
    readonly knownHosts?: string | undefined;
  };
  /** Seconds. They hold whatever the cache names; undefined: those of the cache. */
  readonly refresh: number | undefined;
  readonly retry: number | undefined;
  readonly expire: number | undefined;
}

export interface RpkiConfig {
  readonly caches: readonly RpkiCacheConfig[];
  /** Paths of JSON that rpki-client or Routinator wrote. */
  readonly files: readonly string[];
  /** Paths of SLURM files (RFC 8416). */
  readonly slurm: readonly string[];
  /** How long sessions wait for the data at the start; 0: not at all. */
  readonly waitSeconds: number;
}

/** How long sessions wait for the data at the start, in seconds. */
export const RPKI_WAIT_SECONDS_DEFAULT = 30;

/** Nothing is asked and nothing is validated. */
export const NO_RPKI: RpkiConfig = { caches: [], files: [], slurm: [], waitSeconds: 0 };

/** Whether there is anywhere that data come from. */
export function hasSources({ caches, files, slurm }: RpkiConfig): boolean {
  return caches.length + files.length + slurm.length > 0;
}
