/** The route that the RIB asks about, as @tsbgp/policy sees it: one object, filled anew for each question. */
import { NO_PREFIX, type Peer, Route } from '@tsbgp/policy';
import type { JudgedRoute } from '@tsbgp/rib';
import { Afi, afiOf, Safi, safiOf } from '@tsbgp/wire';

export class AdaptedRoute {
  readonly route: Route = new Route();
  /** Another number where more than the NLRI and the path identifier is another: what was found out without those holds while it stays. */
  version = 0;
  #token = -1;

  take(judged: JudgedRoute): void {
    const { route } = this;
    const { bytes, start, end, token, family, nlri, nlriOffset, rov, aspa } = judged;
    const isSameSet = token === this.#token;
    const isSame =
      isSameSet &&
      route.family === family &&
      route.rov === rov &&
      route.aspa === aspa &&
      route.source === (judged.source as Peer | undefined);
    // The table of sets may have moved meanwhile.
    if (!isSameSet || route.bytes !== bytes || route.start !== start) route.setAttributes(bytes, start, end);
    this.#token = token;
    route.family = family;
    route.pathIdentifier = judged.pathIdentifier;
    route.rov = rov;
    route.aspa = aspa;
    const source = judged.source as Peer | undefined;
    route.source = source;
    route.routeType = source === undefined ? 'local' : source.kind === 'ebgp' ? 'external' : 'internal';
    if (safiOf(family) === Safi.Unicast || safiOf(family) === Safi.Multicast)
      takePrefix(route, nlri, nlriOffset, afiOf(family) === Afi.Ipv6);
    else route.setPrefix(NO_PREFIX, 0);
    if (!isSame) this.version++;
  }
}

/** A prefix in wire form: its length in bits, then as many octets as it takes. */
function takePrefix(route: Route, nlri: Uint8Array, offset: number, isIpv6: boolean): void {
  const bits = nlri[offset]!;
  const end = offset + 1 + ((bits + 7) >>> 3);
  const first = wordAt(nlri, offset + 1, end);
  if (isIpv6) route.setPrefix(bits, first, wordAt(nlri, offset + 5, end), wordAt(nlri, offset + 9, end), wordAt(nlri, offset + 13, end));
  else route.setPrefix(bits, first);
  // Bits after the length may be anything on the wire.
  if ((bits & 31) !== 0) maskLast(route, bits);
}

/** Four octets; those from `end` on are 0. */
function wordAt(bytes: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let i = at; i < at + 4; i++) word = (word << 8) | (i < end ? bytes[i]! : 0);
  return word >>> 0;
}

function maskLast(route: Route, bits: number): void {
  const mask = (-1 << (32 - (bits & 31))) >>> 0;
  if (bits < 32) route.w0 = (route.w0 & mask) >>> 0;
  else if (bits < 64) route.w1 = (route.w1 & mask) >>> 0;
  else if (bits < 96) route.w2 = (route.w2 & mask) >>> 0;
  else route.w3 = (route.w3 & mask) >>> 0;
}
