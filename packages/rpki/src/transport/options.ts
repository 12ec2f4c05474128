/** How a cache is reached (RFC 8210 §9). */
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/** Where a TCP connection goes. */
export interface TcpTarget {
  /** Name or address. */
  readonly host: string;
  /** @default 323, with TLS 324 */
  readonly port: number;
  /** Our address. @default the system's choice */
  readonly localAddress?: string | undefined;
}

/** Opens a socket that connects, or is connected. It may throw when it must not be tried. */
export type Connect = (target: TcpTarget) => Socket;

/** For TLS (RFC 8210 §9.2). */
export interface TlsOptions {
  /** Certificates of authorities that the cache's certificate must come from, PEM. @default those of the system */
  readonly ca?: ConnectionOptions['ca'];
  /** Our certificate and key, PEM (RFC 8210 §9.2 wants caches to ask for them). */
  readonly cert?: ConnectionOptions['cert'];
  readonly key?: ConnectionOptions['key'];
  /** Paths of files with the same, read for each connection, so that new certificates are taken as they come. @default none */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Name that the certificate must have. @default the host */
  readonly serverName?: string | undefined;
}

/** For SSH (RFC 8210 §9.1). The program runs as our user, without a terminal: it cannot ask for a password. */
export interface SshOptions {
  /** @default the one that ssh chooses */
  readonly user?: string | undefined;
  /** Path of our private key. @default those that ssh finds */
  readonly identityFile?: string | undefined;
  /** Path of the file with the keys of caches. A cache whose key is not in it is refused. @default ssh's own */
  readonly knownHostsFile?: string | undefined;
  /** @default "ssh" */
  readonly program?: string | undefined;
}

/** The connection to one cache. */
export interface TransportOptions {
  readonly transport: 'tcp' | 'tls' | 'ssh';
  readonly host: string;
  readonly port?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly ssh?: SshOptions | undefined;
  /** Opens TCP connections, also those under TLS: here a program adds TCP MD5 or TCP-AO. @default `connect` of node:net */
  readonly connect?: Connect | undefined;
}
