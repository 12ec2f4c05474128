/**
 * The networks of the lab: the daemon, two lab peers that are its transit providers, and the networks beyond them.
 *
 *                    tsbgpd AS 64512
 *                   /               \
 *        amber AS 64496           cobalt AS 64497      (RFC 5398: numbers for documentation)
 *         |    |    |               |    |    |
 *        1299 3356 ...            3257 2914 ...        networks without an upstream
 *           \   |                   |    /
 *            regional networks ... origins             from data/routes.tsv
 *
 * All choices are hashes of the origin AS, so that each run shows the same routes.
 */
export const DAEMON_AS = 64_512;

export interface LabPeer {
  readonly name: string;
  readonly as: number;
  readonly routerId: string;
  /** NEXT_HOP of its routes: addresses for documentation (RFC 5737, RFC 3849). No packets are forwarded. */
  readonly nextHopIpv4: string;
  readonly nextHopIpv6: string;
  /** Its upstreams and peers, nearest first. */
  readonly upstreams: readonly number[];
}

export const AMBER: LabPeer = {
  name: 'amber',
  as: 64_496,
  routerId: '192.0.2.2',
  nextHopIpv4: '192.0.2.2',
  nextHopIpv6: '2001:db8::2',
  upstreams: [1299, 3356, 174, 6762, 12_956, 5511],
};

export const COBALT: LabPeer = {
  name: 'cobalt',
  as: 64_497,
  routerId: '192.0.2.3',
  nextHopIpv4: '192.0.2.3',
  nextHopIpv6: '2001:db8::3',
  upstreams: [3257, 2914, 6453, 3320, 701, 6461],
};

export const LAB_PEERS: readonly LabPeer[] = [AMBER, COBALT];

/** Regional networks. Those in the path of an origin depend on the origin only. */
export const REGIONAL: readonly number[] = [
  6939, 9002, 4637, 4826, 3491, 1273, 7473, 9498, 16_735, 52_320, 37_100, 30_844, 8218, 20_485, 1221, 2516, 4766, 8928, 6830, 11_537,
];

/** FNV-1a over the octets of the numbers, then mixed, so that close inputs give distant results. 32 bits, the same on every machine. */
export function mix(...values: readonly number[]): number {
  let h = 0x811c9dc5;
  for (const value of values) {
    for (let shift = 0; shift < 32; shift += 8) h = Math.imul(h ^ ((value >>> shift) & 0xff), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
