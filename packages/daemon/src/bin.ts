#!/usr/bin/env node
/** The program `tsbgpd`. */
import { main } from './main.ts';

const status = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  loadRooms: async () => (await import('./real-rooms.ts')).realRooms,
});
// Nothing may keep a stopped daemon alive: a socket that a peer does not close, for example.
process.exit(status);
