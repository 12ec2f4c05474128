/** Local routes of bgp.BgpService. */
import { setImmediate as turn } from 'node:timers/promises';
import type { ServiceImpl } from '@connectrpc/connect';
import type { bgpgg } from '@tsbgp/api';
import { parsePrefix } from '@tsbgp/wire';
import { ControlError, type ControlPlane, invalidArgument, type LocalRoute } from '../../control-plane.ts';
import { unicastFamily } from '../../keys/families.ts';
import { quote } from '../../quote.ts';
import { told } from './errors.ts';
import { extendedValues, localRoute, notPrefix, refuseLater } from './route-messages.ts';

/** Who has added the route, in the listings of tsbgp.v1. */
const ADDED_BY = { addedBy: 'bgp.BgpService' };

/** Routes of a stream that are added together. */
const BATCH_ROUTES = 500;

export function injectionMethods(
  control: ControlPlane,
): Pick<ServiceImpl<typeof bgpgg.BgpService>, 'addRoute' | 'addRouteStream' | 'removeRoute'> {
  return {
    async addRoute(request) {
      refuseLater(request.prefix);
      // Before the rest: bgpgg has a status for these.
      extendedValues(request.extendedCommunities);
      return told(`Route ${request.prefix} added`, () => control.addRoutes([localRoute(request)], ADDED_BY));
    },
    async addRouteStream(requests) {
      let count = 0;
      for await (const batch of batches(requests)) count += await addEach(control, batch);
      return { count: BigInt(count), message: `${count} routes added` };
    },
    async removeRoute({ prefix }) {
      if (prefix.split('/').length === 2 && parsePrefix(prefix) === undefined) throw notPrefix(prefix);
      return told(`Route ${prefix} removed`, async () => {
        if (parsePrefix(prefix) === undefined) throw invalidArgument('prefix', `found ${quote(prefix)}, allowed is ADDRESS/LENGTH`);
        await control.deleteRoutes([{ family: unicastFamily(prefix), prefix }]);
      });
    },
  };
}

/** Adds those that are right, in their order. Wrong ones are skipped, as bgpgg does. */
async function addEach(control: ControlPlane, requests: readonly bgpgg.AddRouteRequest[]): Promise<number> {
  const routes = requests.flatMap((request): LocalRoute[] => {
    try {
      return [localRoute(request)];
    } catch (error) {
      if (error instanceof ControlError) return [];
      throw error;
    }
  });
  if (routes.length === 0) return 0;
  const isAdded = (batch: readonly LocalRoute[]): Promise<boolean> =>
    control.addRoutes(batch, ADDED_BY).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ControlError && error.code === 'invalid-argument') return false;
        throw error;
      },
    );
  // All or none: when one of them is refused, each is added alone.
  if (await isAdded(routes)) return routes.length;
  let count = 0;
  for (const route of routes) if (await isAdded([route])) count++;
  return count;
}

/** What has arrived, at most BATCH_ROUTES: a client that sends slowly need not fill a batch. */
async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  const iterator = items[Symbol.asyncIterator]();
  let batch: T[] = [];
  try {
    let next = iterator.next();
    for (;;) {
      const step = batch.length === 0 ? await next : await Promise.race([next, turn(undefined)]);
      if (step !== undefined) {
        if (step.done === true) break;
        batch.push(step.value);
        next = iterator.next();
        if (batch.length < BATCH_ROUTES) continue;
      }
      // The next item may fail while this batch is added.
      next.catch(() => undefined);
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    await iterator.return?.();
  }
}
