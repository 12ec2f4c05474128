/** The program `tsbgpd`, once bin.ts has seen that this Node can run it. */
import { limitHeapGrowth } from './heap.ts';
import { main } from './main.ts';
import { loadParts } from './parts.ts';

limitHeapGrowth();
process.title = 'tsbgpd';
const status = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  loadParts,
});
// A stopped daemon exits even if something is still open, such as a socket that a peer does not close.
process.exit(status);
