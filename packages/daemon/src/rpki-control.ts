/** What adapters may ask about RPKI: the sources, the data, and what they say of a route. */
import type { AspaState, RovState } from '@tsbgp/rib';
import type { CacheStatus, FileStatus, Hop, SourceCounts, SourcedAspa, SourcedVrp } from '@tsbgp/rpki';
import type { RoleName } from './keys/relation-keys.ts';
import type { RpkiCacheConfig } from './rpki-config.ts';

/** A cache: what the configuration says of it, and what it is doing. */
export interface RpkiCacheState {
  readonly config: RpkiCacheConfig;
  readonly status: CacheStatus;
}

export interface RpkiState {
  /** Data come from somewhere. */
  readonly isConfigured: boolean;
  /** All files were read, and data of a cache are there if there are caches. */
  readonly isReady: boolean;
  readonly total: SourceCounts;
  /** Memory of the VRPs. */
  readonly octets: number;
  readonly caches: readonly RpkiCacheState[];
  readonly files: readonly FileStatus[];
  /** Paths judged again because data changed, since the start; and whether that goes on now. */
  readonly revalidated: number;
  readonly isRevalidating: boolean;
}

/** A route to look at, whether there is one or not. */
export interface ValidateQuery {
  /** Undefined: only the path is looked at. */
  readonly prefix?: string | undefined;
  /** Undefined: the last AS of the path. */
  readonly originAs?: number | undefined;
  /** The neighbor first, the origin last. */
  readonly asPath: readonly number[];
  /** What we are to the neighbor. Undefined: the path is not verified. */
  readonly role?: RoleName | undefined;
}

/** How a VRP that covers a route relates to it. */
export type VrpMatch = 'permits' | 'other-origin' | 'too-long';

/** A step of a path: what ASPAs say of going up, and of going down. */
export interface PathHop {
  readonly from: number;
  readonly to: number;
  readonly up: Hop;
  readonly down: Hop;
}

export interface RouteValidation {
  readonly rov: RovState;
  /** The most specific first. */
  readonly covering: readonly (SourcedVrp & { readonly match: VrpMatch })[];
  readonly aspa: AspaState;
  /** From the origin to the neighbor. */
  readonly hops: readonly PathHop[];
}

export interface VrpListQuery {
  readonly prefix?: string | undefined;
  /** Those that cover the prefix, not those within it. */
  readonly covering: boolean;
  readonly asn?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface AspaListQuery {
  readonly customer?: number | undefined;
  readonly provider?: number | undefined;
  readonly after?: string | undefined;
}

export interface RpkiPage<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

export interface RpkiControl {
  state(): RpkiState;
  /** Throws ControlError `invalid-argument`. */
  validate(query: ValidateQuery): RouteValidation;
  /** At most `limit` VRPs, in no order over several pages. Rejects with ControlError. */
  vrps(query: VrpListQuery, limit: number): Promise<RpkiPage<SourcedVrp>>;
  /** At most `limit` ASPAs, by customer. Throws ControlError. */
  aspas(query: AspaListQuery, limit: number): RpkiPage<SourcedAspa>;
}
