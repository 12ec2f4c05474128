/**
 * BGPSEC_PATH, path attribute 33 (RFC 8205 §3): AS_PATH with a signature for each AS, once for each algorithm.
 *
 *     | length, 2 octets, with these | (prepend count | flags | AS number, 4 octets) … |                                   Secure_Path
 *     | length, 2 octets, with these | algorithm | (key identifier, 20 octets | length, 2 octets | signature) … |    one or two Signature_Blocks
 *
 * Lengths that do not add up, or a block with more or fewer signatures than the path has ASes: treat-as-withdraw (RFC 8205 §5.2).
 *
 * Text: `1/0/65001 1/0/65002 | 1 <key>=<signature> <key>=<signature>`: prepend count, flags and AS number; then for each block its algorithm.
 */
import { copyOf, fromHex, readU16, readU32, toHex } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import { list, OCTETS, object, U8, U32 } from '../parts/json-form.ts';
import type { SpanRecorder } from '../spans.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_NON_TRANSITIVE, treatAsWithdraw } from './fields.ts';

/** One AS of the path (RFC 8205 §3.1), with pCount, the number of times it counts, and its flags. */
export interface SecurePathSegment {
  prependCount: number;
  flags: number;
  as: number;
}

/** The signature of one AS (RFC 8205 §3.2): its subject key identifier, 20 octets, and the signature. */
export interface BgpsecSignature {
  /** 20 octets. */
  subjectKeyIdentifier: Uint8Array;
  signature: Uint8Array;
}

/** The signatures of one algorithm suite (RFC 8205 §3.2), one for each segment of the path. */
export interface SignatureBlock {
  algorithm: number;
  signatures: BgpsecSignature[];
}

/** BGPsec_PATH (RFC 8205 §3): the secured AS path and one or two blocks of signatures. */
export interface BgpsecPath {
  securePath: SecurePathSegment[];
  signatureBlocks: SignatureBlock[];
}

const SEGMENT_LENGTH = 6;
const KEY_IDENTIFIER_LENGTH = 20;
const BLOCKS_MAX = 2;

export const bgpsecPath: AttributeCodec<BgpsecPath, 'bgpsec-path'> = {
  code: AttributeCode.BgpsecPath,
  type: 'bgpsec-path',
  name: 'BGPSEC_PATH',
  label: 'BGPsec path',
  flags: OPTIONAL_NON_TRANSITIVE,
  check: (bytes, start, end) =>
    isWhole(bytes, start, end) ? undefined : treatAsWithdraw(UpdateError.OptionalAttribute, 'BGPSEC_PATH whose parts do not add up'),
  decode(bytes, start, end, { spans }) {
    const pathEnd = start + readU16(bytes, start);
    const securePath: SecurePathSegment[] = [];
    spans?.open('secure-path', start);
    spans?.numbers(start, ['length', 2]);
    for (let at = start + 2; at < pathEnd; at += SEGMENT_LENGTH) {
      const segment: SecurePathSegment = { prependCount: bytes[at]!, flags: bytes[at + 1]!, as: readU32(bytes, at + 2) };
      spans?.open('segment', at);
      spans?.numbers(at, ['prepend-count', 1], ['flags', 1], ['as', 4]);
      spans?.close(at + SEGMENT_LENGTH, segment);
      securePath.push(segment);
    }
    spans?.close(pathEnd);
    return { securePath, signatureBlocks: decodeBlocks(bytes, pathEnd, end, spans) };
  },
  encode(out, value) {
    out.u16(2 + value.securePath.length * SEGMENT_LENGTH);
    for (const segment of value.securePath) {
      out.u8(within('prepend count', segment.prependCount, 0xff));
      out.u8(within('flags', segment.flags, 0xff));
      out.u32(within('AS number', segment.as, 0xffff_ffff));
    }
    for (const block of value.signatureBlocks) {
      const at = out.length;
      out.u16(0);
      out.u8(within('algorithm', block.algorithm, 0xff));
      for (const { subjectKeyIdentifier, signature } of block.signatures) {
        if (subjectKeyIdentifier.length !== KEY_IDENTIFIER_LENGTH) {
          throw new ValueError(`subject key identifier of ${subjectKeyIdentifier.length} octets, allowed are ${KEY_IDENTIFIER_LENGTH}`);
        }
        out.raw(subjectKeyIdentifier);
        out.u16(within('length of a signature', signature.length, 0xffff));
        out.raw(signature);
      }
      out.patchU16(at, within('length of a signature block', out.length - at, 0xffff));
    }
  },
  format: ({ securePath, signatureBlocks }) =>
    [
      securePath.map((segment) => `${segment.prependCount}/${segment.flags}/${segment.as}`).join(' '),
      ...signatureBlocks.map(({ algorithm, signatures }) =>
        [algorithm, ...signatures.map(({ subjectKeyIdentifier, signature }) => `${toHex(subjectKeyIdentifier)}=${toHex(signature)}`)].join(
          ' ',
        ),
      ),
    ].join(' | '),
  parse(text) {
    const [path = [], ...blocks] = text.split('|').map((part) => part.split(/\s+/).filter(Boolean));
    return {
      securePath: path.map(parseSegment),
      signatureBlocks: blocks.map(([algorithm = '', ...signatures]) => ({
        algorithm: within('algorithm', parseU32(algorithm), 0xff),
        signatures: signatures.map(parseSignature),
      })),
    };
  },
  fromJson: object<BgpsecPath>({
    securePath: list(object<SecurePathSegment>({ prependCount: U8, flags: U8, as: U32 })),
    signatureBlocks: list(
      object<SignatureBlock>({
        algorithm: U8,
        signatures: list(object<BgpsecSignature>({ subjectKeyIdentifier: OCTETS, signature: OCTETS })),
      }),
    ),
  }),
};

