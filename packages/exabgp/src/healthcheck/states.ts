/**
 * The states of a service.
 *
 *     INIT    --success--> RISING, after `rise` successes UP        --failure--> FALLING, after `fall` failures DOWN
 *     UP      --failure--> FALLING                                  DOWN --success--> RISING
 *     RISING  --failure--> FALLING                                  FALLING --success--> RISING
 *     any     --disabled--> DISABLED                                DISABLED --enabled--> INIT
 */

export type State = 'INIT' | 'DISABLED' | 'RISING' | 'FALLING' | 'UP' | 'DOWN' | 'EXIT' | 'END';

export interface Health {
  readonly state: State;
  /** Results of one kind in a row, while a rise or a fall is counted. */
  readonly count: number;
}

export interface Limits {
  readonly rise: number;
  readonly fall: number;
}

export const INITIAL: Health = { state: 'INIT', count: 0 };

/** `isGood` is undefined when the service is disabled. */
export function next({ state, count }: Health, isGood: boolean | undefined, { rise, fall }: Limits): Health {
  if (isGood === undefined) return { state: 'DISABLED', count: 0 };
  if (state === 'DISABLED') return INITIAL;
  if (isGood) {
    if (state === 'UP') return { state, count: 0 };
    const successes = state === 'RISING' ? count + 1 : 1;
    return successes >= rise ? { state: 'UP', count: 0 } : { state: 'RISING', count: successes };
  }
  if (state === 'DOWN') return { state, count: 0 };
  const failures = state === 'FALLING' ? count + 1 : 1;
  return failures >= fall ? { state: 'DOWN', count: 0 } : { state: 'FALLING', count: failures };
}
