/** Checks of what the caller configures. Every error names the field, what was found and what is allowed. */
import { parseIpv4 } from '@tsbgp/wire';
import { canonicalAddress, isIpv6 } from './address.ts';
import { PeerError } from './errors.ts';
import type { PeerConfig, PeerOptions } from './peer.ts';
import type { PeerRangeConfig } from './range.ts';
import type { ServerOptions } from './server-options.ts';

/** Octets of UTF-8 that a shutdown message may have (RFC 9003 §2). */
export const SHUTDOWN_MESSAGE_OCTETS_MAX = 255;

export function validateServer(options: ServerOptions): void {
  checkIdentifier(options.routerId, 'routerId');
  checkNumber(options.turnBudgetMs, 1, 1000, 'turnBudgetMs', 'milliseconds');
  checkInteger(options.halfOpenMax, 1, Number.MAX_SAFE_INTEGER, 'halfOpenMax');
  checkInteger(options.descriptorMax, 0, Number.MAX_SAFE_INTEGER, 'descriptorMax');
}

/** RFC 9003 §2: refuses a text that is too long. A cut text might say something else. */
export function checkShutdownMessage(text: string | undefined, field: string): void {
  const length = text === undefined ? 0 : Buffer.byteLength(text);
  if (length <= SHUTDOWN_MESSAGE_OCTETS_MAX) return;
  const message = `${field}: found ${length} octets of UTF-8, allowed at most ${SHUTDOWN_MESSAGE_OCTETS_MAX} (RFC 9003 §2), e.g. "maintenance until 5:00"`;
  throw new PeerError('invalid-argument', message, field);
}

export function validatePeer(config: PeerConfig, options: PeerOptions): void {
  checkAddress(config.remoteAddress, 'remoteAddress');
  if (/^fe[89ab]/i.test(config.remoteAddress)) {
    const zone = config.remoteAddress.split('%')[1];
    if (zone === undefined) fail('remoteAddress', config.remoteAddress, 'a link-local address with its interface, e.g. "fe80::1%eth0"');
    // The kernel gives us names, so a number would never match.
    if (/^\d+$/.test(zone)) fail('remoteAddress', config.remoteAddress, 'the name of the interface, not its number, e.g. "fe80::1%eth0"');
  }
  checkAs(config.remoteAs, 'remoteAs');
  checkAs(config.localAs, 'localAs');
  validateOptions(options, config.remoteAddress);
}

export function validateRange(config: PeerRangeConfig, options: PeerOptions): void {
  checkAs(config.localAs, 'localAs');
  for (const as of typeof config.remoteAs === 'number' ? [config.remoteAs] : (config.remoteAs ?? [])) checkAs(as, 'remoteAs');
  checkInteger(config.limit, 1, 1_000_000, 'limit');
  validateOptions(options, config.prefix);
}

