/**
 * What routing state takes, in octets: `npm run bench:memory [-- PREFIXES]`.
 *
 *     table 1, 2, … 8   peers announce the same prefixes with the same attribute sets, one peer after the other: what each of them adds for
 *                       a route. From the second one on that is a further path with a known set.
 *     members           clients of a route server, and sets that control communities keep from four random ones of them: what the sets of
 *                       500 clients take more than those of 100, for a client and a set
 *
 * Each part runs in a process of its own, and what is counted is resident memory: columns are reserved ahead, and cost nothing until they
 * are used.
 */
import { execFileSync } from 'node:child_process';
import { addressBytes, ByteWriter, DEFAULT_CONTEXT, IPV4_UNICAST } from '@tsbgp/wire';
import { PeerKind, type PeerOptions } from '../src/peer.ts';
import { Rib } from '../src/rib.ts';

const OUR_AS = 64512;
const PER_UPDATE = 5;
const TABLES = 8;
const SETS = 50_000;
const FEW = 100;
const MANY = 500;

function newRib(): Rib {
  return new Rib({ localAs: OUR_AS, bgpIdentifier: 1, observer: { fault() {}, endOfRib() {} } });
}

function peerOptions(index: number, isClient: boolean): PeerOptions {
  return {
    name: `peer ${index}`,
    kind: PeerKind.External,
    remoteAs: 1000 + index,
    localAs: OUR_AS,
    bgpIdentifier: index,
    address: addressBytes(`10.0.${index >>> 8}.${index & 255}`),
    families: [IPV4_UNICAST],
    receive: DEFAULT_CONTEXT,
    send: DEFAULT_CONTEXT,
    nextHopSelf: new Map([[IPV4_UNICAST, addressBytes('192.0.2.254')]]),
    routeServerClient: isClient,
    ...(isClient ? { routeServer: { controlCommunities: true } } : {}),
    nextHopSelfAlways: false,
    importAccept: true,
    exportAccept: true,
    port: { write() {}, backlogBytes: 0 },
  };
}

/** One UPDATE for `PER_UPDATE` prefixes from `first` on, with a set that `first` chooses. */
function update(out: ByteWriter, first: number, communities: readonly number[]): void {
  out.length = 0;
  out.u16(0);
  out.counted16(() => {
    out.raw(Uint8Array.of(0x40, 1, 1, 0));
    out.raw(Uint8Array.of(0x40, 2, 14, 2, 3));
    for (const as of [3000, 100_000 + first, 200_000]) out.u32(as);
    out.raw(Uint8Array.of(0x40, 3, 4, 192, 0, 2, 77));
    if (communities.length === 0) return;
    out.raw(Uint8Array.of(0xc0, 8, 4 * communities.length));
    for (const as of communities) out.u32(as);
  });
  for (let prefix = first; prefix < first + PER_UPDATE; prefix++) {
    out.u8(24);
    out.u24(0x010000 + prefix);
  }
}

/** Octets of resident memory after the garbage is gone. */
function resident(): number {
  for (let round = 0; round < 3; round++) globalThis.gc!();
  return process.memoryUsage.rss();
}

/** Octets for a route that each further table adds. */
function tables(prefixes: number): number[] {
  const rib = newRib();
  const out = new ByteWriter(4096);
  // A receiver, and a load that is withdrawn again, so that what a first load takes once is not counted.
  rib.addPeer(peerOptions(99, false));
  const first = rib.addPeer(peerOptions(98, false));
  for (let at = 0; at < 50_000; at += PER_UPDATE) {
    update(out, at, []);
    rib.ingest(first, out.bytes, 0, out.length);
  }
  while (rib.work());
  const peers = Array.from({ length: TABLES }, (_, index) => rib.addPeer(peerOptions(index + 1, false)));
  return peers.map((peer) => {
    const before = resident();
    for (let at = 0; at < prefixes; at += PER_UPDATE) {
      update(out, at, []);
      rib.ingest(peer, out.bytes, 0, out.length);
      if (at % 10_000 === 0) while (rib.work());
    }
    while (rib.work());
    return (resident() - before) / prefixes;
  });
}

/** Octets that SETS sets take with so many clients. */
function members(count: number): number {
  const rib = newRib();
  const out = new ByteWriter(4096);
  for (let index = 2; index <= count; index++) rib.addPeer(peerOptions(index, true));
  const sender = rib.addPeer(peerOptions(1, true));
  while (rib.work());
  const before = resident();
  let random = 12345;
  for (let set = 0; set < SETS; set++) {
    const notTo = Array.from({ length: 4 }, () => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return 1002 + ((random >>> 8) % (count - 1));
    });
    update(out, set * PER_UPDATE, notTo);
    rib.ingest(sender, out.bytes, 0, out.length);
    if (set % 1000 === 0) while (rib.work());
  }
  while (rib.work());
  return resident() - before;
}

const [part, number] = process.argv.slice(2);
if (part === 'tables') {
  console.log(JSON.stringify(tables(Number(number))));
} else if (part === 'members') {
  console.log(JSON.stringify(members(Number(number))));
} else {
  const prefixes = Number(part ?? 1_000_000);
  const run = (...args: string[]): unknown => {
    const flags = ['--expose-gc', '--conditions=tsbgp-source'];
    return JSON.parse(execFileSync(process.execPath, [...flags, import.meta.filename, ...args], { encoding: 'utf8' }));
  };
  const added = run('tables', String(prefixes)) as number[];
  console.log(`${prefixes} prefixes, ${PER_UPDATE} with each attribute set; octets for a route that table 1, 2, … adds:`);
  console.log(`  ${added.map((octets) => octets.toFixed(1)).join('  ')}`);
  for (const count of [1, 2, 4, 8]) {
    const sum = added.slice(0, count).reduce((total, octets) => total + octets, 0);
    console.log(`  ${count} tables: ${(sum / count).toFixed(1)} octets for a route`);
  }
  const more = (run('members', String(MANY)) as number) - (run('members', String(FEW)) as number);
  console.log(`${SETS} sets kept from 4 random clients each: ${(more / SETS / (MANY - FEW)).toFixed(2)} octets for a client and a set`);
}
