/** Files of sets while a daemon runs: a change is seen by itself, and a mistake changes nothing and is told in log and metrics. */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PrefixSet } from '@tsbgp/policy';
import { parseConfig } from './config/load.ts';
import { Daemon } from './daemon.ts';
import type { DaemonLog } from './log.ts';
import { loadParts } from './parts.ts';

interface World {
  readonly daemon: Daemon;
  readonly write: (name: string, text: string) => void;
  /** Resolves when a line of the log has this text. */
  readonly logged: (text: string) => Promise<string>;
  readonly entries: (name: string) => string[];
}

async function start(t: TestContext, files: Readonly<Record<string, string>>, config: string): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-reload-'));
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const line = (_: object, text: string): void => {
    lines.push(text);
    for (const look of waiting) look();
  };
  const log: DaemonLog = {
    debug: () => undefined,
    info: line,
    warn: line,
    error: line,
    fatal: line,
    flush: async () => undefined,
    flushNow: () => undefined,
    recent: () => [],
    configure: async () => undefined,
    addMetrics: () => undefined,
  };
  const text = `global: { as: 64500, router-id: 10.0.0.1, listen: [127.0.0.1:0] }\napi: { unix-socket: none }\n${config}`;
  const daemon = new Daemon(parseConfig(text, join(folder, 'tsbgpd.yaml')).config, log, await loadParts());
  t.after(async () => {
    await daemon.stop();
    rmSync(folder, { recursive: true });
  });
  await daemon.start();
  return {
    daemon,
    write,
    logged: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = lines.find((one) => one.includes(wanted));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    entries(name) {
      const set = (daemon.config.policy.sets as { prefixes: Record<string, unknown> }).prefixes[name];
      assert.ok(set instanceof PrefixSet);
      return [...set.entries()];
    },
  };
}

const CONFIG = `
sets: { prefixes: { acme: { file: acme.txt }, other: { file: other.json, list: OTHER } } }
policies: { in: [ { match: { prefix: { set: acme } }, action: accept }, { match: { prefix: { set: other } }, action: accept } ] }
`;
const OTHER = '{ "OTHER": ["203.0.113.0/24"] }';

test('a file that changes is taken without being told; one with a mistake leaves its generation in use', { timeout: 60_000 }, async (t) => {
  const { daemon, write, logged, entries } = await start(t, { 'acme.txt': '192.0.2.0/24\n', 'other.json': OTHER }, CONFIG);
  const other = (daemon.config.policy.sets as { prefixes: { other: unknown } }).prefixes.other;
  write('acme.txt', '192.0.2.0/24\n198.51.100.0/24\n');
  await logged('acme.txt: generation 2 with 2 entries is in use');
  assert.deepEqual(entries('acme'), ['192.0.2.0/24', '198.51.100.0/24']);
  assert.equal((daemon.config.policy.sets as { prefixes: { other: unknown } }).prefixes.other, other);

  write('acme.txt', '192.0.2.0/24\n\nwhat?\n');
  assert.equal(await logged('set in'), 'set in acme.txt:3: "what?" is not a prefix: generation 2 stays in use');
  assert.deepEqual(entries('acme'), ['192.0.2.0/24', '198.51.100.0/24']);
  const metrics = daemon.speaker.metrics();
  assert.match(metrics, /tsbgp_set_file_stale\{file=".*acme\.txt",kind="prefixes"\} 1/);
  assert.match(metrics, /tsbgp_set_file_errors_total\{file=".*acme\.txt",kind="prefixes"\} 1/);
  assert.match(metrics, /tsbgp_set_file_generation\{file=".*other\.json",kind="prefixes"\} 1/);

  write('acme.txt', '192.0.2.0/25\n');
  await logged('generation 3 with 1 entries is in use');
  assert.deepEqual(entries('acme'), ['192.0.2.0/25']);
  assert.match(daemon.speaker.metrics(), /tsbgp_set_file_stale\{file=".*acme\.txt",kind="prefixes"\} 0/);
});

test('the files of a new configuration are watched, and no longer those of the one before', { timeout: 60_000 }, async (t) => {
  const { daemon, write, logged, entries } = await start(t, { 'acme.txt': '192.0.2.0/24\n', 'other.json': OTHER }, CONFIG);
  const { file, setFiles } = daemon.config;
  const text = `global: { as: 64500, router-id: 10.0.0.1, listen: [127.0.0.1:0] }
api: { unix-socket: none }
sets: { prefixes: { other: { file: other.json } } }
policies: { in: [ { match: { prefix: { set: other } }, action: accept } ] }`;
  await daemon.change(parseConfig(text, file, setFiles.files).config);
  assert.equal(setFiles.files.states.length, 1);
  write('other.json', '{ "A": [], "B": ["192.0.2.0/24"] }');
  await logged('other.json: generation 2 with 1 entries is in use');
  assert.deepEqual(entries('other'), ['192.0.2.0/24']);
});
