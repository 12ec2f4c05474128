/**
 * Writes the tables of path attributes and NLRI in docs/wire.md. Part of `npm run proto`; packages/wire/src/wire-doc.test.ts checks them.
 *
 * The text of a row is chosen by hand, its JSON and its octets are computed. A type without a row gets one from the first example of its
 * vectors, before the row of the unknown type.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeAttributes, formatAttribute, parseAttribute } from '../packages/wire/src/attributes/attributes.ts';
import { ATTRIBUTE_CODECS } from '../packages/wire/src/attributes/registry.ts';
import { ByteWriter, toHex } from '../packages/wire/src/bytes.ts';
import { DEFAULT_CONTEXT } from '../packages/wire/src/context.ts';
import { parseFamily } from '../packages/wire/src/family.ts';
import { toJson } from '../packages/wire/src/json.ts';
import { appendNlri, parseNlri } from '../packages/wire/src/nlri/nlri.ts';
import { ATTRIBUTE_VECTORS } from '../packages/wire/test/vectors/attributes.ts';
import { NLRI_VECTORS } from '../packages/wire/test/vectors/nlri.ts';

const FILE = join(import.meta.dirname, '../docs/wire.md');
const CONTEXT = { ...DEFAULT_CONTEXT, peerType: 'ibgp' } as const;

interface Row {
  readonly type: string;
  readonly cells: readonly string[];
}

/** Of the old rows only these cells are kept: the text, and for NLRI the family before it. */
type MakeRow = (...chosen: string[]) => Row;

function attributeRow(text: string): Row {
  const attribute = parseAttribute(text);
  return { type: attribute.type, cells: [text, JSON.stringify(toJson(attribute)), toHex(encodeAttributes([attribute], CONTEXT))] };
}

function nlriRow(name: string, text: string): Row {
  const family = parseFamily(name)!;
  const nlri = parseNlri(text, family);
  const out = new ByteWriter();
  appendNlri(out, nlri, { ...CONTEXT, addPath: new Set(nlri.pathIdentifier === undefined ? [] : [family]) });
  return { type: nlri.type, cells: [name, text, JSON.stringify(toJson(nlri)), toHex(out.take())] };
}

const ATTRIBUTE_EXAMPLES = ATTRIBUTE_CODECS.flatMap((codec) => {
  const example = ATTRIBUTE_VECTORS.find(({ type }) => type === codec?.type)?.examples[0];
  return example === undefined ? [] : [attributeRow(formatAttribute(parseAttribute(codec!.type, example[1])))];
});

const NLRI_EXAMPLES = NLRI_VECTORS.map(({ examples: [first] }) => nlriRow(first![0], first![3]));

/** Writes docs/wire.md anew. */
export function writeWireTables(): void {
  const text = readFileSync(FILE, 'utf8');
  const withAttributes = withTable(text, 'Path attributes', 1, attributeRow, ATTRIBUTE_EXAMPLES);
  writeFileSync(FILE, withTable(withAttributes, 'NLRI', 2, nlriRow, NLRI_EXAMPLES));
}

function withTable(text: string, heading: string, chosen: number, makeRow: MakeRow, examples: readonly Row[]): string {
  const table = new RegExp(`(\n## ${heading}\n[^|]*\\|.*\n\\|[-|]+\n)((?:\\|.*\n)+)`);
  return text.replace(table, (_, before: string, old: string) => {
    const rows = old
      .trimEnd()
      .split('\n')
      .map((line) => makeRow(...cellsOf(line).slice(0, chosen)));
    const missing = examples.filter(({ type }) => !rows.some((row) => row.type === type));
    rows.splice(
      rows.findIndex(({ type }) => type === 'unknown'),
      0,
      ...missing,
    );
    return before + rows.map(({ cells }) => `| ${cells.map((cell) => `\`${cell.replaceAll('|', '\\|')}\``).join(' | ')} |\n`).join('');
  });
}

/** The cells of a row of a table, without their code marks. */
function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) =>
      cell
        .trim()
        .replace(/^`(.*)`$/, '$1')
        .replaceAll('\\|', '|'),
    );
}
