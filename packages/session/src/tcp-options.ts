/**
 * Socket options that Node does not offer: TCP MD5 (RFC 2385), TCP-AO (RFC 5925), TTL and GTSM (RFC 5082). Linux, through koffi; elsewhere
 * and without koffi each function throws PeerError `unsupported`, so that a peer that asks for protection never runs without it.
 *
 * The only place that reads descriptors out of Node's handles and that knows the kernel's structures (include/uapi/linux/tcp.h).
 */
import { createRequire } from 'node:module';
import type { Server as NetServer, Socket } from 'node:net';
import { endianness } from 'node:os';
import { parseAddress, parseIpv4 } from '@tsbgp/wire';
import { PeerError } from './errors.ts';
import type { TcpAoKey } from './types.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM_CLOEXEC = 0x80001;
const IPPROTO_IP = 0;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;

const IP_TTL = 2;
const IP_MINTTL = 21;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MINHOPCOUNT = 73;
const TCP_MD5SIG_EXT = 32;
const TCP_MD5SIG_FLAG_PREFIX = 1;
const TCP_AO_ADD_KEY = 38;
const TCP_AO_DEL_KEY = 39;
const TCP_AO_INFO = 40;

const ENOENT = 2;
const ENOPROTOOPT = 92;

export type SocketFamily = 4 | 6;

/** Whom a key is for: an address, or all addresses of a prefix. */
export interface KeyTarget {
  readonly address: string;
  /** @default the whole address */
  readonly prefixLength?: number | undefined;
}

interface Libc {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Uint8Array, length: number) => number;
  readonly close: (fd: number) => number;
  readonly errno: () => number;
}

/** What is used of koffi. Its own types would be demanded from users who do not have it. */
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

// Descriptors

/** The descriptor under a socket or a listener. */
export function descriptorOf(handle: Socket | NetServer): number {
  const fd = (handle as unknown as { _handle?: { fd?: number } | null })._handle?.fd;
  if (fd === undefined || fd < 0) throw new PeerError('unsupported', 'this runtime does not say which descriptor a socket has');
  return fd;
}

/** A new TCP socket; whoever gets it closes it. */
export function openSocket(family: SocketFamily): number {
  const fd = linux().socket(family === 4 ? AF_INET : AF_INET6, SOCK_STREAM_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) throw new PeerError('unsupported', `socket: errno ${linux().errno()}`);
  return fd;
}

export function closeSocket(fd: number): void {
  linux().close(fd);
}

// TTL

/** TTL (hop limit) of what is sent. IPv4 peers on an IPv6 socket have their own. */
export function setTtl(fd: number, family: SocketFamily, ttl: number): void {
  if (family === 4) set(fd, IPPROTO_IP, IP_TTL, int(ttl), 'IP_TTL', 'multihopTtl');
  else set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, int(ttl), 'IPV6_UNICAST_HOPS', 'multihopTtl');
}

/** RFC 5082 §3: what comes from further than `hops` away is dropped by the kernel, and what we send is sent with 255. */
export function setTtlSecurity(fd: number, family: SocketFamily, hops: number): void {
  setTtl(fd, family, 255);
  const min = int(256 - hops);
  if (family === 4) set(fd, IPPROTO_IP, IP_MINTTL, min, 'IP_MINTTL', 'ttlSecurityHops');
  else set(fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, min, 'IPV6_MINHOPCOUNT', 'ttlSecurityHops');
}

// TCP MD5

/** Demands and makes RFC 2385 signatures towards `target`; undefined takes the key away again. */
export function setMd5(fd: number, family: SocketFamily, target: KeyTarget, key: string | undefined): void {
  try {
    set(fd, IPPROTO_TCP, TCP_MD5SIG_EXT, md5Structure(family, target, key), 'TCP_MD5SIG', 'md5Key');
  } catch (error) {
    // Taking away what is not there is no mistake.
    if (key === undefined && error instanceof SocketOptionError && error.errno === ENOENT) return;
    throw error;
  }
}

/**
 * struct tcp_md5sig, 216 octets:
 *
 *     0           128     129         130        132       136
 *     +-----------+-------+-----------+----------+---------+-------------+
 *     | sockaddr  | flags | prefixlen | keylen   | ifindex | key, 80     |
 *     +-----------+-------+-----------+----------+---------+-------------+
 */
export function md5Structure(family: SocketFamily, target: KeyTarget, key: string | undefined): Uint8Array {
  const bytes = new Uint8Array(216);
  const view = new Native(bytes);
  const { prefixLength } = sockaddr(view, family, target);
  const octets = Buffer.from(key ?? '');
  bytes[128] = TCP_MD5SIG_FLAG_PREFIX;
  bytes[129] = prefixLength;
  view.u16(130, octets.length);
  bytes.set(octets, 136);
  return bytes;
}

// TCP-AO

const ALGORITHMS = { 'hmac-sha-1-96': 'hmac(sha1)', 'aes-128-cmac-96': 'cmac(aes128)' } as const;
/** RFC 5926 §3.2: both truncate to 96 bits. */
const MAC_LENGTH = 12;

/** Adds one master key tuple. `current`: sign with it, and ask the peer to. */
export function addAoKey(fd: number, family: SocketFamily, target: KeyTarget, key: TcpAoKey, current: boolean): void {
  set(fd, IPPROTO_TCP, TCP_AO_ADD_KEY, aoAddStructure(family, target, key, current), 'TCP_AO_ADD_KEY', 'tcpAoKeys');
}

