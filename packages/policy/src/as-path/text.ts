/**
 * AS_PATH as the text that regular expressions look at. Sets are printed in ascending order, because they have none of their own: a pattern
 * must not depend on the order in which a router wrote them.
 *
 *     cisco        65001 65002 {65003,65004} (65005 65006) [65007]    Cisco, FRR, GoBGP, and our own policies
 *     spaces       65001 65002 {65003 65004}                          rustbgpd
 *     underscores  65001_65002_65003_65004                            bgpgg: sets flattened, no separator at the ends
 */
import type { AsPathSegment } from '@tsbgp/wire';

/** Forms of the text of an AS_PATH; see above. */
export type PathTextForm = 'cisco' | 'spaces' | 'underscores';

/** The text of AS numbers: `65536`, `1.0`, or `1.0` also below 65536 (`0.1`) (RFC 5396). */
export type AsNotation = 'asplain' | 'asdot' | 'asdot+';

const BRACKETS: Readonly<Record<AsPathSegment['type'], readonly [string, string]>> = {
  sequence: ['', ''],
  set: ['{', '}'],
  'confed-sequence': ['(', ')'],
  'confed-set': ['[', ']'],
};

export function pathText(segments: readonly AsPathSegment[], form: PathTextForm = 'cisco', notation: AsNotation = 'asplain'): string {
  if (form === 'underscores') return segments.flatMap(({ asns }) => asns.map((asn) => formatAs(asn, notation))).join('_');
  return segments
    .map(({ type, asns }) => {
      const isSet = type === 'set' || type === 'confed-set';
      const members = isSet ? [...new Set(asns)].toSorted((a, b) => a - b) : asns;
      const separator = isSet && form === 'cisco' ? ',' : ' ';
      const [open, close] = BRACKETS[type];
      return open + members.map((asn) => formatAs(asn, notation)).join(separator) + close;
    })
    .join(' ');
}

/** The text of an AS number. */
export function formatAs(asn: number, notation: AsNotation = 'asplain'): string {
  if (notation === 'asplain' || (notation === 'asdot' && asn <= 0xffff)) return String(asn);
  return `${Math.floor(asn / 0x1_0000)}.${asn % 0x1_0000}`;
}

/** An AS number as `65001` or `1.10`; undefined for other text. AS 0 is read: filters name it (RFC 7607). */
export function parseAs(text: string): number | undefined {
  const halves = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  if (halves !== null) {
    const [high, low] = [Number(halves[1]), Number(halves[2])];
    return high <= 0xffff && low <= 0xffff ? high * 0x1_0000 + low : undefined;
  }
  const asn = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return asn <= 0xffff_ffff ? asn : undefined;
}
