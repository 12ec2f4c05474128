/** What of a peer decides in which update group it is: members of a group get the same octets by the same rules. */
import { Afi, type Family, IPV4_UNICAST, usesAigp, type WireContext } from '@tsbgp/wire';
import { nextHopMeaning } from '@tsbgp/wire/scan';
import { Horizon, PeerKind, type PeerOptions, type RibPeer } from '../peer.ts';
import type { ExportPolicy } from '../policy/policy.ts';
import type { RibTable } from '../table.ts';
import { type ControlOptions, controlOptions } from './control-communities.ts';
import type { Strategy } from './select.ts';
import type { AsPathView, ExportView } from './view.ts';

export interface GroupOptions {
  readonly view: ExportView;
  /** Policy denies everything. */
  readonly denyAll: boolean;
  /** NO_EXPORT and the like are obeyed, not only passed on. */
  readonly obeysWellKnown: boolean;
  readonly strategy: Strategy;
  readonly control: ControlOptions | undefined;
  readonly policy: ExportPolicy | undefined;
}

export function groupOptionsOf(table: RibTable, peer: RibPeer): GroupOptions {
  const { options } = peer;
  const isClient = options.routeServerClient;
  const served = (isClient ? options.routeServer : undefined) ?? {};
  const { obeysWellKnown = false, controlCommunities = false, ownAsInFront = false } = served;
  const standIn = typeof controlCommunities === 'object' ? controlCommunities.standIn : undefined;
  return {
    view: {
      family: table.family,
      kind: peer.kind,
      horizon: peer.horizon,
      localAs: peer.localAs,
      routeServerClient: isClient,
      ownAsInFront,
      asPath: asPathView(peer),
      clusterId: peer.horizon === Horizon.Client ? peer.clusterId : undefined,
      clientToClient: options.clientToClient !== false,
      role: peer.kind === PeerKind.External ? options.role : undefined,
      nextHopMeaning: nextHopMeaning(table.family),
      nextHopSelfAlways: options.nextHopSelfAlways,
      nextHopSelf: options.nextHopSelf.get(table.family),
      nextHopUnchanged: options.nextHopUnchanged === true,
      ipv6NextHops: takesIpv6NextHops(table.family, options.send),
      gracefulShutdown: options.gracefulShutdown === true,
      // Only between us and an internal peer LOCAL_PREF says that a route is the last choice.
      staleRoutes: options.staleRoutes === 'marked' && peer.kind === PeerKind.External ? 'none' : (options.staleRoutes ?? 'none'),
      // To other peers the link makes no difference: they would only be in more groups.
      link: isClient ? options.link : undefined,
      context: options.send,
    },
    denyAll: !options.exportAccept,
    obeysWellKnown: !isClient || obeysWellKnown,
    strategy: strategyOf(table, options, served.bestPathOnly ?? false),
    control: controlCommunities === false ? undefined : controlOptions(peer.localAs, standIn),
    policy: options.exportAccept ? options.exportPolicy : undefined,
  };
}

function takesIpv6NextHops(family: Family, { extendedNextHop }: WireContext): boolean {
  return family !== IPV4_UNICAST || extendedNextHop?.get(family)?.has(Afi.Ipv6) === true;
}

function asPathView({ kind, horizon, localAs, options }: RibPeer): AsPathView {
  const { behindLocal, removePrivate, override = false } = options.asPath ?? {};
  const isExternal = kind === PeerKind.External;
  const changes = isExternal && (removePrivate !== undefined || override);
  const isConfederation = horizon === Horizon.Confederation;
  return {
    front: isExternal && behindLocal !== undefined ? [localAs, behindLocal] : isExternal || isConfederation ? [localAs] : [],
    isConfederation,
    removePrivate: isExternal ? removePrivate : undefined,
    override: isExternal && override,
    // Peers of different ASes would only be in more groups.
    remoteAs: changes ? options.remoteAs : undefined,
  };
}

function strategyOf(table: RibTable, options: PeerOptions, bestPathOnly: boolean): Strategy {
  if (options.send.addPath.has(table.family)) {
    return { type: 'add-path', max: options.addPathMax?.get(table.family) ?? Number.POSITIVE_INFINITY };
  }
  return { type: options.routeServerClient && !bestPathOnly ? 'per-client' : 'best' };
}

/** Equal where two peers are in one group of the table. Every field of the options counts, and of a session's context what octets depend on. */
export function groupKey(table: RibTable, options: GroupOptions): string {
  const { fourOctetAs, extendedMessage, confederation, addPath } = options.view.context;
  const context = {
    fourOctetAs,
    extendedMessage,
    confederation: confederation === true,
    addPath: addPath.has(table.family),
    aigp: usesAigp(options.view.context),
  };
  const view: Record<keyof ExportView, unknown> = { ...options.view, context };
  return JSON.stringify({ ...options, view, policy: numberOf(options.policy) }, (_, value: unknown) => {
    if (value instanceof Uint8Array) return value.join('.');
    if (value instanceof Set || value instanceof Map) return [...value];
    return value === Number.POSITIVE_INFINITY ? 'all' : value;
  });
}

const numbers = new WeakMap<ExportPolicy, number>();
let numbered = 0;

/** Policies are compared by identity: each has a number. */
function numberOf(policy: ExportPolicy | undefined): number {
  if (policy === undefined) return 0;
  let number = numbers.get(policy);
  if (number === undefined) numbers.set(policy, (number = ++numbered));
  return number;
}
