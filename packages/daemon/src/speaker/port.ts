/**
 * The RIB's way to a session's socket: what one turn writes leaves in one system call.
 */
import type { PeerPort } from '@tsbgp/rib';
import type { UpdateWriter } from '@tsbgp/session';

export class Port implements PeerPort {
  readonly #writer: UpdateWriter;
  readonly #corked: Port[];
  #isCorked = false;

  /** `corked` gathers the ports that must be uncorked at the end of the turn. */
  constructor(writer: UpdateWriter, corked: Port[]) {
    this.#writer = writer;
    this.#corked = corked;
  }

  write(messages: Uint8Array): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#writer.cork();
      this.#corked.push(this);
    }
    this.#writer.write(messages);
  }

  get backlogBytes(): number {
    return this.#writer.backlogBytes;
  }

  uncork(): void {
    this.#isCorked = false;
    this.#writer.uncork();
  }
}
