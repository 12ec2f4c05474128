/**
 * The table of VRPs with a million of them: memory, time to load, validations per second, time of a change of 1 %.
 *
 *     node --expose-gc --conditions=tsbgp-source packages/rpki/bench/vrps.ts [count]
 *
 * Lengths of prefixes are spread as in the RPKI of 2026: two of three VRPs are IPv4, mostly /24 and /22; IPv6 mostly /48 and /32. Routes are
 * of the same kind, half of them below a VRP.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteWriter } from '@tsbgp/wire';
import { stage } from '../src/client/staging.ts';
import { readExport } from '../src/files/export-file.ts';
import { AspaTable, PduStream, PduType, type VrpOctets, VrpTable } from '../src/index.ts';
import { SourceData } from '../src/source/source-data.ts';
import { formatPrefix } from '../src/table/vrp.ts';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const ROUTES = 1_000_000;

let seed = 42;
function random(bound: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * bound);
}

const LENGTHS4 = [24, 24, 24, 24, 24, 24, 23, 22, 22, 22, 21, 20, 19, 18, 17, 16];
const LENGTHS6 = [48, 48, 48, 48, 32, 32, 32, 36, 40, 44, 29, 64];

/** VRPs or routes without an object each, so that what is measured is the table. One record: 16 octets of address, then numbers. */
class Records {
  readonly bytes: Uint8Array;
  readonly numbers: Uint32Array;
  readonly #current: { -readonly [K in keyof VrpOctets]: VrpOctets[K] } = {
    bytes: new Uint8Array(0),
    offset: 0,
    ipv6: false,
    length: 0,
    maxLength: 0,
    asn: 0,
  };

  constructor(count: number) {
    this.bytes = new Uint8Array(16 * count);
    this.numbers = new Uint32Array(4 * count);
  }

  /** The same object each time. */
  at(index: number): VrpOctets {
    const { numbers } = this;
    this.#current.bytes = this.bytes;
    this.#current.offset = 16 * index;
    this.#current.ipv6 = numbers[4 * index] === 1;
    this.#current.length = numbers[4 * index + 1]!;
    this.#current.maxLength = numbers[4 * index + 2]!;
    this.#current.asn = numbers[4 * index + 3]!;
    return this.#current;
  }

  set(index: number, { bytes, offset, ipv6, length, maxLength, asn }: VrpOctets): void {
    this.bytes.set(bytes.subarray(offset, offset + 16), 16 * index);
    this.numbers.set([ipv6 ? 1 : 0, length, maxLength, asn], 4 * index);
  }
}

function randomVrp(): VrpOctets {
  const ipv6 = random(3) === 0;
  const bytes = new Uint8Array(16);
  const length = ipv6 ? LENGTHS6[random(LENGTHS6.length)]! : LENGTHS4[random(LENGTHS4.length)]!;
  for (let i = 0; i < (length + 7) >>> 3; i++) bytes[i] = random(256);
  if (ipv6) bytes.set([0x2a, random(16)]);
  else bytes[0] = 1 + random(222);
  if (length % 8 !== 0) bytes[length >>> 3]! &= 0xff << (8 - (length % 8));
  return { bytes, offset: 0, ipv6, length, maxLength: Math.min(length + random(3), ipv6 ? 64 : 24), asn: 1 + random(80_000) };
}

function memory(): number {
  globalThis.gc?.();
  const { rss } = process.memoryUsage();
  return rss;
}

/** CPU time, because other programs may run on the machine. */
function timed(what: string, body: () => void): number {
  const start = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(start);
  const ms = (user + system) / 1000;
  console.log(`${what.padEnd(58)} ${ms.toFixed(0).padStart(7)} ms`);
  return ms;
}

const vrps = new Records(COUNT);
const out = new ByteWriter(COUNT * 24);
for (let index = 0; index < COUNT; index++) {
  vrps.set(index, randomVrp());
  appendPrefix(vrps.at(index));
}
const octets = out.take();

function appendPrefix({ bytes, offset, ipv6, length, maxLength, asn }: VrpOctets): void {
  const size = ipv6 ? 16 : 4;
  out.raw(Uint8Array.of(1, ipv6 ? PduType.Ipv6Prefix : PduType.Ipv4Prefix, 0, 0, 0, 0, 0, 16 + size, 1, length, maxLength, 0));
  out.raw(bytes, offset, offset + size);
  out.u32(asn);
}

