/**
 * Writes messages of the RIB to a session's socket. All messages of one turn leave in one system call.
 */
import type { PeerPort } from '@tsbgp/rib';
import type { UpdateWriter } from '@tsbgp/session';

export class Port implements PeerPort {
  readonly #writer: UpdateWriter;
  readonly #corked: Port[];
  readonly #onFailure: (error: unknown) => void;
  #isCorked = false;

  /**
   * A port that is written to adds itself to `corked`; its owner uncorks all of these at the end of the turn. `onFailure` is called when
   * uncorking throws: octets are lost then, and the session must end. The RIB contains what `write` throws.
   */
  constructor(writer: UpdateWriter, corked: Port[], onFailure: (error: unknown) => void) {
    this.#writer = writer;
    this.#corked = corked;
    this.#onFailure = onFailure;
  }

  write(messages: Uint8Array): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      // Before corking, so that a corked socket is always uncorked.
      this.#corked.push(this);
      this.#writer.cork();
    }
    this.#writer.write(messages);
  }

  get backlogBytes(): number {
    return this.#writer.backlogBytes;
  }

  /** Never throws, so that the ports after this one are uncorked too. */
  uncork(): void {
    this.#isCorked = false;
    try {
      this.#writer.uncork();
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
