/**
 * A generated day of a collector: BGP4MP_MESSAGE_AS4 records (RFC 6396 §4.4.3) as route servers and transit peers send them. The same
 * octets each time: the numbers come from a small generator with a fixed seed.
 */
import { ByteWriter, DEFAULT_CONTEXT, encodeMessage, IPV4_UNICAST, type PathAttribute } from '@tsbgp/wire';

const UPDATES = 400_000;
const SETS = 60_000;
/** What happens in a network shows in the same attributes, seen by many and for many routes, for a while. */
const WINDOW = 6000;

/** xorshift32 (Marsaglia 2003). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Paths of 2 to 8 hops, half of them with communities, some with MED: what public collectors show. */
function attributeSet(pick: (below: number) => number): PathAttribute[] {
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: pick(10) === 0 ? 'incomplete' : 'igp' },
    {
      type: 'as-path',
      flags: 0x40,
      value: [{ type: 'sequence', asns: Array.from({ length: 2 + pick(7) }, () => 1 + pick(pick(3) === 0 ? 400_000 : 64_000)) }],
    },
    { type: 'next-hop', flags: 0x40, value: `10.0.${pick(4)}.${1 + pick(200)}` },
  ];
  if (pick(4) === 0) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: pick(1000) });
  if (pick(2) === 0) {
    const values = Array.from({ length: 1 + pick(12) }, () => ((1 + pick(64_000)) << 16) | pick(65_536)).map((each) => each >>> 0);
    attributes.push({ type: 'communities', flags: 0xc0, value: values });
  }
  return attributes;
}

function prefix(pick: (below: number) => number): string {
  const bits = pick(2) === 0 ? 24 : 16 + pick(8);
  const address = ((1 + pick(222)) * 0x100_0000 + pick(0x100_0000)) & (-1 << (32 - bits));
  return `${(address >>> 24) & 255}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}/${bits}`;
}

export function generateMrt(): Uint8Array {
  const pick = random(0x7473_6267);
  const context = { ...DEFAULT_CONTEXT, peerType: 'ibgp' as const };
  const sets = Array.from({ length: SETS }, () => attributeSet(pick));
  const out = new ByteWriter(1 << 26);
  for (let i = 0; i < UPDATES; i++) {
    const withdraws = pick(10) === 0;
    const routes = Array.from({ length: 1 + (pick(3) === 0 ? pick(12) : pick(2)) }, () => ({
      type: 'ip-prefix' as const,
      family: IPV4_UNICAST,
      prefix: prefix(pick),
    }));
    const message = encodeMessage(
      withdraws
        ? { type: 'update', withdrawn: routes, attributes: [], nlri: [] }
        : { type: 'update', withdrawn: [], attributes: sets[Math.floor((i / UPDATES) * (SETS - WINDOW)) + pick(WINDOW)]!, nlri: routes },
      context,
    );
    out.u32(1_700_000_000 + (i >>> 6));
    out.u16(16);
    out.u16(4);
    out.u32(20 + message.length);
    out.u32(65_010);
    out.u32(65_000);
    out.u16(0);
    out.u16(1);
    out.u32(0x0a00_0001 + (i & 3));
    out.u32(0x0a00_00fe);
    out.raw(message);
  }
  return out.take();
}
