/** Streaming calls of the API, whose answers may stay unread. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { API_PORT, DAEMON_ADDRESS } from '../plan.ts';

/** A gRPC message without fields: every route, no filter. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** A connection whose errors are ignored. */
export function session(): ClientHttp2Session {
  const made = connect(`http://${DAEMON_ADDRESS}:${API_PORT}`);
  made.on('error', () => undefined); // refused or closed: calls on it end
  return made;
}

/** Starts a call. Its answer is not read until there is a listener for 'data'. Resolves when the call has ended or failed. */
export function call(
  on: ClientHttp2Session,
  method: string,
  message: Uint8Array = EMPTY_MESSAGE,
): { stream: ClientHttp2Stream; ended: Promise<void> } {
  const stream = on.request({ ':method': 'POST', ':path': `/tsbgp.v1.${method}`, 'content-type': 'application/grpc', te: 'trailers' });
  stream.on('error', () => undefined); // refused or reset: 'close' follows
  const ended = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  stream.end(message);
  return { stream, ended };
}
