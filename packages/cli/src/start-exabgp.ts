/** The program `tsbgp exabgp`. bin.ts imports it in place of start.ts, so that neither the API's client nor commander is loaded. */
import { runExabgp } from './commands/exabgp.ts';

const code = await runExabgp(process.argv.slice(3));
// Sockets and timers that are left would keep the process alive. Exit once the output is written.
process.stdout.write('', () => process.exit(code));
