/** Where RPKI data of tests come from: caches on loopback, in the values of the configuration. */
import type { TestContext } from 'node:test';
import { type CacheContents, RtrCache, type RtrCacheOptions } from '@tsbgp/rpki';
import type { RpkiCacheConfig } from '../../src/rpki-config.ts';

/** A cache that serves these data until the test ends. */
export async function startCache(
  t: TestContext,
  contents: CacheContents,
  options?: RtrCacheOptions,
): Promise<{ readonly cache: RtrCache; readonly port: number }> {
  const cache = new RtrCache(contents, options);
  const { port } = await cache.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => cache.close());
  return { cache, port };
}

export function cacheConfig(port: number, more: Partial<RpkiCacheConfig> = {}): RpkiCacheConfig {
  return {
    name: `127.0.0.1:${port}`,
    address: '127.0.0.1',
    port,
    transport: 'tcp',
    preference: 1,
    localAddress: undefined,
    password: undefined,
    tls: {},
    ssh: {},
    refresh: undefined,
    retry: undefined,
    expire: undefined,
    ...more,
  };
}
