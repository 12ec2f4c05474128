/** What RPKI says of routes, as numbers, and what a peer's session makes of it. The RIB asks; who answers is not its matter. */
import { type Family, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';

/** Origin validation state (RFC 6811 §2). `NotChecked`: there are no data, or the route is not one that is validated. */
export const RovState = { NotChecked: 0, Valid: 1, NotFound: 2, Invalid: 3 } as const;
export type RovState = (typeof RovState)[keyof typeof RovState];

/** State of an AS_PATH (draft-ietf-sidrops-aspa-verification §6). `NotChecked` as in `RovState`. */
export const AspaState = { NotChecked: 0, Valid: 1, Unknown: 2, Invalid: 3 } as const;
export type AspaState = (typeof AspaState)[keyof typeof AspaState];

/** Who knows the states. Answers hold until `Rib.revalidate` says which of them may be others; none of them may throw. */
export interface RouteValidator {
  /**
   * The state of a route to the first `bits` bits of the address of 4 or 16 octets at `offset` (bits after those mean nothing). `origin` is the
   * AS that the route originates in; 0: none, as when AS_PATH ends in a set (RFC 6811 §2).
   */
  originState(bytes: Uint8Array, offset: number, ipv6: boolean, bits: number, origin: number): RovState;
  /** The state of an AS_PATH: its segments, with AS numbers of four octets, are `bytes[start, end)`. `isDownstream`: it came from a provider. */
  pathState(bytes: Uint8Array, start: number, end: number, isDownstream: boolean): AspaState;
}

/** What becomes of routes with a state: it is not asked for; it is known to policies; routes that are invalid are not used. */
export type ValidationMode = 'off' | 'mark' | 'reject-invalid';

/** What is validated of the routes of a peer. */
export interface ValidationOptions {
  /** Origin validation (RFC 6811). @default 'off' */
  readonly rov?: ValidationMode;
  /** Verification of AS_PATHs. Only of external peers. @default 'off' */
  readonly aspa?: ValidationMode;
  /** Paths come down to us: the peer is our provider, or a route server. @default false */
  readonly isDownstream?: boolean;
  /** The first AS of a path need not be that of the peer, as it is a route server. @default false */
  readonly isRouteServer?: boolean;
  /**
   * The origin validation state is told inside the AS (RFC 8097): routes of external peers get it as an extended community, in the place of any
   * that they come with; what routes of internal peers come with is believed. @default false
   */
  readonly stateCommunity?: boolean;
}

/** Bits of `RibPeer.validates`. */
export const Validates = { Rov: 1, Aspa: 2 } as const;

/** Bits of `Validates` that these options ask for. */
export function validatesOf({ rov = 'off', aspa = 'off' }: ValidationOptions): number {
  return (rov === 'off' ? 0 : Validates.Rov) | (aspa === 'off' ? 0 : Validates.Aspa);
}

/** Bits of `Validates` whose invalid routes are not used. */
export function rejectsOf({ rov, aspa }: ValidationOptions): number {
  return (rov === 'reject-invalid' ? Validates.Rov : 0) | (aspa === 'reject-invalid' ? Validates.Aspa : 0);
}

/** Whether routes of a family are validated: those to unicast prefixes. */
export function isValidated(family: Family): boolean {
  return family === IPV4_UNICAST || family === IPV6_UNICAST;
}
