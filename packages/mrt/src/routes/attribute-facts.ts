/**
 * Where the path attributes of a block are and what the simple ones say, found in one pass. Nothing is judged: a reader of archives wants to see what
 * is there, so the first attribute of each code counts and a block that is cut off is read as far as it goes.
 */
import { AttributeCode, AttributeFlag, readU16, readU32 } from '@tsbgp/wire';

/** Places are offsets into the octets that were scanned; -1 when the attribute is absent. */
export class AttributeFacts {
  origin = -1;
  asPathStart = -1;
  asPathEnd = -1;
  as4PathStart = -1;
  as4PathEnd = -1;
  nextHop = -1;
  multiExitDisc = -1;
  localPref = -1;
  isAtomicAggregate = false;
  aggregatorStart = -1;
  aggregatorEnd = -1;
  as4AggregatorStart = -1;
  communitiesStart = -1;
  communitiesEnd = -1;
  largeCommunitiesStart = -1;
  largeCommunitiesEnd = -1;
  mpReachStart = -1;
  mpReachEnd = -1;
  mpUnreachStart = -1;
  mpUnreachEnd = -1;

  /** Reads the block in `bytes[start, end)`. */
  scan(bytes: Uint8Array, start: number, end: number): void {
    this.#clear();
    for (let at = start; at + 3 <= end; ) {
      const flags = bytes[at]!;
      const code = bytes[at + 1]!;
      const isLong = (flags & AttributeFlag.ExtendedLength) !== 0;
      const value = at + (isLong ? 4 : 3);
      if (value > end) return;
      const next = value + (isLong ? readU16(bytes, at + 2) : bytes[at + 2]!);
      if (next > end) return;
      this.#note(bytes, code, value, next);
      at = next;
    }
  }

  #note(bytes: Uint8Array, code: number, start: number, end: number): void {
    switch (code) {
      case AttributeCode.Origin:
        if (this.origin === -1 && end > start) this.origin = bytes[start]!;
        break;
      case AttributeCode.AsPath:
        if (this.asPathStart !== -1) break;
        this.asPathStart = start;
        this.asPathEnd = end;
        break;
      case AttributeCode.NextHop:
        if (this.nextHop === -1 && end - start >= 4) this.nextHop = start;
        break;
      case AttributeCode.MultiExitDisc:
        if (this.multiExitDisc === -1 && end - start >= 4) this.multiExitDisc = readU32(bytes, start);
        break;
      case AttributeCode.LocalPref:
        if (this.localPref === -1 && end - start >= 4) this.localPref = readU32(bytes, start);
        break;
      case AttributeCode.AtomicAggregate:
        this.isAtomicAggregate = true;
        break;
      case AttributeCode.Aggregator:
        if (this.aggregatorStart !== -1) break;
        this.aggregatorStart = start;
        this.aggregatorEnd = end;
        break;
      case AttributeCode.Communities:
        if (this.communitiesStart !== -1) break;
        this.communitiesStart = start;
        this.communitiesEnd = end;
        break;
      case AttributeCode.MpReachNlri:
        if (this.mpReachStart !== -1) break;
        this.mpReachStart = start;
        this.mpReachEnd = end;
        break;
      case AttributeCode.MpUnreachNlri:
        if (this.mpUnreachStart !== -1) break;
        this.mpUnreachStart = start;
        this.mpUnreachEnd = end;
        break;
      case AttributeCode.As4Path:
        if (this.as4PathStart !== -1) break;
        this.as4PathStart = start;
        this.as4PathEnd = end;
        break;
      case AttributeCode.As4Aggregator:
        if (this.as4AggregatorStart === -1 && end - start >= 8) this.as4AggregatorStart = start;
        break;
      case AttributeCode.LargeCommunities:
        if (this.largeCommunitiesStart !== -1) break;
        this.largeCommunitiesStart = start;
        this.largeCommunitiesEnd = end;
        break;
      default:
    }
  }

  #clear(): void {
    this.origin = -1;
    this.asPathStart = -1;
    this.asPathEnd = -1;
    this.as4PathStart = -1;
    this.as4PathEnd = -1;
    this.nextHop = -1;
    this.multiExitDisc = -1;
    this.localPref = -1;
    this.isAtomicAggregate = false;
    this.aggregatorStart = -1;
    this.aggregatorEnd = -1;
    this.as4AggregatorStart = -1;
    this.communitiesStart = -1;
    this.communitiesEnd = -1;
    this.largeCommunitiesStart = -1;
    this.largeCommunitiesEnd = -1;
    this.mpReachStart = -1;
    this.mpReachEnd = -1;
    this.mpUnreachStart = -1;
    this.mpUnreachEnd = -1;
  }
}
