#!/usr/bin/env node
/**
 * The first lines of `tsbgpd`. They run on any Node that knows modules, so that an old one says what is missing; everything else is imported
 * after the check and may use what Node 22.18 has.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `tsbgpd needs Node 22.18 or newer, this is ${process.versions.node} (${process.execPath}).\n` +
      'Newer ones: https://nodejs.org/en/download, or the packages of your system.\n' +
      `With one beside this: /PATH/TO/node ${process.argv[1]}\n`,
  );
  process.exit(1);
}
// Without a handler Node answers USR1 with its inspector, through which every local user could run code in this process. signals.ts gives the
// signal its meaning; until then it has none. (Node's option --disable-sigusr1 is no way: it blocks the signal for good.)
process.on('SIGUSR1', () => {});
// A supervisor may ask for a reload while the rest is still being read; that would end the process.
process.on('SIGHUP', () => {});
await import('./start.ts');
