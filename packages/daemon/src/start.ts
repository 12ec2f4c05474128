/** The program `tsbgpd`, once bin.ts has seen that this Node can run it. */
import { limitHeapGrowth } from './heap.ts';
import { main } from './main.ts';

limitHeapGrowth();
process.title = 'tsbgpd';
const status = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  loadRooms: async () => (await import('./real-rooms.ts')).realRooms,
});
// Nothing may keep a stopped daemon alive: a socket that a peer does not close, for example.
process.exit(status);
