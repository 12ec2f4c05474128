/**
 * What a lab peer announces: real prefixes and origins (data/routes.tsv) with made-up AS paths, MEDs and communities.
 *
 * Both peers know most prefixes, by different paths, so that the decision process has something to decide: 5 of 6 come from both, the rest
 * from one. The `variant` of a route changes its path and MED; a flap takes the next variant.
 */
import { readFileSync } from 'node:fs';
import { type LabPeer, mix, REGIONAL } from './topology.ts';

export interface RouteSeed {
  readonly prefix: string;
  readonly origin: number;
  /** Line in the file; input of the hashes in place of the prefix. */
  readonly index: number;
}

export interface LabRoute {
  readonly prefix: string;
  readonly asPath: readonly number[];
  readonly originCode: 'igp' | 'incomplete';
  /** Undefined: the route carries none. */
  readonly med: number | undefined;
  /** High 16 bits AS, low 16 bits value. */
  readonly communities: readonly number[];
  readonly largeCommunities: readonly LargeCommunityParts[];
}

export interface LargeCommunityParts {
  readonly globalAdministrator: number;
  readonly localData1: number;
  readonly localData2: number;
}

/** Low halves of the peers' communities. */
export const CommunityValue = { FromTransit: 100, FromPeer: 200, Region: 1000 } as const;

export function loadSeeds(): RouteSeed[] {
  const text = readFileSync(new URL('../data/routes.tsv', import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      const [prefix = '', origin = ''] = line.split('\t');
      return { prefix, origin: Number(origin), index };
    });
}

/** Whether this peer has a route to the prefix. `position` is the peer's index in LAB_PEERS. */
export function isKnownTo(position: number, seed: RouteSeed): boolean {
  const share = mix(seed.index, 1) % 12;
  return share > 1 || share === position;
}

export function labRoute(peer: LabPeer, seed: RouteSeed, variant: number): LabRoute {
  const { origin } = seed;
  const upstream = peer.upstreams[mix(origin, peer.as, variant) % peer.upstreams.length]!;
  const region = mix(origin, 2) % 8;
  const medChoices = [undefined, 0, 10, 20, 50, 100];
  return {
    prefix: seed.prefix,
    asPath: asPath(peer, upstream, origin, variant),
    originCode: mix(origin, 3) % 16 === 0 ? 'incomplete' : 'igp',
    med: medChoices[mix(origin, peer.as, 4, variant) % medChoices.length],
    communities: [
      community(peer.as, upstream === peer.upstreams[0] ? CommunityValue.FromPeer : CommunityValue.FromTransit),
      community(peer.as, CommunityValue.Region + region),
    ],
    largeCommunities: mix(origin, 5) % 3 === 0 ? [{ globalAdministrator: peer.as, localData1: 1, localData2: upstream }] : [],
  };
}

/** The peer, one of its upstreams, up to two regional networks, and the origin, sometimes prepended. Never a loop. */
function asPath(peer: LabPeer, upstream: number, origin: number, variant: number): number[] {
  const path = [peer.as];
  const middle = [upstream];
  const regionalCount = (mix(origin, 6) % 2) + (mix(origin, peer.as, 10, variant) % 2);
  for (let i = 0; i < regionalCount; i++) middle.push(REGIONAL[mix(origin, 7, i, variant) % REGIONAL.length]!);
  for (const as of middle) {
    if (as !== origin && !path.includes(as)) path.push(as);
  }
  const prepends = mix(origin, 8) % 10 === 0 ? 1 + (mix(origin, 9) % 2) : 0;
  for (let i = 0; i <= prepends; i++) path.push(origin);
  return path;
}

function community(as: number, value: number): number {
  return as * 0x10000 + value;
}
