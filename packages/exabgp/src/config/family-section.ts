/** `family { ipv4 unicast; all; }`, `add-path { ipv4 unicast limit 4; }`, `nexthop { ipv4 unicast ipv6; }` */
import { ALL_FAMILIES, readFamily, type Statement, Words } from '@tsbgp/process-api';
import { Afi } from '@tsbgp/wire';
import type { NeighborDraft } from './neighbor-draft.ts';

export function readFamilySection(body: readonly Statement[], draft: NeighborDraft): void {
  for (const statement of body) {
    const words = new Words(statement.words);
    const families = words.take('all') ? ALL_FAMILIES : [readFamily(words)];
    words.end();
    for (const family of families) if (!draft.families.includes(family)) draft.families.push(family);
  }
}

export function readAddPathSection(body: readonly Statement[], draft: NeighborDraft): void {
  draft.hasAddPath = true;
  for (const statement of body) {
    const words = new Words(statement.words);
    if (words.take('all')) {
      draft.addPath.push(...ALL_FAMILIES.map((family) => ({ family, limit: undefined })));
    } else {
      const family = readFamily(words);
      draft.addPath.push({ family, limit: words.take('limit') ? words.number(1, 0xffff) : undefined });
    }
    words.end();
  }
}

const NEXT_HOP_AFIS: Readonly<Record<string, number>> = { ipv4: Afi.Ipv4, ipv6: Afi.Ipv6 };

export function readNextHopSection(body: readonly Statement[], draft: NeighborDraft): void {
  draft.hasNextHops = true;
  for (const statement of body) {
    const words = new Words(statement.words);
    const family = readFamily(words);
    const afi = words.next('ipv4 or ipv6');
    if (!Object.hasOwn(NEXT_HOP_AFIS, afi)) throw words.wrong(afi, 'ipv4 or ipv6, e.g. "ipv4 unicast ipv6"');
    words.end();
    draft.nextHops.push({ family, nextHopAfi: NEXT_HOP_AFIS[afi]! });
  }
}
