/** examples/tsbgpd.service, as far as systemd judges it without running it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const UNIT = readFileSync(join(import.meta.dirname, '../../../examples/tsbgpd.service'), 'utf8');
/** Of 100; what systemd calls OK begins at 40 and ends at 20. */
const EXPOSURE_MAX = 25;

test('the unit has no root, one capability, and writes only its own folders', () => {
  const values = (key: string): string[] => [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!);
  assert.deepEqual(values('User'), ['tsbgp']);
  assert.deepEqual([values('AmbientCapabilities'), values('CapabilityBoundingSet')], [['CAP_NET_BIND_SERVICE'], ['CAP_NET_BIND_SERVICE']]);
  assert.deepEqual([values('ProtectSystem'), values('ReadWritePaths')], [['strict'], ['/etc/tsbgp']]);
  assert.deepEqual(values('MemoryDenyWriteExecute'), [], 'V8 compiles at run time');
});

test('systemd understands every line, and judges it little exposed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-unit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tsbgpd.service');
  // The program and the user are not on this machine.
  writeFileSync(file, UNIT.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true').replace(/^(User|Group)=.*$/gm, '$1=root'));
  const analyze = (...args: string[]) => spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8', timeout: 20_000 });
  const verified = analyze('verify');
  if (verified.error !== undefined) return t.skip('systemd-analyze is not installed');
  assert.deepEqual([verified.stderr.split('\n').filter((line) => line.includes('tsbgpd.service')), verified.status], [[], 0]);
  writeFileSync(file, UNIT);
  const judged = analyze('security', '--offline=true', `--threshold=${EXPOSURE_MAX}`);
  assert.equal(judged.status, 0, judged.stdout.split('\n').at(-2));
});
