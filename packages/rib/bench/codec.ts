/**
 * What decoding costs: `npm run bench:codec [-- FILE.mrt]`, on UPDATEs of an MRT file, uncompressed, or on a generated one.
 *
 *     read     a bare loop over every octet of the file: what no reader can undercut
 *     scan     as the RIB reads: sections, attributes interned (new sets judged by RFC 7606), every IPv4 prefix visited
 *     decode   every UPDATE as a typed value (`decodeUpdate`)
 *     bgpdump  `bgpdump -m FILE > /dev/null`, Debian's bgpdump in C, if it is installed
 *
 * Rounds take turns, so that the ratios are of one run; the best round of each counts.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttributeCode,
  DEFAULT_CONTEXT,
  decodeUpdate,
  Fault,
  HEADER_LENGTH,
  IPV4_UNICAST,
  IPV6_UNICAST,
  MessageType,
  messageType,
  type WireContext,
} from '@tsbgp/wire';
import { AttributeScan, prefixesAreWhole, UpdateScan, updateVerdict } from '@tsbgp/wire/scan';
import { AttributeTable } from '../src/attributes/attribute-table.ts';
import { CanonicalBlock } from '../src/attributes/canonical.ts';
import { OwnIdentity } from '../src/attributes/own-identity.ts';
import { NONE } from '../src/columns.ts';
import { generateMrt } from './generate-mrt.ts';
import { MrtMessages } from './mrt.ts';

const ROUNDS = 7;

/** By AS size and ADD-PATH; a collector's peers are none of our AS, and nothing is to be discarded for that. */
const CONTEXTS: readonly WireContext[] = [0, 1, 2, 3].map((bits) => ({
  ...DEFAULT_CONTEXT,
  peerType: 'ibgp',
  extendedMessage: true,
  fourOctetAs: (bits & 1) !== 0,
  addPath: new Set((bits & 2) === 0 ? [] : [IPV4_UNICAST, IPV6_UNICAST]),
}));

function contextOf(messages: MrtMessages): WireContext {
  return CONTEXTS[(messages.fourOctetAs ? 1 : 0) | (messages.addPath ? 2 : 0)]!;
}

function read(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum = (sum + bytes[i]!) | 0;
  return sum;
}

interface Scanned {
  updates: number;
  prefixes: number;
  sets: number;
  faults: number;
  /** Of all IPv4 prefixes, so that none is left out. */
  checksum: number;
}

