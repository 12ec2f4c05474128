/** A route of any kind: one statement of the configuration, or the words of a command after `announce` or `withdraw`. */
import { Afi, type Family, makeFamily, Safi } from '@tsbgp/wire';
import type { Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { readFlow } from './flow-route.ts';
import { readMcastVpn } from './mcast-vpn-route.ts';
import { readMup } from './mup-route.ts';
import { type Purpose, readAttributesRoute, readRoute, readRouteOfFamily } from './prefix-route.ts';
import type { Route } from './route.ts';
import { readSrPolicy } from './sr-policy-route.ts';
import { readVpls } from './vpls-route.ts';

const PREFIX_SAFIS: Readonly<Record<string, number>> = {
  unicast: Safi.Unicast,
  multicast: Safi.Multicast,
  'nlri-mpls': Safi.LabeledUnicast,
  'labeled-unicast': Safi.LabeledUnicast,
  'mpls-vpn': Safi.MplsVpn,
};

type Reader = (statement: Statement, at: number, family: Family, purpose: Purpose) => Route;

const TYPED: Readonly<Record<string, { readonly safi: number; readonly read: Reader }>> = {
  mup: { safi: Safi.Mup, read: readMup },
  'mcast-vpn': { safi: Safi.McastVpn, read: readMcastVpn },
  'sr-policy': { safi: Safi.SrPolicy, read: readSrPolicy },
};

const IP_KINDS = [...Object.keys(PREFIX_SAFIS), 'flow', 'flow-vpn', ...Object.keys(TYPED)];

/** `unicast PREFIX …`, `flow …`, `mup …` of an address family; `at` is the place of that word. */
export function readIpRoute(statement: Statement, at: number, version: 4 | 6, purpose: Purpose): Route[] {
  const kind = statement.words[at]?.text ?? '';
  const afi = version === 4 ? Afi.Ipv4 : Afi.Ipv6;
  if (Object.hasOwn(PREFIX_SAFIS, kind)) return readRouteOfFamily(statement, at + 1, makeFamily(afi, PREFIX_SAFIS[kind]!), purpose);
  if (Object.hasOwn(TYPED, kind)) return [TYPED[kind]!.read(statement, at + 1, makeFamily(afi, TYPED[kind]!.safi), purpose)];
  if (kind === 'flow' || kind === 'flow-vpn') return [readFlow(statement, at + 1, version)];
  throw wrong(statement, at, IP_KINDS);
}

/** `vpls …` */
export function readL2vpnRoute(statement: Statement, at: number, purpose: Purpose): Route[] {
  if (statement.words[at]?.text !== 'vpls') throw wrong(statement, at, ['vpls']);
  return [readVpls(statement, at + 1, purpose)];
}

const STATIC_KINDS = ['route', 'attributes', 'attribute', 'sr-policy'];

/** A statement of `static`. */
export function readStaticRoute(statement: Statement): Route[] {
  const kind = statement.words[0]?.text ?? '';
  if (kind === 'route') return readRoute(statement, 1, 'announce');
  if (kind === 'attributes' || kind === 'attribute') return readAttributesRoute(statement, 1, 'announce');
  if (kind === 'sr-policy') {
    const version = versionOfEndpoint(statement);
    return readIpRoute(statement, 0, version, 'announce');
  }
  throw wrong(statement, 0, STATIC_KINDS);
}

function versionOfEndpoint(statement: Statement): 4 | 6 {
  const at = statement.words.findIndex((word) => word.text === 'endpoint');
  return statement.words[at + 1]?.text.includes(':') === true ? 6 : 4;
}

const KINDS = [...STATIC_KINDS, 'ipv4', 'ipv6', 'flow', 'vpls', 'l2vpn'];

/** What follows `announce` and `withdraw` in a command; `at` is the place after it. Throws SyntaxFault. */
export function readCommandRoute(statement: Statement, at: number, purpose: Purpose): Route[] {
  const kind = statement.words[at]?.text ?? '';
  switch (kind) {
    case 'route':
      return readRoute(statement, at + 1, purpose);
    case 'attributes':
    case 'attribute':
      return readAttributesRoute(statement, at + 1, purpose);
    case 'ipv4':
      return readIpRoute(statement, at + 1, 4, purpose);
    case 'ipv6':
      return readIpRoute(statement, at + 1, 6, purpose);
    case 'flow':
      return [readFlow(statement, statement.words[at + 1]?.text === 'route' ? at + 2 : at + 1)];
    case 'vpls':
      return readL2vpnRoute(statement, at, purpose);
    case 'l2vpn':
      return readL2vpnRoute(statement, at + 1, purpose);
    case 'sr-policy':
      return readIpRoute(statement, at, versionOfEndpoint(statement), purpose);
    default:
      throw wrong(statement, at, KINDS);
  }
}

function wrong(statement: Statement, at: number, allowed: readonly string[]): SyntaxFault {
  return new SyntaxFault(`found "${statement.words[at]?.text ?? ''}", allowed is one of ${allowed.join(', ')}`, statement.line);
}
