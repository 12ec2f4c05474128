/** `show neighbor`: summary, extensive, configuration and JSON, in ExaBGP's columns. */
import type { Capability } from '@tsbgp/wire';
import type { ApiVersion } from '../events/api-version.ts';
import { hasOperational } from '../session/negotiated-view.ts';
import type { Neighbor } from '../session/neighbor.ts';
import { familyName } from '../text/families.ts';

/** What the forms show of a neighbor. */
export interface NeighborView {
  readonly isUp: boolean;
  readonly seconds: number;
  readonly fsm: string;
  readonly local: { readonly address: string; readonly as: number | string; readonly id: string; readonly hold: number };
  readonly peer: {
    readonly address: string;
    readonly as: number | string;
    readonly id: string | undefined;
    readonly hold: number | undefined;
  };
  /** By capability: ours, and the peer's when there is a session. `null`: not known. */
  readonly capabilities: readonly (readonly [name: string, local: boolean, peer: boolean | null])[];
  readonly families: readonly (readonly [name: string, peer: boolean | null, send: boolean, receive: boolean])[];
  readonly messages: readonly (readonly [name: string, sent: number, received: number])[];
  readonly received: number;
  readonly withdrawn: number;
}

export function viewOf(neighbor: Neighbor): NeighborView {
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

export function summaryHeader(version: ApiVersion): string {
  return `Peer            AS        up/down state       |     #sent     #recvd${version === 6 ? '    #pfx_in' : ''}`;
}

/** `1:02:05`, `1 day, 0:00:05` */
function durationText(seconds: number): string {
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return days === 0 ? time : `${days} day${days === 1 ? '' : 's'}, ${time}`;
}

export function summaryLine(view: NeighborView, version: ApiVersion): string {
  const [, sent = 0, received = 0] = view.messages.find(([name]) => name === 'update') ?? [];
  const since = view.isUp ? durationText(view.seconds) : 'down';
  const prefixes = version === 6 ? ` ${String(view.received).padStart(10)}` : '';
  return `${view.peer.address.padEnd(15)} ${String(view.peer.as).padEnd(7)} ${since.padStart(9)} ${view.fsm.toLowerCase().padEnd(12)} ${String(sent).padStart(10)} ${String(received).padStart(10)}${prefixes}`;
}

function shown(value: boolean | null): string {
  return value === null ? 'n/a' : value ? 'enabled' : 'disabled';
}

/** Lines; the last one is empty. */
export function extensiveLines(view: NeighborView, version: ApiVersion): string[] {
  const indent = version === 6 ? '    ' : '   ';
  const row = (name: string, first: unknown, second: unknown = '', third = ''): string =>
    `${indent}${name.padEnd(20)} ${String(first).padStart(15)} ${String(second).padStart(15)} ${third.padEnd(15)}`;
  const title = (name: string, ...columns: readonly string[]): string =>
    `    ${name.padEnd(version === 6 ? 20 : 19)} ${columns.map((column) => column.padStart(15)).join(' ')}`;
  const padded = (text: string): string => (version === 6 ? text.padStart(15) : text);
  const lines = [`Neighbor ${view.peer.address}`, ''];
  lines.push(title('Session', 'Local'));
  lines.push(row('local', view.local.address), row('state', view.fsm));
  lines.push(row(view.isUp ? 'up for' : 'down for', durationText(view.seconds)), '');
  lines.push(title('Setup', 'Local', 'Remote'));
  lines.push(row('AS', view.local.as, view.peer.as), row('ID', view.local.id, view.peer.id ?? 'n/a'));
  lines.push(row('hold-time', view.local.hold, view.peer.hold ?? 'n/a'), '');
  lines.push(title('Capability', 'Local', 'Remote'));
  for (const [name, local, peer] of view.capabilities) lines.push(row(`${name}:`, shown(local), shown(peer)));
  lines.push('', title('Families', 'Local', 'Remote', 'Add-Path'));
  for (const [name, peer, send, receive] of view.families) {
    // ExaBGP has the two words the other way round here; the JSON form says what holds.
    const addPath = send && receive ? 'send/receive' : send ? 'receive' : receive ? 'send' : 'disabled';
    lines.push(row(`${name}:`, 'enabled', shown(peer), padded(addPath)));
  }
  lines.push('', title('Message Statistic', 'Sent', 'Received'));
  for (const [name, sent, received] of view.messages) lines.push(row(`${name}:`, sent, received));
  if (version === 6) lines.push('', '    Prefix Statistic', row('received:', view.received), row('withdrawn:', view.withdrawn));
  lines.push('');
  return lines;
}

export function neighborJson(view: NeighborView, version: ApiVersion): object {
  const side = (index: 1 | 2): object => ({
    capabilities: Object.fromEntries(view.capabilities.map((each) => [each[0], each[index]])),
    families: Object.fromEntries(view.families.map(([name, peer]) => [name, index === 1 ? true : peer])),
    'add-path': Object.fromEntries(view.families.map(([name, , send, receive]) => [name, index === 1 ? send : receive])),
  });
  const both = view.isUp
    ? view.capabilities.filter(([name, local, peer]) => isAgreed(name, local, peer, version)).map(([name]) => name)
    : [];
  const messages = (index: 1 | 2): object => Object.fromEntries(view.messages.map((each) => [each[0], each[index]]));
  return {
    state: view.isUp ? 'up' : 'down',
    duration: view.seconds,
    fsm: view.fsm,
    local: { ...side(1), address: view.local.address, as: view.local.as, id: view.local.id, hold: view.local.hold },
    peer: { ...side(2), address: view.peer.address, as: view.peer.as, id: view.peer.id ?? null, hold: view.peer.hold ?? null },
    messages: { sent: messages(1), received: messages(2) },
    capabilities: both,
    families: view.isUp ? view.families.filter(([, peer]) => peer === true).map(([name]) => name) : [],
    'add-path': Object.fromEntries(
      view.families.map(([name, , send, receive]) => [
        name,
        send && receive ? 'send/receive' : send ? 'send' : receive ? 'receive' : 'disabled',
      ]),
    ),
    ...(version === 6 && { prefixes: { received: view.received, withdrawn: view.withdrawn } }),
  };
}

/** Versions before 6 list graceful restart when the peer has it. */
function isAgreed(name: string, local: boolean, peer: boolean | null, version: ApiVersion): boolean {
  return peer === true && (local || (name === 'graceful-restart' && version !== 6));
}

/** The configuration of a neighbor as the file would say it. */
export function configurationLines({ config, rib }: Neighbor): string[] {
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
