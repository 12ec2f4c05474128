/**
 * The path attributes of an aggregate (RFC 4271 §9.2.2.2, §5.1.6, §5.1.7), without AS_SET (RFC 9774).
 *
 *   ORIGIN            the worst of the contributors
 *   AS_PATH           empty: the aggregate is ours. What the contributors have there is left out
 *   NEXT_HOP          our own address towards each neighbor
 *   ATOMIC_AGGREGATE  if ASes are left out, or a contributor has it
 *   AGGREGATOR        our AS and BGP Identifier; that of a contributor is not passed on
 *   communities       those of all contributors, if the operator wants them merged (RFC 1997, RFC 8092 §4)
 *
 * What the operator gives takes the place of ORIGIN and AS_PATH, and is added to the communities.
 *
 * Deviates from RFC 4271 §9.2.2.2: routes with different MULTI_EXIT_DISC are aggregated, as the AS_PATH of the aggregate is not theirs.
 */
import { AttributeCode, encodeAttributes, type Family, IPV4_UNICAST, type PathAttribute, readU32, STORED_CONTEXT } from '@tsbgp/wire';
import type { Contributions } from './contributions.ts';

/** Communities of one kind that an aggregate takes from its contributors: the lowest ones. More would not fit into a message. */
export const MERGED_COMMUNITIES_MAX = 100;

/** Who aggregates. */
export interface Aggregator {
  readonly localAs: number;
  /** Our BGP Identifier as text. */
  readonly bgpIdentifier: string;
}

/** The attributes in wire form. `given` are those of the operator, without a next hop. */
export function aggregateAttributes(
  family: Family,
  contributions: Contributions,
  given: readonly PathAttribute[],
  { localAs, bgpIdentifier }: Aggregator,
): Uint8Array {
  const attributes: PathAttribute[] = given.filter(({ type }) => !type.endsWith('communities'));
  const add = (attribute: PathAttribute): void => {
    if (!attributes.some(({ type }) => type === attribute.type)) attributes.push(attribute);
  };
  add({ type: 'origin', flags: 0x40, value: contributions.origin });
  add({ type: 'as-path', flags: 0x40, value: [] });
  if (contributions.isAtomic) add({ type: 'atomic-aggregate', flags: 0x40, value: true });
  add({ type: 'aggregator', flags: 0xc0, value: { as: localAs, address: bgpIdentifier } });
  attributes.push(...communities(contributions, given));
  attributes.push(
    family === IPV4_UNICAST
      ? { type: 'next-hop', flags: 0x40, value: '0.0.0.0' }
      : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: ['::'], nlri: [] } },
  );
  return encodeAttributes(attributes, STORED_CONTEXT);
}

/** Those of the operator, and then those of the contributors that are not among them. */
function communities(contributions: Contributions, given: readonly PathAttribute[]): PathAttribute[] {
  const merged = (code: number): Uint8Array[] => contributions.communities(code).slice(0, MERGED_COMMUNITIES_MAX);
  const standard = [
    ...given.flatMap((attribute) => (attribute.type === 'communities' ? attribute.value : [])),
    ...merged(AttributeCode.Communities).map((octets) => readU32(octets, 0)),
  ];
  const extended = [
    ...given.flatMap((attribute) => (attribute.type === 'extended-communities' ? attribute.value : [])),
    ...merged(AttributeCode.ExtendedCommunities),
  ];
  const large = [
    ...given.flatMap((attribute) => (attribute.type === 'large-communities' ? attribute.value : [])),
    ...merged(AttributeCode.LargeCommunities).map((octets) => ({
      globalAdministrator: readU32(octets, 0),
      localData1: readU32(octets, 4),
      localData2: readU32(octets, 8),
    })),
  ];
  const all: readonly PathAttribute[] = [
    { type: 'communities', flags: 0xc0, value: [...new Set(standard)] },
    { type: 'extended-communities', flags: 0xc0, value: distinct(extended, (octets) => octets.join(' ')) },
    {
      type: 'large-communities',
      flags: 0xc0,
      value: distinct(large, ({ globalAdministrator, localData1, localData2 }) => `${globalAdministrator} ${localData1} ${localData2}`),
    },
  ];
  return all.filter((attribute) => 'value' in attribute && (attribute.value as readonly unknown[]).length > 0);
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
