/**
 * The sections `neighbors` and `defaults`. The rows of the keys (keys/neighbor-keys.ts) say what the change of each key touches; a neighbor without a
 * difference is not looked at.
 */
import type { DaemonConfig } from '../config/load.ts';
import type { NeighborConfig } from '../control-plane.ts';
import { changedKeys, diffNeighbor } from '../keys/neighbor-diff.ts';
import type { ConfigChange, ConfigSection, Effect } from './section.ts';

/** In the order in which they are shown. */
const EFFECTS: readonly Effect[] = ['session', 'import', 'export', 'stream'];

export const NEIGHBORS: ConfigSection = {
  name: 'neighbors',
  diff(before, after): ConfigChange[] {
    const old = byAddress(before);
    const wanted = byAddress(after);
    return [
      ...[...old.keys()].filter((address) => !wanted.has(address)).map((address) => whole(address, 'removed')),
      ...[...wanted].flatMap(([address, neighbor]) => {
        const known = old.get(address);
        return known === undefined ? [whole(address, 'added')] : changeOf(known, neighbor);
      }),
    ];
  },
  check({ before, after, changes, running: { speaker } }) {
    const wanted = byAddress(after);
    const old = byAddress(before);
    for (const { subject, type } of changes) {
      if (type !== 'removed') speaker.checkNeighbor(wanted.get(subject)!, after.global.listen, old.get(subject));
    }
  },
  async apply({ before, after, changes, running: { speaker }, undo }) {
    const old = byAddress(before);
    const wanted = byAddress(after);
    const settled = await Promise.allSettled(
      changes.map(async ({ subject }) => {
        const known = old.get(subject);
        undo(() => (known === undefined ? speaker.removeNeighbor(subject) : speaker.putNeighbor(known)));
        const neighbor = wanted.get(subject);
        await (neighbor === undefined ? speaker.removeNeighbor(subject) : speaker.putNeighbor(neighbor));
      }),
    );
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
  },
};

function byAddress(config: DaemonConfig): Map<string, NeighborConfig> {
  return new Map(config.neighbors.map((neighbor) => [neighbor.address, neighbor]));
}

function whole(subject: string, type: 'added' | 'removed'): ConfigChange {
  return { section: 'neighbors', subject, type, keys: [], effects: ['session'] };
}

function changeOf(before: NeighborConfig, after: NeighborConfig): ConfigChange[] {
  const keys = changedKeys(before, after);
  if (keys.length === 0) return [];
  const touched = diffNeighbor(before, after);
  // A new session judges and sends everything anyway.
  const effects = touched.has('session') ? (['session'] as const) : EFFECTS.filter((effect) => touched.has(effect as never));
  return [{ section: 'neighbors', subject: after.address, type: 'changed', keys, effects: effects.length === 0 ? ['nothing'] : effects }];
}
