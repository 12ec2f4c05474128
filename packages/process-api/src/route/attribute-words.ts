/** The keywords of a route that are its attributes, one row each. */
import { type AsPathSegment, AttributeCode, fromHex, parseIpv4, parseRd } from '@tsbgp/wire';
import { parseAs, readAddress, readIpv4, readName } from '../text/values.ts';
import type { Words } from '../text/words.ts';
import { readCommunity, readLargeCommunity } from './community-words.ts';
import { asSyntax, joinSorted, type RouteDraft } from './draft.ts';
import { readExtendedCommunity } from './extended-community.ts';
import { readPrefixSid, readSrv6Sid } from './prefix-sid-words.ts';

const WELL_KNOWN = 0x40;
const OPTIONAL = 0x80;
const OPTIONAL_TRANSITIVE = 0xc0;
const U32 = 0xffff_ffff;
const ORIGINS: Readonly<Record<string, number>> = { igp: 0, egp: 1, incomplete: 2 };

type Row = (words: Words, draft: RouteDraft) => void;

function address(code: number): Row {
  return (words, draft) => draft.set({ code, flags: OPTIONAL, bytes: parseIpv4(readIpv4(words))! });
}

const readLabels: Row = (words, draft) => {
  draft.labels = words.list((list) => list.number(0, 0xf_ffff));
};

const readRd: Row = (words, draft) => {
  const text = words.next('a route distinguisher');
  draft.rd = asSyntax(words.line, () => parseRd(text));
};

export const ATTRIBUTE_WORDS: Readonly<Record<string, Row>> = {
  'next-hop': (words, draft) => {
    draft.nextHop = words.take('self') ? 'self' : readAddress(words);
  },
  origin(words, draft) {
    const text = words.next('igp, egp or incomplete').toLowerCase();
    if (!Object.hasOwn(ORIGINS, text)) throw words.wrong(text, 'igp, egp or incomplete');
    draft.octets(AttributeCode.Origin, WELL_KNOWN, (out) => out.u8(ORIGINS[text]!));
  },
  'as-path': (words, draft) => draft.set({ code: AttributeCode.AsPath, asPath: readAsPath(words) }),
  med: (words, draft) => draft.octets(AttributeCode.MultiExitDisc, OPTIONAL, (out) => out.u32(words.number(0, U32))),
  'local-preference': (words, draft) => draft.octets(AttributeCode.LocalPref, WELL_KNOWN, (out) => out.u32(words.number(0, U32))),
  'atomic-aggregate': (_words, draft) => draft.octets(AttributeCode.AtomicAggregate, WELL_KNOWN, () => {}),
  aggregator(words, draft) {
    const grouped = words.take('(');
    const text = words.next('AS and address, e.g. "65000:192.0.2.1"');
    if (grouped) words.expect(')');
    const colon = text.indexOf(':');
    const as = parseAs(text.slice(0, colon));
    const ip = text.slice(colon + 1);
    if (as === undefined || parseIpv4(ip) === undefined) throw words.wrong(text, 'AS and address, e.g. "65000:192.0.2.1"');
    draft.set({ code: AttributeCode.Aggregator, aggregator: { as, address: ip } });
  },
  community(words, draft) {
    const values = words.list(readCommunity).toSorted((a, b) => a - b);
    draft.octets(AttributeCode.Communities, OPTIONAL_TRANSITIVE, (out) => {
      for (const value of values) out.u32(value);
    });
  },
  'large-community': (words, draft) => {
    const values = new Map(words.list(readLargeCommunity).map((value) => [value.join(':'), value]));
    draft.octets(AttributeCode.LargeCommunities, OPTIONAL_TRANSITIVE, (out) => {
      for (const value of values.values()) for (const part of value) out.u32(part);
    });
  },
  'extended-community': (words, draft) => {
    const list = words.list(readExtendedCommunity);
    draft.attributes.delete(AttributeCode.ExtendedCommunities);
    draft.attributes.delete(AttributeCode.Ipv6ExtendedCommunities);
    if (list.length === 0) draft.set({ code: AttributeCode.ExtendedCommunities, flags: OPTIONAL_TRANSITIVE, bytes: joinSorted([]) });
    draft.addExtended(list);
  },
  'originator-id': address(AttributeCode.OriginatorId),
  'cluster-list': (words, draft) => {
    const list = words.list(readIpv4);
    draft.octets(AttributeCode.ClusterList, OPTIONAL, (out) => {
      for (const ip of list) out.raw(parseIpv4(ip)!);
    });
  },
  aigp(words, draft) {
    const text = words.next('a metric, e.g. "100" or "0x64"');
    if (!/^(0x[0-9a-fA-F]{1,16}|\d{1,19})$/.test(text)) throw words.wrong(text, 'a metric of 64 bits, e.g. "100" or "0x64"');
    // One TLV of type 1 and length 11 (RFC 7311 §3).
    draft.octets(AttributeCode.Aigp, OPTIONAL, (out) => {
      out.u8(1);
      out.u16(11);
      out.u64(BigInt(text));
    });
  },
  'path-information': (words, draft) => {
    const text = words.next('a path identifier');
    const ip = parseIpv4(text);
    const value =
      ip === undefined ? (/^\d{1,10}$/.test(text) ? Number(text) : Number.NaN) : ip.reduce((sum, octet) => sum * 256 + octet, 0);
    if (!(value <= U32)) throw words.wrong(text, 'a path identifier, e.g. "10" or "0.0.0.10"');
    draft.pathId = value;
  },
  rd: readRd,
  'route-distinguisher': readRd,
  label: readLabels,
  'bgp-prefix-sid': readPrefixSid,
  'bgp-prefix-sid-srv6': readSrv6Sid,
  attribute: readRaw,
  name: (words) => {
    readName(words, 'the route');
  },
  split(words, draft) {
    const text = words.next('a length, e.g. "/24"');
    const bits = /^\/?(\d{1,3})$/.exec(text);
    if (bits === null || Number(bits[1]) > 128) throw words.wrong(text, 'a length, e.g. "/24"');
    draft.split = Number(bits[1]);
  },
  watchdog: (words, draft) => {
    draft.watchdog = readName(words, 'the watchdog');
  },
  withdraw: (_words, draft) => {
    draft.startsWithdrawn = true;
  },
};