function scan(bytes: Uint8Array): Scanned {
  const table = new AttributeTable(new OwnIdentity(65_000, 1), 1 << 16);
  const messages = new MrtMessages(bytes);
  const update = new UpdateScan();
  const attributes = new AttributeScan();
  const canonical = new CanonicalBlock();
  const result: Scanned = { updates: 0, prefixes: 0, sets: 0, faults: 0, checksum: 0 };

  const visit = (start: number, end: number, addPath: boolean): void => {
    for (let at = start; at < end; ) {
      if (addPath) at += 4;
      const bits = bytes[at]!;
      const octets = (bits + 7) >>> 3;
      // As the RIB's index does: four octets at once, and those that are none of the prefix away. At the end of the file they are undefined, so 0.
      const word = (bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!;
      const address = bits === 0 ? 0 : word & (-1 << (32 - bits));
      result.checksum = (Math.imul(result.checksum, 31) + address + bits) | 0;
      result.prefixes++;
      at += 1 + octets;
    }
  };

  while (messages.next()) {
    if (messageType(bytes, messages.start) !== MessageType.Update) continue;
    result.updates++;
    const context = contextOf(messages);
    if (update.scan(bytes, messages.start + HEADER_LENGTH, messages.end) !== undefined) {
      result.faults++;
      continue;
    }
    if (
      !prefixesAreWhole(bytes, update.withdrawnStart, update.withdrawnEnd, 32, messages.addPath) ||
      !prefixesAreWhole(bytes, update.nlriStart, update.nlriEnd, 32, messages.addPath)
    ) {
      result.faults++;
      continue;
    }
    // As the RIB's ingest: octets that are interned already passed every check. Those with an MP_REACH_NLRI never are: their canonical
    // form is without the NLRI.
    const announces = update.nlriEnd > update.nlriStart;
    const { attributesStart, attributesEnd } = update;
    const hash = announces ? table.hash(bytes, attributesStart, attributesEnd) : 0;
    if (attributesEnd > attributesStart && !(announces && table.find(bytes, attributesStart, attributesEnd, hash) !== NONE)) {
      attributes.scan(bytes, attributesStart, attributesEnd, context);
      if (updateVerdict(update, attributes) !== undefined) {
        result.faults++;
        continue;
      }
      if (announces || attributes.find(AttributeCode.MpReachNlri) !== -1) {
        canonical.write(bytes, attributes, announces ? 'next-hop' : 'mp-reach');
        const isSame = canonical.isSame(bytes, attributesStart, attributesEnd);
        table.hold(table.intern(canonical.bytes, canonical.start, canonical.end, isSame ? hash : undefined));
      }
    }
    visit(update.withdrawnStart, update.withdrawnEnd, messages.addPath);
    visit(update.nlriStart, update.nlriEnd, messages.addPath);
  }
  result.sets = table.count;
  return result;
}

interface Decoded {
  updates: number;
  prefixes: number;
  faults: number;
}

function decode(bytes: Uint8Array): Decoded {
  const messages = new MrtMessages(bytes);
  const result: Decoded = { updates: 0, prefixes: 0, faults: 0 };
  while (messages.next()) {
    if (messageType(bytes, messages.start) !== MessageType.Update) continue;
    result.updates++;
    const message = decodeUpdate(bytes, messages.start + HEADER_LENGTH, messages.end, contextOf(messages));
    if (message instanceof Fault) {
      result.faults++;
      continue;
    }
    if (message.fault !== undefined) result.faults++;
    result.prefixes += message.withdrawn.length + message.nlri.length;
  }
  return result;
}

/** Milliseconds of `bgpdump -m`, undefined when there is none. */
function bgpdump(file: string): number | undefined {
  const nowhere = openSync('/dev/null', 'w');
  const start = performance.now();
  const { error, status } = spawnSync('bgpdump', ['-m', file], { stdio: ['ignore', nowhere, nowhere] });
  const took = performance.now() - start;
  closeSync(nowhere);
  return error === undefined && status === 0 ? took : undefined;
}

function timed<T>(work: () => T): { took: number; result: T } {
  const start = performance.now();
  const result = work();
  return { took: performance.now() - start, result };
}

const folder = mkdtempSync(join(tmpdir(), 'tsbgp-codec-'));
try {
  let file = process.argv[2];
  if (file === undefined) {
    file = join(folder, 'generated.mrt');
    writeFileSync(file, generateMrt());
  }
  const bytes = new Uint8Array(readFileSync(file));
  const best = { read: Infinity, scan: Infinity, decode: Infinity, bgpdump: Infinity };
  let scanned: Scanned | undefined;
  let decoded: Decoded | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    best.read = Math.min(best.read, timed(() => read(bytes)).took);
    const one = timed(() => scan(bytes));
    const other = timed(() => decode(bytes));
    scanned = one.result;
    decoded = other.result;
    best.scan = Math.min(best.scan, one.took);
    best.decode = Math.min(best.decode, other.took);
    if (round < 3) best.bgpdump = Math.min(best.bgpdump, bgpdump(file) ?? Infinity);
  }
  const { updates, prefixes, sets, faults } = scanned!;
  console.log(
    `${(bytes.length / 1e6).toFixed(1)} MB, ${updates} UPDATEs, ${prefixes} IPv4 prefixes, ${sets} attribute sets; ` +
      `faults: ${faults} scanned, ${decoded!.faults} decoded`,
  );
  const row = (name: string, ms: number, against: string): void =>
    console.log(`${name.padEnd(8)} ${ms.toFixed(1).padStart(9)} ms ${((ms * 1e6) / updates).toFixed(0).padStart(7)} ns/UPDATE  ${against}`);
  row('read', best.read, '');
  row('scan', best.scan, `${(best.scan / best.read).toFixed(2)} x read`);
  if (best.bgpdump === Infinity) {
    row('decode', best.decode, 'no bgpdump here that reads the file');
  } else {
    row('decode', best.decode, `${(best.decode / best.bgpdump).toFixed(2)} x bgpdump`);
    row('bgpdump', best.bgpdump, '');
  }
} finally {
  rmSync(folder, { recursive: true });
}
