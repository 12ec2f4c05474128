/** The examples of the README print what they say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

for (const [index, [, code]] of [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].entries()) {
  test(`example ${index + 1} of the README prints what it says`, async (t) => {
    const printed: string[] = [];
    t.mock.method(console, 'log', (line: string) => printed.push(line));
    const runnable = stripTypeScriptTypes(code!)
      .replace(/'@tsbgp\/policy'/, `'${new URL('index.ts', import.meta.url)}'`)
      .replace(/'@tsbgp\/wire'/, `'${import.meta.resolve('@tsbgp/wire')}'`);
    await import(`data:text/javascript,${encodeURIComponent(runnable)}`);
    const expected = [...code!.matchAll(/^\/\/ prints: (.*)$/gm)].map(([, line]) => line);
    assert.ok(expected.length > 0);
    assert.deepEqual(printed, expected);
  });
}
