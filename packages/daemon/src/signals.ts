/**
 * What signals mean to the daemon. Each one whose default ends a process has a meaning here, or none.
 *
 *     INT, TERM, QUIT   stop: Cease to every peer; a second one does not wait
 *     HUP               logged: the configuration cannot be reloaded yet
 *     USR1              a summary of the state goes to the log
 *     the others below  no meaning: logged once, nothing happens
 *
 * Not here: KILL and STOP cannot be caught; TSTP and TTOU stop a job and CONT lets it go on, as on every terminal; ILL, ABRT, FPE, BUS,
 * SEGV, SYS and TRAP say that the process itself is broken; PIPE and XFSZ are ignored by Node.
 */
import { constants } from 'node:os';
import type { Boundaries } from './boundaries.ts';
import type { DaemonLog } from './log.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const;

/** Ignored by intent. Without a handler each of them would end the process, and no peer would be told. */
export const MEANINGLESS_SIGNALS: readonly NodeJS.Signals[] = [
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGXCPU',
  'SIGTTIN',
];

export class Signals {
  /** Resolves with the name of the first signal that asks for the end. */
  readonly stop: Promise<string>;
  received = false;
  readonly #handlers: Map<NodeJS.Signals, () => void> = new Map();

  constructor(log: DaemonLog, boundaries: Boundaries, report: () => void) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.stop = promise;
    const on = (signal: NodeJS.Signals, handler: () => void) => {
      if (!(signal in constants.signals)) return; // another system
      const guarded = () => boundaries.run('signal', { signal }, handler);
      this.#handlers.set(signal, guarded);
      process.on(signal, guarded);
    };
    for (const signal of STOP_SIGNALS) {
      on(signal, () => {
        if (this.received) {
          log.warn({}, `${signal} again: not waiting any longer`);
          log.flushNow();
          process.exit(128 + constants.signals[signal]);
        }
        this.received = true;
        resolve(signal);
      });
    }
    on('SIGHUP', () => log.warn({}, 'SIGHUP: the configuration cannot be reloaded yet, restart to apply a change'));
    on('SIGUSR1', report);
    const told = new Set<string>();
    for (const signal of MEANINGLESS_SIGNALS) {
      if (signal === 'SIGPROF' && isProfiled()) continue;
      on(signal, () => {
        if (!told.has(signal)) log.info({ signal }, `${signal} means nothing to tsbgpd: ignored`);
        told.add(signal);
      });
    }
  }

  dispose(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}

/** A profile is taken with SIGPROF, which then belongs to V8. */
function isProfiled(): boolean {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((text) => /--(cpu-)?prof\b/.test(text));
}
