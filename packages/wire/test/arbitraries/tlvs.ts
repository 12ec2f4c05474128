/** Trees of TLVs, by walking the tables that describe them. */
import fc from 'fast-check';
import { appendTlvs, type Tlv, type TlvRow, type TlvTable } from '../../src/attributes/tlv.ts';
import { ByteWriter } from '../../src/bytes.ts';
import { NO_FAMILY } from '../../src/family.ts';
import { ValueError } from '../../src/fault.ts';
import { probe, shapeValue } from './fields.ts';
import { octets, record, unsigned } from './primitives.ts';

/** TLVs of any row of the table, and of none. */
export function tlvs(table: TlvTable, maxLength = 3): fc.Arbitrary<Tlv[]> {
  return fc.array(anyTlv(table), { maxLength });
}

function anyTlv(table: TlvTable): fc.Arbitrary<Tlv> {
  const { others } = table;
  const kinds = table.rows.map((row) => tlvOf(table, row));
  if (others === undefined) kinds.push(unknownTlv(table));
  else
    kinds.push(
      fc.tuple(otherCode(table), tlvs(others.holds)).map(([code, held]) => ({ name: `${others.name}-${code}`, fields: {}, tlvs: held })),
    );
  return fc.oneof(...kinds);
}

/** A TLV of a code that no row has. */
function unknownTlv(table: TlvTable): fc.Arbitrary<Tlv> {
  return record({ name: fc.constant('unknown' as const), code: otherCode(table), bytes: octets(0, 12) });
}

function otherCode(table: TlvTable): fc.Arbitrary<number> {
  const codes = new Set(table.rows.map((row) => row.code));
  return unsigned(256 ** table.header.codeOctets - 1).filter((each) => !codes.has(each));
}

/** TLVs of one row, short enough for the table's length field. */
export function tlvOf(table: TlvTable, row: TlvRow): fc.Arbitrary<Tlv> {
  const { holds } = row;
  const plain = shapeValue(row.name, row.fields, NO_FAMILY) as fc.Arbitrary<Fields>;
  const overlays = Object.values(row.fields).some((field) => 'overlay' in field);
  const fields = overlays ? fc.tuple(plain, fc.nat()).map(([each, seed]) => withOverlays(row, each, probe(OVERLAY_OCTETS, seed))) : plain;
  const tlv: fc.Arbitrary<Tlv> =
    holds === undefined
      ? fields.map((each) => ({ name: row.name, fields: each }))
      : fc.tuple(fields, tlvs(holds, 2)).map(([each, held]) => ({ name: row.name, fields: each, tlvs: held }));
  return tlv.filter((each) => fits(table, each));
}

type Fields = Extract<Tlv, { fields: unknown }>['fields'];

/** The longest value that gets reserved bits here. */
const OVERLAY_OCTETS = 80;

/** Reserved bits among the octets of the other fields: such as a field finds in octets that are as many, and random. */
function withOverlays(row: TlvRow, fields: Fields, random: Uint8Array): Fields {
  const overlays = Object.entries(row.fields).filter(([, field]) => 'overlay' in field);
  const out = new ByteWriter();
  try {
    for (const [key, field] of Object.entries(row.fields)) field.write(out, fields[key]);
  } catch (error) {
    if (error instanceof ValueError) return fields;
    throw error;
  }
  const length = out.length;
  if (length > OVERLAY_OCTETS) return fields;
  const found = overlays.map(([key, field]) => [
    key,
    field.read({ bytes: random, start: 0, at: length, end: length, family: NO_FAMILY, failed: false }),
  ]);
  return { ...fields, ...Object.fromEntries(found.filter(([, value]) => value !== undefined)) } as Fields;
}

function fits(table: TlvTable, tlv: Tlv): boolean {
  try {
    appendTlvs(new ByteWriter(), table, [tlv]);
    return true;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

/** A table and those it holds, each row with the table it stands in. */
export function* rowsOf(table: TlvTable, path: string): Generator<{ table: TlvTable; row: TlvRow; path: string }> {
  for (const row of table.rows) {
    yield { table, row, path: `${path} ${row.name}` };
    if (row.holds !== undefined) yield* rowsOf(row.holds, `${path} ${row.name}`);
  }
  if (table.others !== undefined) yield* rowsOf(table.others.holds, path);
}
