/** The decision process in the naive reference (RFC 4271 §9.1.2.2 as it is written): over the routes that are used. */
import { addressBytes, parseIpv4, readU32 } from '@tsbgp/wire';
import { compareAddresses } from '../../src/peer.ts';
import { pathLength } from './as-path.ts';
import { LLGR_STALE, type ModelRoute } from './route.ts';

const DEFAULT_LOCAL_PREF = 100;

/** First LLGR_STALE, preference, a and b; then c removes within each neighboring AS; then the rest. */
export function bestOf(routes: readonly ModelRoute[]): ModelRoute | undefined {
  const [first] = routes.toSorted(compareRank);
  if (first === undefined) return undefined;
  const tied = routes.filter((route) => compareRank(route, first) === 0);
  const survivors = tied.filter(
    (route) => !tied.some((other) => neighboringAs(other) === neighboringAs(route) && (other.med ?? 0) < (route.med ?? 0)),
  );
  return survivors.toSorted(compareRest)[0];
}

function compareRank(a: ModelRoute, b: ModelRoute): number {
  return stale(a) - stale(b) || preference(b) - preference(a) || pathLength(a.asPath) - pathLength(b.asPath);
}

/** RFC 9494 §4.3. */
function stale({ communities }: ModelRoute): number {
  return communities.includes(LLGR_STALE) ? 1 : 0;
}

function preference({ localPref = DEFAULT_LOCAL_PREF }: ModelRoute): number {
  return localPref;
}

/** d to g; RFC 4456 §9. RFC 5065 §5.3: a route of another AS of the confederation is internal. */
function compareRest(a: ModelRoute, b: ModelRoute): number {
  const kind = ({ from }: ModelRoute): number => ({ local: 0, external: 1, member: 2, internal: 2 })[from.relation];
  return (
    kind(a) - kind(b) ||
    originator(a) - originator(b) ||
    a.clusterList.length - b.clusterList.length ||
    compareAddresses(addressBytes(a.from.address), addressBytes(b.from.address))
  );
}

function originator({ originatorId, from }: ModelRoute): number {
  return readU32(parseIpv4(originatorId ?? from.bgpIdentifier)!, 0);
}

/** RFC 4271 §9.1.2.2 c, RFC 5065 §5.3: where the AS_PATH begins with no sequence, the AS of an external peer, and ours for others. */
function neighboringAs({ asPath, from }: ModelRoute): number {
  const first = asPath.find(({ type }) => type === 'sequence' || type === 'set');
  if (first?.type === 'sequence') return first.asns[0]!;
  return from.relation === 'external' ? from.as : from.localAs;
}
