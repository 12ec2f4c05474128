/**
 * How much garbage the JavaScript heap may hold. Routing state is in typed arrays outside the heap; the heap has requests, answers and
 * configuration. By default V8 lets the garbage of busy API clients grow to several times the size of what is in use, and frees it late. The
 * daemon makes V8 collect earlier. That slows down the clients that make the garbage, and costs nothing per route.
 *
 * Measurements: docs/adr/0014.
 */
import { setFlagsFromString } from 'node:v8';

/** Growth of the old generation between two collections, in percent of the live part. */
export const HEAP_GROWTH_PERCENT: number = 40;

/** Call before anything else allocates, since the young generation never shrinks. */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  // The young generation keeps its first size of about 1 MB. V8 would let it grow to 48 MB.
  setFlagsFromString('--semi-space-growth-factor=1');
}
