/** What the daemon can be asked and told about its configuration as a whole. `LiveConfig` implements it; the API translates it. */
import type { ConfigError, ConfigWarning } from './config/config-error.ts';
import type { ConfigChange } from './config-change/change.ts';
import { ControlError } from './control-error.ts';
import type { NeighborConfig, NeighborField } from './keys/neighbor-keys.ts';

/** A configuration in the form of its file. */
export interface ConfigText {
  readonly text: string;
  /** For messages. */
  readonly name: string;
}

export interface CheckedConfig {
  /** Empty: the configuration is right. */
  readonly errors: readonly ConfigError[];
  readonly warnings: readonly ConfigWarning[];
}

export interface DiffedConfig {
  readonly changes: readonly ConfigChange[];
  readonly warnings: readonly ConfigWarning[];
}

export interface AppliedConfig extends DiffedConfig {
  /** 0: no version could be kept. */
  readonly version: number;
  /** When it is rolled back unless it is confirmed. */
  readonly confirmBy?: Date | undefined;
}

export interface ApplyOptions {
  /** Says why, in the list of versions. */
  readonly comment: string;
  /** Roll back after this time unless `confirm` is called. @default never */
  readonly confirmWithinSeconds?: number | undefined;
  /** Also where the file is not what the daemon read last. @default false */
  readonly overwrite?: boolean | undefined;
}

export interface CurrentConfig extends ConfigText {
  readonly version: number;
  readonly confirmBy?: Date | undefined;
}

export interface ConfigVersion {
  readonly number: number;
  readonly at: Date;
  readonly comment: string;
}

/** Values by field. Undefined: the key is not written, so that `defaults` and the daemon's own default apply. */
export type NeighborValues = ReadonlyMap<NeighborField, unknown>;

export type NeighborEdit =
  | { readonly type: 'add'; readonly address: string; readonly values: NeighborValues }
  | { readonly type: 'change'; readonly address: string; readonly values: NeighborValues }
  | { readonly type: 'delete'; readonly address: string };

/** A neighbor that is not written to a file has no section of `groups` to take keys from. Throws ControlError `failed-precondition`. */
export function checkWithoutFile(edit: NeighborEdit): void {
  if (edit.type === 'delete' || edit.values.get('group') === undefined) return;
  const sentence = 'groups are in the configuration file, and this neighbor is not written to it (api.write-back)';
  throw new ControlError('failed-precondition', 'neighbor.group', sentence);
}

export interface Configuration {
  /** As it is written, or with `effective` every value that applies. */
  current(form?: { readonly effective?: boolean; readonly json?: boolean }): CurrentConfig;
  check(config: ConfigText): CheckedConfig;
  /** What `apply` would change. Throws ControlError `invalid-argument`. */
  diff(config: ConfigText): DiffedConfig;
  /**
   * Puts the configuration into effect, and writes it to the file. Rejects with ControlError `invalid-argument`, `failed-precondition`, or with
   * StartError for a listener; then nothing has changed.
   */
  apply(config: ConfigText, options: ApplyOptions): Promise<AppliedConfig>;
  /**
   * Writes the change of a neighbor to the file after `action` has put it into effect. `action` is given the neighbor as the file has it then, with
   * `defaults` merged in; undefined for one that is deleted. Rejects as `action` does, and with `invalid-argument` and `failed-precondition`; then
   * nothing has changed.
   */
  editNeighbor<T>(edit: NeighborEdit, action: (neighbor: NeighborConfig | undefined) => T | Promise<T>): Promise<T>;
  /**
   * Gives a place of the file another value and puts it into effect, as `apply`; undefined deletes it. Rejects as `apply`, and with
   * `failed-precondition` where the file is not written through the API.
   */
  editPlace(place: readonly string[], value: unknown): Promise<AppliedConfig>;
  /** Keeps what was applied with `confirmWithinSeconds`. Rejects with `failed-precondition`. */
  confirm(): Promise<number>;
  /** The latest first. */
  versions(): readonly ConfigVersion[];
  /** Applies an earlier version; without a number, the one before the current one. Rejects as `apply`, and with `not-found`. */
  rollback(version: number | undefined, overwrite?: boolean): Promise<AppliedConfig>;
}
