/**
 * The programs of the configuration: they start when the neighbors are there, follow changes of the configuration, and end with the daemon. What
 * they are made of is loaded when the first one is configured.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Boundaries } from '../boundaries.ts';
import type { ProcessState } from '../control-plane.ts';
import type { DaemonLog } from '../log.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { DaemonProcessConfig } from '../process-config.ts';
import type { Neighbor } from '../speaker/neighbor.ts';
import type { SessionObserver } from '../speaker/session-observer.ts';
import type { Speaker } from '../speaker/speaker.ts';
import type { Program, ProgramHost } from './program.ts';

export interface ProgramsOptions {
  /** What of the speaker programs use. Asked for when the first program starts. */
  readonly speaker: () => Speaker;
  readonly log: DaemonLog;
  readonly boundaries: Boundaries;
  /** A program asked for the configuration to be read again. */
  readonly reload: () => void;
}

export class Programs {
  readonly #options: ProgramsOptions;
  #programs: readonly Program[] = [];

  constructor(options: ProgramsOptions) {
    this.#options = options;
  }

  /** From now on these programs run: what stays the same is not touched, a changed one is started anew, and the routes of what is gone are withdrawn. */
  async set(configs: readonly DaemonProcessConfig[]): Promise<void> {
    if (configs.length + this.#programs.length === 0) return;
    const kept = new Map(
      this.#programs
        .filter((each) => configs.some((config) => isDeepStrictEqual(config, each.config)))
        .map((each) => [each.config.name, each]),
    );
    const gone = this.#programs.filter((each) => !kept.has(each.config.name));
    const loaded = configs.length > kept.size ? await import('./program.ts') : undefined;
    const speaker = this.#options.speaker();
    const host: ProgramHost = {
      getNeighbor: speaker.getNeighbor,
      resetSoftly: (neighbor, kind) => speaker.programPort.resetSoftly(neighbor, kind),
      routes: speaker.routes,
      settled: () => speaker.programPort.settled(),
      global: () => speaker.global(),
      neighbors: () => speaker.programPort.neighbors(),
      reload: this.#options.reload,
    };
    const started: Program[] = [];
    this.#programs = configs.map((config) => {
      const present = kept.get(config.name);
      if (present !== undefined) return present;
      const program = new loaded!.Program(
        config,
        host,
        speaker.programPort.ownedRoutes('process', config.name),
        this.#options.log,
        this.#options.boundaries,
      );
      started.push(program);
      return program;
    });
    speaker.programPort.observeSessions(this.#programs.length === 0 ? undefined : this.#observer());
    for (const program of started) program.start();
    await Promise.all(gone.map((program) => program.close(true)));
  }

  states(): ProcessState[] {
    return this.#programs.map((program) => program.state());
  }

  /** The daemon stops: its sessions end, and nothing is withdrawn before. */
  async close(): Promise<void> {
    const all = this.#programs;
    this.#programs = [];
    await Promise.all(all.map((program) => program.close(false)));
  }

  readonly addMetrics = (out: Exposition): void => {
    if (this.#programs.length === 0) return;
    const states = this.states();
    const add = (metric: { add(labels: Record<string, string>, value: number): void }, value: (state: ProcessState) => number): void => {
      for (const state of states) metric.add({ process: state.name }, value(state));
    };
    add(out.gauge('tsbgp_process_up', 'Whether a program of the configuration runs.'), ({ pid }) => (pid === undefined ? 0 : 1));
    add(out.counter('tsbgp_process_restarts_total', 'Times that a program was started again.'), ({ restarts }) => restarts);
    add(out.counter('tsbgp_process_commands_total', 'Commands that a program wrote.'), ({ commands }) => commands);
    add(out.counter('tsbgp_process_errors_total', 'Commands of a program that were answered with an error.'), ({ errors }) => errors);
    add(out.gauge('tsbgp_process_routes', 'Routes that a program announces.'), ({ routes }) => routes);
    add(out.gauge('tsbgp_process_backlog_bytes', 'Octets that wait for a program to read them.'), ({ backlogBytes }) => backlogBytes);
    add(
      out.counter('tsbgp_process_dropped_lines_total', 'Lines dropped because a program did not read.'),
      ({ droppedLines }) => droppedLines,
    );
  };

  /** What a program or an event throws costs that event. */
  #each(neighbor: Neighbor | undefined, action: (program: Program) => void): void {
    const fields = { neighbor: neighbor?.config.address };
    for (const program of this.#programs)
      this.#options.boundaries.run('program', { ...fields, process: program.config.name }, () => action(program));
  }

  #observer(): SessionObserver {
    return {
      stateChanged: (neighbor, _from, to) => this.#each(neighbor, (each) => each.stateChanged(neighbor, to)),
      established: (neighbor) => this.#each(neighbor, (each) => each.established(neighbor)),
      closed: (neighbor, reason) => this.#each(neighbor, (each) => each.closed(neighbor, reason)),
      message: (neighbor, direction, octets) =>
        this.#each(neighbor, (each) => each.message(neighbor, direction === 'sent' ? 'send' : 'receive', octets)),
      update: (neighbor, session, bytes, start, end) => this.#each(neighbor, (each) => each.update(neighbor, session, bytes, start, end)),
      sent: (neighbor, messages) => this.#each(neighbor, (each) => each.sent(neighbor, messages)),
      pause: (isPaused) => this.#each(undefined, (each) => each.pause(isPaused)),
    };
  }
}
