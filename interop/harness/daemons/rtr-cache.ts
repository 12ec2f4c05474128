/** The cache of @tsbgp/rpki, in a small program. It serves the VRPs and ASPAs of its configuration file, and reads the file again when it changes. */
import { join } from 'node:path';
import type { DaemonKind } from './daemon-kind.ts';

const PROGRAM = join(import.meta.dirname, '../rtr-cache.ts');
const COMMAND = [process.execPath, '--conditions=tsbgp-source', PROGRAM] as const;
const PORT = 323;

export const rtrCache: DaemonKind = {
  name: 'rtrcache',
  configName: 'rtrcache.json',
  version: [...COMMAND, '--version'],
  start: (it) => [...COMMAND, it.configFile, String(PORT)],
  ready: () => ['sh', '-c', `ss -Htln sport = :${PORT} | grep -q .`],
};
