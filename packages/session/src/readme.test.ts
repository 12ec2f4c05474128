import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as session from './index.ts';

test('the README and the guide name what is exported, and every option', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const guide = readFileSync(new URL('../../../docs/session.md', import.meta.url), 'utf8');
  for (const [, names = ''] of `${readme}${guide}`.matchAll(/import \{ (.+?) \} from '@tsbgp\/session'/g)) {
    for (const name of names.split(', ')) assert.ok(name in session, name);
  }
  const types = readFileSync(new URL('peer.ts', import.meta.url), 'utf8');
  const options = /export interface PeerOptions \{(.+?)\n\}/s.exec(types)?.[1] ?? '';
  for (const [, option = ''] of options.matchAll(/^ {2}readonly (\w+)\?:/gm)) {
    if (option !== 'bgpIdentifier') assert.ok(guide.includes(`\`${option}\``), `docs/session.md does not mention ${option}`);
  }
});

test('the example of the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.+?)```/s.exec(readme)?.[1] ?? '';
  // With a free port and without a key, since a test may run without root; otherwise unchanged.
  const body = code
    .replace(/^import .*$/m, '')
    .replace('port: 179', 'port: 0')
    .replace("host: '::'", "host: '127.0.0.1'")
    .replace(", md5Key: 'secret'", ', passive: true')
    .replace(/^process\.once.*$/m, 'await server.close();');
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
    name: string,
    body: string,
  ) => (server: unknown) => Promise<void>;
  await new AsyncFunction('Server', body)(session.Server);
});
