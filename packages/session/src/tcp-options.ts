/**
 * Socket options that Node does not offer: TCP MD5 (RFC 2385), TCP-AO (RFC 5925), TTL and GTSM (RFC 5082). Where they cannot be had, each
 * function throws PeerError `unsupported`: a peer that asks for protection never runs without it.
 */
import type { Server as NetServer, Socket } from 'node:net';
import { PeerError } from './errors.ts';
import { closeSocket, openSocket, SocketOptionError, setSocketOption } from './libc.ts';
import type { TcpAoKey } from './peer-options.ts';
import {
  aoAddStructure,
  aoDeleteStructure,
  aoInfoStructure,
  int,
  type KeyTarget,
  md5Structure,
  type SocketFamily,
} from './tcp-structures.ts';

const IPPROTO_IP = 0;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;

const IP_TTL = 2;
const IP_MINTTL = 21;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MINHOPCOUNT = 73;
const TCP_MD5SIG_EXT = 32;
const TCP_AO_ADD_KEY = 38;
const TCP_AO_DEL_KEY = 39;
const TCP_AO_INFO = 40;

const ENOENT = 2;

/** The file descriptor of a socket or a listener. */
export function descriptorOf(handle: Socket | NetServer): number {
  const fd = (handle as unknown as { _handle?: { fd?: number } | null })._handle?.fd;
  if (fd === undefined || fd < 0) throw new PeerError('unsupported', 'this runtime does not say which descriptor a socket has');
  return fd;
}

// TTL

/** Sets the TTL (hop limit) of what we send. On an IPv6 socket the two families have separate values. */
export function setTtl(fd: number, family: SocketFamily, ttl: number): void {
  if (family === 4) setSocketOption(fd, IPPROTO_IP, IP_TTL, int(ttl), 'IP_TTL', 'multihopTtl');
  else setSocketOption(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, int(ttl), 'IPV6_UNICAST_HOPS', 'multihopTtl');
}

/** RFC 5082 §3: the kernel drops packets from more than `hops` away, and sends ours with a TTL of 255. */
export function setTtlSecurity(fd: number, family: SocketFamily, hops: number): void {
  setTtl(fd, family, 255);
  const min = int(256 - hops);
  if (family === 4) setSocketOption(fd, IPPROTO_IP, IP_MINTTL, min, 'IP_MINTTL', 'ttlSecurityHops');
  else setSocketOption(fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, min, 'IPV6_MINHOPCOUNT', 'ttlSecurityHops');
}

// TCP MD5

/** Requires and makes RFC 2385 signatures with `target`. Undefined removes the key. */
export function setMd5(fd: number, family: SocketFamily, target: KeyTarget, key: string | undefined): void {
  try {
    setSocketOption(fd, IPPROTO_TCP, TCP_MD5SIG_EXT, md5Structure(family, target, key), 'TCP_MD5SIG', 'md5Key');
  } catch (error) {
    // There was no key to remove.
    if (key === undefined && error instanceof SocketOptionError && error.errno === ENOENT) return;
    throw error;
  }
}

// TCP-AO

/** Adds one master key tuple. `current`: sign with it, and ask the peer to. */
export function addAoKey(fd: number, family: SocketFamily, target: KeyTarget, key: TcpAoKey, current: boolean): void {
  setSocketOption(fd, IPPROTO_TCP, TCP_AO_ADD_KEY, aoAddStructure(family, target, key, current), 'TCP_AO_ADD_KEY', 'tcpAoKeys');
}

export function deleteAoKey(fd: number, family: SocketFamily, target: KeyTarget, key: TcpAoKey): void {
  setSocketOption(fd, IPPROTO_TCP, TCP_AO_DEL_KEY, aoDeleteStructure(family, target, key), 'TCP_AO_DEL_KEY', 'tcpAoKeys');
}

/** Asks the peer to sign with the key that we receive as `receiveId`; for our signatures, the peer asks us (RFC 5925 §7.5.2). */
export function requestAoKey(fd: number, receiveId: number): void {
  setSocketOption(fd, IPPROTO_TCP, TCP_AO_INFO, aoInfoStructure(receiveId), 'TCP_AO_INFO', 'tcpAoKeys');
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
