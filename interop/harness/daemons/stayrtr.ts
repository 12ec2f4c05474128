/** StayRTR: a cache of the RPKI-to-router protocol. It serves the VRPs of its configuration file, and reads the file again each second. */
import { readFileSync } from 'node:fs';
import type { DaemonKind } from './daemon-kind.ts';

/** Its address on the cable is that of the scenario; it listens on all. */
const PORT = 323;

export const stayrtr: DaemonKind = {
  name: 'stayrtr',
  configName: 'stayrtr.json',
  debian: { package: 'stayrtr', programs: ['stayrtr'] },
  version: ['stayrtr', '-version'],
  start: (it) => [
    'stayrtr',
    '-cache',
    it.configFile,
    '-refresh',
    '1',
    '-bind',
    `:${PORT}`,
    '-metrics.addr',
    '127.0.0.1:9847',
    ...flags(it.configFile),
  ],
  ready: () => ['sh', '-c', `ss -Htln sport = :${PORT} | grep -q .`],
};

/** A member "flags" of the file, which StayRTR passes over, has further arguments. */
function flags(file: string): readonly string[] {
  const { flags: more = [] } = JSON.parse(readFileSync(file, 'utf8')) as { flags?: readonly string[] };
  return more;
}
