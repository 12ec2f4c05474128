/** The program `tsbgp` in the main thread: its streams, its signals, its exit code. */
import { connectDaemon } from './connect.ts';
import { run } from './program.ts';
import { outputOf } from './terminal/io.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());

const code = await run(
  process.argv.slice(2),
  {
    stdin: process.stdin,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    signal: interrupt.signal,
  },
  connectDaemon,
);
// The connection to the API would keep the process alive for a while. Exit once the output is written.
if (process.stdout.destroyed) process.exit(code);
process.stdout.once('close', () => process.exit(code));
process.stdout.end(() => process.exit(code));
