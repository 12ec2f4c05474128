/** Shared vectors of ASPA verification. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Role } from '@tsbgp/wire';
import { loadShared } from '../../test/shared.ts';
import { AspaTable } from './aspa-table.ts';
import { aspaDirection, verifyAsns, verifyAsPath } from './verify.ts';

type Aspas = readonly { readonly customer: number; readonly providers: readonly number[] }[];

interface AspaFile {
  readonly tables: Readonly<Record<string, Aspas>>;
  readonly vectors: readonly {
    readonly id: string;
    readonly kind: 'aspa-hop-check' | 'aspa-path';
    readonly aspa_table?: string;
    readonly aspas?: Aspas;
    readonly customer?: number;
    readonly provider?: number;
    readonly as_path?: readonly number[];
    readonly direction?: 'upstream' | 'downstream';
    readonly local_role?: string;
    readonly expect: string;
  }[];
}

const ROLES: Readonly<Record<string, number>> = {
  provider: Role.Provider,
  rs: Role.RouteServer,
  'rs-client': Role.RouteServerClient,
  customer: Role.Customer,
  peer: Role.Peer,
};

const file = loadShared<AspaFile>('logic/aspa.json');

suite('logic/aspa.json', { skip: typeof file === 'string' && file }, () => {
  if (typeof file === 'string') return;
  const { tables } = file;
  for (const vector of file.vectors) {
    test(vector.id, () => {
      const table = tableOf(vector.aspas ?? tables[vector.aspa_table!]!);
      if (vector.kind === 'aspa-hop-check') {
        assert.equal(table.hop(vector.customer!, vector.provider!), vector.expect);
        return;
      }
      const path = vector.as_path!;
      const direction = vector.direction!;
      if (vector.local_role !== undefined) assert.equal(aspaDirection(ROLES[vector.local_role]!), direction);
      const state = verifyAsns(table, path, { direction });
      // The sources disagree about the path without an AS. The draft says invalid (§6.1, step 1).
      assert.equal(state, path.length === 0 ? 'invalid' : vector.expect);
      assert.equal(verifyAsPath(table, [{ type: 'sequence', asns: [...path] }], { direction }), state);
    });
  }
});

function tableOf(aspas: Aspas): AspaTable {
  const table = new AspaTable();
  const transfer = table.begin(table.addSource('vectors'), 'full');
  for (const { customer, providers } of aspas) transfer.announce(customer, providers);
  table.commit(transfer);
  return table;
}
