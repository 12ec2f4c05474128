/**
 * AGGREGATOR, path attribute 7 (RFC 4271 §4.3 g, RFC 6793 §3), and AS4_AGGREGATOR, its code 18 twin: who aggregated the route.
 *
 *     | AS number, 2 or 4 octets | BGP identifier, 4 octets |
 *
 * Another length, or AS 0: discarded (RFC 7606 §7.7, RFC 7607 §2). As text `65000 192.0.2.1`.
 */
import { formatIpv4 } from '../address.ts';
import { type ByteWriter, readU16, readU32 } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { type Fault, ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_TRANSITIVE } from './fields.ts';
import { ipv4Octets } from './ipv4.ts';

/** Who formed an aggregate route (RFC 4271 §5.1.7): its AS number and its address. */
export interface AggregatorValue {
  as: number;
  address: string;
}

export const aggregator: AttributeCodec<AggregatorValue> = {
  code: AttributeCode.Aggregator,
  type: 'aggregator',
  name: 'AGGREGATOR',
  flags: OPTIONAL_TRANSITIVE,
  check: (bytes, start, end, context) => checkAggregator('AGGREGATOR', bytes, start, end, context.fourOctetAs ? 4 : 2),
  decode: (bytes, start, _end, context) => decodeAggregator(bytes, start, context.fourOctetAs ? 4 : 2, context),
  encode: (out, value, context) => encodeAggregator(out, value, context.fourOctetAs ? 4 : 2),
  format: formatAggregator,
  parse: parseAggregator,
};

export function checkAggregator(name: string, bytes: Uint8Array, start: number, end: number, width: 2 | 4): Fault | undefined {
  const length = width + 4;
  if (end - start !== length) {
    return attributeDiscard(UpdateError.AttributeLength, `${name} of ${end - start} octets, allowed is ${length}`);
  }
  const as = width === 2 ? readU16(bytes, start) : readU32(bytes, start);
  return as === 0 ? attributeDiscard(UpdateError.OptionalAttribute, `${name} with AS 0`) : undefined;
}

export function decodeAggregator(bytes: Uint8Array, start: number, width: 2 | 4, { spans }: WireContext): AggregatorValue {
  const address = formatIpv4(bytes, start + width);
  spans?.numbers(start, ['as', width]);
  spans?.leaf('address', start + width, start + width + 4, address);
  return { as: width === 2 ? readU16(bytes, start) : readU32(bytes, start), address };
}

export function encodeAggregator(out: ByteWriter, value: AggregatorValue, width: 2 | 4): void {
  if (width === 2) out.u16(within('AS number', value.as, 0xffff));
  else out.u32(within('AS number', value.as, 0xffff_ffff));
  out.raw(ipv4Octets(value.address));
}

export function formatAggregator(value: AggregatorValue): string {
  return `${value.as} ${value.address}`;
}

export function parseAggregator(text: string): AggregatorValue {
  const [as, address, ...rest] = text.trim().split(/\s+/);
  if (as === undefined || address === undefined || rest.length > 0) {
    throw new ValueError(`found "${text}", allowed is an AS number and an IPv4 address, e.g. "65000 192.0.2.1"`);
  }
  ipv4Octets(address);
  return { as: parseU32(as), address };
}
