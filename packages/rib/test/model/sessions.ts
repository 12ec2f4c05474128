/** The sessions of the model test: who the peers are, and the options that a session of each may have. */
import { addressBytes, parseIpv4, Role, readU32 } from '@tsbgp/wire';
import fc from 'fast-check';
import type { AsPathOptions } from '../../src/index.ts';
import type { FakePeerOptions } from '../fake-peer.ts';
import { type ModelPolicy, modelPolicy, policyOf, type Subject } from './policy.ts';
import type { ModelAsPath, ModelPeer, ModelSpeaker, Relation } from './route.ts';

export const OUR_AS = 64_512;
/** Of the confederation, in histories in which we are in one; outside it is just another AS. */
export const CONFEDERATION = 64_500;
/** In our confederation in such histories. */
export const MEMBER_AS = 64_601;
/** Our AS towards one of the peers. */
export const OTHER_LOCAL_AS = 65_100;
export const OWN_NEXT_HOPS = { ipv4: '198.51.100.1', ipv6: '2001:db8:ffff::1' } as const;
export const CLUSTERS = ['0.0.0.1', '1.1.1.1', '2.2.2.2'] as const;

/** What routes go to. */
export const PREFIXES = [
  '192.0.2.0/24',
  '192.0.2.0/25',
  '198.51.100.0/24',
  '203.0.113.7/32',
  '0.0.0.0/0',
  '2001:db8::/32',
  '2001:db8:1::/48',
  '::/0',
];

interface Place {
  readonly address: string;
  readonly as: number;
  readonly localAs?: number;
}

/** Externals, two of one AS, one with a private number and one that knows us by another AS; internals; one that may be a member. */
export const PLACES: readonly Place[] = [
  { address: '10.0.0.1', as: 65_001 },
  { address: '10.0.0.2', as: 4_200_000_002 },
  { address: '10.0.0.3', as: 65_001 },
  { address: '10.0.0.4', as: OUR_AS },
  { address: '10.0.0.5', as: OUR_AS },
  { address: '2001:db8::6', as: 2914 },
  { address: '10.0.0.7', as: 65_007, localAs: OTHER_LOCAL_AS },
  { address: '10.0.0.8', as: OUR_AS },
  { address: '10.0.0.9', as: MEMBER_AS },
];

/** What a session is begun with. */
export interface SessionChoice {
  readonly client: boolean;
  readonly cluster: number;
  readonly role: number | undefined;
  readonly changeable: Changeable;
}

/** What may change while a session lasts. */
export interface Changeable {
  readonly clientToClient: boolean;
  readonly asPath: Omit<ModelAsPath, 'prependIn' | 'behindLocal'>;
  readonly noPrepend: boolean;
  readonly replaceAs: boolean;
  readonly ways: Ways;
  readonly importPolicy: ModelPolicy | undefined;
  readonly exportPolicy: ModelPolicy | undefined;
}

type Ways = Pick<
  ModelPeer,
  'nextHopSelf' | 'nextHopUnchanged' | 'gracefulShutdown' | 'obeysGracefulShutdown' | 'blackholeMark' | 'staleRoutes'
>;

export const PLAIN: SessionChoice = {
  client: false,
  cluster: 0,
  role: undefined,
  changeable: {
    clientToClient: true,
    asPath: { ownAllowed: 0, enforceFirst: false, rejectSets: false, rejectLong: false, removePrivate: undefined, override: false },
    noPrepend: true,
    replaceAs: true,
    ways: {
      nextHopSelf: false,
      nextHopUnchanged: false,
      gracefulShutdown: false,
      obeysGracefulShutdown: false,
      blackholeMark: undefined,
      staleRoutes: 'none',
    },
    importPolicy: undefined,
    exportPolicy: undefined,
  },
};

