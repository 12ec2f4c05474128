/** Answers to requests that no handler sees, in the protocol of the caller. */
import { Code } from '@connectrpc/connect';
import type { Exchange } from './exchange.ts';

export interface Refusal {
  /** Of HTTP, for callers that speak JSON, and for all where `isHttp` is set. */
  readonly status: number;
  readonly code: Code;
  readonly message: string;
  /** The request is not one of HTTP that we answer: then gRPC's callers see the status of HTTP, too. */
  readonly isHttp?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function refuse(exchange: Exchange, { status, code, message, isHttp = false, headers = {} }: Refusal): Promise<void> {
  const type = exchange.request.headers['content-type'] ?? '';
  const word = Code[code].replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase();
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
