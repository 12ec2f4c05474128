/** Refuses a request before any handler sees it, in the protocol of the client. */
import type { Code } from '@connectrpc/connect';
import { codeName } from './call.ts';
import type { Exchange } from './exchange.ts';

export interface Refusal {
  /** Status of HTTP. Clients that speak JSON see it; with `isHttp` all clients do. */
  readonly status: number;
  readonly code: Code;
  readonly message: string;
  /** The request is wrong as HTTP already, so gRPC clients too see the status of HTTP. */
  readonly isHttp?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function refuse(exchange: Exchange, { status, code, message, isHttp = false, headers = {} }: Refusal): Promise<void> {
  const type = exchange.request.headers['content-type'] ?? '';
  const word = codeName(code);
  exchange.expectTaken(0);
  if (/^application\/grpc\b/.test(type)) {
    exchange.sendHead(isHttp ? status : 200, {
      ...headers,
      'content-type': type,
      'grpc-status': String(code),
      'grpc-message': encodeURIComponent(message),
    });
  } else if (type.startsWith('application/connect+') && !isHttp) {
    const end = Buffer.from(JSON.stringify({ error: { code: word, message } }));
    const head = Buffer.of(2, 0, 0, 0, 0);
    head.writeUInt32BE(end.length, 1);
    exchange.sendHead(200, { ...headers, 'content-type': type });
    await exchange.write(Buffer.concat([head, end])).catch(() => undefined);
  } else {
    const body = Buffer.from(`${JSON.stringify({ code: word, message })}\n`);
    exchange.sendHead(status, { ...headers, 'content-type': 'application/json', 'content-length': body.length });
    if (exchange.request.method !== 'HEAD') await exchange.write(body).catch(() => undefined);
  }
  await exchange.finish();
}
