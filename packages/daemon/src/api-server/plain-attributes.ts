/** The path attributes of a route that other dialects give as plain fields. */
import { type AsPathSegment, attributeCodecByName, type KnownAttribute, type LargeCommunity, type PathAttribute } from '@tsbgp/wire';

type Type = KnownAttribute['type'];
type Value<T extends Type> = Extract<KnownAttribute, { type: T }>['value'];

/** Fields that are undefined, false or empty have no attribute; but ORIGIN and AS_PATH are always there. */
export interface PlainAttributes {
  readonly origin: 'igp' | 'egp' | 'incomplete';
  readonly asPath: AsPathSegment[];
  readonly localPref?: number | undefined;
  readonly med?: number | undefined;
  readonly atomicAggregate?: boolean | undefined;
  readonly communities: number[];
  readonly extendedCommunities: Uint8Array[];
  readonly largeCommunities: LargeCommunity[];
}

export function pathAttributes(plain: PlainAttributes): PathAttribute[] {
  const { localPref, med, communities, extendedCommunities, largeCommunities } = plain;
  const attributes = [attribute('origin', plain.origin), attribute('as-path', plain.asPath)];
  if (med !== undefined) attributes.push(attribute('multi-exit-disc', med));
  if (localPref !== undefined) attributes.push(attribute('local-pref', localPref));
  if (plain.atomicAggregate === true) attributes.push(attribute('atomic-aggregate', true));
  if (communities.length > 0) attributes.push(attribute('communities', communities));
  if (extendedCommunities.length > 0) attributes.push(attribute('extended-communities', extendedCommunities));
  if (largeCommunities.length > 0) attributes.push(attribute('large-communities', largeCommunities));
  return attributes;
}

function attribute<T extends Type>(type: T, value: Value<T>): PathAttribute {
  return { type, flags: attributeCodecByName(type)!.flags, value } as PathAttribute;
}
