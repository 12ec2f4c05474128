/** Tells when one of some files is another one than when it was read. Other files of their folders do not matter. */
import { stat } from 'node:fs/promises';
import type { Logger } from '@tsbgp/session';
import type { Boundaries } from '../boundaries.ts';
import { FileWatch } from '../file-watch.ts';

export interface ChangedFilesOptions {
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  /** One of the files is another one, has come or is gone. */
  readonly changed: () => void;
}

export class ChangedFiles {
  readonly #options: ChangedFilesOptions;
  readonly #watch: FileWatch;
  #files: readonly string[] = [];
  /** What the files were when they were read. */
  #seen = '';

  constructor(options: ChangedFilesOptions) {
    this.#options = options;
    this.#watch = new FileWatch({
      changed: () => void this.look(),
      cannotWatch: (folder, error) =>
        options.logger.warn({ folder, err: error }, `${folder} cannot be watched: its files of RPKI data are looked at every 10 s`),
    });
  }

  /** Follows these files, and no others. Resolves when it is known what they are now: call it before they are read. */
  async follow(files: readonly string[]): Promise<void> {
    this.#files = files;
    this.#watch.follow(files);
    this.#seen = await this.#signature();
  }

  close(): void {
    this.#files = [];
    this.#watch.close();
  }

  /** Looks at the files now. Never rejects. */
  async look(): Promise<void> {
    const files = this.#files;
    const now = await this.#signature();
    if (files !== this.#files || now === this.#seen) return;
    this.#seen = now;
    this.#options.boundaries.run('timer', { timer: 'files of RPKI data' }, this.#options.changed);
  }

  /** A file that is not there is one that may come. */
  async #signature(): Promise<string> {
    const each = this.#files.map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`;
    });
    return (await Promise.all(each)).join('\n');
  }
}
