import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

/** In a process of its own: a log writes to file descriptors, and what it loads can be seen. */
function logged(options: object, body: string): { out: string; modules: string[] } {
  const code = `
    import { createRequire } from 'node:module';
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))};
    const log = await createLog(${JSON.stringify(options)});
    ${body}
    await log.flush();
    const loaded = Object.keys(createRequire('/').cache).filter((path) => path.includes('pino-pretty'));
    process.stderr.write(JSON.stringify(loaded));
    process.exit(0);
  `;
  const result = spawnSync(process.execPath, ['--conditions=tsbgp-source', '--input-type=module', '--eval', code], { encoding: 'utf8' });
  return { out: result.stdout, modules: JSON.parse(result.stderr) as string[] };
}

test('JSON: one object a line with time, level as a word, fields and sentence, flushed before an immediate exit', () => {
  const { out } = logged(
    { level: 'info', format: 'auto' },
    "for (let i = 0; i < 1000; i++) log.info({ i }, 'line'); log.debug({}, 'hidden');",
  );
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(lines.length, 1000);
  assert.deepEqual(Object.keys(lines[999]!), ['level', 'time', 'i', 'msg']);
  assert.equal(lines[999]!.level, 'info');
  assert.match(String(lines[999]!.time), /^\d{4}-\d\d-\d\dT/);
});

test('JSON does not load what makes it pretty', () => {
  assert.deepEqual(logged({ level: 'info', format: 'json' }, "log.info({}, 'x');").modules, []);
});

test('pretty: a line for people, without colour where there is no terminal', () => {
  const { out, modules } = logged({ level: 'info', format: 'pretty' }, "log.warn({ neighbor: '192.0.2.1' }, 'down');");
  assert.match(out, /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: down \{"neighbor":"192\.0\.2\.1"\}\n$/);
  assert.ok(modules.length > 0);
});

test('silent is silent', () => assert.equal(logged({ level: 'silent', format: 'json' }, "log.fatal({}, 'x');").out, ''));
