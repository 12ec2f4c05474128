/** Runs the examples of docs/api.md against the lab, in the order of the page: the answers must be as shown. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Lab, startLab } from './lab.ts';
import { formatSocket, planLab } from './plan.ts';

const shell = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

interface Example {
  readonly command: string;
  /** The answer on the page, with `…` for what it leaves out; empty when it shows none. */
  readonly answer: string;
}

const EXAMPLES: readonly Example[] = [...readFileSync(`${REPOSITORY}docs/api.md`, 'utf8').matchAll(/^```\n(\$ [\s\S]*?)^```/gm)].flatMap(
  ([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const [command = '', ...answer] = example.trim().split('\n');
        return { command, answer: answer.map((line) => line.trim()).join('') };
      }),
);

/** Times, ports and counts differ in each run. */
function settled(answer: string): string {
  return answer
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/"port":\d+/g, '"port":PORT')
    .replaceAll(/"(uptimeSeconds|routes|rssBytes)":"\d+"/g, '"$1":"COUNT"');
}

function patternOf(answer: string): RegExp {
  const parts = settled(answer).split('…');
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}

suite('docs/api.md', { timeout: 60_000 }, () => {
  let lab: Lab;
  const call = async (method: string, request: string): Promise<string> => {
    const url = `http://${formatSocket(lab.plan.apiTcp)}/tsbgp.v1.${method}`;
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: request });
    return response.text();
  };

  before(async () => {
    lab = await startLab({ plan: await planLab({ isolated: true }), flapIntervalMs: 0 });
    for (let i = 0; i < 400; i++) {
      const health = JSON.parse(await call('ControlService/GetHealth', '{}')) as {
        established?: number;
        uptimeSeconds?: string;
        routes?: string;
      };
      // JSON leaves zeros out, so an uptime below a second is missing.
      if (health.established === 2 && health.uptimeSeconds !== undefined && Number(health.routes) > 4000) return;
      await setTimeout(25);
    }
    assert.fail('not within 10 s: both sessions with their routes');
  });
  after(() => lab.stop());

  test('there are examples', () => assert.ok(EXAMPLES.length >= 8, `${EXAMPLES.length}`));

  for (const { command, answer } of EXAMPLES) {
    const needsCurl = command.startsWith('curl ');
    test(command, { skip: needsCurl && !hasCurl && 'no curl here' }, async () => {
      const got = await run(command);
      if (answer !== '') assert.match(settled(got.trim()), patternOf(answer));
    });
  }

  async function run(command: string): Promise<string> {
    const [, method, request] = /^call (\S+) '(.*)'$/.exec(command) ?? [];
    if (method !== undefined && request !== undefined) return call(method, request);
    if (command.startsWith('curl ')) {
      const here = command.replace('/run/tsbgp/tsbgpd.sock', lab.plan.apiSocket).replace('127.0.0.1:50051', formatSocket(lab.plan.apiTcp));
      assert.notEqual(here, command, 'the example names the socket or the port of npm start');
      return (await shell('bash', ['-c', here])).stdout;
    }
    if (command.startsWith('tsbgp watch ')) return watch(command);
    assert.fail(`no way to run "${command}" here`);
  }

  /** Makes changes until the program has seen as many as it waits for. */
  async function watch(command: string): Promise<string> {
    const added = { prefix: '198.51.100.0/24', nextHop: '192.0.2.9' };
    const env = { ...process.env, TSBGP_ADDRESS: `http://${formatSocket(lab.plan.apiTcp)}` };
    let isOver = false;
    const watching = shell('bash', ['-c', command.replace(/^tsbgp/, 'npm run -s tsbgp --')], { cwd: REPOSITORY, env }).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await call('InjectionService/AddRoutes', JSON.stringify({ routes: [added] }));
      await setTimeout(100);
      await call('InjectionService/DeleteRoutes', JSON.stringify({ routes: [{ prefix: added.prefix }] }));
    }
    const { stdout } = await watching;
    assert.match(stdout, /198\.51\.100\.0\/24/);
    return stdout;
  }
});
