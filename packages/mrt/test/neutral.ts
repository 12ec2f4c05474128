/** Values of this package in the notation of the shared vectors, in which addresses are compared by value. */
import {
  afiOf,
  attributeCode,
  formatAddress,
  formatLargeCommunity,
  type Message,
  type PathAttribute,
  parseAddress,
  safiOf,
  toHex,
} from '@tsbgp/wire';

/** The text of an address or prefix in one form. */
export function sameAddress(text: string): string {
  const [host = '', bits] = text.split('/');
  return bits === undefined ? formatAddress(parseAddress(host)!) : `${formatAddress(parseAddress(host)!)}/${bits}`;
}

export interface Attribute {
  readonly type: number;
  readonly value?: unknown;
}

const SEGMENTS: Readonly<Record<string, string>> = { sequence: 'AS_SEQUENCE', set: 'AS_SET' };
/** An attribute of ours, as a vector says it. Of the other types only the code is compared. */
export function neutralAttribute(attribute: PathAttribute): Attribute {
  const type = attributeCode(attribute);
  switch (attribute.type) {
    case 'origin':
      return { type, value: attribute.value.toUpperCase() };
    case 'as-path':
    case 'as4-path':
      return { type, value: attribute.value.map(({ type: segment, asns }) => ({ type: SEGMENTS[segment] ?? segment, asns })) };
    case 'atomic-aggregate':
      return { type, value: true };
    case 'communities':
      return { type, value: attribute.value.map((value) => `${value >>> 16}:${value & 0xffff}`) };
    case 'large-communities':
      return { type, value: attribute.value.map(formatLargeCommunity) };
    case 'next-hop':
    case 'originator-id':
      return { type, value: attribute.value };
    case 'multi-exit-disc':
    case 'local-pref':
      return { type, value: attribute.value };
    case 'aggregator':
    case 'as4-aggregator':
      return { type, value: { as: attribute.value.as, address: attribute.value.address } };
    case 'cluster-list':
      return { type, value: attribute.value };
    case 'mp-reach-nlri': {
      const { family, nextHops, nlri } = attribute.value;
      return { type, value: { ...pair(family), next_hops: nextHops, nlri: nlri.map(prefixOf) } };
    }
    case 'mp-unreach-nlri': {
      const { family, nlri } = attribute.value;
      return { type, value: { ...pair(family), nlri: nlri.map(prefixOf) } };
    }
    default:
      return { type };
  }
}

/** What a vector says of an attribute, without what we do not compare: flags, lengths, and values that wire's own tests compare. */
function expectedAttribute({ type, value }: Attribute): Attribute {
  if (type === 14 || type === 15) {
    const { afi, safi, next_hops: hops, nlri } = value as { afi: number; safi: number; next_hops?: string[]; nlri?: { prefix: string }[] };
    const base = { afi, safi, ...(hops && { next_hops: hops.map(sameAddress) }) };
    return { type, value: { ...base, nlri: (nlri ?? []).map(({ prefix }) => ({ prefix: sameAddress(prefix) })) } };
  }
  return type === 16 || type > 32 ? { type } : { type, value };
}

export function neutralMessage(message: Message): unknown {
  switch (message.type) {
    case 'open':
      return { type: 'OPEN', my_as: message.as, hold_time: message.holdTimeSeconds, bgp_id: message.bgpIdentifier };
    case 'notification':
      return { type: 'NOTIFICATION', code: message.code, subcode: message.subcode, data: toHex(message.data) };
    case 'update':
      return {
        type: 'UPDATE',
        withdrawn: message.withdrawn.map(prefixOf),
        attributes: message.attributes.map(neutralAttribute),
        nlri: message.nlri.map(prefixOf),
      };
    default:
      return { type: message.type.toUpperCase() };
  }
}

interface ExpectedMessage {
  readonly type: string;
  readonly my_as?: number;
  readonly hold_time?: number;
  readonly bgp_id?: string;
  readonly code?: number;
  readonly subcode?: number;
  readonly data?: string;
  readonly withdrawn?: readonly { readonly prefix: string; readonly path_id?: number }[];
  readonly nlri?: readonly { readonly prefix: string; readonly path_id?: number }[];
  readonly attributes?: readonly Attribute[];
}

/** RFC 6793 §6: AS4_PATH and AS4_AGGREGATOR of a peer with four-octet AS numbers are discarded. */
export function expectedAttributes(attributes: readonly Attribute[], fourOctetAs: boolean): Attribute[] {
  return attributes.filter(({ type }) => !fourOctetAs || (type !== 17 && type !== 18)).map(expectedAttribute);
}

export function expectedMessage(expected: ExpectedMessage, fourOctetAs: boolean): unknown {
  const { type } = expected;
  if (type === 'OPEN') return { type, my_as: expected.my_as, hold_time: expected.hold_time, bgp_id: expected.bgp_id };
  if (type === 'NOTIFICATION') return { type, code: expected.code, subcode: expected.subcode, data: expected.data };
  if (type !== 'UPDATE') return { type };
  const prefixes = (list: ExpectedMessage['nlri'] = []) => list.map((each) => ({ ...each, prefix: sameAddress(each.prefix) }));
  return {
    type,
    withdrawn: prefixes(expected.withdrawn),
    attributes: expectedAttributes(expected.attributes ?? [], fourOctetAs),
    nlri: prefixes(expected.nlri),
  };
}

function prefixOf(nlri: object): unknown {
  const { prefix, pathIdentifier } = nlri as { prefix?: string; pathIdentifier?: number };
  return pathIdentifier === undefined ? { prefix } : { prefix, path_id: pathIdentifier };
}

function pair(family: Parameters<typeof afiOf>[0]): object {
  return { afi: afiOf(family), safi: safiOf(family) };
}
