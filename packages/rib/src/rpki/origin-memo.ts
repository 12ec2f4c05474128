/**
 * Origin validation states that were looked up, by NLRI:
 *
 *     NlriId -> origin AS, state and one     0: not looked up
 *
 * Nearly all prefixes have one origin. Where paths of one prefix have several, the state of the one that was asked for last is kept.
 */
import { grown } from '../columns.ts';
import type { NlriId, NlriIndex } from '../nlri/nlri-index.ts';
import type { RouteValidator, RovState } from '../validation-options.ts';

/** Octets of a prefix in wire form, and of what is read of its address. */
const SCRATCH_BYTES = 17;
const IPV6_BITS = 128;

export class OriginMemo {
  readonly #index: NlriIndex;
  readonly #validator: RouteValidator;
  readonly #isIpv6: boolean;
  #origin: Uint32Array = new Uint32Array(0);
  #state: Uint8Array = new Uint8Array(0);
  readonly #scratch: Uint8Array = new Uint8Array(SCRATCH_BYTES);

  constructor(index: NlriIndex, validator: RouteValidator) {
    this.#index = index;
    this.#validator = validator;
    this.#isIpv6 = index.bitsMax === IPV6_BITS;
  }

  /** The state of routes to an NLRI that originate in this AS, 0 being none. */
  stateOf(nlri: NlriId, origin: number): RovState {
    if (nlri >= this.#state.length) this.#grow(nlri);
    const known = this.#state[nlri]!;
    if (known !== 0 && this.#origin[nlri] === origin) return (known - 1) as RovState;
    const prefix = this.#scratch;
    this.#index.write(prefix, 0, nlri);
    const state = this.#validator.originState(prefix, 1, this.#isIpv6, prefix[0]!, origin);
    this.#state[nlri] = state + 1;
    this.#origin[nlri] = origin;
    return state;
  }

  /** What is known of the NLRI may be wrong, or its id is free. */
  forget(nlri: NlriId): void {
    if (nlri < this.#state.length) this.#state[nlri] = 0;
  }

  /** Both columns or none. */
  #grow(nlri: number): void {
    const capacity = Math.max(nlri + 1, this.#index.top, 2 * this.#state.length);
    const origin = grown(this.#origin, capacity, this.#origin.length);
    this.#state = grown(this.#state, capacity, this.#state.length);
    this.#origin = origin;
  }
}