export function deleteAoKey(fd: number, family: SocketFamily, target: KeyTarget, key: TcpAoKey): void {
  set(fd, IPPROTO_TCP, TCP_AO_DEL_KEY, aoDeleteStructure(family, target, key), 'TCP_AO_DEL_KEY', 'tcpAoKeys');
}

/** Asks the peer to sign with the key that we receive as `receiveId`; our own signatures follow the peer's wish (RFC 5925 §7.5.2). */
export function requestAoKey(fd: number, receiveId: number): void {
  set(fd, IPPROTO_TCP, TCP_AO_INFO, aoInfoStructure(receiveId), 'TCP_AO_INFO', 'tcpAoKeys');
}

/** struct tcp_ao_info_opt, 48 octets: bits (2: set_rnext), reserved at 4, current key at 6, rnext at 7, counters. */
export function aoInfoStructure(receiveId: number): Uint8Array {
  const bytes = new Uint8Array(48);
  new Native(bytes).u32(0, 2);
  bytes[7] = receiveId;
  return bytes;
}

/**
 * struct tcp_ao_add, 288 octets:
 *
 *     0          128             192       196    200        202      203     204     205      206        207      208
 *     +----------+---------------+---------+------+----------+--------+-------+-------+--------+----------+--------+---------+
 *     | sockaddr | algorithm, 64 | ifindex | bits | reserved | prefix | sndid | rcvid | maclen | keyflags | keylen | key, 80 |
 *     +----------+---------------+---------+------+----------+--------+-------+-------+--------+----------+--------+---------+
 *
 * bits: 1 set_current, 2 set_rnext.
 */
export function aoAddStructure(family: SocketFamily, target: KeyTarget, key: TcpAoKey, current: boolean): Uint8Array {
  const bytes = new Uint8Array(288);
  const view = new Native(bytes);
  const { prefixLength } = sockaddr(view, family, target);
  const octets = Buffer.from(key.key);
  bytes.set(Buffer.from(ALGORITHMS[key.algorithm ?? 'hmac-sha-1-96']), 128);
  view.u32(196, current ? 3 : 0);
  bytes[202] = prefixLength;
  bytes[203] = key.sendId;
  bytes[204] = key.receiveId;
  bytes[205] = MAC_LENGTH;
  bytes[207] = octets.length;
  bytes.set(octets, 208);
  return bytes;
}

/** struct tcp_ao_del, 144 octets: sockaddr, ifindex at 128, bits, reserved, prefix at 138, sndid, rcvid, current, rnext, keyflags. */
export function aoDeleteStructure(family: SocketFamily, target: KeyTarget, key: TcpAoKey): Uint8Array {
  const bytes = new Uint8Array(144);
  const { prefixLength } = sockaddr(new Native(bytes), family, target);
  bytes[138] = prefixLength;
  bytes[139] = key.sendId;
  bytes[140] = key.receiveId;
  return bytes;
}

/** Throws at configuration time what would else only show when a connection fails. */
export function probe(needs: { readonly md5?: boolean; readonly tcpAo?: boolean }): void {
  const fd = openSocket(4);
  try {
    const target = { address: '127.0.0.1' };
    if (needs.md5 === true) setMd5(fd, 4, target, 'probe');
    if (needs.tcpAo === true) addAoKey(fd, 4, target, { sendId: 1, receiveId: 1, key: 'probe' }, false);
  } finally {
    closeSocket(fd);
  }
}

// Helpers

class SocketOptionError extends PeerError {
  readonly errno: number;

  constructor(name: string, field: string, errno: number) {
    const reason = errno === ENOPROTOOPT ? 'this kernel is built without it' : `errno ${errno}`;
    super('unsupported', `${field}: ${name} could not be set: ${reason}`, field);
    this.errno = errno;
  }
}

function set(fd: number, level: number, name: number, value: Uint8Array, text: string, field: string): void {
  const { setsockopt, errno } = linux();
  if (setsockopt(fd, level, name, value, value.length) !== 0) throw new SocketOptionError(text, field, errno());
}

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new Native(bytes).u32(0, value);
  return bytes;
}

/** Writes the address as the socket's family has it: IPv4 on an IPv6 socket is mapped, its prefix length stays IPv4's (as the kernel wants it). */
function sockaddr(view: Native, family: SocketFamily, target: KeyTarget): { prefixLength: number } {
  const text = target.address.split('%')[0] ?? '';
  const v4 = parseIpv4(text);
  const address = parseAddress(text);
  if (address === undefined || (family === 4 && v4 === undefined)) {
    throw new PeerError('invalid-config', `${target.address} is no address of an IPv${family} socket`, 'remoteAddress');
  }
  const prefixLength = target.prefixLength ?? address.length * 8;
  view.u16(0, family === 4 ? AF_INET : AF_INET6);
  if (family === 4) {
    view.bytes.set(address, 4);
  } else if (v4 === undefined) {
    view.bytes.set(address, 8);
  } else {
    view.bytes.set([0xff, 0xff], 18);
    view.bytes.set(v4, 20);
  }
  return { prefixLength };
}

/** Integers in the machine's order. */
class Native {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  static readonly #little = endianness() === 'LE';

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u16(offset: number, value: number): void {
    this.#view.setUint16(offset, value, Native.#little);
  }

  u32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, Native.#little);
  }
}
