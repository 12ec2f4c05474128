/** A cache in the daemon. */
import type { CacheStatus } from '@tsbgp/rpki';
import type { RpkiCacheConfig } from '../rpki-config.ts';

/** A cache: what the configuration says of it, and what it is doing. */
export interface RpkiCacheState {
  readonly config: RpkiCacheConfig;
  readonly status: CacheStatus;
}
