/**
 * File descriptors: how many this process uses and may use. Without a free one, incoming connections are closed without any notice. So a warning
 * is logged before that happens.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from '@tsbgp/session';

/** Descriptors reserved for the API, metrics, outgoing connections and files. At most a quarter of the limit. */
export const DESCRIPTOR_RESERVE: number = 64;
/** Share of the limit at which a warning is logged, and the share below which the warning is over. */
export const DESCRIPTOR_WARN_SHARE: number = 0.8;
const SETTLED_SHARE = 0.7;
/** How often they are counted. */
export const DESCRIPTOR_CHECK_MS: number = 10_000;

/** Open descriptors; undefined when the system does not tell. */
export function openDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1; // without the one that reads the folder
  } catch (error) {
    // Without a free descriptor the folder cannot be opened.
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? descriptorLimit() : undefined;
  }
}

let limit: number | undefined;

/** The limit of the process. Node raises it to the hard limit at its start; it does not change later. */
export function descriptorLimit(): number | undefined {
  limit ??= readLimit();
  return limit;
}

function readLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // no /proc
  }
}

/** The lowest descriptor number with which an incoming BGP connection is refused. */
export function descriptorMax(limitOfProcess: number | undefined): number | undefined {
  return limitOfProcess === undefined ? undefined : limitOfProcess - Math.min(DESCRIPTOR_RESERVE, Math.floor(limitOfProcess / 4));
}

/** Warns once when few descriptors are left, and reports when enough are free again. */
export class DescriptorWatch {
  readonly #log: Pick<Logger, 'warn' | 'info'>;
  #warned = false;

  constructor(log: Pick<Logger, 'warn' | 'info'>) {
    this.#log = log;
  }

  look(open: number | undefined, max: number | undefined): void {
    if (open === undefined || max === undefined) return;
    if (!this.#warned && open >= max * DESCRIPTOR_WARN_SHARE) {
      this.#warned = true;
      this.#log.warn(
        { open, limit: max },
        `${open} of ${max} file descriptors are in use: without a free one no session can come up; raise the limit (LimitNOFILE= of systemd, "ulimit -n")`,
      );
    } else if (this.#warned && open < max * SETTLED_SHARE) {
      this.#warned = false;
      this.#log.info({ open, limit: max }, `${open} of ${max} file descriptors are in use: enough are free again`);
    }
  }
}
