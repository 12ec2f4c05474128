/** One measurement: start a daemon, load it, stop it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchHosts } from './hosts.ts';
import type { LoadGenerator } from './load-generators.ts';
import { loopDelay } from './loop-delay.ts';
import { type BenchScenario, loadOptions } from './scenarios.ts';
import type { Target } from './targets.ts';

/** What both generators print as one line of JSON, and what is measured beside them. More fields are named in figures.ts. */
export interface LoadResult {
  readonly converge_s: number;
  readonly target_cpu_s: number;
  readonly peak_rss_mb: number;
  readonly end_rss_mb?: number;
  readonly down_s?: number;
  /** Routes that came to a sender from which a control community had to keep them. */
  readonly leaked?: number;
  readonly [figure: string]: number | string | undefined;
}

export type Measurement = { readonly type: 'measured'; readonly result: LoadResult } | { readonly type: 'failed'; readonly reason: string };

export interface MeasureOptions {
  readonly hosts: BenchHosts;
  readonly generator: LoadGenerator;
  readonly target: Target;
  readonly scenario: BenchScenario;
  /** When to give up, if the scenario names no later time. */
  readonly timeoutSeconds: number;
  readonly folder: string;
}

const LISTEN_LIMIT_MS = 60_000;
/** Twice the window of the daemon's figures for its event loop: what its start did to them is forgotten then. */
const FORGET_START_MS = 31_000;

export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { hosts, generator, target, scenario, folder } = options;
  mkdirSync(folder, { recursive: true });
  const confs = join(folder, 'confs');
  generator.writeConfigurations(confs, scenario);
  const log = openSync(join(folder, 'log'), 'a');
  const command = ['netns', 'exec', hosts.target, ...target.start(scenario, confs, folder)];
  const daemon = spawn('ip', command, { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    daemon.once('exit', () => resolve());
  });
  try {
    const problem = await listening(hosts, daemon);
    if (problem !== undefined) return { type: 'failed', reason: `${problem}: ${lastLine(join(folder, 'log'))}` };
    const pid = daemon.pid ?? 0;
    const hasLoopDelay = scenario.loopDelay === true && target.name === 'tsbgpd';
    await sleep(hasLoopDelay ? FORGET_START_MS : 1000);
    const rssBefore = rssMb(pid);
    const measurement = await load(options, pid);
    if (measurement.type === 'failed') return measurement;
    const { result } = measurement;
    const { end_rss_mb: rssAfter } = result;
    const memory =
      scenario.memory === true && rssAfter !== undefined
        ? { octets_per_route: ((rssAfter - rssBefore) * 2 ** 20) / (scenario.senders * scenario.prefixes) }
        : {};
    return { type: 'measured', result: { ...result, ...memory, ...(hasLoopDelay ? loopDelay(hosts.target) : {}) } };
  } finally {
    if (daemon.exitCode === null) daemon.kill('SIGTERM');
    const inTime = await Promise.race([ended.then(() => true), sleep(15_000, false)]);
    if (!inTime) daemon.kill('SIGKILL');
    await ended;
  }
}

async function listening(hosts: BenchHosts, daemon: ChildProcess): Promise<string | undefined> {
  const deadline = Date.now() + LISTEN_LIMIT_MS;
  for (;;) {
    const { stdout } = spawnSync('ip', ['netns', 'exec', hosts.target, 'ss', '-Hltn', 'sport = :179'], { encoding: 'utf8' });
    if (stdout.trim() !== '') return undefined;
    if (daemon.exitCode !== null) return 'ended at its start';
    if (Date.now() > deadline) return 'does not listen';
    await sleep(100);
  }
}

function load({ hosts, generator, target, scenario, ...options }: MeasureOptions, pid: number): Promise<Measurement> {
  const { folder } = options;
  const reload = scenario.reload === true ? target.reload?.(scenario, join(folder, 'confs'), folder) : undefined;
  if (scenario.reload === true && reload === undefined) return Promise.resolve({ type: 'failed', reason: 'no reload' });
  const timeoutSeconds = Math.max(options.timeoutSeconds, scenario.timeoutSeconds ?? 0);
  const args = ['--pid', String(pid), '--label', target.name, '--timeout', String(timeoutSeconds), ...loadOptions(scenario)];
  if (reload !== undefined) args.push('--reload', reload);
  return new Promise((resolve) => {
    const child = spawn('ip', ['netns', 'exec', hosts.load, ...generator.command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err = (err + text).slice(-4000);
    });
    // The generator has its own time limit; this one is for a generator that hangs.
    const guard = setTimeout(() => child.kill('SIGKILL'), (timeoutSeconds + 60) * 1000);
    child.once('close', (code) => {
      clearTimeout(guard);
      if (code === 0) return resolve({ type: 'measured', result: JSON.parse(out) as LoadResult });
      const timedOut = err.includes('timeout in phase');
      resolve({ type: 'failed', reason: timedOut ? `> ${timeoutSeconds} s` : (err.trim().split('\n').at(-1) ?? `exit code ${code}`) });
    });
  });
}

function rssMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
}
