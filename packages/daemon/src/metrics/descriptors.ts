/**
 * File descriptors: how many this process has and may have. Without a free one the kernel takes a connection from the queue of a listener
 * and closes it, and nobody is told; so the number is watched before it is too late.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from '@tsbgp/session';

/** Descriptors that incoming BGP connections leave to others: the API, metrics, our own connections, files. At most a quarter of the limit. */
export const DESCRIPTOR_RESERVE: number = 64;
/** Share of the limit from which on a warning is logged, and the share below which the matter is settled. */
export const DESCRIPTOR_WARN_SHARE: number = 0.8;
const SETTLED_SHARE = 0.7;
/** How often they are counted. */
export const DESCRIPTOR_CHECK_MS: number = 10_000;

/** Open descriptors; undefined where the system does not say. */
export function openDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1; // one is that of the folder
  } catch (error) {
    // Without a free descriptor the folder cannot even be opened.
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? descriptorLimit() : undefined;
  }
}

let limit: number | undefined;

/** The limit of the process. Node raises it to the hard limit when it starts; it does not change afterwards. */
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

/** The descriptor number from which on incoming BGP connections are refused. */
export function descriptorMax(limitOfProcess: number | undefined): number | undefined {
  return limitOfProcess === undefined ? undefined : limitOfProcess - Math.min(DESCRIPTOR_RESERVE, Math.floor(limitOfProcess / 4));
}

/** Warns once when few descriptors are left, and says when that is over. */
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
