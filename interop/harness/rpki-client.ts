/**
 * `rpki-client.ts CONFIGURATION SOCKET`: runs an RPKI client whose sources are in a JSON file, and answers questions on a Unix socket: `vrps`,
 * `cache`, `validate PREFIX AS`.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { type CacheStatus, formatRovState, formatVrp, RpkiClient, type RpkiSources } from '@tsbgp/rpki';

const [configuration = '', socket = ''] = process.argv.slice(2);
if (configuration === '--version') {
  const { version } = JSON.parse(readFileSync(new URL('../../packages/rpki/package.json', import.meta.url), 'utf8')) as { version: string };
  console.log(version);
  process.exit();
}

const log = (fields: object, message: string): void => console.log(message, JSON.stringify(fields));
const client = new RpkiClient({
  ...(JSON.parse(readFileSync(configuration, 'utf8')) as RpkiSources),
  logger: { debug: log, info: log, warn: log, error: log },
});
await client.start();

createServer({ allowHalfOpen: true }, (question) => {
  let words = '';
  question.setEncoding('utf8');
  question.on('error', () => {});
  question.on('data', (text: string) => {
    words += text;
  });
  question.on('end', () => question.end(`${answer(words.split(' ')).join('\n')}\n`));
}).listen(socket);
process.once('SIGTERM', () => process.exit());

function answer([word, ...args]: readonly string[]): string[] {
  switch (word) {
    case 'vrps':
      return [...client.vrps.vrps()].map(formatVrp).sort();
    case 'validate':
      return [formatRovState(client.validate(args[0]!, Number(args[1])).state)];
    default:
      return client.status().caches.flatMap(cacheLines);
  }
}

function cacheLines({ transport, phase, version, serial, ipv4, ipv6, aspas, connects, updates, lastError }: CacheStatus): string[] {
  return [
    transport,
    `phase ${phase}`,
    `version ${version}`,
    `serial ${serial}`,
    `vrps ${ipv4} ${ipv6}`,
    `aspas ${aspas}`,
    `connects ${connects}`,
    `updates ${updates}`,
    `last-error ${lastError?.reason ?? 'none'}`,
  ];
}
