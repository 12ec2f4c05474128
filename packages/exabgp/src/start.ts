/** The program `exabgp`. */
import { main } from './main.ts';

const { stdin, stdout, stderr, env } = process;
const code = await main(process.argv.slice(2), { stdin, stdout, stderr, env });
// Sockets and timers that are left would keep the process alive. Exit once the output is written.
stdout.write('', () => process.exit(code));
