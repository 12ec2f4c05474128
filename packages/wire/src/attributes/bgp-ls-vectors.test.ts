/** Single TLVs of BGP-LS, of the attribute and of NLRI, from other implementations' test suites: what they mean, and which are refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadVectors, type Vector } from '../../test/shared.ts';
import { ByteWriter, fromHex, readU16, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT } from '../context.ts';
import { Afi, makeFamily, Safi } from '../family.ts';
import { toJson } from '../json.ts';
import { decodeDescriptors, encodeDescriptors } from '../nlri/bgp-ls-descriptor.ts';
import { appendNlri, decodeNlri, isMalformed, nlriAreWhole } from '../nlri/nlri.ts';
import { BGP_LS_TLVS } from './bgp-ls-tlvs.ts';
import { appendTlvs, decodeTlvs, formatTlvs, isUnknown, parseTlvs } from './tlv.ts';

const BGP_LS = makeFamily(Afi.BgpLs, Safi.BgpLs);

const MEANING = 'RFC 9552 §8.2.2: whether what a value says makes sense is not for BGP to judge; it is read as it is';
const EMPTY = 'RFC 9552 gives no least length; it is read as it is, and says nothing';
const INCOMPLETE = 'it is framed well; what an NLRI must name is left to who uses it, and it goes on as it came';

/** Vectors that are not met, and why. */
const NOT_MET: Readonly<Record<string, string>> = {
  'gobgp-bgpls-tlv-reject-06': MEANING,
  'gobgp-bgpls-tlv-reject-09': EMPTY,
  'gobgp-bgpls-tlv-reject-10': EMPTY,
  'gobgp-bgpls-tlv-reject-27': MEANING,
  'gobgp-bgpls-tlv-reject-28': MEANING,
  'gobgp-bgpls-tlv-reject-30': MEANING,
  'gobgp-bgpls-tlv-reject-33': MEANING,
  'gobgp-bgpls-tlv-reject-35': MEANING,
  'gobgp-bgpls-tlv-reject-42': EMPTY,
  'gobgp-bgpls-tlv-reject-43': EMPTY,
  'gobgp-bgpls-tlv-reject-58': INCOMPLETE,
  'gobgp-bgpls-tlv-reject-61': INCOMPLETE,
};

/** What a TLV (or NLRI) is to us; undefined when it stays octets or is refused. */
function read(vector: Vector): { value: unknown; octets: string } | undefined {
  const bytes = fromHex(vector.hex);
  const code = readU16(bytes, 0);
  // Upstream reads one TLV and leaves what is behind.
  const end = Math.min(bytes.length, 4 + readU16(bytes, 2));
  const out = new ByteWriter();
  if (code < 256) {
    if (!nlriAreWhole(bytes, 0, bytes.length, BGP_LS, DEFAULT_CONTEXT)) return undefined;
    const value = decodeNlri(bytes, 0, end, BGP_LS, DEFAULT_CONTEXT);
    for (const nlri of value) appendNlri(out, nlri, DEFAULT_CONTEXT);
    return value.some(isMalformed) || hasOctets(value) ? undefined : { value, octets: toHex(out.take()) };
  }
  if (code < 266 || (code >= 512 && code < 1024)) {
    const value = decodeDescriptors(bytes, 0, end, 4);
    if (value === undefined || hasOctets(value)) return undefined;
    encodeDescriptors(out, value);
    return { value, octets: toHex(out.take()) };
  }
  if (4 + readU16(bytes, 2) > bytes.length) return undefined;
  const value = decodeTlvs(BGP_LS_TLVS, bytes, 0, end);
  if (value.some(isUnknown)) return undefined;
  assert.deepEqual(parseTlvs(BGP_LS_TLVS, formatTlvs(BGP_LS_TLVS, value)), value);
  appendTlvs(out, BGP_LS_TLVS, value);
  return { value, octets: toHex(out.take()) };
}

function hasOctets(value: unknown): boolean {
  return JSON.stringify(toJson(value)).includes('"unknown"');
}

/** Every number and every word of a value. */
function leaves(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
  if (typeof value === 'number' && !Number.isInteger(value)) return [value.toPrecision(6)];
  return String(value)
    .split(/[/[\] ,]+/)
    .filter(Boolean)
    .map((word) => word.replace(/^index-/, ''));
}

/** What upstream shows of a TLV beside its type; lists of octets, which come back anyhow, and its debug text are its own. */
function shown(decoded: unknown): string[] {
  if (typeof decoded !== 'object' || decoded === null) return [];
  return Object.entries(decoded).flatMap(([key, value]) =>
    key === 'type' || key === 'admin_group' || /^[{[]|[A-Z]/.test(String(value)) ? [] : leaves(value),
  );
}

for (const area of ['bgp-ls', 'errors']) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`BGP-LS TLVs of ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    if (vector.kind !== 'bgpls-tlv') continue;
    const reason = NOT_MET[vector.id];
    const body = () => {
      const got = read(vector);
      if (vector.expect_error !== undefined) return assert.equal(got, undefined, JSON.stringify(toJson(got)));
      assert.ok(got, 'stays octets');
      assert.ok(vector.hex.startsWith(got.octets));
      const { decoded } = vector.expect as { decoded: unknown };
      const ours = leaves(toJson(got.value));
      for (const word of shown(decoded)) assert.ok(ours.includes(word), `${word} is not in ${ours.join(' ')}`);
    };
    if (reason === undefined) test(`BGP-LS TLVs of ${area}: ${vector.id}`, body);
    else test(`BGP-LS TLVs of ${area}: ${vector.id}: not met: ${reason}`, () => assert.throws(body));
  }
}
