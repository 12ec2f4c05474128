/**
 * The RIB's way to a session's socket: what one turn writes leaves in one system call.
 */
import type { PeerPort } from '@tsbgp/rib';
import type { UpdateWriter } from '@tsbgp/session';

export class Port implements PeerPort {
  readonly #writer: UpdateWriter;
  readonly #corked: Port[];
  readonly #onFailure: (error: unknown) => void;
  #isCorked = false;

  /**
   * `corked` gathers the ports that must be uncorked at the end of the turn. `onFailure` is told when that throws: octets are lost then,
   * and the session must end. What `write` throws is for the RIB to contain.
   */
  constructor(writer: UpdateWriter, corked: Port[], onFailure: (error: unknown) => void) {
    this.#writer = writer;
    this.#corked = corked;
    this.#onFailure = onFailure;
  }

  write(messages: Uint8Array): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      // First, so that a socket that is corked is uncorked whatever happens.
      this.#corked.push(this);
      this.#writer.cork();
    }
    this.#writer.write(messages);
  }

  get backlogBytes(): number {
    return this.#writer.backlogBytes;
  }

  /** Never throws: the ports of other sessions come after this one. */
  uncork(): void {
    this.#isCorked = false;
    try {
      this.#writer.uncork();
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
