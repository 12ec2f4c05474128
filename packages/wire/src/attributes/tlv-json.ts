/** TLVs of attributes from JSON, by the same tables that give their octets and text: `{ "name": …, "fields": { … }, "tlvs": [ … ] }`. */
import { NO_FAMILY } from '../family.ts';
import { jsonOfShape } from '../nlri/json-members.ts';
import { type Form, list, member, OCTETS, object, oneOf, optional, placed, record, TEXT, unsigned } from '../parts/json-form.ts';
import { rowOfName, type Tlv, type TlvField, type TlvTable } from './tlv.ts';

export function tlvsFromJson(table: TlvTable): Form<Tlv[]> {
  return list(tlv(table));
}

function tlv(table: TlvTable): Form<Tlv> {
  const unknown = object({ name: oneOf('unknown'), code: unsigned(256 ** table.header.codeOctets - 1), bytes: OCTETS });
  return (json, path) => {
    const name = TEXT(record(json, path)['name'], member(path, 'name'));
    if (name === 'unknown') return unknown(json, path);
    const row = placed(member(path, 'name'), () => rowOfName(table, name));
    const known = { name: oneOf(name), fields: object<object>(jsonOfShape(row.fields, NO_FAMILY)) as Form<Record<string, TlvField>> };
    if (row.holds === undefined) return object<{ name: string; fields: Record<string, TlvField> }>(known)(json, path);
    return object<{ name: string; fields: Record<string, TlvField>; tlvs: Tlv[] }>({
      ...known,
      tlvs: optional(tlvsFromJson(row.holds), () => []),
    })(json, path);
  };
}
