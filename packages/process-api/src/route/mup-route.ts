/**
 * Mobile user plane (draft-ietf-bess-mup-safi):
 *
 *     mup-isd PREFIX rd RD                                       mup-dsd ADDRESS rd RD
 *     mup-t1st PREFIX rd RD teid N qfi N endpoint IP [source IP]   mup-t2st ADDRESS rd RD teid N/LENGTH
 *
 * then next-hop, extended-community, bgp-prefix-sid-srv6.
 */
import { addressBytes, ByteWriter, encodeTypedNlri, type Family, formatAddress, formatRd, type MupNlri, parseRd } from '@tsbgp/wire';
import type { Statement } from '../text/lexer.ts';
import { SyntaxFault } from '../text/syntax-fault.ts';
import { readAddress, readPrefix } from '../text/values.ts';
import { Words } from '../text/words.ts';
import { readAttributes } from './attribute-words.ts';
import { RouteDraft } from './draft.ts';
import type { Purpose } from './prefix-route.ts';
import type { Route } from './route.ts';
import { typedRoute } from './typed-route.ts';

const TYPE_1_SESSION_TRANSFORMED = 3;
const TYPE_2_SESSION_TRANSFORMED = 4;
/** Architecture, type, length. */
const MUP_HEAD_LENGTH = 4;
const TYPES = ['mup-isd', 'mup-dsd', 'mup-t1st', 'mup-t2st'];

interface Found {
  teid?: string;
  qfi?: number;
  endpoint?: string;
  source?: string;
}

export function readMup(statement: Statement, at: number, family: Family, purpose: Purpose): Route {
  const words = new Words(statement.words, at, statement.line);
  const type = words.next(`one of ${TYPES.join(', ')}`);
  if (!TYPES.includes(type)) throw words.wrong(type, `one of ${TYPES.join(', ')}`);
  const isPrefix = type === 'mup-isd' || type === 'mup-t1st';
  const target = isPrefix ? prefixText(words) : readAddress(words);
  const found: Found = {};
  const draft = new RouteDraft();
  readAttributes(words, draft, {
    teid: (each) => {
      found.teid = each.next('a tunnel endpoint identifier');
    },
    qfi: (each) => {
      found.qfi = each.number(0, 0xff);
    },
    endpoint: (each) => {
      found.endpoint = readAddress(each);
    },
    source: (each) => {
      found.source = readAddress(each);
    },
  });
  const { line } = statement;
  if (draft.rd === undefined) throw new SyntaxFault('found no rd, e.g. "rd 100:100"', line);
  if (purpose === 'announce' && draft.nextHop === undefined) throw new SyntaxFault('found no next-hop, e.g. "next-hop 2001:db8::1"', line);
  return typedRoute(nlriOf(type, target, found, { type: 'mup', family }, formatRd(draft.rd), line), draft, line);
}

type Head = { type: 'mup'; family: Family };

function nlriOf(type: string, target: string, found: Found, head: Head, rd: string, line: number): MupNlri {
  if (type === 'mup-isd') return { ...head, route: 'interwork-segment-discovery', rd, prefix: target };
  if (type === 'mup-dsd') return { ...head, route: 'direct-segment-discovery', rd, address: target };
  const { teid = '', qfi = 0, endpoint, source } = found;
  if (type === 'mup-t1st') {
    if (!/^\d{1,10}$/.test(teid) || Number(teid) > 0xffff_ffff || endpoint === undefined) {
      throw new SyntaxFault('found no teid or no endpoint, e.g. "teid 12345 qfi 9 endpoint 10.0.0.1"', line);
    }
    const session = { prefix: target, teid: Number(teid), qfi, endpoint };
    if (source !== undefined) return { ...head, route: 'type-1-session-transformed', rd, ...session, source };
    // Without a source @tsbgp/wire writes its length, 0. ExaBGP writes nothing.
    const octets = encodeTypedNlri({ ...head, route: 'type-1-session-transformed', rd, ...session });
    return { ...head, route: 'unknown', routeType: TYPE_1_SESSION_TRANSFORMED, bytes: octets.slice(MUP_HEAD_LENGTH, -1) };
  }
  const parts = /^(\d{1,10})\/(\d{1,2})$/.exec(teid);
  const [value, bits] = [Number(parts?.[1]), Number(parts?.[2])];
  if (!(bits <= 32 && value < 2 ** bits))
    throw new SyntaxFault(`found teid "${teid}", allowed is a value and its length, e.g. "12345/32"`, line);
  // draft-ietf-bess-mup-safi §3.1.4 counts leading bits. ExaBGP writes the value itself into the octets, so its last bits may be after the length.
  const bytes = new ByteWriter(32);
  bytes.raw(parseRd(rd));
  const address = addressBytes(target);
  bytes.u8(8 * address.length + bits);
  bytes.raw(address);
  for (let shift = 8 * (((bits + 7) >>> 3) - 1); shift >= 0; shift -= 8) bytes.u8((value >>> shift) & 0xff);
  return { ...head, route: 'unknown', routeType: TYPE_2_SESSION_TRANSFORMED, bytes: bytes.take() };
}

function prefixText(words: Words): string {
  const { bytes, bits } = readPrefix(words);
  return `${formatAddress(bytes)}/${bits}`;
}
