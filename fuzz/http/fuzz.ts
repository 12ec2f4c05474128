/**
 * Sends octets to the sockets of a real API server, which runs in a separate process. Whatever they are, the process must live, other clients must
 * get answers, no exception may be contained, and everything that was held must be freed afterwards.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import type { Failure } from '../engine.ts';
import { minimizeSlowly } from '../minimize.ts';
import { Mutator } from '../mutate.ts';
import { Random } from '../random.ts';
import { http1, http2 } from './seeds.ts';
import type { Addresses, State } from './server.ts';

export interface HttpFuzzOptions {
  readonly inputs: number;
  /** @default 4271 */
  readonly seed?: number;
  /** Stops after this time. @default no limit */
  readonly seconds?: number;
  /** A fault that the server gets. @default none */
  readonly plant?: 'dies' | 'leaks';
  /** Octets by which the heap may grow from the end of warming up. @default 16 MiB */
  readonly heapGrowthMax?: number;
  readonly onProgress?: (inputs: number, milliseconds: number) => void;
}

export interface HttpFuzzOutcome {
  readonly inputs: number;
  readonly milliseconds: number;
  readonly heapGrowth: number;
  readonly failures: readonly Failure[];
}

export const HTTP_TARGET = 'http';
const SERVER = new URL('./server.ts', import.meta.url);
/** Inputs that are sent at the same time. */
const TOGETHER = 16;
/** Inputs between two checks of the server. */
const BATCH = 256;
/** How long to wait for an answer, and after its first octets for more of it. Most inputs are closed much sooner. */
const ANSWER_MS = 100;
const QUIET_MS = 10;
const HEALTHY_MS = 3000;
const EXIT_MS = 300;
/** The server has time limits of one second and frees its sockets soon after. */
const FREE_MS = 8000;
/** Most processes that are used to make an input smaller. */
const MINIMIZE_TRIES = 6;
const REPLAY_TRIES = 3;

/** The first octets of an input say how to send the others. */
const PLAN_OCTETS = 3;
const LISTENERS = 8;
type Ending = 'wait' | 'end' | 'reset';
const ENDINGS: readonly Ending[] = ['wait', 'wait', 'end', 'reset'];

export async function fuzzHttp(options: HttpFuzzOptions): Promise<HttpFuzzOutcome> {
  const random = new Random(options.seed ?? 4271);
  const mutator = new Mutator(random);
  const started = performance.now();
  const failures: Failure[] = [];
  const server = await Server.start(options.plant);
  let inputs = 0;
  let steady: number | undefined;
  let heapGrowth = 0;
  try {
    while (inputs < options.inputs && failures.length === 0) {
      if (options.seconds !== undefined && performance.now() - started > options.seconds * 1000) break;
      const batch = Array.from({ length: Math.min(BATCH, options.inputs - inputs) }, () => makeInput(random, mutator));
      for (let i = 0; i < batch.length; i += TOGETHER) await Promise.all(batch.slice(i, i + TOGETHER).map((input) => server.send(input)));
      inputs += batch.length;
      const wrong = await server.look();
      if (wrong !== undefined) {
        server.stop();
        failures.push(await explain(batch, wrong, options.plant));
        break;
      }
      // Let compiled code and the pools of Node settle first.
      if (inputs >= options.inputs / 4 && steady === undefined) steady = server.heap;
      options.onProgress?.(inputs, performance.now() - started);
    }
    if (failures.length === 0) {
      const held = await server.untilFree();
      heapGrowth = server.heap - (steady ?? server.heap);
      if (held !== undefined) failures.push(whole(`after ${inputs} inputs this is still held: ${held}`));
      if (heapGrowth > (options.heapGrowthMax ?? 16 << 20))
        failures.push(whole(`the heap grew by ${heapGrowth} octets in ${inputs} inputs`));
    }
  } finally {
    server.stop();
  }
  return { inputs, milliseconds: performance.now() - started, heapGrowth, failures };
}

/** Sends one input to a new server. */
export async function replayHttp(input: Uint8Array, plant?: HttpFuzzOptions['plant']): Promise<Failure | undefined> {
  const reason = await failsAgain(input, plant);
  if (reason === undefined) return undefined;
  const hex = Buffer.from(input).toString('hex');
  return { target: HTTP_TARGET, hex, minimized: hex, reason };
}

function whole(reason: string): Failure {
  return { target: HTTP_TARGET, hex: '', minimized: '', reason };
}

function makeInput(random: Random, mutator: Mutator): Uint8Array {
  const isHttp2 = random.oneIn(2);
  const seed = isHttp2 ? http2(random) : http1(random);
  let bytes: Uint8Array = seed;
  if (random.oneIn(2)) {
    mutator.make('community', seed, isHttp2 ? http2(random) : http1(random));
    bytes = mutator.bytes.slice(0, mutator.length);
  }
  const input = new Uint8Array(PLAN_OCTETS + bytes.length);
  input.set([random.below(LISTENERS), random.oneIn(2) ? random.below(256) : 0, random.below(ENDINGS.length)]);
  input.set(bytes, PLAN_OCTETS);
  return input;
}

/** `failsAlone`, several times: the timing of sockets varies, so a failure may not happen each time. */
async function failsAgain(input: Uint8Array, plant: HttpFuzzOptions['plant']): Promise<string | undefined> {
  let reason: string | undefined;
  for (let left = REPLAY_TRIES; left > 0 && reason === undefined; left--) reason = await failsAlone(input, plant);
  return reason;
}

