/**
 * Plays a small load, so that the first real one runs at full speed.
 *
 * V8 interprets a function until it has run for a while, and compiles it then. Tables that come right after the start of a program pay for
 * that: 200,000 routes from two peers took 0.57 s of CPU, and 0.44 s after this. Here two peers of a RIB of its own announce the same prefixes
 * with sets that are new and that are known, replace them, and withdraw some. Another peer and two clients of a route server receive all of
 * it.
 */
import { AttributeCode, AttributeFlag, addressBytes, ByteWriter, DEFAULT_CONTEXT, IPV4_UNICAST, writeU32 } from '@tsbgp/wire';
import { PeerKind, type PeerOptions, type RibPeer } from './peer.ts';
import { Rib } from './rib.ts';

/** More of them made the first load no faster. */
const UPDATES = 24_000;
/** UPDATEs after which the RIB works, and that a slice has. */
const UPDATES_PER_SLICE = 50;
const PREFIXES_PER_UPDATE = 5;
/** UPDATEs after which a sender announces the same prefixes again. */
const ROUND = 8000;
const CAPACITY = 1 << 15;
const OUR_AS = 64512;
const FIRST_AS = 64496;

/** The body of an UPDATE whose octets at some places differ from one to the next. */
interface Template {
  readonly octets: Uint8Array;
  /** Place of an AS number of AS_PATH; not in a withdrawal. */
  readonly asAt: number | undefined;
  readonly prefixesAt: number;
}

/** A load to be played in slices, in a RIB of its own. What V8 compiles for it serves every RIB of the program. */
export class WarmUp {
  /** What it is played in; for checks. */
  readonly rib: Rib;
  readonly #senders: readonly RibPeer[];
  readonly #announcements: readonly (readonly Template[])[];
  readonly #withdrawal: Template;
  readonly #updates: number;
  #done = 0;

  constructor(updates: number = UPDATES) {
    this.#updates = updates;
    this.rib = new Rib({
      localAs: OUR_AS,
      bgpIdentifier: 1,
      observer: { fault() {}, endOfRib() {} },
      capacity: { ipv4: CAPACITY, ipv6: 1, attributeSets: CAPACITY },
    });
    this.#senders = [1, 2].map((index) => this.rib.addPeer(peerOptions(index, false)));
    this.rib.addPeer(peerOptions(3, false));
    for (const index of [4, 5]) this.rib.addPeer(peerOptions(index, true));
    this.#announcements = this.#senders.map((sender) => SHAPES.map((shape) => announcement(sender, shape)));
    this.#withdrawal = withdrawal();
  }

  /** Plays about a millisecond of the load. True when there is more. */
  slice(): boolean {
    const { rib } = this;
    const end = Math.min(this.#done + UPDATES_PER_SLICE, this.#updates);
    for (; this.#done < end; this.#done++) {
      const update = this.#done;
      // The two senders do not have sets of the same shape for a prefix: now this one is better, now that one.
      const isWithdrawal = update % 13 === 12;
      const turn = update & 1;
      const templates = this.#announcements[turn]!;
      const { octets, asAt, prefixesAt } = isWithdrawal ? this.#withdrawal : templates[((update >>> 1) + 2 * turn) % templates.length]!;
      // Every fourth set of a sender is one of a few.
      if (asAt !== undefined) writeU32(octets, asAt, 1 + ((update & 6) === 0 ? update % 64 : update));
      // What is withdrawn was sent in an earlier slice.
      const place = isWithdrawal ? (update >>> 1) + ROUND - UPDATES_PER_SLICE : update >>> 1;
      writePrefixes(octets, prefixesAt, place % ROUND);
      rib.ingest(this.#senders[turn]!, octets, 0, octets.length);
    }
    while (rib.work());
    return this.#done < this.#updates;
  }
}

function peerOptions(index: number, routeServerClient: boolean): PeerOptions {
  const address = addressBytes(`192.0.2.${index}`);
  return {
    name: `warm-up ${index}`,
    kind: PeerKind.External,
    remoteAs: FIRST_AS + index,
    localAs: OUR_AS,
    bgpIdentifier: index,
    address,
    families: [IPV4_UNICAST],
    receive: DEFAULT_CONTEXT,
    send: DEFAULT_CONTEXT,
    nextHopSelf: new Map([[IPV4_UNICAST, addressBytes('192.0.2.254')]]),
    routeServerClient,
    nextHopSelfAlways: false,
    importAccept: true,
    exportAccept: true,
    port: { write() {}, backlogBytes: 0 },
  };
}

interface Shape {
  readonly hops: number;
  readonly hasMed: boolean;
  readonly communities: number;
}

const SHAPES: readonly Shape[] = [
  { hops: 2, hasMed: false, communities: 0 },
  { hops: 3, hasMed: true, communities: 2 },
  { hops: 4, hasMed: false, communities: 5 },
  { hops: 5, hasMed: true, communities: 0 },
  { hops: 3, hasMed: false, communities: 1 },
];

function announcement(sender: RibPeer, { hops, hasMed, communities }: Shape): Template {
  const out = new ByteWriter();
  let asAt = 0;
  out.u16(0);
  out.counted16(() => {
    out.u8(AttributeFlag.Transitive);
    out.u8(AttributeCode.Origin);
    out.counted8(() => out.u8(0));
    out.u8(AttributeFlag.Transitive);
    out.u8(AttributeCode.AsPath);
    out.counted8(() => {
      out.u8(2); // AS_SEQUENCE
      out.u8(hops);
      out.u32(sender.options.remoteAs);
      asAt = out.length;
      for (let hop = 1; hop < hops; hop++) out.u32(FIRST_AS + hop);
    });
    out.u8(AttributeFlag.Transitive);
    out.u8(AttributeCode.NextHop);
    out.counted8(() => out.raw(sender.options.address));
    if (hasMed) {
      out.u8(AttributeFlag.Optional);
      out.u8(AttributeCode.MultiExitDisc);
      out.counted8(() => out.u32(hops));
    }
    if (communities > 0) {
      out.u8(AttributeFlag.Optional | AttributeFlag.Transitive);
      out.u8(AttributeCode.Communities);
      out.counted8(() => {
        for (let value = 0; value < communities; value++) out.u32((FIRST_AS << 16) | value);
      });
    }
  });
  const prefixesAt = out.length;
  out.zeros(PREFIXES_LENGTH);
  return { octets: out.take(), asAt, prefixesAt };
}

function withdrawal(): Template {
  const out = new ByteWriter();
  out.counted16(() => out.zeros(PREFIXES_LENGTH));
  out.u16(0);
  return { octets: out.take(), asAt: undefined, prefixesAt: 2 };
}

const PREFIXES_LENGTH = 3 * 4 + 2 * 3;

/** Three of /24 and two of /16. */
function writePrefixes(octets: Uint8Array, start: number, place: number): void {
  let at = start;
  for (let index = 0; index < PREFIXES_PER_UPDATE; index++) {
    const isLong = index % 2 === 0;
    octets[at++] = isLong ? 24 : 16;
    octets[at++] = 1 + index + (place >>> 8) * PREFIXES_PER_UPDATE;
    octets[at++] = place;
    if (isLong) octets[at++] = place * 7;
  }
}
