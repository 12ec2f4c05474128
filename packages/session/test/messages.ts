/** Messages as tests write them. */
import { type Capability, fromHex, HEADER_LENGTH, writeHeader } from '@tsbgp/wire';
import { encodeOpen } from '../src/open.ts';

export function message(type: number, body: Uint8Array | string = ''): Uint8Array {
  const octets = typeof body === 'string' ? fromHex(body) : body;
  const bytes = new Uint8Array(HEADER_LENGTH + octets.length);
  writeHeader(bytes, 0, bytes.length, type);
  bytes.set(octets, HEADER_LENGTH);
  return bytes;
}

export const KEEPALIVE: Uint8Array = message(4);
/** End-of-RIB for IPv4 unicast (RFC 4724 §2): the smallest UPDATE. */
export const END_OF_RIB: Uint8Array = message(2, '00000000');

export interface OpenFields {
  readonly as?: number;
  readonly holdTimeSeconds?: number;
  readonly bgpIdentifier?: string;
  readonly capabilities?: readonly Capability[];
}

export function open(fields: OpenFields = {}): Uint8Array {
  const { as = 65_002, holdTimeSeconds = 90, bgpIdentifier = '10.0.0.2' } = fields;
  const capabilities = fields.capabilities ?? [
    { type: 'multiprotocol', family: 257 as never },
    { type: 'route-refresh' },
    { type: 'four-octet-as', as },
  ];
  return encodeOpen({ as, holdTimeSeconds, bgpIdentifier, capabilities: [...capabilities] });
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
