/** Numbers of a neighbor that patterns may name: `{peer-as}` and `{local-as}`. */
import type { CommunityKind } from './community.ts';
import { fieldBits } from './community.ts';

export type OwnNumber = 'peer-as' | 'local-as';

/** AS numbers of a session, which patterns may name. */
export interface OwnNumbers {
  readonly as: number;
  readonly localAs: number;
  /** What stands for an AS number that does not fit into 16 bits, in fields of that size. Undefined: such a field never matches. */
  readonly as16?: number | undefined;
  readonly localAs16?: number | undefined;
}

/** The number for a field of so many bits; undefined when there is none that fits. */
export function ownNumber(name: OwnNumber, numbers: OwnNumbers, bits: 16 | 32): number | undefined {
  const asn = name === 'peer-as' ? numbers.as : numbers.localAs;
  if (bits === 32 || asn <= 0xffff) return asn;
  return name === 'peer-as' ? numbers.as16 : numbers.localAs16;
}

/** The number for a field of a community. */
export function ownField(name: OwnNumber, numbers: OwnNumbers, kind: CommunityKind, form: number, index: number): number | undefined {
  return ownNumber(name, numbers, fieldBits(kind, form, index));
}