const before = memory();
const tables = { vrps: new VrpTable(), aspas: new AspaTable() };
const cache = new SourceData('cache', tables);
let slowest = 0;
timed(`PDUs of ${COUNT} VRPs -> table, in pieces of 64 KiB`, () => {
  const transfer = cache.begin('full');
  const stream = new PduStream((bytes, start, end) => {
    stage(transfer, bytes, start, end);
    return true;
  });
  for (let at = 0; at < octets.length; at += 65_536) {
    const start = performance.now();
    stream.push(octets.subarray(at, at + 65_536));
    slowest = Math.max(slowest, performance.now() - start);
  }
});
timed('commit', () => cache.commit());
console.log(`slowest piece ${slowest.toFixed(1)} ms`);
const count = tables.vrps.count.ipv4 + tables.vrps.count.ipv6;
console.log(
  `${count} VRPs: rows and slots ${(tables.vrps.octets / count).toFixed(1)} octets each, RSS ${((memory() - before) / count).toFixed(1)} octets each`,
);

const routes = new Records(ROUTES);
for (let index = 0; index < ROUTES; index++) {
  if (index % 2 === 0) {
    routes.set(index, randomVrp());
    continue;
  }
  const vrp = vrps.at(random(COUNT));
  const length = Math.min(vrp.length + random(3), vrp.ipv6 ? 48 : 24);
  routes.set(index, { ...vrp, length, asn: random(4) === 0 ? 1 : vrp.asn });
}
const states = [0, 0, 0];
for (let round = 0; round < 3; round++) {
  states.fill(0);
  const ms = timed(`${ROUTES} validations`, () => {
    for (let index = 0; index < ROUTES; index++) {
      const { bytes, offset, ipv6, length, asn } = routes.at(index);
      states[tables.vrps.validate(bytes, offset, ipv6, length, asn)]!++;
    }
  });
  console.log(`${(ROUTES / ms / 1000).toFixed(2)} million a second; valid, not found, invalid: ${states.join(', ')}`);
}

timed('change of 1 %: a delta that withdraws', () => {
  const { vrps: transfer } = cache.begin('delta');
  for (let index = 0; index < COUNT / 100; index++) transfer.withdraw(vrps.at(index));
  const { ranges } = cache.commit()!;
  console.log(`${ranges.ipv4.count + ranges.ipv6.count} ranges`);
});
timed('freeing its rows', () => {
  while (tables.vrps.collect(20_000));
});
timed('everything from a second source', () => {
  const second = new SourceData('second', tables);
  const { vrps: transfer } = second.begin('full');
  for (let index = 0; index < COUNT; index++) transfer.announce(vrps.at(index));
  second.commit();
});

const folder = mkdtempSync(join(tmpdir(), 'tsbgp-rpki-'));
const file = join(folder, 'vrps.json');
const lines = Array.from({ length: COUNT }, (_, index) => {
  const { bytes, offset, ipv6, length, maxLength, asn } = vrps.at(index);
  const prefix = formatPrefix(bytes.subarray(offset, offset + (ipv6 ? 16 : 4)), length);
  return `{"asn":${asn},"prefix":"${prefix}","maxLength":${maxLength},"ta":"ripe","expires":4102444800}`;
});
writeFileSync(file, `{"roas":[\n${lines.join(',\n')}\n]}`);
lines.length = 0;
const fresh = { vrps: new VrpTable(), aspas: new AspaTable() };
const export_ = new SourceData('file', fresh);
const bytes = await readFile(file);
rmSync(folder, { recursive: true });
let longest = 0;
let turn = performance.now();
const watch = setInterval(() => {
  longest = Math.max(longest, performance.now() - turn - 1);
  turn = performance.now();
}, 1);
const start = performance.now();
const cpu = process.cpuUsage();
await readExport(file, bytes, export_.begin('full'), { now: 1 });
export_.commit();
clearInterval(watch);
console.log(
  `JSON of ${(bytes.length / 2 ** 20).toFixed(0)} MiB -> table: ${(process.cpuUsage(cpu).user / 1000).toFixed(0)} ms CPU, ${(performance.now() - start).toFixed(0)} ms, longest turn ${longest.toFixed(1)} ms`,
);
