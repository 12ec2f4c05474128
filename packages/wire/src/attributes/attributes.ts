/** Path attributes as octets and as text. How octets become values: ../scan/decode-attributes.ts. */
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { AttributeFlag } from '../codes.ts';
import { STORED_CONTEXT, type WireContext } from '../context.ts';
import { ValueError } from '../fault.ts';
import { within } from '../numbers.ts';
import { narrowAs } from './as4.ts';
import type { PathAttribute } from './attribute.ts';
import type { AttributeSet } from './attribute-set.ts';
import { attributeCodec, attributeCodecByName } from './registry.ts';

/** The ATTR_SET that carries `attributes`, which `openAttributeSet` gives back. Throws ValueError. */
export function makeAttributeSet(originAs: number, attributes: readonly PathAttribute[]): AttributeSet {
  return { originAs, attributes: encodeAttributes(attributes, STORED_CONTEXT) };
}

/**
 * The octets of the attributes: MP_REACH_NLRI and MP_UNREACH_NLRI first (RFC 7606 §5.1), then by ascending code. For a two-octet peer large
 * AS numbers become AS_TRANS and AS4_* (`narrowAs`). Throws ValueError for a value that cannot be written, or two attributes of one code.
 */
export function encodeAttributes(attributes: readonly PathAttribute[], context: WireContext): Uint8Array {
  const out = new ByteWriter(512);
  const value = new ByteWriter(256);
  let before = -1;
  for (const attribute of inOrder(context.fourOctetAs ? attributes : narrowAs(attributes))) {
    const code = attributeCode(attribute);
    if (code === before) throw new ValueError(`attribute ${code} is given twice`);
    before = code;
    value.length = 0;
    appendValue(value, attribute, context);
    const flags = attributeFlags(attribute) & ~AttributeFlag.ExtendedLength;
    const extended = value.length > 0xff;
    if (value.length > 0xffff) throw new ValueError(`attribute ${code} of ${value.length} octets, allowed are 65535`);
    out.u8(extended ? flags | AttributeFlag.ExtendedLength : flags);
    out.u8(code);
    out.unsigned(value.length, extended ? 2 : 1);
    out.raw(value.bytes, 0, value.length);
  }
  return out.take();
}

/** The type code. Throws ValueError for a code beyond 255 or a `type` that no row has. */
export function attributeCode(attribute: PathAttribute): number {
  return attribute.type === 'unknown' ? within('attribute code', attribute.code, 0xff) : row(attribute.type).code;
}

/** The RFC's name, or "ATTRIBUTE_99". */
export function attributeName(attribute: PathAttribute): string {
  return attribute.type === 'unknown' ? `ATTRIBUTE_${attribute.code}` : row(attribute.type).name;
}

/**
 * `AS_PATH 65001 65002`; `AS_PATH/0x50 65001` if the flags octet is not that of the attribute's RFC, for example because the attribute is long.
 * An unknown attribute has its flags and octets: `ATTRIBUTE_99 0xc0 0x0102`.
 */
export function formatAttribute(attribute: PathAttribute): string {
  const odd = attribute.type !== 'unknown' && attribute.flags !== row(attribute.type).flags;
  return `${attributeName(attribute)}${odd ? `/0x${toHex(Uint8Array.of(attribute.flags))}` : ''} ${formatAttributeValue(attribute)}`.trimEnd();
}

/** As `formatAttribute`, without the name: the `text` of `parseAttribute`. */
export function formatAttributeValue(attribute: PathAttribute): string {
  if (attribute.type !== 'unknown') return row(attribute.type).format(attribute.value);
  return `0x${toHex(new Uint8Array([attribute.flags]))} 0x${toHex(attribute.bytes)}`;
}

/**
 * The attribute with that name and value. The name is "AS_PATH", "as-path" or "ATTRIBUTE_99"; flags that are not those of the RFC follow after a
 * slash. Without `text`, `name` is the whole text that `formatAttribute` wrote. Throws ValueError.
 */
export function parseAttribute(name: string, text?: string): PathAttribute {
  if (text === undefined) {
    const [, first = '', rest = ''] = /^\s*(\S*)(.*)$/s.exec(name)!;
    return parseAttribute(first, rest);
  }
  const numbered = /^ATTRIBUTE_(\d{1,3})$/i.exec(name);
  if (numbered !== null) return parseUnknown(within('attribute code', Number(numbered[1]), 0xff), text);
  const [, word = '', flags] = /^(.*?)(?:\/0x([0-9a-fA-F]{2}))?$/s.exec(name)!;
  const codec = attributeCodecByName(word);
  if (codec === undefined) throw new ValueError(`"${word}" is not a path attribute, e.g. "AS_PATH", "as-path" or "ATTRIBUTE_99"`);
  return {
    type: codec.type,
    flags: flags === undefined ? codec.flags : Number.parseInt(flags, 16),
    value: codec.parse(text.trim()),
  } as PathAttribute;
}

function parseUnknown(code: number, text: string): PathAttribute {
  const parts = /^\s*0x([0-9a-fA-F]{2})\s+0x((?:[0-9a-fA-F]{2})*)\s*$/.exec(text);
  if (parts === null) throw new ValueError(`found "${text}", allowed are flags and octets, e.g. "0xc0 0x0102"`);
  return { type: 'unknown', code, flags: Number.parseInt(parts[1]!, 16), bytes: fromHex(parts[2]!) };
}

function row(type: string): NonNullable<ReturnType<typeof attributeCodecByName>> {
  const codec = attributeCodecByName(type);
  if (codec === undefined) throw new ValueError(`"${type}" is not the type of a path attribute, e.g. "as-path"`);
  return codec;
}

function attributeFlags(attribute: PathAttribute): number {
  if (attribute.type === 'unknown') return within('attribute flags', attribute.flags, 0xff);
  return row(attribute.type).flags | (attribute.flags & AttributeFlag.Partial);
}

function appendValue(out: ByteWriter, attribute: PathAttribute, context: WireContext): void {
  if (attribute.type === 'unknown') out.raw(attribute.bytes);
  else row(attribute.type).encode(out, attribute.value, context);
}

function inOrder(attributes: readonly PathAttribute[]): PathAttribute[] {
  return attributes.toSorted((a, b) => place(attributeCode(a)) - place(attributeCode(b)));
}

function place(code: number): number {
  return attributeCodec(code)?.holdsNlri ? code - 256 : code;
}
