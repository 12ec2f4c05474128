/**
 * What a condition or a change looks at, as bits. They decide for how many routes and neighbors a verdict holds.
 */
export const Reads = {
  /** Nothing is read: the verdict is the same for every route. */
  Nothing: 0,
  /** The attribute set. */
  Attributes: 0x01,
  /** The prefix or other NLRI of the route. */
  Prefix: 0x02,
  RovState: 0x04,
  AspaState: 0x08,
  PathIdentifier: 0x10,
  /** Address, AS, group, role or tags of the neighbor that the route came from; local, internal or external. */
  Source: 0x20,
  Family: 0x40,
  /** The number that an earlier statement of the same evaluation set. */
  Tag: 0x80,
  PeerAddress: 0x0100,
  PeerAs: 0x0200,
  LocalAs: 0x0400,
  PeerGroup: 0x0800,
  PeerRole: 0x1000,
  PeerTags: 0x2000,
  PeerKind: 0x4000,
  /** The addresses of all neighbors with the AS of this one. */
  PeerAddresses: 0x8000,
} as const;

/** A union of bits of `Reads`. */
export type ReadBits = number;

/** Everything about the neighbor that a policy is evaluated for. */
export const PEER_READS: ReadBits =
  Reads.PeerAddress |
  Reads.PeerAs |
  Reads.LocalAs |
  Reads.PeerGroup |
  Reads.PeerRole |
  Reads.PeerTags |
  Reads.PeerKind |
  Reads.PeerAddresses;

/** What differs between routes with the same attribute set, family, and ROV and ASPA state. */
export const ROUTE_READS: ReadBits = Reads.Prefix | Reads.PathIdentifier;

/** The names of the bits, for reports: `['attributes', 'peer-as']`. */
export function readNames(reads: ReadBits): string[] {
  return Object.entries(Reads)
    .filter(([, bit]) => (reads & bit) !== 0)
    .map(([name]) => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase());
}
