/**
 * The last versions of a configuration, a file each, in the folder `FILE.versions` beside it. The first line of a version says when it came into
 * effect and why; the rest is the configuration as it was.
 *
 *     tsbgpd.yaml.versions/000012.yaml
 *     # version 12, 2026-11-30T20:03:44.000Z: neighbor 192.0.2.1 added
 *
 * `unconfirmed` in the folder holds the number of the version to return to while a later one awaits its confirmation.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigVersion } from '../configuration.ts';
import { syncFolder, writeFileDurably } from './write-file.ts';

export const VERSIONS_MAX: number = 10;
const NAME = /^(\d{6,15})\.yaml$/;
const HEAD = /^# version \d+, (\S+): (.*)\n/;

export class Versions {
  readonly folder: string;
  /** Those of the folder in ascending order. */
  #numbers: number[] = [];

  constructor(file: string) {
    this.folder = `${file}.versions`;
    this.#numbers = numbersIn(this.folder);
  }

  /** Number of the latest version; 0 without any. */
  get latest(): number {
    return this.#numbers.at(-1) ?? 0;
  }

  /** The latest first. */
  list(): ConfigVersion[] {
    return this.#numbers.toReversed().flatMap((number) => {
      const read = this.#read(number);
      return read === undefined ? [] : [{ number, at: read.at, comment: read.comment }];
    });
  }

  /** Undefined where it is not kept. */
  text(number: number): string | undefined {
    return this.#read(number)?.text;
  }

  /** Keeps `text` as the latest version, and drops the oldest one beyond VERSIONS_MAX. Resolves with its number. */
  async add(text: string, comment: string): Promise<number> {
    await mkdir(this.folder, { recursive: true, mode: 0o750 });
    const number = this.latest + 1;
    const head = `# version ${number}, ${new Date().toISOString()}: ${comment.replaceAll(/\s+/g, ' ')}\n`;
    await writeFileDurably(this.#path(number), head + text);
    this.#numbers.push(number);
    const kept = this.unconfirmed;
    for (const old of this.#numbers.slice(0, -VERSIONS_MAX)) if (old !== kept) await this.drop(old);
    return number;
  }

  /** Forgets a version that did not come into effect. */
  async drop(number: number): Promise<void> {
    this.#numbers = this.#numbers.filter((each) => each !== number);
    await unlink(this.#path(number)).catch(() => undefined); // someone else has deleted it
  }

  /** The version to return to while a later one awaits its confirmation. */
  get unconfirmed(): number | undefined {
    try {
      const number = Number(readFileSync(join(this.folder, 'unconfirmed'), 'utf8'));
      return Number.isSafeInteger(number) && number > 0 ? number : undefined;
    } catch {
      return undefined; // the usual case: no such file
    }
  }

  async setUnconfirmed(number: number | undefined): Promise<void> {
    const path = join(this.folder, 'unconfirmed');
    if (number !== undefined) return writeFileDurably(path, `${number}\n`);
    await unlink(path).catch(() => undefined); // it may not be there
    await syncFolder(this.folder).catch(() => undefined);
  }

  #path(number: number): string {
    return join(this.folder, `${String(number).padStart(6, '0')}.yaml`);
  }

  #read(number: number): { readonly text: string; readonly at: Date; readonly comment: string } | undefined {
    if (!this.#numbers.includes(number)) return undefined;
    try {
      const whole = readFileSync(this.#path(number), 'utf8');
      const [head = '', at = '', comment = ''] = HEAD.exec(whole) ?? [];
      return { text: whole.slice(head.length), at: new Date(Date.parse(at) || 0), comment };
    } catch {
      return undefined; // deleted or unreadable: as if it were not kept
    }
  }
}

function numbersIn(folder: string): number[] {
  try {
    const numbers = readdirSync(folder).flatMap((name) => {
      const number = NAME.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    });
    return numbers.toSorted((a, b) => a - b);
  } catch {
    return []; // the usual case: no such folder yet
  }
}
