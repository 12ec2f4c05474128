/** What commands show of a neighbor: its state, its configuration, its routes. */
import { familyName, type NeighborView, nlriViews, type Route, type ShownRoute, type TableDirection, textOctets } from '@tsbgp/process-api';
import type { Peer, SessionInfo } from '@tsbgp/session';
import { type Capability, decodeAttributes, STORED_CONTEXT } from '@tsbgp/wire';
import type { NeighborConfig } from '../config/neighbor.ts';
import type { AdjRibIn } from '../rib/adj-rib-in.ts';
import type { AdjRibOut } from '../rib/adj-rib-out.ts';
import { attributeOctets } from '../rib/encode-attributes.ts';
import { sessionForm } from '../rib/session-form.ts';
import { hasOperational } from './negotiated-view.ts';

/** What of a neighbor is shown. */
export interface Shown {
  readonly config: NeighborConfig;
  readonly rib: AdjRibOut;
  readonly ribIn: AdjRibIn;
  readonly peer: Peer | undefined;
  readonly session: SessionInfo | undefined;
  /** When the session came up or went down, in milliseconds. */
  readonly since: number;
  readonly received: number;
  readonly withdrawn: number;
}

export function viewOf(neighbor: Shown): NeighborView {
  const { config, peer, session } = neighbor;
  const { capabilities } = config;
  const has = (type: Capability['type']): boolean | null =>
    session === undefined ? null : session.remoteCapabilities.some((each) => each.type === type);
  const { send, receive } = capabilities['add-path'];
  const counters = peer?.counters;
  const remoteOpen = session?.remoteOpen;
  const rows = [
    ['open', counters?.openSent ?? 0, counters?.openReceived ?? 0],
    ['notification', counters?.notificationSent ?? 0, counters?.notificationReceived ?? 0],
    ['keepalive', counters?.keepaliveSent ?? 0, counters?.keepaliveReceived ?? 0],
    ['update', counters?.updateSent ?? 0, counters?.updateReceived ?? 0],
    ['refresh', counters?.routeRefreshSent ?? 0, counters?.routeRefreshReceived ?? 0],
  ] as const;
  const total = ['total', rows.reduce((sum, [, sent]) => sum + sent, 0), rows.reduce((sum, [, , got]) => sum + got, 0)] as const;
  return {
    isUp: session !== undefined,
    seconds: Math.floor((Date.now() - neighbor.since) / 1000),
    fsm: (peer?.state ?? 'Idle').toUpperCase(),
    local: { address: config.localAddress, as: config.localAs, id: config.routerId, hold: config.holdTimeSeconds },
    peer: {
      address: config.peerAddress,
      as: session?.remoteAs ?? config.peerAs,
      id: session?.remoteBgpIdentifier,
      hold: remoteOpen === undefined ? undefined : (remoteOpen[22]! << 8) | remoteOpen[23]!,
    },
    capabilities: [
      ['asn4', capabilities.asn4, has('four-octet-as')],
      ['route-refresh', capabilities['route-refresh'], has('route-refresh')],
      ['multi-session', capabilities['multi-session'], has('multisession')],
      ['operational', capabilities.operational, session !== undefined && hasOperational(session) ? true : null],
      ['add-path', send || receive, has('add-path')],
      ['extended-message', capabilities['extended-message'], has('extended-message')],
      ['graceful-restart', capabilities['graceful-restart'] !== undefined, has('graceful-restart')],
    ],
    families: config.families.map((family) => [
      familyName(family),
      session === undefined ? null : session.families.has(family),
      session?.send.addPath.has(family) ?? false,
      session?.receive.addPath.has(family) ?? false,
    ]),
    messages: [...rows, total],
    received: neighbor.received,
    withdrawn: neighbor.withdrawn,
  };
}

/** The configuration of a neighbor as the file would say it. */
export function configurationLines({ config, rib }: Shown): string[] {
  const { capabilities } = config;
  const lines = [
    `neighbor ${config.peerAddress}${config.rangeBits === undefined ? '' : `/${config.rangeBits}`} {`,
    `\tdescription ${JSON.stringify(config.description)};`,
    `\trouter-id ${config.routerId};`,
    `\tlocal-address ${config.localAddress};`,
    `\tlocal-as ${config.localAs};`,
    `\tpeer-as ${config.peerAs};`,
    `\thold-time ${config.holdTimeSeconds};`,
    `\tgroup-updates ${config.groupUpdates};`,
    `\tauto-flush ${config.autoFlush};`,
    `\tadj-rib-in ${config.adjRibIn};`,
    `\tadj-rib-out ${config.adjRibOut};`,
    '\tcapability {',
    `\t\tasn4 ${capabilities.asn4 ? 'enable' : 'disable'};`,
    `\t\troute-refresh ${capabilities['route-refresh'] ? 'enable' : 'disable'};`,
    `\t\tgraceful-restart ${capabilities['graceful-restart'] ?? 'disable'};`,
    `\t\textended-message ${capabilities['extended-message'] ? 'enable' : 'disable'};`,
    '\t}',
    '\tfamily {',
    ...config.families.map((family) => `\t\t${familyName(family)};`),
    '\t}',
    `\t# ${rib.size} routes`,
    '}',
  ];
  return lines;
}

export function* shownRoutes(neighbor: Shown, direction: TableDirection, extensive: boolean): Generator<ShownRoute> {
  if (direction === 'in') yield* neighbor.ribIn.routes();
  else for (const route of neighbor.rib.routes()) yield shownOf(route, neighbor, extensive);
}

function shownOf(route: Route, neighbor: Shown, extensive: boolean): ShownRoute {
  const octets = textOctets(route.nlri);
  const [view] = nlriViews(octets, 0, octets.length, route.family, STORED_CONTEXT);
  const nlri = { ...view!, pathId: route.pathId };
  const nextHop = route.set.nextHop;
  if (!extensive) return { nlri, nextHop, attributes: [] };
  const { localAs, peerAs } = neighbor.config;
  const form = sessionForm(Number(localAs) || 0, true, { ...STORED_CONTEXT, peerType: localAs === peerAs ? 'ibgp' : 'ebgp' });
  const encoded = attributeOctets(route.set, route.family, undefined, form);
  return { nlri, nextHop, attributes: decodeAttributes(encoded, 0, encoded.length, STORED_CONTEXT).attributes };
}
