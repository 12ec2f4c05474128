/** InjectionService: routes of our own. */
import type { DescMethod } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { InjectionService } from '@tsbgp/api';
import { type Batch, ControlError, type ControlPlane, type LocalRoute, type LocalRouteKey } from '../control-plane.ts';
import { keyBatch, RawBatchSchema, rawKeyBatch, rawRouteBatch, routeBatch } from './route-batches.ts';

type Handlers = ReturnType<typeof handlers>;

export function addInjectionService(router: ConnectRouter, control: ControlPlane): void {
  const { addRoutes, deleteRoutes, addRouteStream, deleteRouteStream } = handlers(control);
  router.service(InjectionService, {
    addRoutes: ({ routes }) => addRoutes(routeBatch(routes)),
    deleteRoutes: ({ routes }) => deleteRoutes(keyBatch(routes)),
    addRouteStream: (requests) => addRouteStream(mapped(requests, ({ routes }) => routeBatch(routes))),
    deleteRouteStream: (requests) => deleteRouteStream(mapped(requests, ({ routes }) => keyBatch(routes))),
  });
  addRawHandlers(router, handlers(control));
}

function handlers(control: ControlPlane) {
  return {
    async addRoutes(routes: Batch<LocalRoute>) {
      await control.addRoutes(routes);
      return {};
    },
    async deleteRoutes(keys: Batch<LocalRouteKey>) {
      return { deleted: BigInt(await control.deleteRoutes(keys)) };
    },
    async addRouteStream(batches: AsyncIterable<Batch<LocalRoute>>) {
      let added = 0;
      let message = 0;
      for await (const routes of batches) {
        await inMessage(message++, control.addRoutes(routes));
        added += routes.length;
      }
      return { added: BigInt(added) };
    },
    async deleteRouteStream(batches: AsyncIterable<Batch<LocalRouteKey>>) {
      let deleted = 0;
      let message = 0;
      for await (const keys of batches) deleted += await inMessage(message++, control.deleteRoutes(keys));
      return { deleted: BigInt(deleted) };
    },
  };
}

/** For the binary format: requests are decoded as route-batches.ts says. JSON stays with the handlers that are there. */
function addRawHandlers(router: ConnectRouter, { addRoutes, deleteRoutes, addRouteStream, deleteRouteStream }: Handlers): void {
  const { method } = InjectionService;
  const before = [...router.handlers];
  router.rpc(withRawInput(method.addRoutes), (raw) => addRoutes(rawRouteBatch(raw)));
  router.rpc(withRawInput(method.deleteRoutes), (raw) => deleteRoutes(rawKeyBatch(raw)));
  router.rpc(withRawInput(method.addRouteStream), (raws) => addRouteStream(mapped(raws, rawRouteBatch)));
  router.rpc(withRawInput(method.deleteRouteStream), (raws) => deleteRouteStream(mapped(raws, rawKeyBatch)));
  for (const raw of router.handlers.splice(before.length)) {
    const at = before.findIndex(({ requestPath }) => requestPath === raw.requestPath);
    const json = before[at]!;
    const either: typeof json = Object.assign(
      (request: Parameters<typeof json>[0]) => (request.header.get('content-type')?.includes('json') === true ? json : raw)(request),
      {
        protocolNames: json.protocolNames,
        service: json.service,
        method: json.method,
        requestPath: json.requestPath,
        allowedMethods: json.allowedMethods,
        supportedContentType: json.supportedContentType,
      },
    );
    router.handlers[at] = either;
  }
}

/** The same method, its requests decoded as lists of octets. */
function withRawInput<Method extends DescMethod>(method: Method): Omit<Method, 'input'> & { readonly input: typeof RawBatchSchema } {
  return { ...method, input: RawBatchSchema };
}

async function* mapped<From, To>(items: AsyncIterable<From>, to: (item: From) => To): AsyncGenerator<To> {
  for await (const item of items) yield to(item);
}

/** Errors of `work` name the message of the stream too, counted from 0. Those before it have taken effect. */
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
