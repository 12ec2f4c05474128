/** What the RIB says a fake peer gets of a prefix, and that this is what it holds. */
import assert from 'node:assert/strict';
import { addressBytes, findAttribute, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { type ExportPending, type ExportReason, explain, NONE, type PathId, type Rib } from '../src/index.ts';
import type { FakePeer } from './fake-peer.ts';

interface ExplainedPath {
  readonly path: PathId;
  readonly from: FakePeer;
  readonly identifier: number;
  /** Undefined: it is sent. */
  readonly reason: ExportReason | undefined;
}

/** The paths of a prefix that are in the decision process, and what becomes of each towards a peer that is up. */
export function explained(rib: Rib, to: FakePeer, prefix: string): { pending: ExportPending | undefined; paths: ExplainedPath[] } {
  const { table, nlri } = find(rib, prefix);
  if (nlri === NONE) return { pending: undefined, paths: [] };
  const { pending, paths } = rib.explainExport(to.ribPeer!, table.family, nlri)!;
  const named = paths.map(({ path, reason }) => {
    const from = table.peerOf(path)!.options.port as FakePeer;
    return { path, from, identifier: table.identifierOf(path), reason };
  });
  return { pending, paths: named };
}

/** Who the best path of a prefix is from. */
export function bestFrom(rib: Rib, prefix: string): FakePeer | undefined {
  const { table, nlri } = find(rib, prefix);
  const best = nlri === NONE ? undefined : explain(table, nlri).find(({ outcome }) => outcome === 'best');
  return best === undefined ? undefined : (table.peerOf(best.path)!.options.port as FakePeer);
}

/** Where nothing is due, a peer holds just the paths that the RIB says it is sent. */
export function checkAgainstHeld(rib: Rib, to: FakePeer, prefixes: readonly string[]): void {
  if (to.ribPeer === undefined) return;
  for (const prefix of prefixes) {
    const { pending, paths } = explained(rib, to, prefix);
    if (pending !== undefined) continue;
    const held = [...to.attributes].filter(([key]) => key.split(' ')[0] === prefix);
    const sent = paths.filter(({ reason }) => reason === undefined);
    assert.equal(sent.length, held.length, `${prefix} at ${to.name}: ${JSON.stringify(paths.map(({ reason }) => reason ?? 'sent'))}`);
    const asPaths = held.map(([, attributes]) =>
      findAttribute(attributes, 'as-path')!
        .value.flatMap(({ asns }) => asns)
        .join(' '),
    );
    for (const { path } of sent) {
      const { table } = find(rib, prefix);
      const end = rib.attributes.neighborAs[table.attrOf(path)]!;
      if (end !== 0)
        assert.ok(
          asPaths.some((asns) => asns.split(' ').includes(String(end))),
          `a path through AS ${end}: ${asPaths.join(', ')}`,
        );
    }
  }
}

function find(rib: Rib, prefix: string) {
  const [address = '', length = ''] = prefix.split('/');
  const table = rib.table(prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST);
  return { table, nlri: table.index.findWire(Uint8Array.of(Number(length), ...addressBytes(address)), 0) };
}
