/**
 * What our role towards an external peer means for its routes and for those that it gets (RFC 9234 §5).
 *
 *   our role       the peer is    OTC in what comes                 without it        OTC in what goes out   without it
 *   provider       customer       a leak                            -                 as it is               our AS is added
 *   rs             rs-client      a leak                            -                 as it is               our AS is added
 *   peer           peer           a leak unless it is the peer's    theirs is added   not sent               our AS is added
 *   customer       provider       as it is                          theirs is added   not sent               -
 *   rs-client      rs             as it is                          theirs is added   not sent               -
 *
 * OTC is ONLY_TO_CUSTOMER.
 */
import { Role } from '@tsbgp/wire';

/** Whether a route that comes with OTC may be a leak. */
export function mayLeak(role: number | undefined): boolean {
  return role === Role.Provider || role === Role.RouteServer || role === Role.Peer;
}

/** Whether a route with this OTC is a leak when it comes from the peer. */
export function isLeak(role: number | undefined, otc: number, remoteAs: number): boolean {
  return role === Role.Peer ? otc !== remoteAs : mayLeak(role);
}

/** Whether the peer's AS becomes the OTC of routes that come without. */
export function marksWhatComes(role: number | undefined): boolean {
  return role === Role.Customer || role === Role.RouteServerClient || role === Role.Peer;
}

/** Whether routes with OTC are not sent. */
export function keepsMarkedBack(role: number | undefined): boolean {
  return marksWhatComes(role);
}

/** Whether our AS becomes the OTC of routes that go out without. */
export function marksWhatGoes(role: number | undefined): boolean {
  return mayLeak(role);
}