function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const pathLength = readU16(bytes, start);
  const pathEnd = start + pathLength;
  if (pathLength <= 2 || (pathLength - 2) % SEGMENT_LENGTH !== 0 || pathEnd >= end) return false;
  const signatures = (pathLength - 2) / SEGMENT_LENGTH;
  let blocks = 0;
  for (let at = pathEnd; at < end; blocks++) {
    if (end - at < 3) return false;
    const next = at + readU16(bytes, at);
    if (next > end) return false;
    let count = 0;
    for (at += 3; at < next; count++) {
      if (next - at < KEY_IDENTIFIER_LENGTH + 2) return false;
      at += KEY_IDENTIFIER_LENGTH + 2 + readU16(bytes, at + KEY_IDENTIFIER_LENGTH);
    }
    if (at !== next || count !== signatures) return false;
  }
  return blocks <= BLOCKS_MAX;
}

function decodeBlocks(bytes: Uint8Array, start: number, end: number, spans: SpanRecorder | undefined): SignatureBlock[] {
  const blocks: SignatureBlock[] = [];
  for (let at = start; at < end; ) {
    const next = at + readU16(bytes, at);
    const signatures: BgpsecSignature[] = [];
    const algorithm = bytes[at + 2]!;
    spans?.open('signature-block', at);
    spans?.numbers(at, ['length', 2], ['algorithm', 1]);
    for (at += 3; at < next; ) {
      const signature = at + KEY_IDENTIFIER_LENGTH + 2;
      const signatureEnd = signature + readU16(bytes, signature - 2);
      const found: BgpsecSignature = {
        subjectKeyIdentifier: copyOf(bytes, at, at + KEY_IDENTIFIER_LENGTH),
        signature: copyOf(bytes, signature, signatureEnd),
      };
      spans?.leaf('subject-key-identifier', at, at + KEY_IDENTIFIER_LENGTH, found.subjectKeyIdentifier);
      spans?.numbers(signature - 2, ['signature-length', 2]);
      spans?.leaf('signature', signature, signatureEnd, found.signature);
      signatures.push(found);
      at = signatureEnd;
    }
    spans?.close(next);
    blocks.push({ algorithm, signatures });
  }
  return blocks;
}

function parseSegment(text: string): SecurePathSegment {
  const parts = /^(\d{1,3})\/(\d{1,3})\/(\d{1,10})$/.exec(text);
  if (parts === null) throw new ValueError(`found "${text}", allowed are prepend count, flags and AS number, e.g. "1/0/65001"`);
  return {
    prependCount: within('prepend count', Number(parts[1]), 0xff),
    flags: within('flags', Number(parts[2]), 0xff),
    as: parseU32(parts[3]!),
  };
}

function parseSignature(text: string): BgpsecSignature {
  const parts = /^([0-9a-fA-F]{40})=((?:[0-9a-fA-F]{2})*)$/.exec(text);
  if (parts === null) throw new ValueError(`found "${text}", allowed are 20 octets of key identifier, "=" and a signature, in hexadecimal`);
  return { subjectKeyIdentifier: fromHex(parts[1]!), signature: fromHex(parts[2]!) };
}
