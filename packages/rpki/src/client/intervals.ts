/** The intervals of a cache, within the bounds of RFC 8210 §6. */
import type { RtrIntervals } from '../rtr/pdu.ts';

/** Used until the cache names its own, and with version 0, which cannot name any. */
export const INTERVALS_DEFAULT: RtrIntervals = { refresh: 3600, retry: 600, expire: 7200 };

const BOUNDS: Readonly<Record<keyof RtrIntervals, readonly [min: number, max: number]>> = {
  refresh: [1, 86_400],
  retry: [1, 7200],
  expire: [600, 172_800],
};

/**
 * Moves each interval to the nearest allowed value. RFC 8210 §6 wants the data to outlive refresh and retry; where a cache says otherwise, we ask
 * more often, because keeping data for longer than the cache allows would be worse.
 */
export function boundedIntervals(wanted: RtrIntervals): RtrIntervals {
  const within = (name: keyof RtrIntervals): number => Math.min(Math.max(wanted[name], BOUNDS[name][0]), BOUNDS[name][1]);
  const expire = within('expire');
  const shorterThanExpire = (seconds: number): number => (seconds < expire ? seconds : Math.floor(expire / 2));
  return { refresh: shorterThanExpire(within('refresh')), retry: shorterThanExpire(within('retry')), expire };
}
