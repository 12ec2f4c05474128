/** Whole files of collectors and daemons, packed and not: every record is found, read, and written back octet for octet. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { equalBytes } from '@tsbgp/wire';
import { captures } from '../../../test/conformance.ts';
import { MrtDamage } from './damage.ts';
import { CompressedFileError, openMrt } from './node.ts';
import { readMrtBatches } from './read.ts';
import { encodeMrt } from './write.ts';

interface Capture {
  readonly file: string;
  readonly counted: { readonly records: number; readonly records_by_type: Readonly<Record<string, number>> };
}

/** Files that are cut off: what is wrong with them, and how many octets are lost. */
const CUT: Readonly<Record<string, { readonly lost: number }>> = { 'routeviews-rib.20140523.0600_firstMB.bz2': { lost: 1267 } };
/** OPENs of old Zebra, which lack fields: they are written with them. */
const ZEBRA = new Set(['ripe-rrc01-updates.20001104.0124.gz']);

const found = captures<Capture>('mrt');
if (typeof found === 'string') test('MRT captures', { skip: found }, () => {});
else {
  for (const { file, counted } of found.entries) {
    test(`${file}: ${counted.records} records`, async () => {
      const byType: Record<string, number> = {};
      const damages: MrtDamage[] = [];
      let failure: unknown;
      try {
        for await (const records of readMrtBatches(openMrt(join(found.folder, file)), { onDamage: (damage) => damages.push(damage) })) {
          for (const record of records) {
            byType[record.typeName] = (byType[record.typeName] ?? 0) + 1;
            const value = record.decode();
            assert.ok(!(value instanceof MrtDamage), value instanceof MrtDamage ? value.reason : '');
            if (!ZEBRA.has(file)) assert.ok(equalBytes(encodeMrt(record, value), record.octets), `record at ${record.offset}`);
          }
        }
      } catch (error) {
        failure = error;
      }
      assert.deepEqual(byType, counted.records_by_type);
      const cut = CUT[file];
      assert.equal(failure instanceof CompressedFileError, cut !== undefined, String(failure));
      assert.deepEqual(
        damages.map(({ length }) => length),
        cut === undefined ? [] : [cut.lost],
      );
    });
  }
}
