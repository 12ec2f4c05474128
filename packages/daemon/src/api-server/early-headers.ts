/**
 * Response headers at once. Connect holds them back until the first message, but some clients (tonic among them) wait for headers before a
 * streaming call returns: on a quiet daemon they would hang. So a streaming call that has said nothing by the next turn has its headers sent.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

export type Handler = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => void;

const STREAMING_TYPES = /^application\/(grpc|grpc-web|grpc-web-text|connect)(\+(proto|json))?$/;

export function withEarlyHeaders(handler: Handler): Handler {
  return (request, response) => {
    handler(request, response);
    const type = request.headers['content-type'];
    if (type === undefined || !STREAMING_TYPES.test(type)) return;
    setImmediate(() => {
      if (response.headersSent || response.writableEnded || response.destroyed) return;
      // Over HTTP/2 this sends the headers; HTTP/1.1 waits for the body unless it is told not to.
      (response as ServerResponse).writeHead(200, { 'content-type': type });
      if (request.httpVersionMajor === 1) (response as ServerResponse).flushHeaders();
      // What the handler says of status and type later is what was sent: errors of streaming calls travel in trailers or the last message.
      Object.defineProperty(response, 'writeHead', { value: () => response });
    });
  };
}
