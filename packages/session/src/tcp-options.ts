/**
 * Socket options that Node does not offer: TCP MD5 (RFC 2385), TCP-AO (RFC 5925), TTL and GTSM (RFC 5082). Where they cannot be had, each
 * function throws PeerError `unsupported`: a peer that asks for protection never runs without it.
 */
import type { Server as NetServer, Socket } from 'node:net';
import { endianness } from 'node:os';
import { parseAddress, parseIpv4 } from '@tsbgp/wire';
import { PeerError } from './errors.ts';
import { AF_INET, AF_INET6, closeSocket, openSocket, type SocketOption, SocketOptionError, setSocketOption } from './libc.ts';
import type { TcpAoKey } from './peer.ts';

const IP_TTL: SocketOption = { level: 0, number: 2, name: 'IP_TTL', field: 'multihopTtl' };
const IP_MINTTL: SocketOption = { level: 0, number: 21, name: 'IP_MINTTL', field: 'ttlSecurityHops' };
const IPV6_UNICAST_HOPS: SocketOption = { level: 41, number: 16, name: 'IPV6_UNICAST_HOPS', field: 'multihopTtl' };
const IPV6_MINHOPCOUNT: SocketOption = { level: 41, number: 73, name: 'IPV6_MINHOPCOUNT', field: 'ttlSecurityHops' };
const TCP_MD5SIG: SocketOption = { level: 6, number: 32, name: 'TCP_MD5SIG', field: 'md5Key' }; // TCP_MD5SIG_EXT
const TCP_AO_ADD_KEY: SocketOption = { level: 6, number: 38, name: 'TCP_AO_ADD_KEY', field: 'tcpAoKeys' };
const TCP_AO_DEL_KEY: SocketOption = { level: 6, number: 39, name: 'TCP_AO_DEL_KEY', field: 'tcpAoKeys' };
const TCP_AO_INFO: SocketOption = { level: 6, number: 40, name: 'TCP_AO_INFO', field: 'tcpAoKeys' };

const ENOENT = 2;
const TCP_MD5SIG_FLAG_PREFIX = 1;
/** Integers have the byte order of the machine. */
const LITTLE_ENDIAN = endianness() === 'LE';

export type SocketFamily = 4 | 6;

/** The peers that a key is for: an address, or all addresses of a prefix. */
export interface KeyTarget {
  readonly address: string;
  /** @default the whole address */
  readonly prefixLength?: number | undefined;
}

/** The file descriptor of a socket or a listener. */
export function descriptorOf(handle: Socket | NetServer): number {
  const fd = (handle as unknown as { _handle?: { fd?: number } | null })._handle?.fd;
  if (fd === undefined || fd < 0) throw new PeerError('unsupported', 'this runtime does not say which descriptor a socket has');
  return fd;
}

// TTL

/** Sets the TTL (hop limit) of what we send. On an IPv6 socket the two families have separate values. */
export function setTtl(fd: number, family: SocketFamily, ttl: number): void {
  setSocketOption(fd, family === 4 ? IP_TTL : IPV6_UNICAST_HOPS, int(ttl));
}

/** RFC 5082 §3: the kernel drops packets from more than `hops` away, and sends ours with a TTL of 255. */
export function setTtlSecurity(fd: number, family: SocketFamily, hops: number): void {
  setTtl(fd, family, 255);
  setSocketOption(fd, family === 4 ? IP_MINTTL : IPV6_MINHOPCOUNT, int(256 - hops));
}

// TCP MD5

/** Requires and makes RFC 2385 signatures with `target`. Undefined removes the key. */
export function setMd5(fd: number, family: SocketFamily, target: KeyTarget, key: string | undefined): void {
  try {
    setSocketOption(fd, TCP_MD5SIG, md5Structure(family, target, key));
  } catch (error) {
    // There was no key to remove.
    if (key === undefined && error instanceof SocketOptionError && error.errno === ENOENT) return;
    throw error;
  }
}

// TCP-AO

/** Adds one master key tuple. `current`: sign with it, and ask the peer to. */
export function addAoKey(fd: number, family: SocketFamily, target: KeyTarget, key: TcpAoKey, current: boolean): void {
  setSocketOption(fd, TCP_AO_ADD_KEY, aoAddStructure(family, target, key, current));
}

export function deleteAoKey(fd: number, family: SocketFamily, target: KeyTarget, key: TcpAoKey): void {
  setSocketOption(fd, TCP_AO_DEL_KEY, aoDeleteStructure(family, target, key));
}

/** Asks the peer to sign with the key that we receive as `receiveId`; for our signatures, the peer asks us (RFC 5925 §7.5.2). */
export function requestAoKey(fd: number, receiveId: number): void {
  setSocketOption(fd, TCP_AO_INFO, aoInfoStructure(receiveId));
}

/** Tries the options on a scratch socket: throws at configuration time, not only when a connection fails. */
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

// Structures (include/uapi/linux/tcp.h)

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, LITTLE_ENDIAN);
  return bytes;
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
  const octets = Buffer.from(key ?? '');
  bytes[128] = TCP_MD5SIG_FLAG_PREFIX;
  bytes[129] = writeSockaddr(bytes, family, target);
  new DataView(bytes.buffer).setUint16(130, octets.length, LITTLE_ENDIAN);
  bytes.set(octets, 136);
  return bytes;
}

const ALGORITHMS = { 'hmac-sha-1-96': 'hmac(sha1)', 'aes-128-cmac-96': 'cmac(aes128)' } as const;
/** RFC 5926 §3.2: both truncate to 96 bits. */
const MAC_LENGTH = 12;

/** struct tcp_ao_info_opt, 48 octets: bits (2: set_rnext), reserved at 4, current key at 6, rnext at 7, counters. */
export function aoInfoStructure(receiveId: number): Uint8Array {
  const bytes = new Uint8Array(48);
  new DataView(bytes.buffer).setUint32(0, 2, LITTLE_ENDIAN);
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
  const octets = Buffer.from(key.key);
  bytes.set(Buffer.from(ALGORITHMS[key.algorithm ?? 'hmac-sha-1-96']), 128);
  new DataView(bytes.buffer).setUint32(196, current ? 3 : 0, LITTLE_ENDIAN);
  bytes[202] = writeSockaddr(bytes, family, target);
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
  bytes[138] = writeSockaddr(bytes, family, target);
  bytes[139] = key.sendId;
  bytes[140] = key.receiveId;
  return bytes;
}

/**
 * Writes the address for a socket of `family`; returns its prefix length. On an IPv6 socket an IPv4 address is mapped, but the kernel wants the
 * prefix length of IPv4.
 */
function writeSockaddr(bytes: Uint8Array<ArrayBuffer>, family: SocketFamily, target: KeyTarget): number {
  const text = target.address.split('%')[0] ?? '';
  const v4 = parseIpv4(text);
  const address = parseAddress(text);
  if (address === undefined || (family === 4 && v4 === undefined)) {
    throw new PeerError('invalid-config', `${target.address} is no address of an IPv${family} socket`, 'remoteAddress');
  }
  new DataView(bytes.buffer).setUint16(0, family === 4 ? AF_INET : AF_INET6, LITTLE_ENDIAN);
  if (family === 4) {
    bytes.set(address, 4);
  } else if (v4 === undefined) {
    bytes.set(address, 8);
  } else {
    bytes.set([0xff, 0xff], 18);
    bytes.set(v4, 20);
  }
  return target.prefixLength ?? address.length * 8;
}
