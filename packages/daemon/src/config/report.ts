/**
 * What `tsbgpd --check` prints. For a file with errors: each error with its line and a caret, then a working excerpt for each section with an
 * error. For a file without errors: what the daemon would do, and the warnings.
 */

import { formatFamily } from '@tsbgp/wire';
import type { NeighborConfig } from '../control-plane.ts';
import { formatEndpoint } from '../endpoint.ts';
import { relationTo } from '../keys/own-as.ts';
import { type ConfigRejected, type ConfigWarning, formatWarning } from './config-error.ts';
import type { DaemonConfig } from './load.ts';

/** The first errors usually cause the rest. */
const ERRORS_SHOWN_MAX = 50;

/** Working excerpts by top-level key. Together they are one valid file (a test loads it). */
export const WORKING_EXCERPTS: Readonly<Record<string, string>> = {
  global: `global:
  as: 64500
  router-id: 192.0.2.254
  listen: ["0.0.0.0:179", "[::]:179"]
`,
  defaults: `defaults:
  hold-time: 90
  policy: accept-all
`,
  neighbors: `neighbors:
  - address: 192.0.2.1
    remote-as: 64501
    description: transit
    policy: accept-all
  - address: 2001:db8::1
    remote-as: 64502
    families: [ipv4-unicast, ipv6-unicast]
    import: accept-all
    export: deny-all
`,
  routes: `routes:
  - prefix: 203.0.113.0/24
    community: ["65000:100", no-export]
  - prefix: 2001:db8:1::/48
    while: transit-lost
`,
  aggregates: `aggregates:
  - prefix: 198.51.100.0/22
    summary-only: true
`,
  conditions: `conditions:
  - name: transit-lost
    absent: [192.88.99.0/24]
    hold: 10
`,
  damping: `damping:
  half-life: 900
  suppress: 6000
`,
  processes: `processes:
  - name: anycast
    run: [/usr/local/bin/announce.py]
    events: [state]
`,
  mrt: `mrt:
  tables:
    file: /var/lib/tsbgp/rib.%Y%m%d.%H%M.mrt.gz
    every: 60
    keep: 48
`,
  sets: `sets:
  prefixes: { customers: [192.0.2.0/24, "2001:db8::/32 le 48"] }
  as-numbers: { tier-1: [174, 701, 3356] }
`,
  policies: `policies:
  customers-in:
    - match: { any-as: { set: tier-1 } }
      action: { reject: transit-free-as }
    - match: { prefix: { set: customers } }
      set: { local-preference: 200 }
      action: accept
`,
  rpki: `rpki:
  caches:
    - { address: 192.0.2.10, port: 3323 }
    - { address: rtr.example.net, transport: tls, preference: 2 }
  slurm: [/etc/tsbgp/slurm.json]
`,
  api: `api:
  unix-socket: /run/tsbgp/tsbgpd.sock
  mode: 0660
`,
  http: `http:
  listen: 127.0.0.1:9179
`,
  log: `log:
  level: info
  format: auto
`,
};

export function reportRejected(rejected: ConfigRejected): string {
  const lines = rejected.text.split('\n');
  const parts = rejected.errors.slice(0, ERRORS_SHOWN_MAX).map((error) => `${error.message}\n${excerpt(lines, error.line, error.column)}`);
  const hidden = rejected.errors.length - ERRORS_SHOWN_MAX;
  if (hidden > 0) parts.push(`… and ${hidden} more\n`);
  const count = rejected.errors.length;
  parts.push(`${rejected.errors[0]!.file}: ${count} error${count === 1 ? '' : 's'}; nothing was applied.\n`);
  const example = workingExample(rejected);
  if (example !== '') parts.push(`\nA working example:\n\n${example}`);
  return parts.join('');
}

function excerpt(lines: readonly string[], line: number, column: number): string {
  const text = lines[line - 1];
  if (text === undefined || text.trim() === '' || text.length > EXCERPT_LENGTH_MAX) return '';
  const margin = String(line).padStart(5);
  // Tabs stay tabs, so that the caret is below the right column for every tab width.
  const before = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return `${margin} | ${text}\n      | ${before}^\n`;
}

const EXCERPT_LENGTH_MAX = 200;

