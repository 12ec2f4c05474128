import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigRejected } from './config-error.ts';
import { parseConfig } from './load.ts';
import { reportAccepted, reportRejected } from './report.ts';

function rejection(text: string): ConfigRejected {
  try {
    parseConfig(text, 'tsbgpd.yaml');
  } catch (error) {
    if (error instanceof ConfigRejected) return error;
  }
  throw new Error('accepted');
}

test('an error is shown with its line, a caret below the value, and an excerpt that works', () => {
  const report = reportRejected(rejection('global:\n  as: 0\n  router-id: 192.0.2.254\n'));
  assert.equal(
    report,
    `tsbgpd.yaml:2:7 global.as: found 0 (reserved, RFC 7607), allowed an AS number of 1 to 4294967294, or asdot such as 1.10, but not 23456 (RFC 6793) or 65535 (RFC 7300), e.g. "as: 64500"
    2 |   as: 0
      |       ^
tsbgpd.yaml: 1 error; nothing was applied.

A working example:

global:
  as: 64500
  router-id: 192.0.2.254
  listen: ["0.0.0.0:179", "[::]:179"]
`,
  );
});

test('a file with very many errors shows the first 50 and says how many more', () => {
  const report = reportRejected(rejection(`neighbors: [${Array(80).fill('x').join(', ')}]`));
  assert.match(report, /… and 31 more\ntsbgpd\.yaml: 81 errors/);
});

test('what would run is summed up, warnings below', () => {
  const { config, warnings } = parseConfig(
    `global: { as: 64500, router-id: 192.0.2.254 }
neighbors:
  - { address: 192.0.2.1, remote-as: 64501 }
  - { address: 192.0.2.2, remote-as: 64500, enabled: false, families: [ipv4-unicast, ipv6-unicast] }
http: { listen: 127.0.0.1:9179 }
`,
    'tsbgpd.yaml',
  );
  assert.equal(
    reportAccepted(config, warnings),
    `tsbgpd.yaml: ok
  speaker    AS 64500, router-id 192.0.2.254
  BGP        0.0.0.0:179, [::]:179
  neighbors  2 (1 eBGP, 1 iBGP, 1 disabled): ipv4-unicast with 2, ipv6-unicast with 1
  API        the default socket
  HTTP       127.0.0.1:9179 (/metrics, /healthz)
warning: tsbgpd.yaml:3:16 neighbors[0]: eBGP without import and export policy imports and exports nothing (RFC 8212); write "policy: accept-all" or "policy: deny-all" there or in defaults
`,
  );
});
