/**
 * The configuration of a running daemon and its file. Changes come from the file (SIGHUP) and from the API, one after the other.
 *
 *     1. The new text is parsed and checked. Nothing has changed so far.
 *     2. What differs is put into effect (reconcile/); when a step fails, all are taken back.
 *     3. A change from the API is written to the file. When that fails, the configuration from before is put into effect again.
 *     4. Only then the change is acknowledged: what was acknowledged is in the file.
 *
 * A change that awaits its confirmation is rolled back by a timer; or at the next start, when the daemon ended before (config-store/recover.ts).
 */
import type { SetFiles } from '@tsbgp/policy/node';
import { stringify } from 'yaml';
import type { Boundaries } from './boundaries.ts';
import { type ConfigError, ConfigRejected, formatWarning } from './config/config-error.ts';
import { effectiveValues } from './config/effective.ts';
import { type DaemonConfig, type Loaded, loadConfig, parseConfig } from './config/load.ts';
import type { LogFormat, LogLevel } from './config/schema.ts';
import type { ConfigChange } from './config-change/change.ts';
import { describeChange, summarizeChanges } from './config-change/describe.ts';
import { ConfigFile } from './config-store/config-file.ts';
import { editNeighbor, editPlace } from './config-store/edit-neighbors.ts';
import {
  type AppliedConfig,
  type ApplyOptions,
  type CheckedConfig,
  type ConfigText,
  type Configuration,
  type CurrentConfig,
  checkWithoutFile,
  type DiffedConfig,
  type NeighborEdit,
} from './configuration.ts';
import { ControlError, type ControlProblem, invalidArgument } from './control-error.ts';
import type { EventLog } from './events.ts';
import { apiField } from './keys/neighbor-api.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig } from './keys/neighbor-keys.ts';
import { readHostAddress } from './keys/values.ts';
import type { DaemonLog } from './log.ts';
import { diffConfig } from './reconcile/reconcile.ts';
import { StartError } from './start-error.ts';

/** Options of the command line that go before the file. */
export interface LogOverrides {
  readonly level: LogLevel | undefined;
  readonly format: LogFormat | undefined;
}

export function withOverrides(config: DaemonConfig, { level, format }: LogOverrides): DaemonConfig {
  return { ...config, log: { level: level ?? config.log.level, format: format ?? config.log.format } };
}

/** The daemon, as far as its configuration is concerned. */
export interface Configurable {
  readonly config: DaemonConfig;
  readonly boundaries: Boundaries;
  readonly events: Pick<EventLog, 'record'>;
  change(after: DaemonConfig): Promise<ConfigChange[]>;
  adopt<T>(neighbors: DaemonConfig['neighbors'], action: () => T | Promise<T>): Promise<T>;
}

export interface LiveConfigOptions {
  readonly daemon: Configurable;
  readonly log: Pick<DaemonLog, 'info' | 'warn' | 'error'>;
  readonly overrides: LogOverrides;
  /** What is in effect at the start. */
  readonly loaded: Loaded;
}

interface Edited extends Pick<Loaded, 'text' | 'written'>, Pick<DaemonConfig, 'neighbors'> {
  /** Undefined for one that is deleted. */
  readonly neighbor: NeighborConfig | undefined;
}

/** At most as many problems of a refused configuration are named. */
const PROBLEMS_MAX = 10;

