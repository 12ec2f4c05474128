/** A call on its way: what the transport, the decoder and the interceptor know of it together. */
import type { DescMethod, Message } from '@bufbuild/protobuf';
import { type Code, type ContextKey, createContextKey } from '@connectrpc/connect';
import type { Budget } from './limits.ts';

/** `tsbgp.v1.RibService/ListBest`. */
export function methodName(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}

export class Call {
  readonly method: DescMethod;
  /** Messages of the request, decoded, in the order in which Connect is given a place holder for each. */
  readonly messages: Message[] = [];
  /** How it ended, where it did not end well. */
  failed: Code | undefined;
  readonly #heldMessages: Budget;
  #held = 0;

  constructor(method: DescMethod, heldMessages: Budget) {
    this.method = method;
    this.#heldMessages = heldMessages;
  }

  get isStream(): boolean {
    return this.method.methodKind !== 'unary';
  }

  /** Takes room for the messages inside the next message; what an earlier one took is given back. False where there is none. */
  hold(nestedMessages: number): boolean {
    this.release();
    if (!this.#heldMessages.take(nestedMessages)) return false;
    this.#held = nestedMessages;
    return true;
  }

  release(): void {
    this.#heldMessages.give(this.#held);
    this.#held = 0;
  }
}

/** The call of a request in Connect's context. */
export const CALL: ContextKey<Call | undefined> = createContextKey<Call | undefined>(undefined, { description: 'call' });
