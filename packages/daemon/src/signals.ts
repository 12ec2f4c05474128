/**
 * What signals mean to the daemon. Every signal that ends a process by default is handled here or deliberately ignored.
 *
 *     INT, TERM, QUIT   stop: Cease to every peer; a second signal stops without waiting
 *     USR2              stop for a restart: peers that keep our routes are not told (RFC 4724)
 *     HUP               the configuration is read again, and what differs is changed
 *     USR1              a summary of the state goes to the log
 *     the others below  no meaning: logged once, nothing happens
 *
 * Not handled: KILL and STOP, which cannot be caught; TSTP, TTOU and CONT, which stop and continue a job; ILL, ABRT, FPE, BUS, SEGV, SYS and
 * TRAP, which mean that the process itself is broken; PIPE and XFSZ, which Node ignores.
 */
import { constants } from 'node:os';
import type { Boundaries } from './boundaries.ts';
import type { DaemonLog } from './log.ts';

/** Stops the daemon for a restart. */
export const RESTART_SIGNAL = 'SIGUSR2';
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT', RESTART_SIGNAL] as const;

/** Deliberately ignored. Without a handler each of them would end the process without a Cease to the peers. */
export const MEANINGLESS_SIGNALS: readonly NodeJS.Signals[] = [
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
  /** Resolves with the name of the first signal that asks the daemon to stop. */
  readonly stop: Promise<string>;
  received = false;
  readonly #handlers: Map<NodeJS.Signals, () => void> = new Map();

  /** `report` writes the state to the log, `reload` reads the configuration again. */
  constructor(log: DaemonLog, boundaries: Boundaries, { report, reload }: { readonly report: () => void; readonly reload: () => void }) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.stop = promise;
    const on = (signal: NodeJS.Signals, handler: () => void) => {
      if (!(signal in constants.signals)) return; // this system does not have the signal
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
    on('SIGHUP', reload);
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

/** Whether V8 takes a profile. It uses SIGPROF for that. */
function isProfiled(): boolean {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((text) => /--(cpu-)?prof\b/.test(text));
}
