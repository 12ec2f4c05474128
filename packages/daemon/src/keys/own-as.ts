/** Our AS numbers, and what a neighbor is to us because of them: of our AS, of another AS of our confederation (RFC 5065), or outside. */
import type { NeighborConfig } from './neighbor-keys.ts';

/** Our confederation, as the operator configured it. */
export interface Confederation {
  /** The AS number by which everybody outside knows the whole confederation. */
  readonly identifier: number;
  /** The other ASes of the confederation. */
  readonly members: readonly number[];
}

export interface OwnAs {
  readonly as: number;
  readonly confederation?: Confederation | undefined;
}

/** 'internal': of our AS. 'member': of another AS of our confederation. */
export type Relation = 'internal' | 'member' | 'external';

type Ases = Partial<Pick<NeighborConfig, 'remoteAs' | 'localAs'>>;

/** Our AS number towards the neighbor: its `local-as`; inside the confederation our own AS, outside that of the confederation. */
export function localAsTowards({ as, confederation }: OwnAs, { remoteAs, localAs }: Ases): number {
  if (localAs !== undefined) return localAs;
  if (confederation === undefined || remoteAs === as) return as;
  return remoteAs !== undefined && confederation.members.includes(remoteAs) ? as : confederation.identifier;
}

export function relationTo(own: OwnAs, neighbor: Ases): Relation {
  if (localAsTowards(own, neighbor) === neighbor.remoteAs) return 'internal';
  const isMember = neighbor.remoteAs !== undefined && own.confederation?.members.includes(neighbor.remoteAs) === true;
  return isMember ? 'member' : 'external';
}

/** The AS number by which neighbors outside know us where they have no `local-as`. */
export function publicAs({ as, confederation }: OwnAs): number {
  return confederation?.identifier ?? as;
}
