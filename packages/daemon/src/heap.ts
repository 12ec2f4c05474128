/**
 * How much the JavaScript heap may grow beyond what is in use. Routing state lies in typed arrays outside the heap; the heap holds requests,
 * answers and configuration. Left alone, V8 lets garbage of busy API clients grow to several times what lives, and gives it back late. The
 * daemon collects earlier instead: that costs the clients that make the garbage, and nothing per route.
 *
 * docs/adr/0014 has what was measured.
 */
import { setFlagsFromString } from 'node:v8';

/** Growth of the old generation between two collections, in percent of what was alive. */
export const HEAP_GROWTH_PERCENT: number = 40;

/** Call before anything else allocates: the young generation only ever grows. */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  // The young generation keeps its first size of about a megabyte, where V8 would let it grow to three times 16.
  setFlagsFromString('--semi-space-growth-factor=1');
}