/** Reads keywords until the end of the words, or until one that `own` takes returns false. Throws SyntaxFault for an unknown keyword. */
export function readAttributes(words: Words, draft: RouteDraft, own: Readonly<Record<string, Row>> = {}, stop?: string): void {
  while (words.more) {
    if (stop !== undefined && words.peek() === stop) return;
    const keyword = words.next('a keyword');
    const row = Object.hasOwn(own, keyword) ? own[keyword] : Object.hasOwn(ATTRIBUTE_WORDS, keyword) ? ATTRIBUTE_WORDS[keyword] : undefined;
    if (row === undefined) {
      throw words.wrong(keyword, `one of ${[...Object.keys(own), ...Object.keys(ATTRIBUTE_WORDS)].join(', ')}`);
    }
    row(words, draft);
  }
}

/** `[ 0x20 0xc0 0x00000001 ]`: code, flags, octets. */
function readRaw(words: Words, draft: RouteDraft): void {
  const list = words.list((each) => each.next('hexadecimal digits'));
  const [code = '', flags = '', data = ''] = list;
  const isOctet = (text: string): boolean => /^0x[0-9a-fA-F]{1,2}$/.test(text);
  if (list.length !== 3 || !isOctet(code) || !isOctet(flags) || !/^0x([0-9a-fA-F]{2})*$/.test(data)) {
    throw words.wrong(list.join(' '), 'code, flags and octets, e.g. "[ 0x20 0xc0 0x0000fde80000000100000002 ]"');
  }
  draft.set({ code: Number(code), flags: Number(flags), bytes: fromHex(data.slice(2)) });
}

/** `65000`, `[ 1 2 ]` a sequence, `( 1 2 )` a set, several after each other, `[]` empty; commas are allowed. */
function readAsPath(words: Words): AsPathSegment[] {
  const segments: AsPathSegment[] = [];
  const readOne = (): number => {
    const text = words.next('the number of an AS');
    const as = parseAs(text);
    if (as === undefined) throw words.wrong(text, 'the number of an AS, e.g. "65000"');
    return as;
  };
  if (words.peek() !== '[' && words.peek() !== '(') return [{ type: 'sequence', asns: [readOne()] }];
  while (words.peek() === '[' || words.peek() === '(') {
    const isSet = words.take('(');
    if (!isSet) words.expect('[');
    const close = isSet ? ')' : ']';
    let asns: number[] = [];
    while (!words.take(close)) {
      if (!words.more) throw words.fault(`found "${isSet ? '(' : '['}" without "${close}"`);
      if (words.take(',')) continue;
      // A set may also be written inside the sequence: `[ 1 2 ( 3 4 ) ]`.
      if (!isSet && words.peek() === '(') {
        if (asns.length > 0) segments.push({ type: 'sequence', asns });
        asns = [];
        segments.push(...readAsPath(words));
        continue;
      }
      asns.push(readOne());
    }
    if (asns.length > 0) segments.push({ type: isSet ? 'set' : 'sequence', asns });
  }
  return segments;
}
