/** An import policy that counts how often it is asked, and a look at what became of routes. */
import { decodeAttributes, encodeAttributes, findAttribute, formatAddress, type PathAttribute, STORED_CONTEXT } from '@tsbgp/wire';
import type { ImportPolicy, JudgedRoute, PathId, PolicyChange, PolicyPending, PolicyVerdict, RibTable } from '../src/index.ts';

export interface TestPolicyOptions {
  /** A community that is added, and one that is removed. */
  readonly add?: number;
  readonly remove?: number;
  /** Prefixes that the change is made for. @default all */
  readonly onlyTo?: readonly string[];
  /** Prefixes that are rejected, and why. */
  readonly rejects?: readonly (readonly [prefix: string, reason: string | undefined])[];
  /** Routes with this community are rejected. */
  readonly rejectsCommunity?: number;
  /** Why the change cannot be made. */
  readonly fails?: string;
  readonly reads?: number;
  /** Routes with this ROV state are rejected. */
  readonly rejectsRov?: number;
}

export class TestPolicy implements ImportPolicy {
  readonly reads: number;
  /** How often `judge` and `resume` were called. */
  asked = 0;
  resumed = 0;
  readonly #options: TestPolicyOptions;
  readonly #change: PolicyChange | undefined;
  readonly #pending: PolicyPending = { type: 'pending' };

  constructor(options: TestPolicyOptions = {}) {
    this.#options = options;
    this.reads = options.reads ?? 0;
    const { add, remove, fails } = options;
    this.#change = add === undefined && remove === undefined && fails === undefined ? undefined : changeOf(options);
  }

  classOf(peer: object | undefined): number {
    return (peer as { readonly number: number }).number;
  }

  judge(route: JudgedRoute): PolicyVerdict | PolicyPending {
    this.asked++;
    const { rejects, onlyTo, rejectsCommunity, rejectsRov } = this.#options;
    const { attributes } = decodeAttributes(route.bytes, route.start, route.end, STORED_CONTEXT);
    if (rejectsRov !== undefined && route.rov === rejectsRov) return this.#verdict(false, `rov ${route.rov}`);
    if (rejectsCommunity !== undefined && findAttribute(attributes, 'communities')?.value.includes(rejectsCommunity) === true) {
      return this.#verdict(false, 'community');
    }
    return rejects === undefined && onlyTo === undefined ? this.#verdict(true) : this.#pending;
  }

  resume(_pending: PolicyPending, { nlri, nlriOffset }: JudgedRoute): PolicyVerdict {
    this.resumed++;
    const prefix = textOf(nlri, nlriOffset);
    const rejected = this.#options.rejects?.find(([each]) => each === prefix);
    if (rejected !== undefined) return { ...this.#verdict(false, rejected[1]), by: prefix };
    return this.#verdict(true, undefined, this.#options.onlyTo?.includes(prefix) !== false);
  }

  #verdict(accepts: boolean, reason?: string, isChanged = accepts): PolicyVerdict {
    return { type: 'verdict', accepts, reason, change: isChanged ? this.#change : undefined };
  }
}

function changeOf({ add, remove, fails }: TestPolicyOptions): PolicyChange {
  return {
    nextHop: undefined,
    setsMed: false,
    apply(bytes, start, end) {
      if (fails !== undefined) return fails;
      const { attributes } = decodeAttributes(bytes, start, end, STORED_CONTEXT);
      const kept = (findAttribute(attributes, 'communities')?.value ?? []).filter((each) => each !== remove);
      const value = add === undefined ? kept : [...kept, add];
      const others = attributes.filter(({ type }) => type !== 'communities');
      const changed: PathAttribute[] = value.length === 0 ? others : [...others, { type: 'communities', flags: 0xc0, value }];
      return encodeAttributes(changed, STORED_CONTEXT);
    },
  };
}

function textOf(wire: Uint8Array, offset: number): string {
  const address = new Uint8Array(4);
  address.set(wire.subarray(offset + 1, offset + 1 + Math.ceil(wire[offset]! / 8)));
  return `${formatAddress(address)}/${wire[offset]}`;
}

/** The paths of an IPv4 table: the prefix, the path, the communities of the set that it is used with. */
export function* pathsOf(table: RibTable): Iterable<readonly [prefix: string, path: PathId, communities: string]> {
  const wire = new Uint8Array(24);
  for (let path = 1; path < table.pathTop; path++) {
    if (table.pathNlri[path] === 0) continue;
    wire.fill(0);
    table.index.write(wire, 0, table.nlriOf(path as PathId));
    const octets = table.attributes.octets(table.attrOf(path as PathId));
    const communities = findAttribute(decodeAttributes(octets, 0, octets.length, STORED_CONTEXT).attributes, 'communities')?.value ?? [];
    yield [textOf(wire, 0), path as PathId, communities.join(' ')];
  }
}
