import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Lab, startLab } from './lab.ts';
import type { LabEvent } from './lab-speaker.ts';
import { formatSocket, planLab } from './plan.ts';
import { isKnownTo, loadSeeds } from './routes.ts';
import { commands } from './screen.ts';
import { LAB_PEERS } from './topology.ts';

const shell = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** Calls the API as `curl` does, so that the test covers what the lab prints. */
async function call(lab: Lab, method: string, request: object): Promise<Record<string, unknown>> {
  const response = await fetch(`http://${formatSocket(lab.plan.apiTcp)}/tsbgp.v1.${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  return JSON.parse(body) as Record<string, unknown>;
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await condition()) return;
    await setTimeout(25);
  }
  assert.fail(`not within 10 s: ${what}`);
}

suite('the lab', { timeout: 60_000 }, () => {
  let lab: Lab;
  const events: [number, LabEvent][] = [];

  before(async () => {
    lab = await startLab({ plan: await planLab({ isolated: true }), flapIntervalMs: 100 });
    lab.events.on('peer', (position, event) => events.push([position, event]));
  });
  after(() => lab.stop());

  test('both peers come up and announce their routes', async () => {
    const seeds = loadSeeds();
    for (const position of LAB_PEERS.keys()) {
      assert.equal(lab.announced[position], seeds.filter((seed) => isKnownTo(position, seed)).length);
    }
    await until('both sessions Established in the API', async () => Number((await health(lab)).established) === 2);
  });

  test('the daemon gets all routes except the few that a flap took', async () => {
    const total = loadSeeds().length;
    await until('the Loc-RIB holds all', async () => Number((await health(lab)).routes ?? 0) >= total - 24);
  });

  test('routes are lost and come back by other paths', async () => {
    for (const kind of ['withdraw', 'restore', 'move']) {
      await until(kind, () => events.some(([, event]) => event.type === 'flap' && event.kind === kind));
    }
  });

  test('the commands on the screen work as printed', async () => {
    const [first, ...others] = commands(lab.plan).map(([command]) => command);
    assert.match(first!, /^export TSBGP_ADDRESS=/); // tsbgp does not find an isolated lab by itself
    for (const command of others.filter((text) => !text.endsWith(' watch') && !(text.startsWith('curl ') && !hasCurl))) {
      const { stdout, stderr } = await shell('bash', ['-c', `${first}\n${command}`], { cwd: REPOSITORY });
      assert.equal(stderr, '', command);
      assert.notEqual(stdout.trim(), '', command);
    }
    const watch = others.find((text) => text.endsWith(' watch'));
    const { stdout } = await shell('bash', ['-c', `${first}\n${watch} --limit 3`], { cwd: REPOSITORY });
    assert.equal(stdout.trim().split('\n').length, 3);
    const down = await call(lab, 'NeighborService/GetNeighbor', { address: lab.plan.peerAddresses[1] });
    assert.match(JSON.stringify(down), /"adminDown":true/);
  });

  test('stop ends every process and leaves no files', async () => {
    await lab.stop();
    for (const pid of [lab.processes.daemon, ...lab.processes.peers]) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.equal(existsSync(lab.plan.folder), false);
  });
});

function health(lab: Lab): Promise<Record<string, unknown>> {
  return call(lab, 'ControlService/GetHealth', {});
}

test('npm start | head: when no one reads what it prints, the lab ends and leaves no daemon', { timeout: 60_000 }, async () => {
  const start = fileURLToPath(new URL('./start.ts', import.meta.url));
  const args = ['--conditions=tsbgp-source', start, '--isolated', '--flap-interval', '0.1'];
  const lab = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(lab, 'exit');
  let text = '';
  for await (const chunk of lab.stdout) {
    text += String(chunk);
    // Leaving the loop closes the pipe.
    if (text.includes('What the peers do meanwhile')) break;
  }
  const pid = Number(/tsbgpd .* pid (\d+)/.exec(text)?.[1]);
  assert.ok(pid > 0, text);
  const [code] = await ended;
  assert.equal(code, 0);
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
});