function workingExample(rejected: ConfigRejected): string {
  const known = Object.keys(WORKING_EXCERPTS);
  // The sections with errors. Without a known one, the example is the smallest complete file.
  const parts = new Set(rejected.errors.map((error) => /^[^.[]*/.exec(error.path)![0]));
  const wanted = known.filter((name) => parts.has(name));
  const fileItself = rejected.errors.every((error) => error.line === 0);
  if (fileItself && rejected.errors[0]!.code !== 'file-not-found') return '';
  const names = wanted.length === 0 ? ['global', 'neighbors'] : wanted;
  return names.map((name) => WORKING_EXCERPTS[name]).join('\n');
}

export function reportAccepted(config: DaemonConfig, warnings: readonly ConfigWarning[]): string {
  const { global, neighbors } = config;
  const external = neighbors.filter((neighbor) => relationTo(global, neighbor) !== 'internal').length;
  const lines = [
    `${config.file}: ok`,
    `  speaker    AS ${global.as}, router-id ${global.routerId}`,
    `  BGP        ${global.listen.length === 0 ? 'not listening' : global.listen.map(formatEndpoint).join(', ')}`,
    `  neighbors  ${neighbors.length} (${external} eBGP, ${neighbors.length - external} iBGP${disabled(neighbors)})${families(neighbors)}`,
    ...ownRoutes(config),
    ...policies(config),
    ...rpki(config),
    ...processes(config),
    ...mrt(config),
    `  API        ${[config.api.unixSocket === 'none' ? '' : (config.api.unixSocket ?? 'the default socket'), config.api.tcp === undefined ? '' : formatEndpoint(config.api.tcp)].filter((place) => place !== '').join(', ') || 'off'}`,
    `  HTTP       ${config.http === undefined ? 'off' : `${formatEndpoint(config.http)} (/metrics, /healthz)`}`,
    ...warnings.map((warning) => `warning: ${formatWarning(warning)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Nothing where none are configured. */
function ownRoutes({ own }: DaemonConfig): string[] {
  const parts = [
    own.routes.length > 0 ? `${own.routes.length}` : '',
    own.aggregates.length > 0 ? `${own.aggregates.length} aggregate${own.aggregates.length === 1 ? '' : 's'}` : '',
    own.conditions.length > 0 ? `${own.conditions.length} condition${own.conditions.length === 1 ? '' : 's'}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`  own routes ${parts.join(', ')}`];
}

/** Nothing where none are written. */
function policies({ policy }: DaemonConfig): string[] {
  const names = Object.keys(policy.policies ?? {});
  return names.length === 0 ? [] : [`  policies   ${names.length} (${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''})`];
}

/** Nothing where no data come from anywhere. */
function rpki({ rpki: { caches, files, slurm, waitSeconds } }: DaemonConfig): string[] {
  const parts = [
    ...caches.map(({ name, transport }) => `${name} (${transport})`),
    ...(files.length + slurm.length === 0 ? [] : [`${files.length + slurm.length} file${files.length + slurm.length === 1 ? '' : 's'}`]),
  ];
  if (parts.length === 0) return [];
  const wait = waitSeconds === 0 ? 'sessions do not wait for the data' : `sessions wait for the data, ${waitSeconds} s at most`;
  return [`  RPKI       ${parts.join(', ')}; ${wait}`];
}

/** Nothing where no files are written. */
function mrt({ mrt: { tables, messages } }: DaemonConfig): string[] {
  const ofTables =
    tables && `tables to ${tables.file}, ${tables.everyMinutes === 0 ? 'on demand' : `every ${tables.everyMinutes} minutes`}`;
  const ofMessages = messages && `messages to ${messages.file}, a file for ${messages.rotateMinutes} minutes`;
  return [ofTables, ofMessages].flatMap((text) => (text === undefined ? [] : [`  MRT        ${text}`]));
}

/** Nothing where none are configured. */
function processes({ processes: all }: DaemonConfig): string[] {
  return all.length === 0 ? [] : [`  processes  ${all.length} (${all.map(({ name }) => name).join(', ')})`];
}

function disabled(neighbors: readonly NeighborConfig[]): string {
  const count = neighbors.filter(({ enabled }) => !enabled).length;
  return count === 0 ? '' : `, ${count} disabled`;
}

function families(neighbors: readonly NeighborConfig[]): string {
  const counts = new Map<string, number>();
  for (const family of neighbors.flatMap((neighbor) => neighbor.families)) {
    counts.set(formatFamily(family), (counts.get(formatFamily(family)) ?? 0) + 1);
  }
  return counts.size === 0 ? '' : `: ${[...counts].map(([name, count]) => `${name} with ${count}`).join(', ')}`;
}