export class LiveConfig implements Configuration {
  readonly #options: LiveConfigOptions;
  readonly #file: ConfigFile;
  #written: Loaded['written'];
  /** Settles when every earlier change is done. */
  #queue: Promise<unknown> = Promise.resolve();
  #confirmBy: Date | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LiveConfigOptions) {
    const { config, text, written } = options.loaded;
    this.#options = options;
    this.#file = new ConfigFile(config.file, text);
    this.#written = written;
  }

  /** Reads the file again. What is wrong with it goes to the log, and nothing is changed then. Never rejects. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reload());
  }

  current({ effective = false, json = false }: { readonly effective?: boolean; readonly json?: boolean } = {}): CurrentConfig {
    const { path, text, version } = this.#file;
    const values = effective ? effectiveValues(this.#options.daemon.config, this.#written) : this.#written;
    const form = json ? `${JSON.stringify(values, undefined, 2)}\n` : effective ? stringify(values, { lineWidth: 0 }) : text;
    return { text: form, name: path, version, confirmBy: this.#confirmBy };
  }

  check({ text, name }: ConfigText): CheckedConfig {
    try {
      return { errors: [], warnings: parseConfig(text, name, this.#setFiles(), this.#file.path).warnings };
    } catch (error) {
      if (error instanceof ConfigRejected) return { errors: error.errors, warnings: [] };
      throw error;
    }
  }

  diff(config: ConfigText): DiffedConfig {
    const { config: after, warnings } = this.#parse(config, this.#setFiles());
    return { changes: diffConfig(this.#options.daemon.config, after), warnings };
  }

  apply(config: ConfigText, { comment, confirmWithinSeconds, overwrite = false }: ApplyOptions): Promise<AppliedConfig> {
    return this.#inTurn(async () => {
      this.#notAwaiting();
      return this.#apply(config, { comment, overwrite, confirmWithinSeconds });
    });
  }

  editNeighbor<T>(edit: NeighborEdit, action: (neighbor: NeighborConfig | undefined) => T | Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const { daemon, log } = this.#options;
      const before = daemon.config;
      if (!before.api.writeBack) {
        checkWithoutFile(edit);
        return action(undefined);
      }
      this.#notAwaiting();
      this.#file.checkUnedited();
      const edited = this.#edited(edit);
      if (edited === undefined) return action(undefined);
      const { text, written, neighbors, neighbor } = edited;
      await this.#file.keepCurrent();
      const result = await daemon.adopt(neighbors, () => action(neighbor));
      const comment = `neighbor ${edit.address}: ${EDITED[edit.type]} through the API`;
      try {
        const version = await this.#file.write(text, comment);
        log.info({ version, neighbor: edit.address }, `configuration: version ${version}, ${comment}`);
      } catch (error) {
        await daemon.change({ ...daemon.config, neighbors: before.neighbors });
        throw error;
      }
      this.#written = written;
      return result;
    });
  }

  editPlace(place: readonly string[], value: unknown): Promise<AppliedConfig> {
    return this.#inTurn(async () => {
      // Neighbors of the API would be lost: they are not in the file.
      if (!this.#options.daemon.config.api.writeBack) throw new ControlError('failed-precondition', '', '"api.write-back" is false');
      this.#notAwaiting();
      const text = editPlace(this.#file.text, place, value);
      const comment = `${place.join('.')}: ${value === undefined ? 'deleted' : 'changed'} through the API`;
      return this.#apply({ text, name: this.#file.path }, { comment });
    });
  }

  confirm(): Promise<number> {
    return this.#inTurn(async () => {
      if (this.#confirmBy === undefined) throw new ControlError('failed-precondition', '', 'no version awaits its confirmation');
      await this.#confirmed();
      const { version } = this.#file;
      this.#options.log.info({ version }, `configuration: version ${version} is confirmed`);
      return version;
    });
  }

  versions(): ReturnType<Configuration['versions']> {
    return this.#file.versions.list();
  }

  rollback(version: number | undefined, overwrite = false): Promise<AppliedConfig> {
    return this.#inTurn(() => this.#rollBack(version, overwrite));
  }

  /** The daemon ends. A version that awaits its confirmation is rolled back by the next start. */
  close(): void {
    clearTimeout(this.#timer);
  }

  /** One after the other. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(action);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /**
   * The text of the file after an edit, as it is read: nothing but this neighbor may be another. Undefined where the file does not have the
   * neighbor. Throws ControlError.
   */
  #edited(edit: NeighborEdit): Edited | undefined {
    const { config } = this.#options.daemon;
    const address = canonicalAddress(edit.address);
    const place = config.neighbors.findIndex((each) => each.address === address);
    if (edit.type === 'add' && place >= 0) {
      throw new ControlError('already-exists', 'neighbor.address', `neighbor ${address} exists already; change it, or delete it first`);
    }
    if (edit.type !== 'add' && place < 0) return undefined;
    const index = place < 0 ? config.neighbors.length : place;
    const text = editNeighbor(this.#file.text, edit, index);
    const loaded = this.#parse({ text, name: this.#file.path }, this.#setFiles(), `neighbors[${index}].`);
    const others = diffConfig({ ...config, log: loaded.config.log }, loaded.config).filter(({ subject }) => subject !== address);
    if (others.length > 0) {
      const sentence = `${this.#file.path} cannot be written without changing more of it (${describeChange(others[0]!)}): edit it by hand, then send SIGHUP`;
      throw new ControlError('failed-precondition', '', sentence);
    }
    const { neighbors } = loaded.config;
    return { text, written: loaded.written, neighbors, neighbor: neighbors.find((each) => each.address === address) };
  }

  async #apply(source: ConfigText, options: ApplyOptions): Promise<AppliedConfig> {
    const { daemon } = this.#options;
    const { comment, overwrite = false, confirmWithinSeconds } = options;
    const loaded = this.#parse(source, this.#setFiles());
    if (!overwrite) this.#file.checkUnedited();
    // Before anything changes: a folder that cannot be written is found here.
    await this.#file.keepCurrent();
    const previous = this.#file.version;
    const before = daemon.config;
    const changes = await daemon.change(loaded.config);
    let version: number;
    try {
      if (confirmWithinSeconds !== undefined) await this.#file.versions.setUnconfirmed(previous);
      version = await this.#file.write(source.text, comment);
    } catch (error) {
      if (confirmWithinSeconds !== undefined) await this.#file.versions.setUnconfirmed(undefined);
      await daemon.change(before);
      throw error;
    }
    this.#written = loaded.written;
    this.#logChanges(changes);
    const summary = `version ${version}, ${comment}: ${summarizeChanges(changes)}`;
    this.#options.log.info({ changes: changes.length, version }, `configuration: ${summary}`);
    this.#tell(summary);
    if (confirmWithinSeconds !== undefined) this.#awaitConfirmation(confirmWithinSeconds);
    return { changes, warnings: loaded.warnings, version, confirmBy: this.#confirmBy };
  }

  async #rollBack(wanted: number | undefined, overwrite: boolean): Promise<AppliedConfig> {
    const { versions } = this.#file;
    const number = wanted ?? versions.unconfirmed ?? versions.list()[1]?.number;
    const text = number === undefined ? undefined : versions.text(number);
    if (number === undefined || text === undefined) {
      const kept = versions.list().map((each) => each.number);
      const known = kept.length === 0 ? 'none is' : `kept are ${kept.join(', ')}`;
      throw new ControlError(
        'not-found',
        'version',
        `${number === undefined ? 'no earlier version is kept' : `version ${number} is not kept`}: ${known}`,
      );
    }
    const name = `version ${number}`;
    const applied = await this.#apply({ text, name }, { comment: `rolled back to version ${number}`, overwrite });
    await this.#confirmed();
    return { ...applied, confirmBy: undefined };
  }

  #notAwaiting(): void {
    if (this.#confirmBy === undefined) return;
    const sentence = `version ${this.#file.version} awaits its confirmation until ${this.#confirmBy.toISOString()}: confirm it, or roll it back, first`;
    throw new ControlError('failed-precondition', '', sentence);
  }

  #awaitConfirmation(seconds: number): void {
    this.#confirmBy = new Date(Date.now() + seconds * 1000);
    this.#timer = setTimeout(() => void this.#expired(), seconds * 1000).unref();
  }

  async #confirmed(): Promise<void> {
    clearTimeout(this.#timer);
    this.#confirmBy = undefined;
    await this.#file.versions.setUnconfirmed(undefined);
  }

  #expired(): Promise<void> {
    const { log, daemon } = this.#options;
    return this.#inTurn(async () => {
      if (this.#confirmBy === undefined) return;
      const { version } = this.#file;
      log.warn({ version }, 'configuration: it was not confirmed in time and is rolled back');
      this.#tell(`version ${version} was not confirmed in time and is rolled back`);
      try {
        await this.#rollBack(undefined, true);
      } catch (error) {
        // It does not come back by waiting. The next start tries again, since the mark of the version stays.
        this.#confirmBy = undefined;
        this.#tell(`version ${version} stays in effect, rolling back failed: ${error instanceof Error ? error.message : String(error)}`);
        if (error instanceof ControlError || error instanceof StartError)
          log.error({ code: error.code }, `rolling back failed: ${error.message}`);
        else daemon.boundaries.caught('timer', { timer: 'confirmation' }, error);
      }
    });
  }

  async #reload(): Promise<void> {
    const { daemon, log, overrides } = this.#options;
    const { path } = this.#file;
    try {
      const began = performance.now();
      const { config, warnings, text, written } = loadConfig(path, this.#setFiles());
      for (const warning of warnings) log.warn({ code: warning.code }, formatWarning(warning));
      const changes = await daemon.change(withOverrides(config, overrides));
      this.#written = written;
      // Whoever wrote the file has seen what was in effect.
      if (text !== this.#file.text && this.#confirmBy !== undefined) await this.#confirmed();
      this.#logChanges(changes);
      const milliseconds = Math.round(performance.now() - began);
      const summary = `${path} was read again: ${summarizeChanges(changes)}`;
      log.info({ changes: changes.length, milliseconds }, summary);
      this.#tell(summary);
      await this.#file
        .wasRead(text, 'read again')
        .catch((error: Error) => log.warn({}, `configuration: no version was kept: ${error.message}`));
    } catch (error) {
      if (error instanceof ConfigRejected) {
        for (const each of error.errors) log.error({ code: each.code }, each.message);
        log.error({ errors: error.errors.length }, `${path} was not put into effect: nothing has changed`);
        this.#tell(`${path} was not put into effect: ${error.errors[0]?.message}`);
      } else if (error instanceof ControlError || error instanceof StartError) {
        log.error({ code: error.code }, `${path} was not put into effect, nothing has changed: ${error.message}`);
        this.#tell(`${path} was not put into effect: ${error.message}`);
      } else {
        daemon.boundaries.caught('signal', { signal: 'SIGHUP' }, error);
      }
    }
  }

  #tell(text: string): void {
    this.#options.daemon.events.record({ type: 'configuration', neighbor: '', text });
  }

  #logChanges(changes: readonly ConfigChange[]): void {
    for (const change of changes) this.#options.log.info(change, `configuration: ${describeChange(change)}`);
  }

  /** Files of sets for a configuration that may be refused, or is only looked at: those that are in use stay as they are. */
  #setFiles(): SetFiles {
    return this.#options.daemon.config.setFiles.files.fork();
  }

  /** Throws ControlError `invalid-argument` with the first problems. Those of keys below `edited` name the field of the neighbor. */
  #parse({ text, name }: ConfigText, setFiles: SetFiles, edited?: string): Loaded {
    try {
      const loaded = parseConfig(text, name, setFiles, this.#file.path);
      return { ...loaded, config: withOverrides(loaded.config, this.#options.overrides) };
    } catch (error) {
      if (!(error instanceof ConfigRejected)) throw error;
      const [first, ...further] = error.errors.slice(0, PROBLEMS_MAX).map((problem) => problemOf(problem, edited));
      const hidden = error.errors.length - PROBLEMS_MAX;
      throw invalidArgument(first!.field, first!.sentence, { further, more: hidden > 0 ? `and ${hidden} more` : undefined });
    }
  }
}

const EDITED: Readonly<Record<NeighborEdit['type'], string>> = { add: 'added', change: 'changed', delete: 'deleted' };

/** The path of a key in the file is a field of the request where the request wrote it. */
function problemOf({ path, found, allowed, message }: ConfigError, edited: string | undefined): ControlProblem {
  if (edited === undefined) return { field: 'text', sentence: message };
  const key = path.startsWith(edited) ? path.slice(edited.length) : '';
  const field = NEIGHBOR_FIELDS.find((each) => NEIGHBOR_KEYS[each].key === key.split('[')[0]);
  return field === undefined
    ? { field: '', sentence: message }
    : { field: `neighbor.${apiField(field)}`, sentence: `found ${found}, allowed ${allowed}` };
}

/** As the configuration has it; other text stays as it is, and is refused later. */
function canonicalAddress(text: string): string {
  const address = readHostAddress(text);
  return typeof address === 'string' ? address : text;
}
