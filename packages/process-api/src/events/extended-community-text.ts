/** Extended communities as ExaBGP shows them. */
import { formatIpv4, formatIpv6, readU16, readU32, toHex } from '@tsbgp/wire';
import type { ApiVersion } from './api-version.ts';

const ACTIONS: Readonly<Record<number, string>> = { 1: 'action terminal', 2: 'action sample', 3: 'action sample-terminal' };
const DIRECTIONS = ['', 'input', 'output', 'input-output'];

/** The text of a community that ExaBGP knows; undefined for others. */
export function knownCommunity(bytes: Uint8Array, version: ApiVersion): string | undefined {
  const type = bytes[0]! & 0xbf;
  const subtype = bytes[1]!;
  const as2 = readU16(bytes, 2);
  const number4 = readU32(bytes, 4);
  const ip = formatIpv4(bytes, 2);
  const number2 = readU16(bytes, 6);
  switch ((type << 8) | subtype) {
    case 0x0002:
      return `target:${as2}:${number4}`;
    case 0x0003:
      return `origin:${as2}:${formatIpv4(bytes, 4)}`;
    case 0x0102:
      return `target:${ip}:${number2}`;
    case 0x0103:
      return version === 6 ? `origin:${ip}:${number2}` : `origin:${number2}:${ip}`;
    case 0x0202:
      return `target:${readU32(bytes, 2)}${readU32(bytes, 2) <= 0xffff ? 'L' : ''}:${number2}`;
    case 0x0203:
      return `origin:${readU32(bytes, 2)}${readU32(bytes, 2) <= 0xffff ? 'L' : ''}:${number2}`;
    case 0x8006:
      return `rate-limit:${rateOf(bytes)}`;
    case 0x800c:
      return version === 6 ? `rate-limit:${rateOf(bytes)}:packets` : undefined;
    case 0x8007:
      return ACTIONS[bytes[7]! & 3] ?? 'action';
    case 0x8008:
      return `redirect:${as2}:${number4}`;
    case 0x8108:
      return `redirect:${ip}:${number2}`;
    case 0x8208:
      return `redirect:${readU32(bytes, 2)}:${number2}`;
    case 0x8009:
      return `mark ${bytes[7]}`;
    case 0x0800:
      return (bytes[7]! & 1) === 1 ? 'copy-to-nexthop' : 'redirect-to-nexthop';
    case 0x010c:
      return `redirect-to-nexthop-ietf ${ip}`;
    case 0x800a:
      return `l2info:${bytes[2]}:${bytes[3]}:${readU16(bytes, 4)}:${number2}`;
    case 0x0c00:
      return `mup:${as2}:${number4}`;
    case 0x0702: {
      const kind = (bytes[0]! & 0x40) === 0 ? 'transitive' : 'non-transitive';
      return `interface-set:${kind}:${DIRECTIONS[number2 >>> 14]}:${readU32(bytes, 2)}:${number2 & 0x3fff}`;
    }
    case 0x0004:
      return `bandwidth:${as2}:${floatOf(bytes)}`;
    case 0x030c:
      return `encap:${ENCAPSULATIONS[number2] ?? `UNKNOWN-${number2}`}`;
    default:
      return undefined;
  }
}

const ENCAPSULATIONS: Readonly<Record<number, string>> = {
  1: 'L2TPv3',
  2: 'GRE',
  7: 'IP-in-IP',
  8: 'VXLAN',
  9: 'NVGRE',
  10: 'MPLS',
  11: 'VXLAN-GPE',
  12: 'MPLS-in-UDP',
};

function floatOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(4);
}

/** Without a fraction. */
function rateOf(bytes: Uint8Array): string {
  return String(Math.trunc(floatOf(bytes)));
}

export function communityText(bytes: Uint8Array, version: ApiVersion): string {
  return knownCommunity(bytes, version) ?? `0x${toHex(bytes).toUpperCase()}`;
}

/** Twenty octets (RFC 5701). */
export function knownIpv6Community(bytes: Uint8Array): string | undefined {
  const address = formatIpv6(bytes, 2);
  switch (readU16(bytes, 0)) {
    case 0x0002:
      return `target:${address}:${readU16(bytes, 18)}`;
    case 0x000b:
    case 0x000d:
      return `redirect:${address}:${readU16(bytes, 18)}`;
    case 0x000c:
      return `redirect-to-nexthop-ietf ${address}`;
    default:
      return undefined;
  }
}
