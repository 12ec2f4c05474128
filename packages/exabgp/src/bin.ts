#!/usr/bin/env node
/**
 * The first lines of `exabgp`. They run on any Node that knows modules, so that an old Node can say what is missing. Everything else is imported
 * after the check and may use what Node 22.18 has.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `exabgp of tsbgp needs Node 22.18 or newer, this is ${process.versions.node} (${process.execPath}).\n` +
      'Newer ones: https://nodejs.org/en/download, or the packages of your system.\n' +
      `With one beside this: /PATH/TO/node ${process.argv[1]}\n`,
  );
  process.exit(1);
}
// Node would answer USR1 with its inspector, through which every local user could run code in this process.
process.on('SIGUSR1', () => {});
await import('./start.ts');
