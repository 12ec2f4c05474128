/** The README's code runs, and prints what its comments say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import * as wire from './index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

for (const [, code = ''] of readme.matchAll(/```ts\n(.*?)```/gs)) {
  test('README: the code prints what its comments say', () => {
    const names =
      /^import \{(.*?)\} from '@tsbgp\/wire';$/ms
        .exec(code)?.[1]
        ?.split(',')
        .map((name) => name.trim()) ?? [];
    const exported: Record<string, unknown> = wire;
    for (const name of names) assert.ok(name in exported, `${name} is exported`);
    const lines: string[] = [];
    const log = (...values: unknown[]) =>
      lines.push(
        values.map((value) => (typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY }))).join(' '),
      );
    // The only type syntax in it is `!` after an expression.
    const script = code.replace(/^import .*?;$/ms, '').replaceAll(/([)\]])!/g, '$1');
    runInNewContext(script, { ...Object.fromEntries(names.map((name) => [name, exported[name]])), console: { log } });
    assert.deepEqual(
      lines,
      [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment),
    );
  });
}
