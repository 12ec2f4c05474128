/** How chains decide about single routes, statement by statement. */
import { blockOf, explain, type Peer, type Policy, Route } from '@tsbgp/policy';
import type { PathId, RibPeer, RibTable } from '@tsbgp/rib';
import { Afi, afiOf, parseAddress, parseAttribute } from '@tsbgp/wire';
import { invalidArgument } from '../control-plane.ts';
import type { GivenRoute, PolicyDirection, PolicyExplanation } from '../policy-plane.ts';
import type { FoundPaths } from './paths.ts';
import { fillRoute } from './policy-judged.ts';

/** A chain of a neighbor in one family. */
export interface JudgingChain {
  readonly direction: PolicyDirection;
  readonly names: readonly string[];
  readonly policy: Policy;
  readonly peer: Peer;
}

/** The paths of a prefix that a chain judges: those from the neighbor, or the best one towards it. */
export function explainedPaths(
  { table, explained }: FoundPaths,
  chain: JudgingChain,
  ribPeer: RibPeer | undefined,
  peerOf: (peer: RibPeer | undefined) => Peer | undefined,
): PolicyExplanation[] {
  const paths = explained.filter(({ path, outcome }) =>
    chain.direction === 'import' ? ribPeer !== undefined && table.peerOf(path) === ribPeer : outcome === 'best',
  );
  return paths.map(({ path }) => explainedPath(table, path, chain, peerOf(table.peerOf(path))));
}

function explainedPath(table: RibTable, path: PathId, chain: JudgingChain, source: Peer | undefined): PolicyExplanation {
  const from = chain.direction === 'import' ? chain.peer : source;
  return explanationOf(chain, fillRoute(new Route(), table, path, chain.direction, from), source?.address ?? '');
}

/** A route that need not be there. */
export function explainedRoute(chain: JudgingChain, given: GivenRoute): PolicyExplanation {
  const route = new Route();
  route.family = given.family;
  try {
    route.setPrefixText(given.prefix);
  } catch {
    throw invalidArgument('route.prefix', `found "${given.prefix}", allowed is a prefix, e.g. "192.0.2.0/24"`);
  }
  route.pathIdentifier = given.pathIdentifier ?? 0;
  route.setAttributes(attributesOf(given));
  if (chain.direction === 'import') {
    route.source = chain.peer;
    route.routeType = chain.peer.kind === 'ibgp' ? 'internal' : 'external';
  }
  return explanationOf(chain, route, '');
}

/** As the RIB holds it, with what every route has. */
function attributesOf({ family, nextHop, attributes }: GivenRoute): Uint8Array {
  const octets = parseAddress(nextHop);
  if (octets === undefined) throw invalidArgument('route.next_hop', `found "${nextHop}", allowed is an address, e.g. "192.0.2.1"`);
  const missing = [parseAttribute('ORIGIN igp'), parseAttribute('AS_PATH')].filter(
    ({ type }) => !attributes.some((one) => one.type === type),
  );
  return blockOf([...missing, ...attributes], octets, afiOf(family) === Afi.Ipv6);
}

function explanationOf({ direction, names, policy, peer }: JudgingChain, route: Route, source: string): PolicyExplanation {
  const { verdict, decidedAt, statements } = explain(policy, route, peer);
  return {
    direction,
    chain: names.join(' '),
    prefix: route.prefixText,
    pathIdentifier: route.pathIdentifier,
    source,
    accepted: verdict.type === 'accept',
    reason: verdict.type === 'reject' ? (verdict.reason ?? '') : '',
    policy: decidedAt.policy,
    statement: decidedAt.statement,
    changes: verdict.type === 'accept' ? verdict.change.text : '',
    statements: statements.map(({ place, matched, conditions, changes }) => ({
      policy: place.policy,
      statement: place.statement,
      matched,
      conditions,
      changes,
    })),
  };
}
