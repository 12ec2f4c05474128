/** Sets the keys and TTLs of a peer's options on its sockets and on our listeners. */
import type { Socket } from 'node:net';
import { isIpv6 } from './address.ts';
import type { PeerOptions, TcpAoKey } from './peer.ts';
import type { KeyTarget, SocketFamily } from './tcp-options.ts';
import { addAoKey, deleteAoKey, descriptorOf, probe, requestAoKey, setMd5, setTtl, setTtlSecurity } from './tcp-options.ts';

/** What protects a connection: keys of TCP MD5 or TCP-AO, and how far packets may come or go. */
export type Protection = Pick<PeerOptions, 'md5Key' | 'tcpAoKeys' | 'multihopTtl' | 'ttlSecurityHops'>;

/** Whether the options need more than a plain socket. */
export function isProtected(options: Protection): boolean {
  return [options.md5Key, options.tcpAoKeys, options.multihopTtl, options.ttlSecurityHops].some((value) => value !== undefined);
}

/** Throws PeerError `unsupported` when this machine cannot do what the options ask. */
export function checkSupported(options: Protection): void {
  if (isProtected(options)) probe({ md5: options.md5Key !== undefined, tcpAo: options.tcpAoKeys !== undefined });
}

/** Protects our own socket before it connects. */
export function protectDialing(fd: number, options: Protection, target: KeyTarget): void {
  const family = isIpv6(target.address) ? 6 : 4;
  if (options.md5Key !== undefined) setMd5(fd, family, target, options.md5Key);
  for (const key of options.tcpAoKeys ?? []) addAoKey(fd, family, target, key, isPreferred(key, options.tcpAoKeys));
  protectHops(fd, family, options);
}

/** Protects an accepted connection: the listener gave it its keys, but hops are set per connection. */
export function protectAccepted(socket: Socket, options: Protection, remoteAddress: string): void {
  if (options.multihopTtl === undefined && options.ttlSecurityHops === undefined) return;
  protectHops(descriptorOf(socket), isIpv6(remoteAddress) ? 6 : 4, options);
}

function protectHops(fd: number, family: SocketFamily, options: Protection): void {
  if (options.ttlSecurityHops !== undefined) setTtlSecurity(fd, family, options.ttlSecurityHops);
  else if (options.multihopTtl !== undefined) setTtl(fd, family, options.multihopTtl);
}

/**
 * Replaces a list of keys on a connection or, without `request`, on a listener: adds the new keys, asks the peer to use the preferred one,
 * deletes the old keys. The kernel refuses to delete a key in use; then this throws.
 */
export function rollAoKeys(
  fd: number,
  family: SocketFamily,
  target: KeyTarget,
  before: readonly TcpAoKey[],
  after: readonly TcpAoKey[],
  request: boolean,
): void {
  for (const key of after) if (!before.some((old) => sameKey(old, key))) addAoKey(fd, family, target, key, false);
  const preferred = after.find((key) => isPreferred(key, after));
  if (request && preferred !== undefined) requestAoKey(fd, preferred.receiveId);
  for (const key of before) if (!after.some((kept) => sameKey(kept, key))) deleteAoKey(fd, family, target, key);
}

function sameKey(a: TcpAoKey, b: TcpAoKey): boolean {
  return a.sendId === b.sendId && a.receiveId === b.receiveId && a.key === b.key && a.algorithm === b.algorithm;
}

function isPreferred(key: TcpAoKey, keys: readonly TcpAoKey[] = []): boolean {
  return key === (keys.find(({ preferred }) => preferred === true) ?? keys[0]);
}
