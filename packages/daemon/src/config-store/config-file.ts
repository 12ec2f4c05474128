/** The file of a running daemon: the text of it that is in effect, and its last versions. */
import { readFileSync } from 'node:fs';
import { ControlError } from '../control-error.ts';
import { Versions } from './versions.ts';
import { writeFileDurably } from './write-file.ts';

export class ConfigFile {
  readonly path: string;
  readonly versions: Versions;
  /** What is in effect. */
  #text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
    this.versions = new Versions(path);
  }

  get text(): string {
    return this.#text;
  }

  /** Number of the version that is in effect; 0 where it is not kept. */
  get version(): number {
    const { latest } = this.versions;
    return latest > 0 && this.versions.text(latest) === this.#text ? latest : 0;
  }

  /** Throws ControlError `failed-precondition` where the file is not what the daemon read or wrote last: a change would undo someone's edit. */
  checkUnedited(): void {
    let found: string;
    try {
      found = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // nothing can be lost
      throw unwritable(this.path, error);
    }
    if (found === this.#text) return;
    const sentence = `${this.path} was edited and not read since: send SIGHUP to put it into effect first, or overwrite it`;
    throw new ControlError('failed-precondition', 'overwrite', sentence);
  }

  /** Keeps what is in effect as a version, so that one can go back to it. Rejects with ControlError `failed-precondition`. */
  async keepCurrent(): Promise<void> {
    if (this.version === 0) await this.#keep(this.#text, 'in effect before the first change that was kept');
  }

  /**
   * Makes `text` the content of the file and its latest version. Rejects with ControlError `failed-precondition`; then the file is what it was.
   */
  async write(text: string, comment: string): Promise<number> {
    await this.keepCurrent();
    const number = await this.#keep(text, comment);
    try {
      await writeFileDurably(this.path, text);
    } catch (error) {
      await this.versions.drop(number);
      throw unwritable(this.path, error);
    }
    this.#text = text;
    return number;
  }

  /** The file was read again, and what it says is in effect. Rejects as `write`. */
  async wasRead(text: string, comment: string): Promise<void> {
    if (text === this.#text) return;
    const before = this.version === 0 ? this.#text : undefined;
    this.#text = text;
    if (before !== undefined) await this.#keep(before, 'in effect before the first change that was kept');
    await this.#keep(text, comment);
  }

  async #keep(text: string, comment: string): Promise<number> {
    try {
      return await this.versions.add(text, comment);
    } catch (error) {
      throw unwritable(this.versions.folder, error);
    }
  }
}

function unwritable(path: string, cause: unknown): ControlError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const sentence = `${path} cannot be written, and changes are kept there: ${reason}; let the user of the daemon write the file and its folder`;
  return new ControlError('failed-precondition', '', sentence, { cause });
}
