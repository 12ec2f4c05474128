/** Our own daemon, run from its sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonKind } from './daemon-kind.ts';

const PROGRAM = join(import.meta.dirname, '../../../packages/daemon/src/bin.ts');
const NODE = [process.execPath, '--conditions=tsbgp-source', '--disable-warning=ExperimentalWarning', PROGRAM] as const;

export const tsbgpd: DaemonKind = {
  name: 'tsbgpd',
  configName: 'tsbgpd.yaml',
  version: [...NODE, '--version'],
  start: (it) => [...NODE, it.configFile],
  ready: (it) => async () => existsSync(`${it.folder}/api.sock`),
};
