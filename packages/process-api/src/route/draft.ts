/** What the words of a route have said so far. */
import { AttributeCode, ByteWriter, ValueError } from '@tsbgp/wire';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { AttributeSet, type NextHop } from './attribute-set.ts';
import type { AttributeValue } from './attribute-value.ts';

const OPTIONAL_TRANSITIVE = 0xc0;

export class RouteDraft {
  readonly attributes: Map<number, AttributeValue> = new Map();
  nextHop: NextHop;
  /** Eight octets. */
  rd: Uint8Array | undefined;
  labels: number[] | undefined;
  pathId: number | undefined;
  split: number | undefined;
  watchdog: string | undefined;
  startsWithdrawn = false;

  /** A keyword that is given twice: the last one holds. */
  set(value: AttributeValue): void {
    this.attributes.set(value.code, value);
  }

  octets(code: number, flags: number, write: (out: ByteWriter) => void): void {
    const out = new ByteWriter(32);
    write(out);
    this.set({ code, flags, bytes: out.take() });
  }

  /** Adds extended communities of eight octets (attribute 16) or of twenty (attribute 25); they are sorted. */
  addExtended(communities: readonly Uint8Array[]): void {
    for (const community of communities) {
      const code = community.length === 8 ? AttributeCode.ExtendedCommunities : AttributeCode.Ipv6ExtendedCommunities;
      const before = this.attributes.get(code);
      const present = before !== undefined && 'bytes' in before ? entries(before.bytes, community.length) : [];
      this.set({ code, flags: OPTIONAL_TRANSITIVE, bytes: joinSorted([...present, community]) });
    }
  }

  build(): AttributeSet {
    return new AttributeSet([...this.attributes.values()], this.nextHop);
  }
}

function entries(bytes: Uint8Array, size: number): Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) list.push(bytes.subarray(at, at + size));
  return list;
}

/** Ascending by their octets. */
export function joinSorted(list: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(list.toSorted(compareOctets).flatMap((bytes) => [...bytes]));
}

function compareOctets(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** Runs what may throw ValueError of @tsbgp/wire; it becomes a SyntaxFault. */
export function asSyntax<T>(line: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ValueError || error instanceof RangeError) throw new SyntaxFault(error.message, line);
    throw error;
  }
}
