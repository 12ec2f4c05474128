/** `rtr-cache.ts FILE PORT`: a cache that serves what is in a JSON file, `{ "vrps": [], "aspas": [] }`, also after the file has changed. */
import { readFileSync, watchFile } from 'node:fs';
import { type CacheContents, RtrCache } from '@tsbgp/rpki';

const [file = '', port = '0'] = process.argv.slice(2);
if (file === '--version') {
  const { version } = JSON.parse(readFileSync(new URL('../../packages/rpki/package.json', import.meta.url), 'utf8')) as { version: string };
  console.log(version);
  process.exit();
}

const contents = (): CacheContents => JSON.parse(readFileSync(file, 'utf8')) as CacheContents;
const cache = new RtrCache(contents());
await cache.listen({ host: '::', port: Number(port) });
watchFile(file, { interval: 200 }, () => cache.update(contents()));
process.once('SIGTERM', () => process.exit());
