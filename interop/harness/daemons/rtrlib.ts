/** RTRlib: a client of the RPKI-to-router protocol, `rtrclient` of Debian's rtr-tools. It answers no questions; its log says what it does. */
import { readFileSync } from 'node:fs';
import type { DaemonKind } from './daemon-kind.ts';

export const rtrlib: DaemonKind = {
  name: 'rtrlib',
  configName: 'rtrlib.args',
  debian: { package: 'rtr-tools', programs: ['rtrclient'] },
  version: ['dpkg-query', '--showformat=${Version}', '--show', 'rtr-tools'],
  // Its configuration is the arguments of the program.
  start: (it) => ['rtrclient', ...readFileSync(it.configFile, 'utf8').trim().split(/\s+/)],
  ready: () => async () => true,
};
