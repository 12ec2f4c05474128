/**
 * Connect's handlers as one handler of Node requests. Connect has such an adapter, but it writes to the console whatever goes wrong while an
 * answer leaves, clients that went away in the middle of a message among it.
 */
import { Code, ConnectError, type ConnectRouter, type ConnectRouterOptions, createConnectRouter } from '@connectrpc/connect';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import type { ApiLogger } from './api-server.ts';
import type { Handler } from './early-headers.ts';

export function connectHandler(addServices: (router: ConnectRouter) => void, options: ConnectRouterOptions, logger: ApiLogger): Handler {
  const router = createConnectRouter(options);
  addServices(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return (request, response) => {
    const handler = handlers.get(request.url?.split('?', 1)[0] ?? '');
    if (handler === undefined) {
      response.statusCode = 404; // gRPC clients read it as UNIMPLEMENTED
      response.end();
      return;
    }
    let left = false;
    response.once('close', () => {
      left = !response.writableFinished;
    });
    handler(universalRequestFromNodeRequest(request, response, undefined, undefined))
      .then((answer) => universalResponseToNodeResponse(answer, response))
      .catch((error: unknown) => {
        const isGone = left || response.destroyed || ConnectError.from(error).code === Code.Aborted;
        if (!isGone) logger.error({ err: error, method: handler.requestPath }, 'API answer failed');
      });
  };
}
