/** Trees of TLVs, by walking the tables that describe them. */
import fc from 'fast-check';
import { appendTlvs, type Tlv, type TlvRow, type TlvTable } from '../../src/attributes/tlv.ts';
import { ByteWriter } from '../../src/bytes.ts';
import { NO_FAMILY } from '../../src/family.ts';
import { ValueError } from '../../src/fault.ts';
import { shapeValue } from './fields.ts';
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
  const fields = shapeValue(row.name, row.fields, NO_FAMILY) as fc.Arbitrary<Extract<Tlv, { fields: unknown }>['fields']>;
  const tlv: fc.Arbitrary<Tlv> =
    holds === undefined
      ? fields.map((each) => ({ name: row.name, fields: each }))
      : fc.tuple(fields, tlvs(holds, 2)).map(([each, held]) => ({ name: row.name, fields: each, tlvs: held }));
  return tlv.filter((each) => fits(table, each));
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
