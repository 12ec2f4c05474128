/** @tsbgp/cli: `tsbgp` for programs that run it in their own process. Nothing runs on import. */
export { connectDaemon } from './connect.ts';
export type { Daemon } from './daemon.ts';
export { ExitCode } from './exit-code.ts';
export { run } from './program.ts';
export type { Io, Output } from './terminal/io.ts';
