/** The process of one attack: `attacker.ts NAME SOCKET`. Ends on SIGTERM, and prints what it did as one line of JSON. */
import { setPriority } from 'node:os';
import { ATTACKS } from './attacks/registry.ts';

const [name = '', socket = ''] = process.argv.slice(2);
const attack = ATTACKS[name];
if (attack === undefined) throw new Error(`found "${name}", allowed ${Object.keys(ATTACKS).join(', ')}`);
// In reality, attackers do not share the daemon's processors.
setPriority(19);
const end = new AbortController();
process.once('SIGTERM', () => end.abort());
const counts: Record<string, number> = {};
await attack({
  socket,
  signal: end.signal,
  did: (what, count = 1) => {
    counts[what] = (counts[what] ?? 0) + count;
  },
});
console.log(JSON.stringify(counts));
process.exit(0);
