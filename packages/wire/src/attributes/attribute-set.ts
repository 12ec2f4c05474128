/**
 * ATTR_SET, path attribute 128 (RFC 6368 §5): the attributes of a customer's route, carried untouched through the provider's AS.
 *
 *     | origin AS, 4 octets | path attributes … |
 *
 * They are read as those of an internal peer with four-octet AS numbers. Shorter than 4 octets, or attributes of which one calls for more than
 * discarding it: treat-as-withdraw. Text: `origin-as 65000 { ORIGIN igp; AS_PATH 65001 }`.
 */
import { readU32 } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { ValueError } from '../fault.ts';
import type { PathAttribute } from './attribute.ts';
import { decodeAttributes, encodeAttributes, formatAttribute, parseAttribute } from './attributes.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE, parseU32, treatAsWithdraw, within } from './fields.ts';
import { borrowScan, giveBackScan } from './scan-pool.ts';

export interface AttributeSet {
  originAs: number;
  attributes: PathAttribute[];
}

const INNER: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };

/** Sets within sets: no reason is known for even one; more is an attack on the stack. */
const DEPTH_MAX = 4;
let depth = 0;

export const attributeSet: AttributeCodec<AttributeSet> = {
  code: AttributeCode.AttributeSet,
  type: 'attribute-set',
  name: 'ATTR_SET',
  flags: OPTIONAL_TRANSITIVE,
  check(bytes, start, end) {
    if (end - start < 4) return treatAsWithdraw(UpdateError.OptionalAttribute, `ATTR_SET of ${end - start} octets`);
    if (depth === DEPTH_MAX) return treatAsWithdraw(UpdateError.OptionalAttribute, `ATTR_SET within ${DEPTH_MAX} others`);
    const scan = borrowScan();
    depth++;
    scan.scan(bytes, start + 4, end, INNER);
    depth--;
    const { fault } = scan;
    giveBackScan(scan);
    if (fault === undefined || fault.action === 'discard') return undefined;
    return treatAsWithdraw(UpdateError.OptionalAttribute, `ATTR_SET: ${fault.reason}`);
  },
  decode: (bytes, start, end) => ({
    originAs: readU32(bytes, start),
    attributes: decodeAttributes(bytes, start + 4, end, INNER).attributes,
  }),
  encode(out, value) {
    out.u32(within('origin AS', value.originAs, 0xffff_ffff));
    out.raw(encodeAttributes(value.attributes, INNER));
  },
  format: (value) => `origin-as ${value.originAs} { ${value.attributes.map(formatAttribute).join('; ')} }`,
  parse(text) {
    const parts = /^origin-as (\d{1,10}) \{(.*)\}$/.exec(text);
    if (parts === null) throw new ValueError(`found "${text}", allowed is e.g. "origin-as 65000 { ORIGIN igp; AS_PATH 65001 }"`);
    return { originAs: parseU32(parts[1]!), attributes: sentences(parts[2]!).map(parseSentence) };
  },
};

/** Parts between semicolons that are not within braces. */
function sentences(text: string): string[] {
  const parts: string[] = [];
  let nesting = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') nesting++;
    else if (text[i] === '}') nesting--;
    else if (text[i] === ';' && nesting === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter(Boolean);
}

function parseSentence(text: string): PathAttribute {
  const [name = ''] = text.split(' ', 1);
  return parseAttribute(name, text.slice(name.length));
}
