/**
 * Edits the neighbors of the file that is its argument, one after the other, until it is killed; writes a line for each change that is
 * acknowledged. The daemon around it does nothing.
 */
import { Boundaries } from '../src/boundaries.ts';
import type { DaemonConfig } from '../src/config/load.ts';
import { loadConfig } from '../src/config/load.ts';
import { EventLog } from '../src/events.ts';
import { LiveConfig } from '../src/live-config.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const loaded = loadConfig(process.argv[2]!);
let config: DaemonConfig = loaded.config;
const live = new LiveConfig({
  daemon: {
    get config() {
      return config;
    },
    boundaries: new Boundaries(quiet),
    events: new EventLog(),
    async change(after) {
      config = after;
      return [];
    },
    async adopt(neighbors, action) {
      const result = await action();
      config = { ...config, neighbors };
      return result;
    },
  },
  log: quiet,
  overrides: { level: undefined, format: undefined },
  loaded,
});

for (let i = 0; ; i++) {
  const address = `10.0.${i >> 8}.${i & 255}`;
  await live.editNeighbor({ type: 'add', address, values: new Map([['remoteAs', 65_001 + (i % 100)]]) }, () => undefined);
  process.stdout.write(`+${address}\n`);
  if (i % 3 !== 2) continue;
  await live.editNeighbor({ type: 'delete', address }, () => undefined);
  process.stdout.write(`-${address}\n`);
}
