/**
 * AGGREGATOR, path attribute 7 (RFC 4271 §4.3 g, RFC 6793 §3): who aggregated the route.
 *
 *     | AS number, 2 or 4 octets | BGP identifier, 4 octets |
 *
 * Another length, or AS 0: discarded (RFC 7606 §7.7, RFC 7607 §2). As text `65000 192.0.2.1`. AS4_AGGREGATOR (as4-aggregator.ts) has the same
 * value.
 */
import { formatIpv4 } from '../address.ts';
import { readUnsigned } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import { ipv4Octets } from '../parts/ipv4.ts';
import { IPV4, object } from '../parts/json-form.ts';
import { ASN } from './as-path.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_TRANSITIVE } from './fields.ts';
import { attribute } from './shapes.ts';

/** Who formed an aggregate route (RFC 4271 §5.1.7): its AS number and its address. */
export interface AggregatorValue {
  as: number;
  address: string;
}

export const aggregator: AttributeCodec<AggregatorValue, 'aggregator'> = aggregatorAttribute(
  { code: AttributeCode.Aggregator, type: 'aggregator', name: 'AGGREGATOR', exportRule: 'aggregator' },
  (context) => (context.fourOctetAs ? 4 : 2),
);

type Traits<Type extends string> = Pick<AttributeCodec<never, Type>, 'code' | 'type' | 'name' | 'label' | 'exportRule'> & {
  readonly twoOctetOnly?: true;
};

/** AGGREGATOR or AS4_AGGREGATOR, whose AS number has `width` octets. */
export function aggregatorAttribute<Type extends string>(
  traits: Traits<Type>,
  width: (context: WireContext) => 2 | 4,
): AttributeCodec<AggregatorValue, Type> {
  const { name } = traits;
  return attribute({
    ...traits,
    flags: OPTIONAL_TRANSITIVE,
    holdsAsNumbers: true,
    check(bytes, start, end, context) {
      const length = width(context) + 4;
      if (end - start !== length) {
        return attributeDiscard(UpdateError.AttributeLength, `${name} of ${end - start} octets, allowed is ${length}`);
      }
      return readUnsigned(bytes, start, width(context)) === 0
        ? attributeDiscard(UpdateError.OptionalAttribute, `${name} with AS 0`)
        : undefined;
    },
    decode(bytes, start, end, context) {
      const address = formatIpv4(bytes, end - 4);
      context.spans?.numbers(start, ['as', width(context)]);
      context.spans?.leaf('address', end - 4, end, address);
      return { as: readUnsigned(bytes, start, width(context)), address };
    },
    encode(out, { as, address }, context) {
      out.unsigned(within('AS number', as, 256 ** width(context) - 1), width(context));
      out.raw(ipv4Octets(address));
    },
    format: ({ as, address }) => `${as} ${address}`,
    parse: parseAggregator,
    describe: ({ as, address }) => `AS ${as} at ${address}`,
    fromJson: object<AggregatorValue>({ as: ASN, address: IPV4 }),
  });
}

function parseAggregator(text: string): AggregatorValue {
  const [as, address, ...rest] = text.trim().split(/\s+/);
  if (as === undefined || address === undefined || rest.length > 0) {
    throw new ValueError(`found "${text}", allowed is an AS number and an IPv4 address, e.g. "65000 192.0.2.1"`);
  }
  ipv4Octets(address);
  return { as: parseU32(as), address };
}
