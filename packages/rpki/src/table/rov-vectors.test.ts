/** Shared vectors of origin validation (RFC 6811). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parsePrefix } from '@tsbgp/wire';
import { loadShared } from '../../test/shared.ts';
import { vrpOctets } from '../../test/world.ts';
import { formatRovState } from '../rov-community.ts';
import { VrpTable } from './vrp-table.ts';

interface RovFile {
  readonly tables: Readonly<Record<string, readonly { readonly prefix: string; readonly max_length: number; readonly asn: number }[]>>;
  readonly vectors: readonly {
    readonly id: string;
    readonly vrp_table: string;
    readonly prefix: string;
    readonly origin_as: number | null;
    readonly expect: string;
    readonly implementation_specific?: boolean;
  }[];
}

const file = loadShared<RovFile>('logic/rov.json');

suite('logic/rov.json', { skip: typeof file === 'string' && file }, () => {
  if (typeof file === 'string') return;
  for (const vector of file.vectors) {
    test(vector.id, () => {
      const table = new VrpTable();
      const source = table.addSource('vectors');
      const transfer = table.begin(source, 'full');
      for (const { prefix, max_length: max, asn } of file.tables[vector.vrp_table]!)
        transfer.announce(vrpOctets(`${prefix}-${max} AS${asn}`));
      table.commit(transfer);
      const { address, bits } = parsePrefix(vector.prefix)!;
      const state = formatRovState(table.validate(address, 0, address.length === 16, bits, vector.origin_as ?? 0));
      // GoBGP has a choice of its own for an AS_SET at the end. RFC 6811 §2: the origin is NONE, which a covering VRP makes invalid.
      assert.equal(state, vector.implementation_specific === true ? 'invalid' : vector.expect);
    });
  }
});
