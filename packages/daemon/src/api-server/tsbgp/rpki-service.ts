/** RpkiService: the sources of RPKI data, the data, and what they say of a route. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  AspaHop_Attestation as Attestation,
  RpkiCache_State as CacheState,
  Vrp_Match as Match,
  type RpkiCacheSchema,
  type RpkiFileSchema,
  RpkiService,
  type VrpSchema,
} from '@tsbgp/api';
import type { CacheStatus, FileStatus, Hop, SourcedVrp } from '@tsbgp/rpki';
import { type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { ROLES, type RoleName } from '../../keys/relation-keys.ts';
import { quote } from '../../quote.ts';
import type { RpkiCacheState, VrpMatch } from '../../rpki-control.ts';
import { ASPA_STATES, ROV_STATES } from './route-messages.ts';

const PAGE_DEFAULT = 100;

export function addRpkiService(router: ConnectRouter, control: ControlPlane): void {
  router.service(RpkiService, {
    getRpki() {
      const { isConfigured, isReady, total, octets, caches, files, revalidated, isRevalidating } = control.rpki.state();
      return {
        configured: isConfigured,
        ready: isReady,
        ipv4Vrps: BigInt(total.ipv4),
        ipv6Vrps: BigInt(total.ipv6),
        aspas: BigInt(total.aspas),
        vrpBytes: BigInt(octets),
        caches: caches.length,
        cachesSynced: caches.filter(({ status }) => status.phase === 'synced').length,
        files: files.map(fileMessage),
        revalidated: BigInt(revalidated),
        revalidating: isRevalidating,
      };
    },
    listCaches: () => ({ caches: control.rpki.state().caches.map(cacheMessage) }),
    validate({ prefix, originAs, asPath, role }) {
      const { rov, covering, aspa, hops } = control.rpki.validate({ prefix: prefix || undefined, originAs, asPath, role: roleOf(role) });
      return {
        rov: ROV_STATES[rov],
        covering: covering.map((vrp) => ({ ...vrpMessage(vrp), match: MATCHES[vrp.match] })),
        aspa: ASPA_STATES[aspa],
        hops: hops.map(({ from, to, up, down }) => ({ fromAs: from, toAs: to, up: ATTESTATIONS[up], down: ATTESTATIONS[down] })),
      };
    },
    async listVrps({ prefix, covering, asn, pageSize, pageToken }) {
      const query = { prefix: prefix || undefined, covering, asn, after: pageToken || undefined };
      const { items, next } = await control.rpki.vrps(query, pageSize || PAGE_DEFAULT);
      return { vrps: items.map(vrpMessage), nextPageToken: next ?? '' };
    },
    listAspas({ customer, provider, pageSize, pageToken }) {
      const { items, next } = control.rpki.aspas({ customer, provider, after: pageToken || undefined }, pageSize || PAGE_DEFAULT);
      return {
        aspas: items.map(({ customer: of, providers, sources }) => ({ customer: of, providers: [...providers], sources: [...sources] })),
        nextPageToken: next ?? '',
      };
    },
  });
}

const STATES: Readonly<Record<CacheStatus['phase'], CacheState>> = {
  idle: CacheState.IDLE,
  connecting: CacheState.CONNECTING,
  querying: CacheState.QUERYING,
  receiving: CacheState.RECEIVING,
  synced: CacheState.SYNCED,
  'no-data': CacheState.NO_DATA,
  waiting: CacheState.WAITING,
};

const MATCHES: Readonly<Record<VrpMatch, Match>> = {
  permits: Match.PERMITS,
  'other-origin': Match.OTHER_ORIGIN,
  'too-long': Match.TOO_LONG,
};

const ATTESTATIONS: Readonly<Record<Hop, Attestation>> = {
  provider: Attestation.PROVIDER,
  'not-provider': Attestation.NOT_PROVIDER,
  'no-attestation': Attestation.UNSPECIFIED,
};

/** Throws ControlError. */
function roleOf(text: string): RoleName | undefined {
  const role = ROLES.find((each) => each === text);
  if (role !== undefined || text === '') return role;
  throw invalidArgument('role', `found ${quote(text)}, allowed are ${ROLES.map(quote).join(', ')}`);
}

function vrpMessage({ prefix, maxLength, asn, sources }: SourcedVrp): MessageInitShape<typeof VrpSchema> {
  return { prefix, maxLength, asn, sources: [...sources] };
}

function fileMessage({ file, kind, ipv4, ipv6, aspas, loadedSeconds, error }: FileStatus): MessageInitShape<typeof RpkiFileSchema> {
  return {
    path: file,
    slurm: kind === 'slurm',
    ipv4Vrps: BigInt(ipv4),
    ipv6Vrps: BigInt(ipv6),
    aspas: BigInt(aspas),
    ...(loadedSeconds !== undefined && { age: loadedSeconds }),
    error: error ?? '',
  };
}

function cacheMessage({ config, status }: RpkiCacheState): MessageInitShape<typeof RpkiCacheSchema> {
  const { name, address, port, transport, preference } = config;
  const { version, sessionId, serial, intervals, lastError } = status;
  return {
    name,
    address,
    port,
    transport,
    preference,
    state: STATES[status.phase],
    ...(version !== undefined && { version }),
    ...(sessionId !== undefined && { sessionId }),
    ...(serial !== undefined && { serial }),
    ipv4Vrps: BigInt(status.ipv4),
    ipv6Vrps: BigInt(status.ipv6),
    aspas: BigInt(status.aspas),
    ...seconds('dataAge', status.updatedSeconds),
    ...seconds('dataExpires', status.expiresSeconds),
    ...seconds('nextQuery', status.nextQuerySeconds),
    ...seconds('connected', status.connectedSeconds),
    ...intervals,
    lastError: lastError?.reason ?? '',
    ...seconds('lastErrorAge', lastError?.secondsAgo),
    connects: BigInt(status.connects),
    updates: BigInt(status.updates),
    errors: BigInt(status.errors),
  };
}

/** Absent where there is none. A timer that is due may be a moment late. */
function seconds<Name extends string>(name: Name, value: number | undefined): { readonly [Key in Name]?: number } {
  return (value === undefined ? {} : { [name]: Math.max(0, value) }) as { readonly [Key in Name]?: number };
}
