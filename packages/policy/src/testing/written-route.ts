/**
 * Routes and neighbors as tests write them:
 *
 *     routes:
 *       plain: { prefix: 192.0.2.0/24, as-path: "65001 65002", next-hop: 203.0.113.1, communities: ["64512:110", "64512:1:2"] }
 *     neighbors:
 *       acme: { address: 203.0.113.1, as: 65001, group: customers, role: customer }
 */
import {
  AttributeCode,
  AttributeFlag,
  encodeAttributes,
  formatAddress,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type PathAttribute,
  parseAddress,
  parseAttribute,
  parsePrefix,
  STORED_CONTEXT,
  ValueError,
} from '@tsbgp/wire';
import { parseAs } from '../as-path/text.ts';
import type { Path, Problems } from '../config/problems.ts';
import { asMapping, type Mapping, readMapping, readNumber, readTexts, readWords } from '../config/values.ts';
import type { Peer, PeerKind, PeerRole } from '../route/peer.ts';
import { ASPA_NAMES, ROV_NAMES, Route, type RouteType } from '../route/route.ts';

const ROUTE_EXAMPLE = 'route: { prefix: 192.0.2.0/24, as-path: "65001" }';
const NEIGHBOR_EXAMPLE = 'neighbor: { address: 203.0.113.1, as: 65001 }';
const ORIGINS = ['igp', 'egp', 'incomplete'];
const TYPES: readonly RouteType[] = ['external', 'internal', 'local'];
const ROLES: readonly PeerRole[] = ['provider', 'customer', 'peer', 'rs', 'rs-client'];
const KINDS: readonly PeerKind[] = ['ebgp', 'ibgp'];
const COMMUNITY_NAMES = ['COMMUNITIES', 'LARGE_COMMUNITIES', 'EXTENDED_COMMUNITIES'];
const U32_MAX = 0xffff_ffff;

/** A route; undefined where something is wrong. `from` reads the neighbor that it came from. */
export function readRoute(
  problems: Problems,
  value: Mapping,
  path: Path,
  from: (value: unknown, path: Path) => Peer | undefined,
): Route | undefined {
  const before = problems.list.length;
  const route = new Route();
  const texts = new Map([
    ['ORIGIN', 'igp'],
    ['AS_PATH', ''],
  ]);
  let nextHop: Uint8Array | undefined;
  const communities: (readonly [text: string, at: Path])[] = [];
  const word = (inner: unknown, at: Path, words: readonly string[]): number =>
    readWords(problems, inner, at, words, `${at.at(-1)}: ${words[0]}`)[0] ?? 0;
  const number = (name: string) => (inner: unknown, at: Path) => {
    const found = readNumber(problems, inner, at, 0, U32_MAX, `${at.at(-1)}: 100`);
    if (found !== undefined) texts.set(name, String(found));
  };
  readMapping(
    problems,
    value,
    path,
    {
      prefix(inner, at) {
        const expected = { allowed: 'a prefix', example: 'prefix: 192.0.2.0/24' };
        if (typeof inner !== 'string' || parsePrefix(inner) === undefined) return problems.invalid(at, inner, expected);
        route.family = inner.includes(':') ? IPV6_UNICAST : IPV4_UNICAST;
        route.setPrefixText(inner);
      },
      'as-path'(inner, at) {
        texts.set('AS_PATH', readTexts(problems, inner, at, { allowed: 'an AS path', example: 'as-path: "65001 65002"' }).join(' '));
      },
      'next-hop'(inner, at) {
        nextHop = typeof inner === 'string' ? parseAddress(inner) : undefined;
        if (nextHop === undefined) problems.invalid(at, inner, { allowed: 'an address', example: 'next-hop: 203.0.113.1' });
      },
      origin: (inner, at) => texts.set('ORIGIN', ORIGINS[word(inner, at, ORIGINS)]!),
      med: number('MULTI_EXIT_DISC'),
      'local-preference': number('LOCAL_PREF'),
      communities(inner, at) {
        const expected = { allowed: 'communities', example: 'communities: ["64512:110", "64512:1:2"]' };
        for (const text of readTexts(problems, inner, at, expected)) communities.push([text, at]);
      },
      rov: (inner, at) => (route.rov = word(inner, at, ROV_NAMES)),
      aspa: (inner, at) => (route.aspa = word(inner, at, ASPA_NAMES)),
      'path-identifier': (inner, at) => (route.pathIdentifier = readNumber(problems, inner, at, 0, U32_MAX, 'path-identifier: 1') ?? 0),
      'route-type': (inner, at) => (route.routeType = TYPES[word(inner, at, TYPES)]!),
      source: (inner, at) => (route.source = from(inner, at)),
    },
    ROUTE_EXAMPLE,
  );
  if (value['prefix'] === undefined)
    problems.add('missing-key', path, 'no prefix', { allowed: 'a mapping with prefix', example: ROUTE_EXAMPLE });
  const attributes = [...texts].map(([name, text]) => attributeOf(problems, `${name} ${text}`.trim(), [...path, 'as-path']));
  const lists = communityAttributes(problems, communities);
  if (problems.list.length > before) return undefined;
  const own = route.isIpv6 ? '2001:db8::1' : '192.0.2.1';
  return route.setAttributes(blockOf([...attributes, ...lists], nextHop ?? parseAddress(own)!, route.isIpv6));
}

