/** What a field says is allowed, for errors about a missing value, is what its own error says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../../test/arbitraries/tlvs.ts';
import { AIGP_TLVS } from '../attributes/aigp.ts';
import { BGP_LS_TLVS } from '../attributes/bgp-ls-tlvs.ts';
import { PREFIX_SID_TLVS } from '../attributes/prefix-sid.ts';
import { TUNNEL_TLVS } from '../attributes/tunnel-encapsulation.ts';
import { IPV4_UNICAST, IPV6_UNICAST } from '../family.ts';
import { CANDIDATE_PATH } from '../nlri/bgp-ls-candidate-path.ts';
import { EVPN_ROUTES } from '../nlri/evpn.ts';
import { MCAST_VPN_ROUTES } from '../nlri/mcast-vpn.ts';
import type { Field } from './fields.ts';

const RECORDS: readonly object[] = [
  CANDIDATE_PATH.shape,
  ...[EVPN_ROUTES, MCAST_VPN_ROUTES].flatMap(({ shapes }) => [...shapes.values()]),
  ...[AIGP_TLVS, BGP_LS_TLVS, PREFIX_SID_TLVS, TUNNEL_TLVS].flatMap((table) => [...rowsOf(table, '')].map(({ row }) => row.fields)),
];

for (const family of [IPV4_UNICAST, IPV6_UNICAST]) {
  test(`fields say what they allow, family ${family}`, () => {
    const fields = RECORDS.flatMap((record) => Object.entries(record) as [string, Field<unknown>][]);
    assert.ok(fields.length > 100);
    for (const [key, field] of fields) {
      if ('optional' in field) continue;
      let refused = '';
      try {
        field.parse('', family);
      } catch (error) {
        refused = (error as Error).message;
      }
      const { allowed = '' } = field;
      const says = typeof allowed === 'string' ? allowed : allowed(family);
      assert.ok(says === '' ? refused === '' : refused.endsWith(`, ${says}`), `${key}: "${refused}" | "${says}"`);
    }
  });
}