function validateOptions(options: PeerOptions, remoteAddress: string): void {
  if (options.localAddress !== undefined) {
    checkAddress(options.localAddress, 'localAddress');
    if (isIpv6(options.localAddress) !== isIpv6(remoteAddress)) {
      fail('localAddress', options.localAddress, `an address of the same family as ${remoteAddress}`);
    }
  }
  if (options.alternateLocalAs !== undefined) checkAs(options.alternateLocalAs, 'alternateLocalAs');
  checkInteger(options.localPort, 1, 65_535, 'localPort');
  checkInteger(options.remotePort, 1, 65_535, 'remotePort');
  const hold = options.holdTimeSeconds;
  if (hold !== undefined && hold !== 0 && !(Number.isInteger(hold) && hold >= 3 && hold <= 65_535)) {
    fail('holdTimeSeconds', hold, '0 or 3 to 65535 seconds (RFC 4271 §4.2), e.g. 90');
  }
  checkNumber(options.keepaliveSeconds, 1, 21_845, 'keepaliveSeconds', 'seconds');
  checkNumber(options.connectRetrySeconds, 0.1, 65_535, 'connectRetrySeconds', 'seconds');
  checkNumber(options.idleHoldSeconds, 0, 65_535, 'idleHoldSeconds', 'seconds');
  checkNumber(options.delayOpenSeconds, 0, 240, 'delayOpenSeconds', 'seconds');
  checkNumber(options.sendHoldSeconds, 1, 1_000_000, 'sendHoldSeconds', 'seconds');
  if (options.damping !== undefined && options.damping !== false) {
    checkNumber(options.damping.minSeconds, 0.1, 65_535, 'damping.minSeconds', 'seconds');
    checkNumber(options.damping.maxSeconds, options.damping.minSeconds, 65_535, 'damping.maxSeconds', 'seconds, not below minSeconds');
  }
  if (options.bgpIdentifier !== undefined) checkIdentifier(options.bgpIdentifier, 'bgpIdentifier');
  checkInteger(options.highWaterBytes, 1, Number.MAX_SAFE_INTEGER, 'highWaterBytes');
  checkInteger(options.multihopTtl, 1, 255, 'multihopTtl');
  checkInteger(options.ttlSecurityHops, 1, 254, 'ttlSecurityHops');
  if (options.multihopTtl !== undefined && options.ttlSecurityHops !== undefined) {
    throw new PeerError('invalid-config', GTSM_EXCLUDES_TTL, 'ttlSecurityHops');
  }
  if (options.md5Key !== undefined && options.tcpAoKeys !== undefined) {
    throw new PeerError('invalid-config', 'md5Key and tcpAoKeys exclude each other (RFC 5925 §1)', 'tcpAoKeys');
  }
  if (options.md5Key !== undefined) checkKey(options.md5Key, 'md5Key');
  options.tcpAoKeys?.forEach((key, index) => {
    checkInteger(key.sendId, 0, 255, `tcpAoKeys[${index}].sendId`);
    checkInteger(key.receiveId, 0, 255, `tcpAoKeys[${index}].receiveId`);
    checkKey(key.key, `tcpAoKeys[${index}].key`);
  });
}

const GTSM_EXCLUDES_TTL = 'multihopTtl and ttlSecurityHops exclude each other: GTSM sends with TTL 255 (RFC 5082 §3)';

function checkKey(key: string, field: string): void {
  const length = Buffer.byteLength(key);
  // An error must not contain the key itself.
  if (length < 1 || length > 80) fail(field, `a key of ${length} octets`, '1 to 80 octets of UTF-8');
}

function checkAddress(address: string, field: string): void {
  if (canonicalAddress(address) === undefined) fail(field, address, 'an IPv4 or IPv6 address, e.g. "192.0.2.1" or "fe80::1%eth0"');
}

/** RFC 7607: AS 0 is not allowed. */
function checkAs(as: number, field: string): void {
  if (!Number.isInteger(as) || as < 1 || as > 0xffff_ffff) fail(field, as, '1 to 4294967295, e.g. 65001');
}

/** RFC 6286 §2.1. */
function checkIdentifier(identifier: string, field: string): void {
  if (parseIpv4(identifier) === undefined || identifier === '0.0.0.0')
    fail(field, identifier, 'a dotted quad other than 0.0.0.0, e.g. "192.0.2.1"');
}

function checkInteger(value: number | undefined, min: number, max: number, field: string): void {
  if (value !== undefined && !Number.isInteger(value)) fail(field, value, `an integer from ${min} to ${max}`);
  checkNumber(value, min, max, field, '');
}

function checkNumber(value: number | undefined, min: number, max: number, field: string, unit: string): void {
  if (value !== undefined && !(value >= min && value <= max)) fail(field, value, `${min} to ${max} ${unit}`.trim());
}

function fail(field: string, found: unknown, allowed: string): never {
  throw new PeerError('invalid-config', `${field}: found ${JSON.stringify(found)}, allowed ${allowed}`, field);
}
