/** Lab routes as UPDATE messages. Routes with the same attributes share messages, as with real speakers. */
import {
  AttributeFlag,
  encodeMessage,
  endOfRib as endOfRibOf,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type IpPrefix,
  type PathAttribute,
  type UpdateMessage,
  type WireContext,
} from '@tsbgp/wire';
import type { LabRoute } from './routes.ts';
import type { LabPeer } from './topology.ts';

const WELL_KNOWN = AttributeFlag.Transitive;
const OPTIONAL = AttributeFlag.Optional;
const OPTIONAL_TRANSITIVE = AttributeFlag.Optional | AttributeFlag.Transitive;

/** NLRI per message: with the longest attributes of the lab, messages of both families stay well below 4,096 octets. */
const IPV4_NLRI_MAX = 500;
const IPV6_NLRI_MAX = 150;

export function announce(peer: LabPeer, routes: readonly LabRoute[], context: WireContext): Uint8Array {
  const messages: UpdateMessage[] = [];
  for (const group of Map.groupBy(routes, attributesKey).values()) {
    const { ipv4, ipv6 } = split(group.map((route) => route.prefix));
    const shared = attributes(group[0]!);
    for (const nlri of chunks(ipv4, IPV4_NLRI_MAX)) {
      messages.push(update([...shared, { type: 'next-hop', flags: WELL_KNOWN, value: peer.nextHopIpv4 }], nlri));
    }
    for (const nlri of chunks(ipv6, IPV6_NLRI_MAX)) {
      messages.push(
        update([
          ...shared,
          { type: 'mp-reach-nlri', flags: OPTIONAL, value: { family: IPV6_UNICAST, nextHops: [peer.nextHopIpv6], nlri } },
        ]),
      );
    }
  }
  return encode(messages, context);
}

export function withdraw(prefixes: readonly string[], context: WireContext): Uint8Array {
  const { ipv4, ipv6 } = split(prefixes);
  return encode(
    [
      ...chunks(ipv4, IPV4_NLRI_MAX).map((withdrawn) => update([], [], withdrawn)),
      ...chunks(ipv6, IPV6_NLRI_MAX).map((nlri) =>
        update([{ type: 'mp-unreach-nlri', flags: OPTIONAL, value: { family: IPV6_UNICAST, nlri } }]),
      ),
    ],
    context,
  );
}

/** End-of-RIB (RFC 4724 §2) of both families. */
export function endOfRib(context: WireContext): Uint8Array {
  return encode([IPV4_UNICAST, IPV6_UNICAST].map(endOfRibOf), context);
}

function update(attributesOfIt: PathAttribute[], nlri: IpPrefix[] = [], withdrawn: IpPrefix[] = []): UpdateMessage {
  return { type: 'update', withdrawn, attributes: attributesOfIt, nlri };
}

function attributes(route: LabRoute): PathAttribute[] {
  const result: PathAttribute[] = [
    { type: 'origin', flags: WELL_KNOWN, value: route.originCode },
    { type: 'as-path', flags: WELL_KNOWN, value: [{ type: 'sequence', asns: [...route.asPath] }] },
  ];
  if (route.med !== undefined) result.push({ type: 'multi-exit-disc', flags: OPTIONAL, value: route.med });
  if (route.communities.length > 0) result.push({ type: 'communities', flags: OPTIONAL_TRANSITIVE, value: [...route.communities] });
  if (route.largeCommunities.length > 0)
    result.push({ type: 'large-communities', flags: OPTIONAL_TRANSITIVE, value: [...route.largeCommunities] });
  return result;
}

function attributesKey(route: LabRoute): string {
  return JSON.stringify({ ...route, prefix: undefined });
}

function split(prefixes: readonly string[]): { ipv4: IpPrefix[]; ipv6: IpPrefix[] } {
  const ipv4: IpPrefix[] = [];
  const ipv6: IpPrefix[] = [];
  for (const prefix of prefixes) {
    if (prefix.includes(':')) ipv6.push({ type: 'ip-prefix', family: IPV6_UNICAST, prefix });
    else ipv4.push({ type: 'ip-prefix', family: IPV4_UNICAST, prefix });
  }
  return { ipv4, ipv6 };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let i = 0; i < items.length; i += size) result.push(items.slice(i, i + size));
  return result;
}

function encode(messages: readonly UpdateMessage[], context: WireContext): Uint8Array {
  return Buffer.concat(messages.map((message) => encodeMessage(message, context)));
}
