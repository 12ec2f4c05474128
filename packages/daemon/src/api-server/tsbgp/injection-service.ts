/** InjectionService: adds and deletes local routes. */
import type { ConnectRouter } from '@connectrpc/connect';
import { Condition_Type as ConditionType, InjectionService } from '@tsbgp/api';
import { formatFamily } from '@tsbgp/wire';
import { ControlError, type ControlPlane } from '../../control-plane.ts';
import { keyBatch, routeBatch } from './route-batches.ts';

export function addInjectionService(router: ConnectRouter, control: ControlPlane): void {
  router.service(InjectionService, {
    async addRoutes({ routes, addedBy }) {
      await control.addRoutes(routeBatch(routes), { addedBy });
      return {};
    },
    async deleteRoutes({ routes }) {
      return { deleted: BigInt(await control.deleteRoutes(keyBatch(routes))) };
    },
    listAggregates: () => ({
      aggregates: control.aggregates().map(({ family, prefix, summaryOnly, mergeCommunities, contributors }) => ({
        family: formatFamily(family),
        prefix,
        summaryOnly,
        mergeCommunities,
        contributors: BigInt(contributors),
      })),
    }),
    listConditions: () => ({
      conditions: control.conditions().map(({ type, holdSeconds, isChanging, prefixes, ...condition }) => ({
        ...condition,
        prefixes: [...prefixes],
        type: type === 'present' ? ConditionType.PRESENT : ConditionType.ABSENT,
        hold: holdSeconds,
        changing: isChanging,
      })),
    }),
    async addRouteStream(requests) {
      let added = 0;
      let message = 0;
      for await (const { routes, addedBy } of requests) {
        await inMessage(message++, control.addRoutes(routeBatch(routes), { addedBy }));
        added += routes.length;
      }
      return { added: BigInt(added) };
    },
    async deleteRouteStream(requests) {
      let deleted = 0;
      let message = 0;
      for await (const { routes } of requests) deleted += await inMessage(message++, control.deleteRoutes(keyBatch(routes)));
      return { deleted: BigInt(deleted) };
    },
  });
}

/** Adds the number of the message in its stream, from 0, to the fields of errors. Earlier messages have taken effect. */
async function inMessage<T>(index: number, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const place = `messages[${index}]`;
    const [first, ...further] = error.problems.map(({ field, sentence }) => ({ field: `${place}.${field}`, sentence }));
    throw new ControlError(error.code, first!.field, first!.sentence, { cause: error, further, more: error.more });
  }
}
