/**
 * Writes packages/lab/data/routes.tsv: the real prefixes and origins that the lab peers announce.
 *
 *   node tools/lab-routes.ts [TABLE.tsv.gz]
 *
 * Source: the asmap of 2025-12-04 of the asmap-data project (MIT, https://github.com/asmap/asmap-data, file
 * `1764864000_asmap_unfilled.dat`), decoded to `prefix TAB origin AS` lines in address order. By default it is read from
 * where the maintainers keep it, beside the repository. The output is committed, so the lab does not need it.
 *
 * The sample is spread evenly and is always the same: the table is cut into as many equal runs as routes are wanted, and each run gives the row
 * with the lowest hash. A few well-known prefixes are added, if the table has them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const SOURCE = new URL('../../shared/conformance/captures/tables/asmap-2025-12-04.prefix-origin.tsv.gz', import.meta.url);
const TARGET = new URL('../packages/lab/data/routes.tsv', import.meta.url);

const IPV4_COUNT = 3000;
const IPV6_COUNT = 1200;

/** Prefixes that people try first in a looking glass: public resolvers, root servers, RIPE NCC, and some large networks. */
const LANDMARKS: ReadonlySet<string> = new Set([
  '1.1.1.0/24',
  '8.8.8.0/24',
  '9.9.9.0/24',
  '91.198.174.0/24',
  '130.89.0.0/16',
  '140.82.112.0/20',
  '151.101.0.0/16',
  '192.5.4.0/23',
  '193.0.0.0/21',
  '198.41.0.0/24',
  '2001:67c:2e8::/48',
  '2606:4700:4700::/48',
  '2620:0:860::/46',
  '2620:fe::/48',
  '2a04:4e40::/32',
]);

interface Row {
  readonly prefix: string;
  readonly origin: number;
}

function main(): void {
  const argument = process.argv[2];
  const rows = gunzipSync(readFileSync(argument ?? SOURCE))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(parseRow)
    .filter(isAnnounced);
  const ipv4 = rows.filter((row) => !row.prefix.includes(':'));
  const ipv6 = rows.filter((row) => row.prefix.includes(':'));
  const sample = [...spread(ipv4, IPV4_COUNT), ...spread(ipv6, IPV6_COUNT)];
  writeFileSync(TARGET, `${sample.map((row) => `${row.prefix}\t${row.origin}`).join('\n')}\n`);
  console.log(`${sample.length} routes of ${rows.length} written to packages/lab/data/routes.tsv`);
}

function parseRow(line: string): Row {
  const [prefix = '', origin = ''] = line.split('\t');
  return { prefix, origin: Number(origin) };
}

/**
 * The asmap cuts and merges announcements. Leaves out prefixes that are longer than networks accept, shorter than any announcement, of a length
 * that is mostly such a piece (IPv6 between nibbles), or without a public origin.
 */
function isAnnounced({ prefix, origin }: Row): boolean {
  if (LANDMARKS.has(prefix)) return true;
  const length = Number(prefix.slice(prefix.indexOf('/') + 1));
  const usual = prefix.includes(':') ? length === 29 || (length >= 28 && length <= 48 && length % 4 === 0) : length >= 8 && length <= 24;
  return usual && isPublicAs(origin);
}

/** RFC 7607, RFC 6793, RFC 5398, RFC 6996, RFC 7300. */
function isPublicAs(as: number): boolean {
  return as > 0 && as !== 23_456 && (as < 64_496 || as > 131_071) && as < 4_200_000_000;
}

function spread(rows: readonly Row[], count: number): Row[] {
  const landmarks = rows.filter((row) => LANDMARKS.has(row.prefix));
  const others = count - landmarks.length;
  const picked = new Set(landmarks);
  for (let i = 0; i < others; i++) {
    const run = rows.slice(Math.floor((i * rows.length) / others), Math.floor(((i + 1) * rows.length) / others));
    const lowest = run.filter((row) => !picked.has(row)).reduce((a, b) => (hash(b.prefix) < hash(a.prefix) ? b : a));
    picked.add(lowest);
  }
  return rows.filter((row) => picked.has(row));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

main();
