/**
 * What must hold between the columns at any moment; throws when it does not. Walks everything: for tests and for looking into a fault.
 */
import { invariant } from './broken-invariant.ts';
import { NONE } from './columns.ts';
import type { AudienceId } from './export/audience.ts';
import { Entries } from './export/entries.ts';
import type { UpdateGroup } from './export/group.ts';
import { NotSent } from './export/not-sent.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import { PathFlag } from './path-flags.ts';
import type { Rib } from './rib.ts';
import type { RibTable } from './table.ts';

export function checkInvariants(rib: Rib): void {
  const held = new Map<number, number>();
  const hold = (attr: number): void => void held.set(attr, (held.get(attr) ?? 0) + 1);
  for (const table of rib.tables) {
    checkTable(rib, table, hold);
    for (const group of rib.groupsOf(table)) checkGroup(rib, group, hold);
    for (const attr of rib.aggregatesOf(table)?.heldSets() ?? []) hold(attr);
  }
  for (const attr of rib.heldSets()) hold(attr);
  let sets = 0;
  for (const attr of rib.attributes.ids()) {
    sets++;
    invariant(rib.attributes.references[attr] === held.get(attr), `attribute set ${attr} has as many references as holders`);
    invariant(rib.attributes.bucket[attr] === NONE, 'between batches every bucket is empty');
  }
  for (const peer of rib.peers) {
    if (peer?.up !== true) continue;
    let brought = 0;
    for (const attr of rib.attributes.ids()) brought += rib.attributes.makers.unitsFor(peer.token, attr, rib.attributes.length[attr]!);
    invariant(peer.attributeSets === brought, 'a peer counts the attribute sets that it brought');
  }
  invariant(sets === rib.attributes.count && sets === held.size, 'attribute sets are held or gone');
}

function checkGroup(rib: Rib, group: UpdateGroup, hold: (attr: number) => void): void {
  const { table, adjRibOut, audiences } = group;
  const routes = new Map<number, number>();
  const entries = new Entries();
  let count = 0;
  for (let nlri = 1; nlri < adjRibOut.top; nlri++) {
    adjRibOut.load(nlri, entries);
    count += entries.count;
    if (entries.count === 0) {
      const source = adjRibOut.source[nlri]!;
      invariant(source === 0 || Object.values(NotSent).includes(source as NotSent), 'a route that is not sent has a reason');
    }
    let reached = 0n;
    for (let at = 0; at < entries.count; at++) {
      const receivers = entries.receivers[at]! as AudienceId;
      const source = rib.peers[entries.source[at]!];
      hold(entries.attr[at]!);
      routes.set(receivers, (routes.get(receivers) ?? 0) + 1);
      invariant(source !== undefined, 'the source of an advertised route is a peer');
      for (const member of group.members) {
        // One that brought routes along has no route before they are evaluated for it.
        if (group.isJoining(member)) continue;
        invariant(member.peer !== source || !audiences.has(receivers, member.number), 'a route does not go back to its source');
      }
      if (!adjRibOut.addPath) invariant((reached & audiences.setOf(receivers)) === 0n, 'a member holds one route of an NLRI');
      reached |= audiences.setOf(receivers);
    }
  }
  invariant(count === adjRibOut.count, 'an Adj-RIB-Out counts its entries');
  for (const [id, number] of routes) invariant(audiences.routes[id] === number, 'an audience counts its routes');
  for (const attr of group.receivers.heldSets()) hold(attr);
  for (let path = 1; path < table.pathTop; path++) invariant((table.pathFlags[path]! & PathFlag.Tried) === 0, 'no path stays tried');
}

function checkTable(rib: Rib, table: RibTable, hold: (attr: number) => void): void {
  let paths = 0;
  let live = 0;
  let bests = 0;
  const received = new Map<number, number>();
  const accepted = new Map<number, number>();
  const stale = new Map<number, number>();
  const rejected = new Map<string, number>();
  for (let nlri = 1; nlri < table.index.top; nlri++) {
    if (!table.index.isLive(nlri)) {
      // The columns may end below an NLRI that was freed before it had a path.
      invariant((table.head[nlri] ?? NONE) === NONE && (table.best[nlri] ?? NONE) === NONE, 'a freed NLRI has no path');
      continue;
    }
    live++;
    let bestFound = table.best[nlri] === NONE;
    const seen = new Set<string>();
    for (let path = table.head[nlri]!; path !== NONE; path = table.pathNext[path]!) {
      paths++;
      invariant(table.pathNlri[path] === nlri, 'a path knows its NLRI');
      const peer = table.pathPeer[path]!;
      invariant(rib.peers[peer] !== undefined, 'a path has a peer');
      const key = `${peer} ${table.identifierOf(path as never)}`;
      invariant(!seen.has(key), 'a peer has one path per NLRI and path identifier');
      seen.add(key);
      received.set(peer, (received.get(peer) ?? 0) + 1);
      if ((table.pathFlags[path]! & PathFlag.Filtered) === 0) accepted.set(peer, (accepted.get(peer) ?? 0) + 1);
      const refresh = rib.peers[peer]!.refresh[table.position]!;
      const generation = refresh.generationOf(table.pathFlags[path]!);
      if (refresh.isStale(table.pathFlags[path]!)) stale.set(peer, (stale.get(peer) ?? 0) + 1);
      invariant(generation >= refresh.oldest && generation >= 0, 'no path is of an older generation than the oldest');
      if (table.best[nlri] === path) bestFound = true;
      hold(table.pathAttr[path]!);
      if ((table.pathFlags[path]! & PathFlag.Changed) !== 0) hold(table.pathReceived[path]!);
      if ((table.pathFlags[path]! & PathFlag.Filtered) !== 0) {
        invariant(table.filterReason(path as never) !== undefined, 'a path that is not used has a reason');
        const rejectedKey = `${peer} ${table.pathReason[path]}`;
        rejected.set(rejectedKey, (rejected.get(rejectedKey) ?? 0) + 1);
      }
    }
    invariant(bestFound, 'the best path is one of the paths');
    if (table.best[nlri] !== NONE) bests++;
    if (table.head[nlri] !== NONE)
      invariant(table.index.findWire(wireOf(table, nlri as NlriId), 0) === nlri, 'a live NLRI is found by its key');
  }
  invariant(live === table.index.count, 'the index counts its NLRI');
  invariant(paths === table.pathCount, 'the table counts its paths');
  invariant(bests === table.bestCount, 'the table counts its best paths');
  for (const peer of rib.peers) {
    if (peer === undefined) continue;
    invariant(peer.received[table.position] === (received.get(peer.index) ?? 0), 'a peer counts its paths');
    invariant(peer.accepted[table.position] === (accepted.get(peer.index) ?? 0), 'a peer counts its accepted paths');
    invariant(peer.refresh[table.position]!.stale === (stale.get(peer.index) ?? 0), 'a peer counts its stale paths');
    invariant(!peer.isSuspended || rib.membersOf(peer).length === 0, 'a peer whose session is lost is sent nothing');
    for (const [reason, count] of peer.rejected[table.position]!.entries()) {
      invariant(count === (rejected.get(`${peer.index} ${reason}`) ?? 0), 'a peer counts its rejected paths by reason');
    }
  }
}

function wireOf(table: RibTable, nlri: NlriId): Uint8Array {
  const bytes = new Uint8Array(table.octets?.index.lengthOf(nlri) ?? 24);
  table.index.write(bytes, 0, nlri);
  return bytes;
}
