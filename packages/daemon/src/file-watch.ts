/**
 * Tells when files change. Their folders are watched, since tools write a new file and rename it over the old one. Changes that follow each other
 * are told once, after a moment of quiet: a list of seven hundred files is written in some seconds.
 */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Quiet after the last change before it is told. */
export const SETTLE_MS_DEFAULT = 200;
/** Folders that cannot be watched are looked at so often. */
export const POLL_MS_DEFAULT = 10_000;

export interface FileWatchOptions {
  /** Some file may have changed. Also called where the folder of none can be watched. */
  readonly changed: () => void;
  /** A folder cannot be watched. Told once for each. */
  readonly cannotWatch: (folder: string, error: unknown) => void;
  /** @default SETTLE_MS_DEFAULT */
  readonly settleMs?: number | undefined;
}

export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watchers: Map<string, FSWatcher> = new Map();
  readonly #unwatchable: Set<string> = new Set();
  #settling: NodeJS.Timeout | undefined;
  #polling: NodeJS.Timeout | undefined;

  constructor(options: FileWatchOptions) {
    this.#options = options;
  }

  /** Watches these files, and no others. */
  follow(files: Iterable<string>): void {
    const folders = new Set(Array.from(files, (file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of this.#unwatchable) if (!folders.has(folder)) this.#unwatchable.delete(folder);
    for (const folder of folders) if (!this.#watchers.has(folder) && !this.#unwatchable.has(folder)) this.#watch(folder);
    this.#poll();
  }

  close(): void {
    this.follow([]);
    clearTimeout(this.#settling);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#seen());
      watcher.on('error', (error) => this.#lost(folder, error));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#lost(folder, error);
    }
  }

  #lost(folder: string, error: unknown): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#unwatchable.add(folder);
    this.#options.cannotWatch(folder, error);
    this.#poll();
  }

  #seen(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#options.changed(), this.#options.settleMs ?? SETTLE_MS_DEFAULT).unref();
  }

  #poll(): void {
    if (this.#unwatchable.size > 0) this.#polling ??= setInterval(() => this.#options.changed(), POLL_MS_DEFAULT).unref();
    else {
      clearInterval(this.#polling);
      this.#polling = undefined;
    }
  }
}
