/**
 * Sends response headers of streaming calls early. Connect holds them back until the first message. Some clients, such as tonic, wait for
 * headers before a streaming call returns, so that they would hang on a quiet daemon. The headers are sent in the next turn of the event loop.
 */
import type { Exchange } from './exchange.ts';

const STREAMING_TYPES = /^application\/(grpc|grpc-web|grpc-web-text|connect)(\+(proto|json))?$/;

export function sendHeadersEarly(exchange: Exchange): void {
  const type = exchange.request.headers['content-type'];
  if (type === undefined || !STREAMING_TYPES.test(type)) return;
  // The handler will give the same status and type: errors of streaming calls are in the trailers or in the last message.
  setImmediate(() => exchange.sendHead(200, { 'content-type': type }, true));
}
