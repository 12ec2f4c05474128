/** Opens the connection to a cache, over TCP, TLS or SSH (RFC 8210 §9). */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { ValueError } from '@tsbgp/wire';
import { printable } from '../printable.ts';
import { RTR_PORT, RTR_TLS_PORT } from '../rtr/codes.ts';
import type { TransportOptions } from './options.ts';

const SSH_PORT = 22;
/** Exit code of ssh when the connection could not be opened, or broke. */
const SSH_FAILED = 255;
/** Octets that are kept of what ssh says on its standard error. */
const STDERR_MAX = 2000;

/** A connection that opens. */
export interface Transport {
  readonly stream: Duplex;
  /** Calls back once, when octets may be written. */
  ready(callback: () => void): void;
  /** Calls back, at least once, when the connection has ended or could not be opened. */
  closed(callback: (why: CloseReason) => void): void;
}

export interface CloseReason {
  readonly reason: string;
  /** Whether the connection may have reached the cache. */
  readonly opened: boolean;
}

/** May throw when the connection must not be tried. */
export function openTransport(options: TransportOptions): Transport {
  switch (options.transport) {
    case 'tcp': {
      const socket = openTcp(options, RTR_PORT);
      return { stream: socket, ready: (callback) => whenConnected(socket, callback), closed: (callback) => whenClosed(socket, callback) };
    }
    case 'tls':
      return openTls(options);
    default:
      return openSsh(options);
  }
}

/** "tcp 192.0.2.1:323", for people. */
export function formatTransport({ transport, host, port }: TransportOptions): string {
  return `${transport} ${host.includes(':') ? `[${host}]` : host}:${port ?? portDefault(transport)}`;
}

function portDefault(transport: TransportOptions['transport']): number {
  return { tcp: RTR_PORT, tls: RTR_TLS_PORT, ssh: SSH_PORT }[transport];
}

function openTcp({ host, port, localAddress, connect = connectTcp }: TransportOptions, defaultPort: number): Socket {
  const socket = connect({ host, port: port ?? defaultPort, ...(localAddress !== undefined && { localAddress }) });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return socket;
}

function whenConnected(socket: Socket, callback: () => void): void {
  if (socket.connecting) socket.once('connect', callback);
  else setImmediate(callback);
}

function whenClosed(stream: Duplex, callback: (why: CloseReason) => void): void {
  stream.on('error', (error: Error) => callback({ reason: error.message, opened: true }));
  stream.on('end', () => callback({ reason: 'the cache closed the connection', opened: true }));
  stream.on('close', () => callback({ reason: 'the connection closed', opened: true }));
}

function openTls(options: TransportOptions): Transport {
  const { serverName = options.host, caFile, certFile, keyFile, ...given } = options.tls ?? {};
  const ca = caFile === undefined ? given.ca : readFileSync(caFile);
  const cert = certFile === undefined ? given.cert : readFileSync(certFile);
  const key = keyFile === undefined ? given.key : readFileSync(keyFile);
  const socket = openTcp(options, RTR_TLS_PORT);
  const stream = connectTls({
    socket,
    host: serverName,
    ...(isIP(serverName) === 0 && { servername: serverName }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  });
  // The TLS socket does not hear of an error before the TCP connection is there.
  socket.once('error', (error) => stream.destroy(error));
  return { stream, ready: (callback) => stream.once('secureConnect', callback), closed: (callback) => whenClosed(stream, callback) };
}

/** RFC 8210 §9.1: the subsystem "rpki-rtr" of an SSH server. Never asks for a password, and never takes an unknown key of the server. */
function openSsh({ host, port, localAddress, ssh = {} }: TransportOptions): Transport {
  const { user, identityFile, knownHostsFile, program = 'ssh' } = ssh;
  if (host.startsWith('-')) throw new ValueError(`"${host}" is not a host, e.g. "cache.example.net"`);
  const options: Readonly<Record<string, string | undefined>> = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    ServerAliveInterval: '60',
    UserKnownHostsFile: knownHostsFile,
    IdentitiesOnly: identityFile === undefined ? undefined : 'yes',
    IdentityFile: identityFile,
    BindAddress: localAddress,
    User: user,
    Port: port === undefined ? undefined : String(port),
  };
  const words = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : ['-o', `${name}=${quoted(value)}`]));
  const child = spawn(program, ['-s', ...words, '--', host, 'rpki-rtr'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-STDERR_MAX);
  });
  stream.once('close', () => child.kill());
  // Nothing to do: the end of the process, which comes then, says more.
  stream.on('error', () => {});
  return {
    stream,
    ready: (callback) => child.once('spawn', callback),
    closed(callback) {
      child.once('error', (error) => callback({ reason: error.message, opened: false }));
      child.once('close', (code, signal) => {
        stream.destroy();
        const reason = printable(said.trim().split('\n').at(-1) ?? '') || `${program} ended with ${signal ?? `exit code ${code}`}`;
        callback({ reason, opened: code !== SSH_FAILED });
      });
    },
  };
}

/** A value in the words of ssh_config: quoted, for the sake of blanks. */
function quoted(value: string): string {
  if (/["\n]/.test(value)) throw new ValueError(`${JSON.stringify(value)}: a quotation mark or an end of line cannot be passed to ssh`);
  return /\s/.test(value) ? `"${value}"` : value;
}
