/** `exabgp server FILE …`: runs the program until a signal or a command ends it. */

import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SyntaxFault } from '@tsbgp/process-api';
import { type Configuration, ConfigurationError } from '../config/configuration.ts';
import { startCommandLine } from '../daemon/command-line.ts';
import { findFile, loadConfiguration } from '../daemon/load.ts';
import { becomeUser } from '../daemon/privileges.ts';
import { Program } from '../daemon/program.ts';
import type { Environment } from '../env/environment.ts';
import { Log } from '../env/log.ts';
import { complain, type Io } from './io.ts';
import { helpText, type OptionSpec, parseArguments, UsageError } from './usage.ts';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'verbose', short: 'v', help: 'log everything' },
  { name: 'debug', short: 'd', help: 'log everything, also details' },
  { name: 'signal', short: 's', value: 'SECONDS', help: 'reload after this time' },
  { name: 'once', short: '1', help: 'one connection to each peer' },
  { name: 'pdb', short: 'p', help: 'unused' },
  { name: 'passive', short: 'P', help: 'only wait for peers' },
  { name: 'memory', short: 'm', help: 'unused' },
  { name: 'profile', value: 'FILE', help: 'unused' },
  { name: 'fi', help: 'unused' },
  { name: 'validate', help: 'check the files and end' },
  { name: 'help', short: 'h', help: 'this text' },
];

export async function server(args: readonly string[], io: Io, environment: Environment): Promise<number> {
  const { flags, values, words } = parseArguments(args, OPTIONS);
  if (flags.has('help')) {
    io.stdout.write(helpText('exabgp server [options] FILE …', OPTIONS));
    return 0;
  }
  if (words.length === 0) throw new UsageError('found no configuration file, allowed is e.g. exabgp server /etc/exabgp/exabgp.conf');
  if (flags.has('once')) environment.override('tcp.attempts', '1');
  if (flags.has('passive')) environment.override('bgp.passive', 'true');
  if (flags.has('verbose') || flags.has('debug')) environment.override('log.all', 'true');
  if (flags.has('debug')) environment.override('log.level', 'DEBUG');
  if (environment.flag('daemon.daemonize')) return inBackground(args, io);

  const log = new Log(environment);
  const files = words.map((word) => findFile(word, environment.root));
  const rotation = new Rotation(files, environment.flag('debug.rotate'), environment.root, io.env);
  let configuration: Configuration;
  try {
    configuration = rotation.first();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    complain(io, error.message);
    return 1;
  }
  if (flags.has('validate')) return 0;
  const pidFile = environment.text('daemon.pid');
  if (pidFile !== '' && existsSync(pidFile)) {
    complain(io, `${pidFile} exists: the program runs already, or has not ended well`);
    return 1;
  }
  process.umask(environment.number('daemon.umask'));
  if (pidFile !== '') writeFileSync(pidFile, `${process.pid}\n`);
  try {
    const problem = becomeUser(environment);
    if (problem !== undefined) {
      complain(io, problem);
      return 1;
    }
    return await run(
      new Program({ environment, variables: io.env, log, load: () => rotation.next() }),
      configuration,
      environment,
      log,
      values,
    );
  } catch (error) {
    if (!(error instanceof SyntaxFault) && !(error instanceof ConfigurationError)) throw error;
    complain(io, error.message);
    return 1;
  } finally {
    if (pidFile !== '') rmSync(pidFile, { force: true });
  }
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGALRM', 'SIGUSR1', 'SIGUSR2'] as const;

async function run(
  program: Program,
  configuration: Configuration,
  environment: Environment,
  log: Log,
  values: ReadonlyMap<string, readonly string[]>,
): Promise<number> {
  process.removeAllListeners('SIGUSR1');
  const listeners = SIGNALS.map((name) => [name, () => program.signal(name)] as const);
  for (const [name, listener] of listeners) process.on(name, listener);
  const seconds = Number(values.get('signal')?.[0] ?? 0);
  if (seconds > 0) void sleep(seconds * 1000, undefined, { ref: false }).then(() => program.signal('SIGUSR1'));
  const closeCommandLine = startCommandLine(program, environment, log);
  try {
    return await program.run(configuration);
  } finally {
    closeCommandLine();
    for (const [name, listener] of listeners) process.off(name, listener);
  }
}

/** The files that a reload reads. */
class Rotation {
  readonly #files: readonly string[];
  readonly #rotates: boolean;
  readonly #places: { root: string; path: string };
  #at = 0;

  constructor(files: readonly string[], rotates: boolean, root: string, env: NodeJS.ProcessEnv) {
    this.#files = files;
    this.#rotates = rotates;
    this.#places = { root, path: env['PATH'] ?? '' };
  }

  first(): Configuration {
    return loadConfiguration(this.#rotates ? [this.#files[0]!] : this.#files, this.#places);
  }

  /** With `debug.rotate` the next file. */
  next(): Configuration {
    if (!this.#rotates) return this.first();
    const at = (this.#at + 1) % this.#files.length;
    const configuration = loadConfiguration([this.#files[at]!], this.#places);
    this.#at = at;
    return configuration;
  }
}

function inBackground(args: readonly string[], io: Io): number {
  const env = { ...io.env, exabgp_daemon_daemonize: 'false', 'exabgp.daemon.daemonize': 'false' };
  const script = process.argv[1] ?? '';
  const words = process.argv.slice(2, process.argv.length - args.length);
  const child = spawn(process.execPath, [...process.execArgv, script, ...words, ...args], { detached: true, stdio: 'ignore', env });
  child.unref();
  return 0;
}
