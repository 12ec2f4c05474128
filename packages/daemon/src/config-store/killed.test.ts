/** A daemon that is killed at any moment leaves a file that loads and has every change that was acknowledged. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { scaled } from '../../../../test/scale.ts';
import { loadConfig } from '../config/load.ts';
import { Versions } from './versions.ts';

const PROGRAM = join(import.meta.dirname, '../../test/editing-process.ts');
const KILLS = Number(process.env['TSBGP_KILLS'] ?? scaled(60, 4));

test(`kill -9 at ${KILLS} random moments while neighbors are added and deleted`, { timeout: 1_800_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-killed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let changes = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const path = join(folder, `${kill}.yaml`);
    writeFileSync(path, '# kept\nglobal: { as: 64500, router-id: 192.0.2.254 }\n');
    const child = spawn(process.execPath, ['--conditions=tsbgp-source', PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
    await once(child.stdout, 'data');
    await delay(Math.random() * 100);
    child.kill('SIGKILL');
    await exited;
    // A line that was cut off was not told to anybody.
    const told = out.slice(0, out.lastIndexOf('\n')).split('\n');
    changes += told.length;
    const { config, text } = loadConfig(path);
    const found = new Set(config.neighbors.map(({ address }) => address));
    const expected = new Set<string>();
    for (const line of told) {
      if (line.startsWith('+')) expected.add(line.slice(1));
      else expected.delete(line.slice(1));
    }
    const lost = [...expected].filter((address) => !found.has(address));
    const back = [...found].filter((address) => !expected.has(address));
    // The change that was under way may be there or not.
    assert.ok(lost.length + back.length <= 1, `kill ${kill}: lost ${lost.join()}, back ${back.join()}`);
    if (lost.length === 1) assert.equal(`+${lost[0]}`, told.at(-1), `kill ${kill}: ${lost[0]} was acknowledged and is lost`);
    assert.ok(text.startsWith('# kept\n'));
    assert.ok(new Versions(path).latest > 0);
  }
  t.diagnostic(`${changes} changes were acknowledged`);
  assert.ok(changes > KILLS);
});
