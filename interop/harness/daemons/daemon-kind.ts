/** A kind of daemon. Each is one file, and one row of the table in registry.ts. */
import type { CommandResult } from '../run-command.ts';

/** One daemon of one scenario: where it runs and where its files are. */
export interface Instance {
  /** `command`, to be run on the daemon's host. */
  readonly on: (command: readonly string[]) => string[];
  /** The daemon's folder for sockets and logs. Its path is short, since that of a socket has at most 107 octets. */
  readonly folder: string;
  /** Its configuration, a private copy of the file in the scenario's folder. */
  readonly configFile: string;
}

export interface DaemonKind {
  /** The name of the host in `steps`. */
  readonly name: string;
  /** File in the scenario's folder, e.g. "bird.conf". */
  readonly configName: string;
  /** Debian's package, and its programs that we need, the daemon first. Undefined for tsbgpd. */
  readonly debian?: { readonly package: string; readonly programs: readonly string[] };
  /** The command that prints the version, for the report. */
  readonly version: readonly string[];
  /** The command that runs the daemon in the foreground. */
  readonly start: (instance: Instance) => readonly string[];
  /** Environment variables that it needs. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called before the first start. */
  readonly prepare?: (instance: Instance) => void | Promise<void>;
  /** Arguments that tell a program which instance to use: program -> arguments after its name. */
  readonly addressing?: Readonly<Record<string, (instance: Instance) => readonly string[]>>;
  /**
   * Replacements in what the programs print, for newer versions that use other words than Debian's: pattern -> replacement. Scenarios use the
   * words of Debian's version.
   */
  readonly olderWords?: readonly (readonly [RegExp, string])[];
  /** Words of `steps` that are not programs: the harness answers them. */
  readonly words?: Readonly<Record<string, (instance: Instance, args: readonly string[]) => Promise<CommandResult>>>;
  /** A command that succeeds, or a function that resolves true, once the daemon answers questions. */
  readonly ready: (instance: Instance) => readonly string[] | (() => Promise<boolean>);
}
