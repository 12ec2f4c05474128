#!/usr/bin/env node
/**
 * The first lines of `tsbgpd`. They run on any Node that knows modules, so that an old Node gets a message it can print. Everything else is
 * imported after this check and may use what Node 22.18 has.
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
// Without a handler Node answers USR1 by starting its inspector, through which every local user could run code in this process. signals.ts
// sets the real handler later. (Node's option --disable-sigusr1 does not help: it blocks the signal for the whole run.)
process.on('SIGUSR1', () => {});
// A supervisor may send HUP while the rest is still being loaded; without a handler that would end the process.
process.on('SIGHUP', () => {});
await import('./start.ts');
