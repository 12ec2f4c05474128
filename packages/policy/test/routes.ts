/**
 * Routes of tests as one line, and what a change did as one line:
 *
 *     192.0.2.0/24 path=65001 65002 {65003}; med=5; com=64512:1 no-export; large=64512:1:2; ext=rt:64512:1; nh=198.51.100.1; rov=valid
 */
import {
  AttributeCode,
  AttributeFlag,
  encodeAttributes,
  IPV4_UNICAST,
  IPV6_UNICAST,
  parseAddress,
  parseAttribute,
  STORED_CONTEXT,
} from '@tsbgp/wire';
import { AspaState, type Peer, type Rejected, Route, type RouteType, RovState, settle, type Verdict } from '../src/index.ts';

/** Attributes of the line, as `parseAttribute` knows them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  origin: 'ORIGIN',
  path: 'AS_PATH',
  med: 'MULTI_EXIT_DISC',
  lp: 'LOCAL_PREF',
  com: 'COMMUNITIES',
  large: 'LARGE_COMMUNITIES',
  ext: 'EXTENDED_COMMUNITIES',
};
const ROV: Readonly<Record<string, number>> = { valid: RovState.Valid, invalid: RovState.Invalid, 'not-found': RovState.NotFound };
const ASPA: Readonly<Record<string, number>> = { valid: AspaState.Valid, invalid: AspaState.Invalid, unknown: AspaState.Unknown };

export const PEER: Peer = {
  address: '198.51.100.1',
  as: 65001,
  localAs: 64512,
  kind: 'ebgp',
  group: 'customers',
  role: 'customer',
  tags: ['paris'],
  addresses: ['198.51.100.1', '198.51.100.2'],
};

/** The canonical block of a line's attributes. */
export function blockOf(fields: ReadonlyMap<string, string>, isIpv6: boolean): Uint8Array {
  const plain = [...fields]
    .filter(([key]) => Object.hasOwn(ATTRIBUTES, key))
    .map(([key, value]) => parseAttribute(`${ATTRIBUTES[key]} ${value}`));
  const nextHop = fields.get('nh') ?? (isIpv6 ? '2001:db8:ffff::1' : '198.51.100.1');
  const octets = parseAddress(nextHop)!;
  const reach = isIpv6 || octets.length === 16 ? Uint8Array.of(0, isIpv6 ? 2 : 1, 1, octets.length, ...octets) : undefined;
  if (reach === undefined) plain.push(parseAttribute(`NEXT_HOP ${nextHop}`));
  // In the order of codes, MP_REACH_NLRI aside: flags, code, length, value.
  const blocks = plain.map((attribute) => encodeAttributes([attribute], STORED_CONTEXT)).sort((a, b) => a[1]! - b[1]!);
  const first = reach === undefined ? [] : [Uint8Array.of(AttributeFlag.Optional, AttributeCode.MpReachNlri, reach.length, ...reach)];
  return Uint8Array.from([...first, ...blocks].flatMap((block) => [...block]));
}

export function routeOf(line: string): Route {
  const [prefix, ...rest] = line.trim().split(' ');
  const fields = new Map(
    rest
      .join(' ')
      .split(';')
      .filter((word) => word.trim() !== '')
      .map((word) => [word.slice(0, word.indexOf('=')).trim(), word.slice(word.indexOf('=') + 1).trim()] as const),
  );
  const isIpv6 = prefix!.includes(':');
  const route = new Route();
  route.family = isIpv6 ? IPV6_UNICAST : IPV4_UNICAST;
  route.setPrefixText(prefix!).setAttributes(blockOf(new Map([['origin', 'igp'], ...fields]), isIpv6));
  route.rov = ROV[fields.get('rov') ?? ''] ?? RovState.NotChecked;
  route.aspa = ASPA[fields.get('aspa') ?? ''] ?? AspaState.NotChecked;
  route.routeType = (fields.get('type') ?? 'external') as RouteType;
  route.pathIdentifier = Number(fields.get('id') ?? 0);
  const from = fields.get('from');
  route.source = from === undefined ? undefined : { ...PEER, address: from, as: Number(fields.get('from-as') ?? 65001) };
  return route;
}

/** `accept lp=200; com=64512:1`, `reject bogon-prefix`: the fields that differ from the route's; empty ones are gone. */
export function outcomeOf(verdict: Verdict, route: Route): string {
  const settled = settle(verdict, route.bytes, route.start, route.end);
  if (verdict.type === 'reject' || (settled !== undefined && 'reason' in settled)) {
    const { reason } = settled as Rejected;
    return reason === undefined ? 'reject' : `reject ${reason}`;
  }
  const { change } = verdict;
  const before = fieldsOf(route);
  const after = fieldsOf(settled === undefined ? route : new Route().setAttributes(settled));
  const words = Object.keys(before)
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key}=${after[key]}`);
  if (change.nextHop !== undefined && change.nextHop !== 'given') words.push(`next-hop-${change.nextHop}`);
  if (change.tag !== undefined) words.push(`tag=${change.tag}`);
  return `accept ${words.join('; ')}`.trim();
}

function fieldsOf(route: Route): Record<string, string> {
  const communities = (kind: string): string =>
    route.communities
      .filter((community) => community.kind === kind)
      .map(({ kind: one, fields, form, octets }) =>
        one !== 'extended' ? fields.join(':') : (form & 0xff) === 2 ? `rt:${fields.join(':')}` : Buffer.from(octets).toString('hex'),
      )
      .join(' ');
  return {
    origin: ['igp', 'egp', 'incomplete'][route.origin ?? 3] ?? '',
    path: route.pathText(),
    nh: route.nextHop ?? '',
    med: String(route.med ?? ''),
    lp: String(route.localPref ?? ''),
    com: communities('standard'),
    ext: communities('extended'),
    large: communities('large'),
  };
}
