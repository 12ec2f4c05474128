/** `show neighbor`: summary, extensive, configuration and JSON, in ExaBGP's columns. */
import type { ApiVersion } from '../events/api-version.ts';
import type { NeighborView } from './neighbor-view.ts';

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
