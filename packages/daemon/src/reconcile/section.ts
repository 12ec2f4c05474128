/**
 * A section of the configuration that can change while the daemon runs. A section is a file in this folder and a line in sections.ts: it says what
 * differs between two configurations, and puts the new one into effect.
 *
 * A new section needs `diff` and `apply`. `diff` is pure and loads nothing of the running daemon, since `tsbgpd --diff` uses it too. `apply` does its
 * work in small steps, and gives the undo list the inverse of each step before it does the next one: when any section fails, all steps of all
 * sections are undone in reverse order.
 */
import type { Boundaries } from '../boundaries.ts';
import type { DaemonConfig } from '../config/load.ts';
import type { ConfigChange } from '../config-change/change.ts';
import type { DaemonLog } from '../log.ts';
import type { MrtFiles } from '../mrt/mrt-files.ts';
import type { Programs } from '../processes/programs.ts';
import type { ServiceListeners } from '../service-listeners.ts';
import type { Speaker } from '../speaker/speaker.ts';

export type { ConfigChange, Effect } from '../config-change/change.ts';

/** The parts of the daemon that sections change. */
export interface Running {
  readonly speaker: Speaker;
  readonly listeners: ServiceListeners;
  readonly programs: Programs;
  readonly mrt: MrtFiles;
  readonly log: DaemonLog;
  readonly boundaries: Boundaries;
}

export interface Applying {
  readonly before: DaemonConfig;
  readonly after: DaemonConfig;
  /** What `diff` of this section said. */
  readonly changes: readonly ConfigChange[];
  readonly running: Running;
  /** `action` takes back the step that comes next, or that was just made. It also runs where that step has changed nothing. */
  undo(action: () => void | Promise<void>): void;
}

export interface ConfigSection {
  /** For messages: the key at the top of the file. */
  readonly name: string;
  diff(before: DaemonConfig, after: DaemonConfig): readonly ConfigChange[];
  /** Throws ControlError or StartError where the change cannot be made. Called for all sections before any is applied. @default nothing to check */
  check?(applying: Omit<Applying, 'undo'>): void;
  /** Called where there is a difference. Throws as `check`, or rejects; then its steps are undone. */
  apply(applying: Applying): void | Promise<void>;
}
