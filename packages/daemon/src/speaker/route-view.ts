/**
 * Routes as values, for people and programs. Cold: makes an object for each route of an answer.
 */
import {
  type AttributeRewriter,
  isStale,
  type NlriId,
  NONE,
  type PathId,
  policyReason,
  type RibPeer,
  type RibTable,
  type RouteStates,
  type SentRoute,
  Validates,
} from '@tsbgp/rib';
import {
  Afi,
  AttributeCode,
  afiOf,
  decodeAttributes,
  type Family,
  formatAddress,
  formatNlri,
  type Nlri,
  type PathAttribute,
  STORED_CONTEXT,
} from '@tsbgp/wire';
import { attributeHeaderLength, attributeValueLength, decodeNlri } from '@tsbgp/wire/scan';
import type { Route } from '../control-plane.ts';
import { addedBy } from './added-by.ts';

const scratch = new Uint8Array(32);
/** One NLRI, without path identifier. */
const NLRI_CONTEXT = { ...STORED_CONTEXT, addPath: new Set<Family>() };

/** What a route of a family is called whose NLRI are no plain prefixes. */
interface NamedRoute {
  readonly prefix: string;
  readonly nlri?: Nlri;
}

/** The NLRI of a path; NONE: as the first path to it came. */
export function nameOf(table: RibTable, nlri: NlriId, path: PathId | typeof NONE): NamedRoute {
  const { octets } = table;
  if (octets === undefined) return { prefix: prefixOf(table, nlri) };
  const bytes = new Uint8Array(octets.lengthOf(path, nlri));
  octets.write(bytes, 0, path, nlri);
  const [decoded] = decodeNlri(bytes, 0, bytes.length, table.family, NLRI_CONTEXT);
  return { prefix: '', nlri: decoded ?? { type: 'unknown', family: table.family, bytes } };
}

/** "192.0.2.0/24", or the text of another NLRI. */
export function prefixOf(table: RibTable, nlri: NlriId): string {
  if (table.octets !== undefined) return formatNlri(nameOf(table, nlri, NONE).nlri!);
  scratch.fill(0);
  table.index.write(scratch, 0, nlri);
  const size = afiOf(table.family) === Afi.Ipv6 ? 16 : 4;
  return `${formatAddress(scratch, 1, 1 + size)}/${scratch[0]}`;
}

/** `states` knows what RPKI says of routes. */
export function receivedRoute(table: RibTable, path: PathId, states: RouteStates | undefined): Route {
  const { attributes, nextHop } = storedAttributes(table.attributes.octets(table.attrOf(path)));
  const nlri = table.nlriOf(path);
  return {
    family: table.family,
    ...nameOf(table, nlri, path),
    pathIdentifier: table.hasPathIdentifiers ? table.identifierOf(path) : undefined,
    neighbor: table.peerOf(path)?.options.name ?? '',
    nextHop,
    attributes,
    best: table.bestPath(nlri) === path,
    filtered: table.isFiltered(path),
    filterReason: table.filterReason(path),
    ...policyReasonOf(table, path),
    learnedAt: new Date(table.learnedSeconds(path) * 1000),
    stale: isStale(table, path),
    ...ownOrigin(table, path, table.peerOf(path)),
    ...validation(table, path, states),
  };
}

/** The states that its peer's options ask for. */
function validation(table: RibTable, path: PathId, states: RouteStates | undefined): Pick<Route, 'rov' | 'aspa'> {
  const asked = table.peerOf(path)?.validates ?? 0;
  if (states === undefined || asked === 0) return {};
  const { rov, aspa } = states.of(table, path);
  return { ...((asked & Validates.Rov) !== 0 && { rov }), ...((asked & Validates.Aspa) !== 0 && { aspa }) };
}

/** What the import policy says, where it rejects the route for a reason that it names. */
function policyReasonOf(table: RibTable, path: PathId): Pick<Route, 'policyReason'> {
  const reason = policyReason(table, path);
  return reason === undefined ? {} : { policyReason: reason };
}

/** Where a route of our own comes from. */
function ownOrigin(table: RibTable, path: PathId, peer: RibPeer | undefined): Pick<Route, 'localOrigin' | 'addedBy'> {
  const localOrigin = peer?.options.localOrigin;
  if (localOrigin === undefined) return {};
  const by = peer?.options.owner ?? (localOrigin === 'api' ? addedBy(table, path) : '');
  return by === '' ? { localOrigin } : { localOrigin, addedBy: by };
}

/** A route as it is sent to a neighbor, rewritten by `rewriter`. */
export function advertisedRoute(table: RibTable, nlri: NlriId, sent: SentRoute, rewriter: AttributeRewriter): Route {
  const { attr, source, pathIdentifier } = sent;
  rewriter.write(table.attributes, attr, source);
  const path = pathOf(table, nlri, sent);
  const attributes = decode(rewriter.bytes, 0, rewriter.length);
  return {
    family: table.family,
    ...nameOf(table, nlri, path),
    neighbor: source.options.name,
    nextHop: rewriter.nextHopLength > 0 ? formatNextHop(rewriter.nextHop, 0, rewriter.nextHopLength) : nextHopOf(attributes),
    attributes,
    pathIdentifier,
    best: path === table.bestPath(nlri),
    filtered: false,
    learnedAt: new Date(table.learnedSeconds(path) * 1000),
    ...ownOrigin(table, path, source),
  };
}

/** The path that a route which is sent comes from. */
function pathOf(table: RibTable, nlri: NlriId, { attr, source, pathIdentifier }: SentRoute): PathId {
  if (pathIdentifier !== undefined) return pathIdentifier as PathId;
  let found = table.bestPath(nlri);
  for (let path = table.firstPath(nlri); path !== NONE; path = table.nextPath(path)) {
    if (table.peerIndexOf(path) !== source.index) continue;
    found = path;
    if (table.attrOf(path) === attr) break;
  }
  return found;
}

/** Attributes and next hop of a canonical block. MP_REACH_NLRI, if there is one, comes first and has only its next hop. */
function storedAttributes(block: Uint8Array): { attributes: PathAttribute[]; nextHop: string } {
  if (block[1] !== AttributeCode.MpReachNlri) {
    const attributes = decode(block, 0, block.length);
    return { attributes, nextHop: nextHopOf(attributes) };
  }
  const value = attributeHeaderLength(block, 0);
  const end = value + attributeValueLength(block, 0);
  return { attributes: decode(block, end, block.length), nextHop: formatNextHop(block, value + 4, block[value + 3]!) };
}

function decode(bytes: Uint8Array, start: number, end: number): PathAttribute[] {
  return decodeAttributes(bytes, start, end, STORED_CONTEXT).attributes;
}

function nextHopOf(attributes: readonly PathAttribute[]): string {
  for (const attribute of attributes) if (attribute.type === 'next-hop') return attribute.value;
  return '';
}

/** A global address, alone or before a link-local one; in VPNs after a route distinguisher. Empty where there is none. */
function formatNextHop(bytes: Uint8Array, offset: number, length: number): string {
  const start = offset + (length > 0 && length % 12 === 0 ? 8 : 0);
  const size = length === 4 || length === 12 ? 4 : 16;
  return start + size <= offset + length ? formatAddress(bytes, start, start + size) : '';
}