export const changeable: fc.Arbitrary<Changeable> = fc.record({
  clientToClient: fc.boolean(),
  asPath: fc.record({
    ownAllowed: fc.constantFrom(0, 0, 1, 2),
    enforceFirst: fc.boolean(),
    rejectSets: fc.boolean(),
    rejectLong: fc.boolean(),
    removePrivate: fc.constantFrom(undefined, undefined, 'remove' as const, 'all' as const, 'replace' as const),
    override: fc.boolean(),
  }),
  noPrepend: fc.boolean(),
  replaceAs: fc.boolean(),
  ways: fc.record({
    nextHopSelf: fc.boolean(),
    nextHopUnchanged: fc.boolean(),
    gracefulShutdown: fc.constantFrom(false, false, false, true),
    obeysGracefulShutdown: fc.boolean(),
    blackholeMark: fc.constantFrom(undefined, 'no-export' as const, 'no-advertise' as const),
    staleRoutes: fc.constantFrom('all' as const, 'marked' as const, 'none' as const),
  }),
  importPolicy: modelPolicy(PREFIXES),
  exportPolicy: modelPolicy(PREFIXES),
});

export const sessionChoice: fc.Arbitrary<SessionChoice> = fc.record({
  client: fc.boolean(),
  cluster: fc.nat(CLUSTERS.length - 1),
  role: fc.constantFrom(undefined, undefined, ...Object.values(Role)),
  changeable,
});

/** The peer of a place with these options. The RIB's own cluster identifier is the first of CLUSTERS. */
export function modelPeer({ address, as, localAs }: Place, choice: SessionChoice, { confederation }: ModelSpeaker): ModelPeer {
  const relation: Relation = as === OUR_AS ? 'internal' : as === MEMBER_AS && confederation !== undefined ? 'member' : 'external';
  const { clientToClient, asPath, noPrepend, replaceAs, ways, importPolicy, exportPolicy } = choice.changeable;
  const ours = confederation ?? OUR_AS;
  return {
    address,
    bgpIdentifier: address.includes(':') ? '192.0.2.99' : address,
    as,
    relation,
    localAs: localAs ?? (relation === 'external' ? ours : OUR_AS),
    client: choice.client && relation === 'internal',
    clusterId: relation === 'internal' ? CLUSTERS[choice.cluster]! : CLUSTERS[0],
    clientToClient,
    role: choice.role,
    asPath: {
      ...asPath,
      prependIn: localAs !== undefined && !noPrepend ? localAs : undefined,
      behindLocal: localAs !== undefined && !replaceAs ? ours : undefined,
    },
    ...ways,
    importPolicy,
    exportPolicy,
    number: addressBytes(address).at(-1)!,
  };
}

/** Who our own routes come from. */
export function ourselves({ bgpIdentifier }: ModelSpeaker): ModelPeer {
  const { asPath, ways, clientToClient } = PLAIN.changeable;
  return {
    address: '0.0.0.0',
    bgpIdentifier,
    as: OUR_AS,
    relation: 'local',
    localAs: OUR_AS,
    client: false,
    clusterId: CLUSTERS[0],
    clientToClient,
    role: undefined,
    asPath: { ...asPath, prependIn: undefined, behindLocal: undefined },
    ...ways,
    importPolicy: undefined,
    exportPolicy: undefined,
    number: 0,
  };
}

/** The same peer as options of the RIB. */
export function fakePeerOptions(peer: ModelPeer, { confederation }: ModelSpeaker): FakePeerOptions {
  const { prependIn, behindLocal, ...asPath } = peer.asPath;
  const asPathOptions: AsPathOptions = {
    ...asPath,
    ...(prependIn !== undefined && { prependIn }),
    ...(behindLocal !== undefined && { behindLocal }),
  };
  return {
    address: peer.address,
    as: peer.as,
    localAs: peer.localAs,
    confederation: confederation !== undefined && peer.relation !== 'external',
    confederationExternal: peer.relation === 'member',
    reflectorClient: peer.client,
    clusterId: readU32(parseIpv4(peer.clusterId)!, 0),
    clientToClient: peer.clientToClient,
    role: peer.role,
    staleRoutes: peer.staleRoutes,
    asPathOptions,
    ownAddresses: Object.values(OWN_NEXT_HOPS),
    nextHopSelfAlways: peer.nextHopSelf,
    nextHopUnchanged: peer.nextHopUnchanged,
    gracefulShutdown: peer.gracefulShutdown,
    obeysGracefulShutdown: peer.obeysGracefulShutdown,
    blackholeMark: peer.blackholeMark,
    importPolicy: peer.importPolicy && policyOf(peer.importPolicy),
    exportPolicy: peer.exportPolicy && policyOf(peer.exportPolicy),
    policySubject: { number: peer.number } satisfies Subject,
  };
}
