/**
 * Which of several caches are used (RFC 8210 §10). Caches of the same preference form a group and are used together: their data are joined. The
 * group with the lowest number comes first. Another one is used only while no cache of the groups before it is in sync.
 *
 * Data stay in use until they expire, also those of a cache that cannot be reached, while another group serves. They go at once when a group
 * that comes before theirs is in sync.
 */
import type { CacheConnection } from './cache-connection.ts';

/**
 * Starts and stops caches. `failed` holds the caches that have failed since they were last in sync: a cache that has not had its first chance
 * yet does not call for the next group.
 */
export function arrange(caches: readonly CacheConnection[], failed: ReadonlySet<CacheConnection>): void {
  const preferences = [...new Set(caches.map(({ config }) => config.preference))].sort((a, b) => a - b);
  let needed = true;
  for (const preference of preferences) {
    const group = caches.filter(({ config }) => config.preference === preference);
    for (const cache of group) {
      if (needed) cache.start();
      else cache.stop();
    }
    needed &&= group.every((cache) => failed.has(cache));
  }
}
