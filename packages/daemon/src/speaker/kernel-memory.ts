/**
 * How much of its memory for TCP the kernel has in use. Beyond a limit (`net.ipv4.tcp_mem`, the middle number) it drops segments that it
 * received, and sessions wait for retransmissions while no one uses a processor. A route server with hundreds of clients fills that memory with
 * what it sends: up to 4 MB for each client wait in send buffers, and more at receivers on the same machine. So the RIB pauses for a moment
 * while more than half of the limit is in use. Linux only; elsewhere, and where the files cannot be read, nothing is ever full.
 */
import { readFileSync } from 'node:fs';

const LIMITS_FILE = '/proc/sys/net/ipv4/tcp_mem';
const USE_FILE = '/proc/net/sockstat';
/** Fewer sessions than this cannot fill the memory: send buffers have at most 4 MB. */
export const SESSIONS_MIN = 64;

export class KernelMemory {
  readonly #read: (path: string) => string;
  /** Pages in use above which the RIB waits. Infinity: not known. */
  #pagesMax: number;

  constructor(read: (path: string) => string = (path) => readFileSync(path, 'latin1')) {
    this.#read = read;
    this.#pagesMax = Number(this.#tryRead(LIMITS_FILE, /^\d+\s+(\d+)/) ?? Number.POSITIVE_INFINITY) / 2;
  }

  /** Whether it is better to send later. `sessions` is the number of sessions that are sent to. */
  isFull(sessions: number): boolean {
    if (sessions < SESSIONS_MIN || this.#pagesMax === Number.POSITIVE_INFINITY) return false;
    const pages = this.#tryRead(USE_FILE, /^TCP:.* mem (\d+)/m);
    if (pages === undefined) this.#pagesMax = Number.POSITIVE_INFINITY;
    return Number(pages ?? 0) > this.#pagesMax;
  }

  /** The number that `pattern` finds. */
  #tryRead(path: string, pattern: RegExp): string | undefined {
    try {
      return pattern.exec(this.#read(path))?.[1];
    } catch {
      return undefined; // another system, or a container that hides the file
    }
  }
}
