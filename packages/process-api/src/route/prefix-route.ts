/**
 * Routes of prefixes: unicast, multicast, labeled (RFC 8277) and VPN (RFC 4364).
 *
 *     route 10.0.0.0/24 next-hop 192.0.2.1 rd 65000:1 label 1000 split /25
 *     attributes next-hop 192.0.2.1 community [ 65000:1 ] nlri 10.0.0.0/24 10.0.1.0/24
 */
import { Afi, afiOf, ByteWriter, type Family, IPV4_UNICAST, IPV6_UNICAST, makeFamily, Safi, safiOf } from '@tsbgp/wire';
import type { Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { type IpPrefixValue, readPrefix } from '../text/values.ts';
import { Words } from '../text/words.ts';
import { AttributeSet } from './attribute-set.ts';
import { readAttributes } from './attribute-words.ts';
import { RouteDraft } from './draft.ts';
import { octetText, type Route, routeKey } from './route.ts';

/** Whether the text announces or withdraws: a withdrawal needs only what identifies the route. */
export type Purpose = 'announce' | 'withdraw';

/** RFC 8277 §2.4: stands for any label in a withdrawal; the field's three octets. */
const WITHDRAW_LABEL_FIELD = 0x80_0000;
/** Routes that one `split` may give. */
const SPLIT_MAX = 1_048_576;

/** What the words after the prefix say. */
export interface PrefixWords {
  readonly draft: RouteDraft;
  readonly set: AttributeSet;
}

/** `route PREFIX …`: family by content. `at` is the place of the prefix among the words. */
export function readRoute(statement: Statement, at: number, purpose: Purpose): Route[] {
  const words = new Words(statement.words, at, statement.line);
  const prefix = readPrefix(words);
  const parsed = readPrefixWords(words, statement.body);
  return prefixRoutes(prefix, familyOf(prefix, parsed.draft), parsed, purpose, statement.line);
}

/** `unicast PREFIX …` and its like in an `announce` section. */
export function readRouteOfFamily(statement: Statement, at: number, family: Family, purpose: Purpose): Route[] {
  const words = new Words(statement.words, at, statement.line);
  const line = words.line;
  const prefix = readPrefix(words);
  if ((prefix.bytes.length === 4) !== (afiOf(family) === Afi.Ipv4)) {
    throw new SyntaxFault(
      `found a prefix of IPv${prefix.bytes.length === 4 ? 4 : 6}, allowed is one of IPv${afiOf(family) === Afi.Ipv4 ? 4 : 6}`,
      line,
    );
  }
  return prefixRoutes(prefix, family, readPrefixWords(words, statement.body), purpose, statement.line);
}

/** `attributes KEY VALUE … nlri PREFIX PREFIX …` */
export function readAttributesRoute(statement: Statement, at: number, purpose: Purpose): Route[] {
  const words = new Words(statement.words, at, statement.line);
  const draft = new RouteDraft();
  readAttributes(words, draft, {}, 'nlri');
  if (!words.take('nlri')) throw words.fault('found no "nlri", allowed are prefixes after it, e.g. "nlri 10.0.0.0/24 10.0.1.0/24"');
  const parsed = { draft, set: draft.build() };
  const routes: Route[] = [];
  do {
    const prefix = readPrefix(words);
    routes.push(...prefixRoutes(prefix, familyOf(prefix, draft), parsed, purpose, statement.line));
  } while (words.more);
  return routes;
}

/** The keywords after the prefix, in one line or in a section. */
export function readPrefixWords(words: Words, body: readonly Statement[] | undefined): PrefixWords {
  const draft = new RouteDraft();
  readAttributes(words, draft);
  for (const statement of body ?? []) {
    if (statement.body !== undefined) throw new SyntaxFault('found a section in a route, allowed are keywords', statement.line);
    readAttributes(new Words(statement.words), draft);
  }
  return { draft, set: draft.build() };
}

/** VPN with a route distinguisher, labeled with a label, multicast for 224.0.0.0/4, else unicast. */
export function familyOf({ bytes }: IpPrefixValue, { rd, labels }: RouteDraft): Family {
  const afi = bytes.length === 4 ? Afi.Ipv4 : Afi.Ipv6;
  if (rd !== undefined) return makeFamily(afi, Safi.MplsVpn);
  if (labels !== undefined) return makeFamily(afi, Safi.LabeledUnicast);
  if (afi === Afi.Ipv4 && bytes[0]! >= 224 && bytes[0]! < 240) return makeFamily(afi, Safi.Multicast);
  return afi === Afi.Ipv4 ? IPV4_UNICAST : IPV6_UNICAST;
}

export function prefixRoutes(prefix: IpPrefixValue, family: Family, parsed: PrefixWords, purpose: Purpose, line: number): Route[] {
  const { draft, set } = parsed;
  if (purpose === 'announce' && set.nextHop === undefined) throw new SyntaxFault('found no next-hop, e.g. "next-hop 192.0.2.1"', line);
  const safi = safiOf(family);
  const isLabeled = safi === Safi.LabeledUnicast || safi === Safi.MplsVpn;
  if (isLabeled && draft.labels === undefined && purpose === 'announce') throw new SyntaxFault('found no label, e.g. "label 1000"', line);
  if (safi === Safi.MplsVpn && draft.rd === undefined) throw new SyntaxFault('found no rd, e.g. "rd 65000:1"', line);
  if (draft.split === undefined) return [prefixRoute(prefix, family, parsed)];
  if (draft.split < prefix.bits || draft.split > prefix.bytes.length * 8 || 2 ** (draft.split - prefix.bits) > SPLIT_MAX) {
    throw new SyntaxFault(
      `found split /${draft.split}, allowed is a length from /${prefix.bits} on with at most ${SPLIT_MAX} prefixes`,
      line,
    );
  }
  return splitPrefix(prefix, draft.split).map((piece) => prefixRoute(piece, family, parsed));
}

const scratch = new ByteWriter(64);

function prefixRoute({ bytes, bits }: IpPrefixValue, family: Family, { draft, set }: PrefixWords): Route {
  const out = scratch;
  const end = (bits + 7) >>> 3;
  const safi = safiOf(family);
  const rd = safi === Safi.MplsVpn ? draft.rd : undefined;
  // The identity of the route: its labels may change.
  out.length = 0;
  out.u8(bits);
  if (rd !== undefined) out.raw(rd);
  out.raw(bytes, 0, end);
  const identity = written(out);
  let nlri = identity;
  if (rd !== undefined || safi === Safi.LabeledUnicast) {
    const labels = draft.labels ?? [];
    out.length = 0;
    out.u8(bits + (rd === undefined ? 0 : 64) + 24 * Math.max(labels.length, 1));
    if (labels.length === 0) out.u24(WITHDRAW_LABEL_FIELD);
    for (const [i, label] of labels.entries()) out.u24((label << 4) | (i === labels.length - 1 ? 1 : 0));
    if (rd !== undefined) out.raw(rd);
    out.raw(bytes, 0, end);
    nlri = written(out);
  }
  return {
    family,
    key: routeKey(family, identity, draft.pathId),
    nlri,
    pathId: draft.pathId,
    set,
    ...(draft.watchdog !== undefined && { watchdog: draft.watchdog }),
    ...(draft.startsWithdrawn && { startsWithdrawn: true }),
  };
}

function written(out: ByteWriter): string {
  return octetText(out.bytes.subarray(0, out.length));
}

function splitPrefix({ bytes, bits }: IpPrefixValue, length: number): IpPrefixValue[] {
  const size = bytes.length * 8;
  let value = 0n;
  for (const octet of bytes) value = (value << 8n) | BigInt(octet);
  const step = 1n << BigInt(size - length);
  return Array.from({ length: 2 ** (length - bits) }, (_, i) => {
    const piece = new Uint8Array(bytes.length);
    let left = value + BigInt(i) * step;
    for (let at = piece.length - 1; at >= 0; at--, left >>= 8n) piece[at] = Number(left & 0xffn);
    return { bytes: piece, bits: length };
  });
}
