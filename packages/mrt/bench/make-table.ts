/**
 * Writes a TABLE_DUMP_V2 file as large as the table of a route collector: prefixes and origins from a list, several peers, plausible paths.
 *
 *     node --conditions=tsbgp-source packages/mrt/bench/make-table.ts LIST OUTPUT [PEERS]
 *
 * LIST has lines of a prefix, a tab and an origin AS; it may be packed with gzip.
 */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { appendMrt, encodeRibAttributes } from '@tsbgp/mrt';
import { ByteWriter, canonicalPrefix, IPV4_UNICAST, IPV6_UNICAST, parseAttribute } from '@tsbgp/wire';

const [list = '', output = '', peerCount = '4'] = process.argv.slice(2);
const TIMESTAMP = 1_790_000_000;
const FLUSH_OCTETS = 1 << 20;

/** The same numbers in every run. */
let state = 1;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const TRANSIT = [174, 1299, 2914, 3257, 3356, 6453, 6762, 6939, 12956, 5511];
const peers = Array.from({ length: Number(peerCount) }, (_, i) => ({
  bgpId: `192.0.2.${i + 1}`,
  address: i % 4 === 3 ? `2001:db8::${i + 1}` : `192.0.2.${i + 1}`,
  as: 64_496 + i,
  fourOctetAs: true,
}));

/** Some 150,000 sets for a million prefixes: one for each peer, origin and one of a few paths. */
const sets = new Map<string, Uint8Array>();
function attributes(peer: number, origin: number, isIpv6: boolean): Uint8Array {
  const variant = random(10) === 0 ? random(4) : 0;
  const key = `${peer} ${origin} ${variant} ${isIpv6}`;
  let octets = sets.get(key);
  if (octets === undefined) {
    const via = TRANSIT[(origin + peer + variant) % TRANSIT.length]!;
    const between = origin % 3 === 0 ? ` ${TRANSIT[(origin + variant) % TRANSIT.length]}` : '';
    const communities = Array.from({ length: 1 + (origin % 6) }, (_, i) => `${via}:${(origin + 37 * i + variant) % 65_536}`);
    octets = encodeRibAttributes([
      parseAttribute('ORIGIN', 'igp'),
      parseAttribute('AS_PATH', `${peers[peer]!.as} ${via}${between} ${origin}`),
      isIpv6
        ? parseAttribute('MP_REACH_NLRI', `ipv6-unicast next-hop 2001:db8::${peer + 1} nlri { }`)
        : parseAttribute('NEXT_HOP', `192.0.2.${peer + 1}`),
      parseAttribute('COMMUNITIES', communities.join(' ')),
    ]);
    sets.set(key, octets);
  }
  return octets;
}

const raw: Readable = createReadStream(list);
const lines = createInterface({ input: list.endsWith('.gz') ? raw.pipe(createGunzip()) : raw });
const file = createWriteStream(output);
const out = new ByteWriter(2 * FLUSH_OCTETS);
appendMrt(out, { timestamp: TIMESTAMP }, { type: 'peer-index-table', collectorBgpId: '192.0.2.254', viewName: '', peers });
let sequence = 0;
for await (const line of lines) {
  const [prefix = '', origin = ''] = line.split('\t');
  if (!/^[0-9a-f.:]+\/\d+$/.test(prefix)) continue;
  const isIpv6 = prefix.includes(':');
  const family = isIpv6 ? IPV6_UNICAST : IPV4_UNICAST;
  const entries = peers.map((_, peerIndex) => ({
    peerIndex,
    originatedTime: TIMESTAMP - random(1_000_000),
    attributes: attributes(peerIndex, Number(origin.replace(/^AS/, '')), isIpv6),
  }));
  const nlri = { type: 'ip-prefix', family, prefix: canonicalPrefix(prefix) } as const;
  appendMrt(out, { timestamp: TIMESTAMP }, { type: 'rib', family, addPath: false, generic: false, sequence: sequence++, nlri, entries });
  if (out.length < FLUSH_OCTETS) continue;
  if (!file.write(out.take())) await once(file, 'drain');
  out.length = 0;
}
file.end(out.take());
await finished(file);
console.log(`${sequence} prefixes, ${sequence * peers.length} routes, ${sets.size} attribute sets`);
