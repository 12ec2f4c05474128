/**
 * A running lab: the daemon and the two peers, each a separate process, and their reports. Starting takes a second or two. `stop` ends the
 * sessions with a Cease, then stops the daemon, and removes the files.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { daemonConfig } from './daemon-config.ts';
import type { LabEvent, LabSpeakerOptions } from './lab-speaker.ts';
import { formatSocket, type LabPlan } from './plan.ts';
import { LAB_PEERS } from './topology.ts';

export interface LabOptions {
  readonly plan: LabPlan;
  readonly flapIntervalMs: number;
}

export interface Lab {
  readonly plan: LabPlan;
  readonly configFile: string;
  readonly logFile: string;
  readonly processes: { readonly daemon: number; readonly peers: readonly number[] };
  /** Routes that each peer announces. */
  readonly announced: readonly number[];
  readonly events: EventEmitter<{ peer: [position: number, event: LabEvent]; died: [message: string] }>;
  stop(): Promise<void>;
}

/** How long daemon and sessions may take to come up, on a slow machine. */
const START_TIMEOUT_MS = 30_000;
/** Processes that have not ended by then are killed. */
const STOP_TIMEOUT_MS = 5000;

const SOURCE_CONDITION = '--conditions=tsbgp-source';

export async function startLab({ plan, flapIntervalMs }: LabOptions): Promise<Lab> {
  const configFile = join(plan.folder, 'tsbgpd.yaml');
  const logFile = join(plan.folder, 'tsbgpd.log');
  writeFileSync(configFile, daemonConfig(plan));
  const events: Lab['events'] = new EventEmitter();
  const children: ChildProcess[] = [];
  let stopping = false;

  function watchOver(name: string, child: ChildProcess): void {
    children.push(child);
    child.once('exit', (code, signal) => {
      if (!stopping) events.emit('died', `${name} ended unexpectedly (${signal ?? `exit code ${code}`})${lastLines(logFile)}`);
    });
  }

  /** Ends the daemon when this process ends unexpectedly. The peers notice that by themselves. */
  const killAll = (): void => children.forEach((child) => child.kill());
  process.once('exit', killAll);

  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    process.off('exit', killAll);
    const [daemon, ...peers] = children;
    await Promise.all(peers.map((peer) => end(peer, () => peer.connected && peer.send('stop'))));
    if (daemon !== undefined) await end(daemon, () => daemon.kill('SIGTERM'));
    rmSync(plan.folder, { recursive: true, force: true });
  }

  try {
    const daemon = spawnDaemon(configFile, logFile);
    watchOver('tsbgpd', daemon);
    const up: Promise<number>[] = [];
    await untilReady(plan, events);
    const peers = LAB_PEERS.map((peer, position) => {
      const child = forkPeer({
        position,
        localAddress: plan.peerAddresses[position]!,
        daemonAddress: plan.bgp.host === '::' ? plan.peerAddresses[position]! : plan.bgp.host,
        daemonPort: plan.bgp.port,
        flapIntervalMs,
      });
      watchOver(`lab peer ${peer.name}`, child);
      up.push(firstEstablished(child));
      child.on('message', (event) => events.emit('peer', position, event as LabEvent));
      return child;
    });
    const announced = await orDeath(events, () => Promise.all(up), 'the sessions did not come up');
    return {
      plan,
      configFile,
      logFile,
      processes: { daemon: daemon.pid!, peers: peers.map((peer) => peer.pid!) },
      announced,
      events,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function spawnDaemon(configFile: string, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  const bin = fileURLToPath(new URL('./bin.ts', import.meta.resolve('@tsbgp/daemon')));
  // detached: a Ctrl-C must not reach the daemon before the peers have ended their sessions. We pass it on.
  const child = spawn(process.execPath, [SOURCE_CONDITION, bin, configFile], {
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  return child;
}

function forkPeer(options: LabSpeakerOptions): ChildProcess {
  const file = fileURLToPath(new URL('./peer.ts', import.meta.url));
  return fork(file, [JSON.stringify(options)], { execArgv: [SOURCE_CONDITION], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

function firstEstablished(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const event = message as LabEvent;
      if (event.type === 'established') resolve(event.routes);
    });
  });
}

/** Resolves when the daemon answers `/healthz`. */
async function untilReady(plan: LabPlan, events: Lab['events']): Promise<void> {
  const url = `http://${formatSocket(plan.metrics)}/healthz`;
  const ask = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const response = await fetch(url, { signal }).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.ok === true) return;
      await setTimeout(50);
    }
  };
  await orDeath(events, ask, 'the daemon did not answer');
}

/** The result of `work`. Rejects when a process dies first, or when time is up. */
async function orDeath<T>(events: Lab['events'], work: (signal: AbortSignal) => Promise<T>, complaint: string): Promise<T> {
  const over = new AbortController();
  const death = once(events, 'died', { signal: over.signal }).then(([message]: string[]) => {
    throw new Error(message);
  });
  const timeout = setTimeout(START_TIMEOUT_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${complaint} within ${START_TIMEOUT_MS / 1000} s`);
  });
  try {
    return await Promise.race([work(over.signal), death, timeout]);
  } finally {
    // The race is over: the rejections of the others are not errors.
    for (const loser of [death, timeout]) loser.catch(() => {});
    over.abort();
  }
}

async function end(child: ChildProcess, ask: () => unknown): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const killer = globalThis.setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  ask();
  await exited;
  clearTimeout(killer);
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
  return lines === '' ? '' : `:\n${lines}`;
}
