/** Plays one scenario on a separate test bed and reports the result of each step. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DaemonProcess } from './daemon-process.ts';
import type { DaemonKind, Instance } from './daemons/daemon-kind.ts';
import { daemonKinds } from './daemons/registry.ts';
import { located } from './programs.ts';
import { type CommandResult, runCommand, splitCommandLine } from './run-command.ts';
import { type Action, mismatch, type Scenario } from './scenario.ts';
import { TestBed } from './test-bed.ts';

export interface StepReport {
  readonly title: string;
  readonly passed: boolean;
  /** Why the step failed, with the last output and the last lines of the logs. */
  readonly detail?: string;
}

const READY_LIMIT_MS = 60_000;
const ASK_EVERY_MS = 400;

export interface RunOptions {
  /** Keeps the daemons' folders. */
  readonly keep: boolean;
  /** Ends the scenario early. Its processes and hosts are removed anyway. */
  readonly signal: AbortSignal;
}

/** Never rejects: when the set-up fails, every step fails. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<readonly StepReport[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-'));
  const hosts = new Map<string, Host>();
  const reports: StepReport[] = [];
  let bed: TestBed | undefined;
  try {
    bed = await TestBed.create(scenario.hosts);
    for (const { name } of scenario.hosts) hosts.set(name, await Host.create(name, scenario, bed, join(folder, name), options.signal));
    await Promise.all([...hosts.values()].map((host) => host.start()));
    for (const step of scenario.steps) {
      for (const action of step.actions) await play(action, hosts, options.signal);
      reports.push({ title: step.title, passed: true });
    }
  } catch (error) {
    const failed = scenario.steps[reports.length];
    const logs = [...hosts.values()].map((host) => `--- log of ${host.name}, its end\n${host.logTail()}`).join('\n');
    reports.push({ title: failed?.title ?? 'set up', passed: false, detail: `${(error as Error).message}\n${logs}` });
    for (const { title } of scenario.steps.slice(reports.length)) reports.push({ title, passed: false, detail: 'not reached' });
  } finally {
    await Promise.all([...hosts.values()].map((host) => host.close()));
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
    await bed?.close();
  }
  return reports;
}

async function play(action: Action, hosts: ReadonlyMap<string, Host>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const host = hosts.get(action.host)!;
  const place = `steps:${action.line}: ${action.host}${action.type === 'event' ? '!' : '$'} ${action.command}`;
  if (action.type === 'event') {
    const { code, output } = await host.perform(action.command);
    if (code !== 0) throw new Error(`${place}\nexit code ${code}\n${output}`);
    return;
  }
  const deadline = Date.now() + action.seconds * 1000;
  for (;;) {
    const { output } = await host.perform(action.command);
    const problem = mismatch(output, action);
    const over = Date.now() >= deadline;
    if (problem === undefined && (!action.holds || over)) return;
    if (problem !== undefined && (action.holds || over)) throw new Error(`${place}\n${problem}\n--- output\n${output.trimEnd()}`);
    await sleep(ASK_EVERY_MS, undefined, { signal });
  }
}

/** A host of the test bed with its daemon. */
class Host {
  readonly name: string;
  readonly #kind: DaemonKind;
  readonly #instance: Instance;
  readonly #logFile: string;
  readonly #signal: AbortSignal;
  #process: DaemonProcess | undefined;
  /** By local address. */
  readonly #announcers = new Map<string, DaemonProcess>();

  static async create(name: string, scenario: Scenario, bed: TestBed, folder: string, signal: AbortSignal): Promise<Host> {
    const kind = daemonKinds.find((candidate) => candidate.name === name);
    if (kind === undefined) throw new Error(`no daemon called "${name}"`);
    mkdirSync(folder);
    const source = join(scenario.folder, kind.configName);
    const instance: Instance = { folder, configFile: join(folder, kind.configName), on: (command) => bed.on(name, command) };
    if (!existsSync(source)) throw new Error(`${source} is missing`);
    copyFileSync(source, instance.configFile);
    const text = readFileSync(source, 'utf8');
    if (text.includes('@FOLDER@')) writeFileSync(instance.configFile, text.replaceAll('@FOLDER@', folder));
    await kind.prepare?.(instance);
    return new Host(name, kind, instance, signal);
  }

  private constructor(name: string, kind: DaemonKind, instance: Instance, signal: AbortSignal) {
    this.name = name;
    this.#kind = kind;
    this.#instance = instance;
    this.#logFile = join(instance.folder, 'log');
    this.#signal = signal;
  }

  /** Starts the daemon and waits until it answers. */
  async start(): Promise<void> {
    const started = new DaemonProcess(this.#instance.on(located(this.#kind, this.#kind.start(this.#instance))), this.#logFile, {
      ...process.env,
      ...this.#kind.environment,
    });
    this.#process = started;
    const ready = this.#kind.ready(this.#instance);
    const deadline = Date.now() + READY_LIMIT_MS;
    for (;;) {
      if (typeof ready === 'function' ? await ready() : (await this.#runProgram(ready)).code === 0) return;
      if (!started.running) throw new Error(`${this.name} ended at its start`);
      if (Date.now() > deadline) throw new Error(`${this.name} does not answer ${READY_LIMIT_MS / 1000} s after its start`);
      await sleep(150, undefined, { signal: this.#signal });
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#announcers.values()].map((announcer) => announcer.stop()));
    await this.#process?.stop();
  }

  /** An event or a question: a word of the harness or of the daemon's kind, else a program on this host. */
  async perform(line: string): Promise<CommandResult> {
    const [word = '', ...args] = splitCommandLine(line.replaceAll('@FOLDER@', this.#instance.folder));
    const own = this.#kind.words?.[word];
    if (own !== undefined) return own(this.#instance, args);
    switch (word) {
      case 'start':
        await this.start();
        return DONE;
      case 'stop':
        await this.#process?.stop();
        return DONE;
      case 'hand-over':
        await this.#process?.stop('SIGUSR2');
        return DONE;
      case 'kill':
        await this.#process?.kill();
        return DONE;
      case 'restart':
        await this.#process?.stop();
        await this.start();
        return DONE;
      case 'freeze':
        this.#process?.freeze();
        return DONE;
      case 'thaw':
        this.#process?.thaw();
        return DONE;
      case 'announcer':
        await this.#announce(args);
        return DONE;
      case 'log':
        return { code: 0, output: this.#log() };
      default:
        return this.#runProgram([word, ...args]);
    }
  }

  /** Stops the announcer that has this address, and starts another one unless the address is the only word. */
  async #announce(args: readonly string[]): Promise<void> {
    const [address = ''] = args;
    await this.#announcers.get(address)?.stop();
    this.#announcers.delete(address);
    if (args.length > 1) this.#announcers.set(address, new DaemonProcess(this.#instance.on([...ANNOUNCER, ...args]), this.#logFile));
  }

  async #runProgram([program = '', ...args]: readonly string[]): Promise<CommandResult> {
    const addressed = this.#kind.addressing?.[program]?.(this.#instance) ?? [];
    const { code, output } = await runCommand(this.#instance.on(located(this.#kind, [program, ...addressed, ...args])));
    return { code, output: (this.#kind.olderWords ?? []).reduce((text, [newer, older]) => text.replace(newer, older), output) };
  }

  #log(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
  }

  logTail(): string {
    return this.#log().trimEnd().split('\n').slice(-25).join('\n');
  }
}

const ANNOUNCER = [process.execPath, '--conditions=tsbgp-source', join(import.meta.dirname, 'announcer.ts')] as const;
const DONE: CommandResult = { code: 0, output: '' };