/** A neighbor; undefined where something is wrong. `localAs` is our own AS, where the neighbor does not say another. */
export function readNeighbor(problems: Problems, value: unknown, path: Path, localAs: number): Peer | undefined {
  const before = problems.list.length;
  const peer: { -readonly [K in keyof Peer]?: Peer[K] } = { localAs };
  const as = (inner: unknown, at: Path): number => {
    const number = typeof inner === 'number' || typeof inner === 'string' ? parseAs(String(inner)) : undefined;
    if (number === undefined) problems.invalid(at, inner, { allowed: 'an AS number', example: `${at.at(-1)}: 65001` });
    return number ?? 0;
  };
  const texts = (inner: unknown, at: Path): string[] => readTexts(problems, inner, at, { allowed: 'names', example: 'group: customers' });
  const addresses = (inner: unknown, at: Path): string[] =>
    texts(inner, at).map((text) => {
      const address = parseAddress(text);
      if (address === undefined) problems.invalid(at, text, { allowed: 'an address', example: 'address: 203.0.113.1' });
      return address === undefined ? text : formatAddress(address);
    });
  const readers = {
    address: (inner: unknown, at: Path) => (peer.address = addresses(inner, at)[0] ?? ''),
    as: (inner: unknown, at: Path) => (peer.as = as(inner, at)),
    'local-as': (inner: unknown, at: Path) => (peer.localAs = as(inner, at)),
    group: (inner: unknown, at: Path) => (peer.group = texts(inner, at)[0]),
    role: (inner: unknown, at: Path) => (peer.role = ROLES[readWords(problems, inner, at, ROLES, 'role: customer')[0] ?? 0]),
    tags: (inner: unknown, at: Path) => (peer.tags = texts(inner, at)),
    kind: (inner: unknown, at: Path) => (peer.kind = KINDS[readWords(problems, inner, at, KINDS, 'kind: ebgp')[0] ?? 0]!),
    addresses: (inner: unknown, at: Path) => (peer.addresses = addresses(inner, at)),
  };
  const isMapping = readMapping(problems, value, path, readers, NEIGHBOR_EXAMPLE);
  for (const key of ['address', 'as']) {
    if (isMapping && asMapping(value)?.[key] === undefined)
      problems.add('missing-key', path, `no ${key}`, { allowed: 'a mapping with address and as', example: NEIGHBOR_EXAMPLE });
  }
  if (problems.list.length > before) return undefined;
  const { address = '', as: number = 0, localAs: own = localAs } = peer;
  return { kind: number === own ? 'ibgp' : 'ebgp', ...peer, address, as: number, localAs: own };
}

/** One attribute for each kind of community. */
export function communityAttributes(problems: Problems, texts: readonly (readonly [text: string, at: Path])[]): PathAttribute[] {
  const byName = new Map<string, string[]>();
  for (const [text, at] of texts) {
    const name = COMMUNITY_NAMES.find((candidate) => isAttribute(`${candidate} ${text}`));
    if (name === undefined) problems.invalid(at, text, { allowed: 'whole communities', example: 'communities: ["64512:110"]' });
    else byName.set(name, [...(byName.get(name) ?? []), text]);
  }
  return [...byName].map(([name, all]) => parseAttribute(`${name} ${all.join(' ')}`));
}

/** The canonical block of attributes: MP_REACH_NLRI first, where the next hop is in it, then in the order of codes. */
export function blockOf(attributes: readonly PathAttribute[], nextHop: Uint8Array, isIpv6: boolean): Uint8Array {
  const isMultiprotocol = isIpv6 || nextHop.length === 16;
  const plain = isMultiprotocol ? attributes : [...attributes, parseAttribute(`NEXT_HOP ${formatAddress(nextHop)}`)];
  const blocks = plain.map((attribute) => encodeAttributes([attribute], STORED_CONTEXT)).sort((a, b) => a[1]! - b[1]!);
  const value = [0, isIpv6 ? 2 : 1, 1, nextHop.length, ...nextHop];
  const first = isMultiprotocol ? [AttributeFlag.Optional, AttributeCode.MpReachNlri, value.length, ...value] : [];
  return Uint8Array.from([...first, ...blocks.flatMap((block) => [...block])]);
}

function isAttribute(text: string): boolean {
  try {
    parseAttribute(text);
    return true;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

function attributeOf(problems: Problems, text: string, at: Path): PathAttribute {
  try {
    return parseAttribute(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    problems.add('invalid-value', at, error.message, { allowed: 'an AS path', example: 'as-path: "65001 65002"' });
    return parseAttribute('ORIGIN igp');
  }
}
