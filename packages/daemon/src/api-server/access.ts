/**
 * Who may call what. Each RPC has a tier, each role has tiers. The unix socket gives the role `admin`, since the permissions of its file say who may
 * use it; over TCP a bearer token gives a role, and `api.role` is the role without one. docs/security.md has the same table.
 */
import { timingSafeEqual } from 'node:crypto';
import type { DescMethod } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { API_ROLES, type ApiAccess, type ApiRole, ROLE_TIERS, sha256, type Tier } from '../api-access.ts';
import { methodName } from './call.ts';

/** By service, then by method. A method without a tier is for `admin` only. */
export const TIERS: Readonly<Record<string, Readonly<Record<string, Tier>>>> = {
  'tsbgp.v1.GlobalService': {
    GetGlobal: 'read',
  },
  'tsbgp.v1.NeighborService': {
    AddNeighbor: 'change',
    ChangeNeighbor: 'change',
    DeleteNeighbor: 'change',
    ListNeighbors: 'read',
    GetNeighbor: 'read',
    EnableNeighbor: 'change',
    DisableNeighbor: 'change',
    ResetNeighbor: 'change',
  },
  'tsbgp.v1.RibService': {
    ListReceived: 'read',
    ListBest: 'read',
    ListAdvertised: 'read',
    ListPaths: 'read',
    ExplainRoute: 'read',
    ListDampened: 'read',
    StreamReceived: 'read',
    StreamBest: 'read',
    StreamAdvertised: 'read',
    WatchRoutes: 'read',
  },
  'tsbgp.v1.RpkiService': {
    GetRpki: 'read',
    ListCaches: 'read',
    Validate: 'read',
    ListVrps: 'read',
    ListAspas: 'read',
  },
  'tsbgp.v1.InjectionService': {
    AddRoutes: 'change',
    DeleteRoutes: 'change',
    AddRouteStream: 'change',
    DeleteRouteStream: 'change',
    ListAggregates: 'read',
    ListConditions: 'read',
  },
  'tsbgp.v1.ProcessService': {
    ListProcesses: 'read',
  },
  'tsbgp.v1.MrtService': {
    DumpTables: 'operate',
    GetMrt: 'read',
  },
  'tsbgp.v1.ControlService': {
    GetHealth: 'read',
    GetMetrics: 'read',
    Shutdown: 'operate',
  },
  'tsbgp.v1.EventService': {
    WatchEvents: 'read',
  },
  'tsbgp.v1.ConfigService': {
    GetConfig: 'sensitive',
    CheckConfig: 'operate',
    DiffConfig: 'operate',
    ApplyConfig: 'operate',
    ConfirmConfig: 'operate',
    ListConfigVersions: 'sensitive',
    RollbackConfig: 'operate',
  },
  'tsbgp.v1.PolicyService': {
    ListPolicies: 'sensitive',
    GetPolicy: 'sensitive',
    ListSets: 'sensitive',
    GetSet: 'sensitive',
    ReloadPolicies: 'operate',
    ExplainPolicy: 'sensitive',
    DiffPolicy: 'operate',
  },
  'bgp.BgpService': {
    AddPeer: 'change',
    RemovePeer: 'change',
    DisablePeer: 'change',
    EnablePeer: 'change',
    ResetPeer: 'change',
    ListPeers: 'read',
    ListPeersStream: 'read',
    GetPeer: 'read',
    AddRoute: 'change',
    AddRouteStream: 'change',
    RemoveRoute: 'change',
    ListRoutes: 'read',
    ListRoutesStream: 'read',
    GetServerInfo: 'read',
    AddBmpServer: 'operate',
    RemoveBmpServer: 'operate',
    ListBmpServers: 'sensitive',
    AddDefinedSet: 'operate',
    RemoveDefinedSet: 'operate',
    ListDefinedSets: 'sensitive',
    AddPolicy: 'operate',
    RemovePolicy: 'operate',
    ListPolicies: 'sensitive',
    SetPolicyAssignment: 'change',
  },
  'rustbgpd.v1.GlobalService': {
    GetGlobal: 'read',
    SetGlobal: 'operate',
  },
  'rustbgpd.v1.NeighborService': {
    AddNeighbor: 'change',
    DeleteNeighbor: 'change',
    ListNeighbors: 'read',
    GetNeighborState: 'read',
    EnableNeighbor: 'change',
    DisableNeighbor: 'change',
    SoftResetIn: 'change',
    ListDynamicNeighbors: 'read',
    AddDynamicNeighbor: 'change',
    DeleteDynamicNeighbor: 'change',
  },
  'rustbgpd.v1.PolicyService': {
    ListPolicies: 'sensitive',
    GetPolicy: 'sensitive',
    SetPolicy: 'operate',
    DeletePolicy: 'operate',
    ListNeighborSets: 'sensitive',
    GetNeighborSet: 'sensitive',
    SetNeighborSet: 'operate',
    DeleteNeighborSet: 'operate',
    GetGlobalPolicyChains: 'sensitive',
    SetGlobalImportChain: 'operate',
    SetGlobalExportChain: 'operate',
    ClearGlobalImportChain: 'operate',
    ClearGlobalExportChain: 'operate',
    GetNeighborPolicyChains: 'sensitive',
    SetNeighborImportChain: 'change',
    SetNeighborExportChain: 'change',
    ClearNeighborImportChain: 'change',
    ClearNeighborExportChain: 'change',
  },
  'rustbgpd.v1.PeerGroupService': {
    ListPeerGroups: 'sensitive',
    GetPeerGroup: 'sensitive',
    SetPeerGroup: 'operate',
    DeletePeerGroup: 'operate',
    SetNeighborPeerGroup: 'change',
    ClearNeighborPeerGroup: 'change',
  },
  'rustbgpd.v1.RibService': {
    ListReceivedRoutes: 'read',
    ListBestRoutes: 'read',
    ListAdvertisedRoutes: 'read',
    ExplainAdvertisedRoute: 'read',
    ExplainBestPath: 'read',
    WatchRoutes: 'read',
    ListFlowSpecRoutes: 'read',
  },
  'rustbgpd.v1.InjectionService': {
    AddPath: 'change',
    DeletePath: 'change',
    AddFlowSpec: 'change',
    DeleteFlowSpec: 'change',
  },
  'rustbgpd.v1.ControlService': {
    Shutdown: 'operate',
    GetHealth: 'read',
    GetMetrics: 'read',
    TriggerMrtDump: 'operate',
  },
  'grpc.health.v1.Health': { Check: 'read', List: 'read', Watch: 'read' },
  'grpc.reflection.v1.ServerReflection': { ServerReflectionInfo: 'read' },
  'grpc.reflection.v1alpha.ServerReflection': { ServerReflectionInfo: 'read' },
};

