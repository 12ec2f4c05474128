/**
 * Writes messages of the RIB to a session's socket. All messages of one turn leave in one system call.
 */
import type { PeerPort } from '@tsbgp/rib';
import type { UpdateWriter } from '@tsbgp/session';
import type { Pace } from './pace.ts';

/** When the session may be sent something (pace.ts). */
type Gate = Pick<Pace, 'isOpen' | 'sent' | 'close'>;

export class Port implements PeerPort {
  readonly #writer: UpdateWriter;
  readonly #corked: Port[];
  readonly #onFailure: (error: unknown) => void;
  readonly #pace: Gate;
  #isCorked = false;
  /** Is told what is written. Undefined while nobody asks. */
  tap: ((messages: Uint8Array) => void) | undefined;

  /**
   * A port that is written to adds itself to `corked`; its owner uncorks all of these at the end of the turn. `onFailure` is called when
   * uncorking throws: octets are lost then, and the session must end. The RIB contains what `write` throws. `pace` says when the session may be sent something.
   */
  constructor(writer: UpdateWriter, corked: Port[], onFailure: (error: unknown) => void, pace: Gate) {
    this.#writer = writer;
    this.#corked = corked;
    this.#onFailure = onFailure;
    this.#pace = pace;
  }

  write(messages: Uint8Array): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      // Before corking, so that a corked socket is always uncorked.
      this.#corked.push(this);
      this.#writer.cork();
    }
    this.#writer.write(messages);
    if (this.tap !== undefined) this.tap(messages);
  }

  /** What the RIB goes by: a session that is not to be sent anything now takes nothing, as if its socket were full. */
  get backlogBytes(): number {
    return this.#pace.isOpen ? this.#writer.backlogBytes : Number.POSITIVE_INFINITY;
  }

  /** Octets that wait for the socket. */
  get socketBacklogBytes(): number {
    return this.#writer.backlogBytes;
  }

  /** Never throws, so that the ports after this one are uncorked too. */
  uncork(): void {
    this.#isCorked = false;
    try {
      this.#writer.uncork();
      this.#pace.sent();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** The session is over. */
  close(): void {
    this.#pace.close();
  }
}
