/** The calls of libc that Node does not offer, through koffi. Linux; elsewhere and without koffi they throw PeerError `unsupported`. */
import { createRequire } from 'node:module';
import { PeerError } from './errors.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
const SOCK_STREAM_CLOEXEC = 0x80001;
const IPPROTO_TCP = 6;
const ENOPROTOOPT = 92;

interface Libc {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Uint8Array, length: number) => number;
  readonly close: (fd: number) => number;
  readonly errno: () => number;
}

/** What we use of koffi. With koffi's types, our declarations would not compile for users who have not installed it. */
interface Koffi {
  load(path: null): { func(declaration: string): (...args: never[]) => number };
  errno(): number;
}

let libc: Libc | PeerError | undefined;

function linux(): Libc {
  libc ??= load();
  if (libc instanceof PeerError) throw libc;
  return libc;
}

function load(): Libc | PeerError {
  if (process.platform !== 'linux') return new PeerError('unsupported', `TCP MD5, TCP-AO and TTL need Linux, this is ${process.platform}`);
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const library = koffi.load(null);
    return {
      socket: library.func('int socket(int domain, int type, int protocol)') as Libc['socket'],
      setsockopt: library.func('int setsockopt(int fd, int level, int name, const void *value, unsigned int length)') as Libc['setsockopt'],
      close: library.func('int close(int fd)') as Libc['close'],
      errno: () => koffi.errno(),
    };
  } catch (cause) {
    return new PeerError('unsupported', 'TCP MD5, TCP-AO and TTL need the optional package koffi', '', { cause });
  }
}

/** A new TCP socket. The caller closes it. */
export function openSocket(family: 4 | 6): number {
  const fd = linux().socket(family === 4 ? AF_INET : AF_INET6, SOCK_STREAM_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) throw new PeerError('unsupported', `socket: errno ${linux().errno()}`);
  return fd;
}

export function closeSocket(fd: number): void {
  linux().close(fd);
}

export interface SocketOption {
  readonly level: number;
  readonly number: number;
  /** As in the kernel's headers, for errors. */
  readonly name: string;
  /** The field of the peer's options that asks for it. */
  readonly field: string;
}

export class SocketOptionError extends PeerError {
  readonly errno: number;

  constructor({ name, field }: SocketOption, errno: number) {
    const reason = errno === ENOPROTOOPT ? 'this kernel is built without it' : `errno ${errno}`;
    super('unsupported', `${field}: ${name} could not be set: ${reason}`, field);
    this.errno = errno;
  }
}

export function setSocketOption(fd: number, option: SocketOption, value: Uint8Array): void {
  const { setsockopt, errno } = linux();
  if (setsockopt(fd, option.level, option.number, value, value.length) !== 0) throw new SocketOptionError(option, errno());
}
