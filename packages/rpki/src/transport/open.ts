/** Opens the connection to a cache, over TCP, TLS or SSH (RFC 8210 §9). */
import { spawn } from 'node:child_process';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { ValueError } from '@tsbgp/wire';
import { RTR_PORT, RTR_TLS_PORT } from '../rtr/codes.ts';
import type { TransportOptions } from './options.ts';

const SSH_PORT = 22;
/** Of what ssh says on its standard error. */
const STDERR_MAX = 2000;

/** A connection that opens. `ready` calls back once, when octets may be written; if that never happens, `stream` gets an error or ends. */
export interface Transport {
  readonly stream: Duplex;
  ready(callback: () => void): void;
}

/** May throw when the connection must not be tried. */
export function openTransport(options: TransportOptions): Transport {
  switch (options.transport) {
    case 'tcp': {
      const socket = openTcp(options, RTR_PORT);
      return { stream: socket, ready: (callback) => whenConnected(socket, callback) };
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

function openTls(options: TransportOptions): Transport {
  const socket = openTcp(options, RTR_TLS_PORT);
  const { ca, cert, key, serverName = options.host } = options.tls ?? {};
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
  return { stream, ready: (callback) => stream.once('secureConnect', callback) };
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
  child.once('error', (error) => stream.destroy(error));
  // The exit comes with the end of the output, and says more.
  child.once('close', (code, signal) => {
    stream.destroy(new Error(said.trim().split('\n').at(-1) || `${program} ended with ${signal ?? `exit code ${code}`}`));
  });
  stream.once('close', () => child.kill());
  return { stream, ready: (callback) => child.once('spawn', callback) };
}

/** A value in the words of ssh_config: quoted, for the sake of blanks. */
function quoted(value: string): string {
  if (/["\n]/.test(value)) throw new ValueError(`${JSON.stringify(value)}: a quotation mark or an end of line cannot be passed to ssh`);
  return /\s/.test(value) ? `"${value}"` : value;
}
