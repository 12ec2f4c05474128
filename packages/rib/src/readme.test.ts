/** The README's example does what it says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';

test('the example of the README announces the route to the other peer', async (t) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const lines: string[] = [];
  t.mock.method(console, 'log', (line: string) => lines.push(line));
  t.mock.method(console, 'warn', (...what: unknown[]) => assert.fail(String(what)));
  const runnable = stripTypeScriptTypes(code)
    .replace(/'@tsbgp\/rib'/, `'${new URL('index.ts', import.meta.url)}'`)
    .replace(/'@tsbgp\/wire'/, `'${import.meta.resolve('@tsbgp/wire')}'`);
  await import(`data:text/javascript,${encodeURIComponent(runnable)}`);
  const announced = lines.find((line) => line.startsWith('to 10.0.0.3') && line.includes('18c00002'));
  assert.match(announced ?? '', /02020000fc000000fdea/); // AS_SEQUENCE of 64512 65002
  assert.ok(!lines.some((line) => line.startsWith('to 10.0.0.2') && line.includes('18c00002')), 'not back to where it came from');
});
