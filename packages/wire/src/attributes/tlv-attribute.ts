/** An attribute that is nothing but TLVs, as a row of the attribute table. */
import type { WireContext } from '../context.ts';
import type { Fault } from '../fault.ts';
import type { AttributeCodec } from './codec.ts';
import { appendTlvs, decodeTlvs, formatTlvs, parseTlvs, type Tlv, type TlvTable } from './tlv.ts';

interface TlvAttribute {
  readonly code: number;
  readonly type: string;
  readonly name: string;
  readonly flags: number;
  readonly wrongFlags?: 'discard';
  /** Must refuse what is not a whole number of TLVs. */
  check(bytes: Uint8Array, start: number, end: number, context: WireContext): Fault | undefined;
}

export function tlvAttribute(attribute: TlvAttribute, table: TlvTable): AttributeCodec<Tlv[]> {
  return {
    ...attribute,
    decode: (bytes, start, end, { spans }) => decodeTlvs(table, bytes, start, end, spans),
    encode: (out, tlvs) => appendTlvs(out, table, tlvs),
    format: (tlvs) => formatTlvs(table, tlvs),
    parse: (text) => parseTlvs(table, text),
  };
}
