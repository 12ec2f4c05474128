/** A call under way: what transport, decoder and interceptor share about it. */
import type { DescMethod, Message } from '@bufbuild/protobuf';
import { Code, type ContextKey, createContextKey } from '@connectrpc/connect';
import type { Budget } from './limits.ts';

/** For example `tsbgp.v1.RibService/ListBest`. */
export function methodName(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}

/** For example `invalid_argument`. */
export function codeName(code: Code): string {
  return Code[code].replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase();
}

export class Call {
  readonly method: DescMethod;
  /** Decoded messages of the request. Connect is given a placeholder for each, in this order. */
  readonly messages: Message[] = [];
  /** Why the call failed; undefined when it did not. */
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

  /** Reserves memory for the messages inside the next message, and gives back what the last message took. False when too little is left. */
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