/** Where a request comes from. */
export interface Caller {
  readonly isUnix: boolean;
  /** The header `authorization`. */
  readonly authorization: string | undefined;
}

export interface Denial {
  readonly code: typeof Code.Unauthenticated | typeof Code.PermissionDenied;
  readonly message: string;
}

/** Why the caller may not call the method; undefined where it may. */
export function denial(method: DescMethod, caller: Caller, access: ApiAccess): Denial | undefined {
  const role = roleOf(caller, access);
  if (role === undefined) return { code: Code.Unauthenticated, message: 'the bearer token is not known here' };
  const tier = TIERS[method.parent.typeName]?.[method.name];
  if (tier === undefined ? role === 'admin' : ROLE_TIERS[role].includes(tier)) return undefined;
  if (role === 'none') return { code: Code.Unauthenticated, message: 'a bearer token is needed, in "authorization: Bearer TOKEN"' };
  const needed = API_ROLES.find((each) => tier !== undefined && ROLE_TIERS[each].includes(tier)) ?? 'admin';
  return { code: Code.PermissionDenied, message: `${methodName(method)} needs the role ${needed}; yours is ${role}` };
}

/** Undefined for a token that is not known. */
function roleOf({ isUnix, authorization }: Caller, { role, tokens }: ApiAccess): ApiRole | undefined {
  if (isUnix) return 'admin';
  // Where no token is known, a header of a proxy means nothing.
  if (authorization === undefined || tokens.length === 0) return role;
  const digest = sha256(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '');
  let found: ApiRole | undefined;
  // All of them, so that the time says nothing about which one is close.
  for (const token of tokens) if (timingSafeEqual(digest, Buffer.from(token.sha256, 'hex'))) found = token.role;
  return found;
}
