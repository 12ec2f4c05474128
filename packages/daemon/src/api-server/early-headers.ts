/**
 * Response headers at once. Connect holds them back until the first message, but some clients (tonic among them) wait for headers before a
 * streaming call returns: on a quiet daemon they would hang. So a streaming call that has said nothing by the next turn has its headers sent.
 */
import type { Exchange } from './exchange.ts';

const STREAMING_TYPES = /^application\/(grpc|grpc-web|grpc-web-text|connect)(\+(proto|json))?$/;

export function sendHeadersEarly(exchange: Exchange): void {
  const type = exchange.request.headers['content-type'];
  if (type === undefined || !STREAMING_TYPES.test(type)) return;
  // What the handler says of status and type later is what was sent: errors of streaming calls travel in trailers or the last message.
  setImmediate(() => exchange.sendHead(200, { 'content-type': type }, true));
}
