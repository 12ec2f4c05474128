/** A kind of daemon: one file and one row of the table in registry.ts for each. */
import type { CommandResult } from '../run-command.ts';

/** One daemon of one scenario: where it runs and where its files lie. */
export interface Instance {
  /** Puts a command on the daemon's host. */
  readonly on: (command: readonly string[]) => string[];
  /** Folder of its own for sockets, logs and the like; short, since a socket's path has at most 107 octets. */
  readonly folder: string;
  /** Its configuration, a private copy of the file in the scenario's folder. */
  readonly configFile: string;
}

export interface DaemonKind {
  /** As the host is called in `steps`. */
  readonly name: string;
  /** File in the scenario's folder, e.g. "bird.conf". */
  readonly configName: string;
  /** Debian's package, and the programs it must bring, the daemon first. Undefined for our own daemon. */
  readonly debian?: { readonly package: string; readonly programs: readonly string[] };
  /** How the version is asked for, for the report. */
  readonly version: readonly string[];
  /** The command that runs the daemon in the foreground. */
  readonly start: (instance: Instance) => readonly string[];
  /** Environment variables that it needs. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What must be done before the first start. */
  readonly prepare?: (instance: Instance) => void | Promise<void>;
  /** Programs whose command lines need to be told which instance is meant: program -> arguments after its name. */
  readonly addressing?: Readonly<Record<string, (instance: Instance) => readonly string[]>>;
  /**
   * Newer versions say some things in other words. Scenarios are written in those of Debian's version: pattern -> replacement, applied to
   * what the programs print.
   */
  readonly olderWords?: readonly (readonly [RegExp, string])[];
  /** Words that are not programs: asked of the daemon by the harness itself. */
  readonly words?: Readonly<Record<string, (instance: Instance, args: readonly string[]) => Promise<CommandResult>>>;
  /** Resolves true as soon as the daemon answers questions. */
  readonly ready: (instance: Instance) => readonly string[] | (() => Promise<boolean>);
}