async function failsAlone(input: Uint8Array, plant: HttpFuzzOptions['plant']): Promise<string | undefined> {
  const server = await Server.start(plant);
  try {
    await server.send(input);
    return await server.look();
  } finally {
    server.stop();
  }
}

/** Looks for an input of the batch that fails alone on a new server: first tries all in order, then repeats those that failed. */
async function explain(batch: readonly Uint8Array[], wrong: string, plant: HttpFuzzOptions['plant']): Promise<Failure> {
  let server = await Server.start(plant);
  try {
    for (const input of batch) {
      await server.send(input);
      if ((await server.look()) === undefined) continue;
      server.stop();
      server = await Server.start(plant);
      const reason = await failsAgain(input, plant);
      if (reason === undefined) continue;
      const least = await minimizeSlowly(
        input,
        'community',
        async (bytes) => (await failsAlone(bytes, plant)) !== undefined,
        MINIMIZE_TRIES,
      );
      return { target: HTTP_TARGET, hex: Buffer.from(input).toString('hex'), minimized: Buffer.from(least).toString('hex'), reason };
    }
  } finally {
    server.stop();
  }
  return whole(`${wrong} (after several inputs together)`);
}

class Server {
  readonly #child: ChildProcess;
  readonly #addresses: Addresses;
  #errors: string;
  #exit: string | undefined;
  heap = 0;

  static async start(plant: string | undefined): Promise<Server> {
    const child = fork(SERVER, plant === undefined ? [] : [plant], {
      execArgv: ['--conditions=tsbgp-source', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const addresses = await new Promise<Addresses>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Addresses));
      child.once('exit', (code) => reject(new Error(`the server did not start: exit code ${code}`)));
    });
    return new Server(child, addresses);
  }

  private constructor(child: ChildProcess, addresses: Addresses) {
    this.#child = child;
    this.#addresses = addresses;
    this.#errors = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      if (this.#errors.length < 4000) this.#errors += chunk.toString();
    });
    // After its last messages.
    child.once('close', (code, signal) => {
      this.#exit = `${code ?? signal}`;
    });
  }

  stop(): void {
    this.#child.removeAllListeners('message');
    this.#child.kill('SIGKILL');
  }

  /** Resolves when the server has answered or closed, or has not answered in time. */
  send(input: Uint8Array): Promise<void> {
    const [listener = 0, cut = 0, ending = 0] = input;
    const bytes = input.subarray(PLAN_OCTETS);
    return new Promise((resolve) => {
      const socket = this.#open(listener);
      let timer = setTimeout(done, ANSWER_MS);
      function done(): void {
        clearTimeout(timer);
        socket.destroy();
        resolve();
      }
      socket.on('error', done);
      socket.on('close', done);
      const how = ENDINGS[ending % ENDINGS.length];
      const after = (): void => {
        if (how === 'end') socket.end();
        if (how === 'reset') setImmediate(() => (listener === 1 ? socket.destroy() : socket.resetAndDestroy()));
      };
      // Some clients read their answer, some never do.
      if (listener % 4 !== 3) {
        socket.on('data', () => {
          clearTimeout(timer);
          timer = setTimeout(done, QUIET_MS);
        });
      }
      if (cut === 0 || cut >= bytes.length) socket.write(bytes, after);
      else socket.write(bytes.subarray(0, cut), () => setTimeout(() => socket.destroyed || socket.write(bytes.subarray(cut), after), 1));
    });
  }

  #open(listener: number): Socket {
    const { tcp, unix, http } = this.#addresses;
    if (listener === 1) return connect({ path: unix });
    return connect({ host: '127.0.0.1', port: listener === 2 ? http : tcp });
  }

  /** What is wrong with the server; undefined when nothing is. */
  async look(): Promise<string | undefined> {
    if (this.#exit === undefined && !(await this.#answers())) {
      // A dying process closes its sockets first.
      await new Promise((resolve) => setTimeout(resolve, EXIT_MS));
      return this.#exit === undefined ? `another client was not answered within ${HEALTHY_MS} ms` : this.#ended();
    }
    const state = await this.#state();
    if (state === undefined) return this.#ended();
    return state.contained > 0 ? `contained: ${state.firstError}` : undefined;
  }

  #ended(): string {
    return `the server ended with ${this.#exit}: ${this.#errors.trim()}`;
  }

  /** What the server still holds after it had time to free everything. */
  async untilFree(): Promise<string | undefined> {
    const end = performance.now() + FREE_MS;
    for (;;) {
      const state = await this.#state();
      if (state === undefined) return 'it does not answer';
      if (state.held === 0) return undefined;
      if (performance.now() > end) return state.what;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #state(): Promise<State | undefined> {
    if (this.#exit !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, HEALTHY_MS, undefined);
      this.#child.once('message', (message) => {
        clearTimeout(timer);
        this.heap = (message as State).heap;
        resolve(message as State);
      });
      this.#child.send('state', (error) => {
        if (error !== null) resolve(undefined);
      });
    });
  }

  async #answers(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#addresses.tcp}/tsbgp.v1.GlobalService/GetGlobal`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: '{}',
        signal: AbortSignal.timeout(HEALTHY_MS),
      });
      return (await response.text()).includes('65001');
    } catch {
      // Refused, reset or late: the client did not get an answer.
      return false;
    }
  }
}
