/**
 * PREFIX_SID (RFC 8669, RFC 9252) as ExaBGP writes it.
 *
 *     bgp-prefix-sid [ 300 ]
 *     bgp-prefix-sid [ 300, [ ( 800000,4096 ), ( 1000000,5000 ) ] ]
 *     bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] )
 */
import { AttributeCode, addressBytes, type ByteWriter } from '@tsbgp/wire';
import { readAddress } from '../text/values.ts';
import type { Words } from '../text/words.ts';
import type { RouteDraft } from './draft.ts';

const OPTIONAL_TRANSITIVE = 0xc0;
const LABEL_INDEX = 1;
const ORIGINATOR_SRGB = 3;
const SERVICES: Readonly<Record<string, number>> = { 'l3-service': 5, 'l2-service': 6 };
/** RFC 9252 §3.1: the behavior is not said. */
const BEHAVIOR_DEFAULT = 0xffff;

export function readPrefixSid(words: Words, draft: RouteDraft): void {
  words.expect('[');
  const index = words.number(0, 0xffff_ffff);
  words.take(',');
  const ranges = words.peek() === '[' ? words.list(readRange) : [];
  words.expect(']');
  draft.octets(AttributeCode.PrefixSid, OPTIONAL_TRANSITIVE, (out) => {
    out.u8(LABEL_INDEX);
    out.u16(7);
    out.zeros(3);
    out.u32(index);
    if (ranges.length > 0) {
      out.u8(ORIGINATOR_SRGB);
      out.counted16(() => {
        out.u16(0);
        for (const [base, size] of ranges) {
          out.u24(base);
          out.u24(size);
        }
      });
    }
  });
}

function readRange(words: Words): [number, number] {
  words.expect('(');
  const base = words.number(0, 0xff_ffff);
  words.take(',');
  const size = words.number(0, 0xff_ffff);
  words.expect(')');
  return [base, size];
}

export function readSrv6Sid(words: Words, draft: RouteDraft): void {
  words.expect('(');
  const service = words.next('l3-service or l2-service');
  if (!Object.hasOwn(SERVICES, service)) throw words.wrong(service, 'l3-service or l2-service');
  const sid = readAddress(words);
  if (!sid.includes(':')) throw words.wrong(sid, 'an IPv6 address');
  const hasBehavior = words.more && words.peek() !== '[' && words.peek() !== ')';
  const behavior = hasBehavior ? words.number(0, 0xffff) : BEHAVIOR_DEFAULT;
  const structure = words.peek() === '[' ? words.list((list) => list.number(0, 0xff)) : [];
  if (structure.length !== 0 && structure.length !== 6) {
    throw words.wrong(`${structure.length} numbers`, 'the six lengths of a SID structure, e.g. "[64,24,16,0,0,0]"');
  }
  words.expect(')');
  draft.octets(AttributeCode.PrefixSid, OPTIONAL_TRANSITIVE, (out) => {
    out.u8(SERVICES[service]!);
    out.counted16(() => {
      out.u8(0);
      appendSidInformation(out, addressBytes(sid), behavior, structure);
    });
  });
}

/** RFC 9252 §3.1, §3.2.1. */
function appendSidInformation(out: ByteWriter, sid: Uint8Array, behavior: number, structure: readonly number[]): void {
  out.u8(1);
  out.counted16(() => {
    out.u8(0);
    out.raw(sid);
    out.u8(0);
    out.u16(behavior);
    out.u8(0);
    if (structure.length > 0) {
      out.u8(1);
      out.counted16(() => {
        for (const bits of structure) out.u8(bits);
      });
    }
  });
}
