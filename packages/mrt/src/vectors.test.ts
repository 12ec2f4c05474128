/** Records from collectors and from other implementations' test suites: what they say, and that they come back octet for octet. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, fromHex, toHex } from '@tsbgp/wire';
import { conformanceVectors } from '../../../test/conformance.ts';
import { type Attribute, expectedAttributes, expectedMessage, neutralAttribute, neutralMessage, sameAddress } from '../test/neutral.ts';
import { decodeMrtMessage, decodeRibAttributes, decodeTableDumpAttributes } from './attributes.ts';
import { MrtDamage } from './damage.ts';
import type { MrtValue } from './kinds/values.ts';
import { MrtRecord } from './record.ts';
import { encodeMrt } from './write.ts';

interface Expected {
  readonly timestamp_s: number;
  readonly type: number;
  readonly subtype: number;
  readonly microseconds?: number;
  readonly [field: string]: unknown;
}

const vectors = conformanceVectors<Expected>('mrt');
if (typeof vectors === 'string') test('MRT vectors', { skip: vectors }, () => {});
else {
  for (const { id, hex, expect } of vectors) {
    test(`mrt: ${id}`, () => {
      const bytes = fromHex(hex);
      const record = new MrtRecord(bytes, 0, bytes.length, 0);
      assert.deepEqual(
        [record.timestamp, record.type, record.subtype, record.microseconds],
        [expect.timestamp_s, expect.type, expect.subtype, expect.microseconds],
      );
      const value = record.decode();
      assert.ok(!(value instanceof MrtDamage), value instanceof MrtDamage ? value.reason : '');
      check(value, expect);
      if (!isZebraOpen(hex)) assert.equal(toHex(encodeMrt(record, value)), hex);
    });
  }
}

/** Zebra left interface, AFI and addresses out of the records of OPENs: they are written with them. */
function isZebraOpen(hex: string): boolean {
  return hex.startsWith('00100001', 8) && hex.startsWith('ffffffff', 32);
}

function check(value: MrtValue, expect: Expected): void {
  switch (value.type) {
    case 'bgp-message': {
      checkPeer(value, expect);
      const message = decodeMrtMessage(value);
      assert.ok(!(message instanceof Fault), message instanceof Fault ? message.reason : '');
      assert.deepEqual(neutralMessage(message), expectedMessage(expect['message'] as never, value.fourOctetAs));
      return;
    }
    case 'state-change':
      checkPeer(value, expect);
      assert.deepEqual([value.oldState, value.newState], [expect['old_state'], expect['new_state']]);
      return;
    case 'table-dump': {
      assert.deepEqual(
        [value.view, value.sequence, value.prefix, value.status, value.originatedTime, value.peerAddress, value.peerAs],
        [
          expect['view'],
          expect['sequence'],
          sameAddress(String(expect['prefix'])),
          expect['status'],
          expect['originated_s'],
          sameAddress(String(expect['peer_ip'])),
          expect['peer_as'],
        ],
      );
      assert.deepEqual(
        decodeTableDumpAttributes(value).attributes.map(neutralAttribute),
        expectedAttributes(expect['attributes'] as Attribute[], false),
      );
      return;
    }
    case 'rib': {
      assert.deepEqual(
        [value.sequence, 'prefix' in value.nlri && value.nlri.prefix],
        [expect['sequence'], sameAddress(String(expect['prefix']))],
      );
      const entries = expect['entries'] as { peer_index: number; originated_s: number; path_id?: number; attributes: Attribute[] }[];
      assert.deepEqual(
        value.entries.map(({ peerIndex, originatedTime, pathIdentifier }) => [peerIndex, originatedTime, pathIdentifier]),
        entries.map((entry) => [entry.peer_index, entry.originated_s, entry.path_id]),
      );
      for (const [i, entry] of value.entries.entries()) {
        const { attributes } = decodeRibAttributes(entry.attributes, value.family);
        assert.deepEqual(
          attributes.map(neutralAttribute).map(withoutFamily),
          expectedAttributes(entries[i]!.attributes, true).map(withoutFamily),
        );
      }
      return;
    }
    case 'peer-index-table':
      assert.deepEqual([value.collectorBgpId, value.viewName], [expect['collector_id'], expect['view_name']]);
      assert.deepEqual(
        value.peers.map(({ bgpId, address, as, fourOctetAs }) => ({ bgp_id: bgpId, address, as, as_size: fourOctetAs ? 4 : 2 })),
        expect['peers'],
      );
      return;
    default:
      assert.fail(`no vector has ${value.type}`);
  }
}

function checkPeer(
  value: { peerAs: number; localAs: number; interfaceIndex: number; peerAddress: string; localAddress: string },
  expect: Expected,
): void {
  assert.deepEqual(
    [value.peerAs, value.localAs, value.interfaceIndex, value.peerAddress, value.localAddress],
    [
      expect['peer_as'],
      expect['local_as'],
      expect['interface'],
      sameAddress(String(expect['peer_ip'])),
      sameAddress(String(expect['local_ip'])),
    ],
  );
}

/** Vectors of the short MP_REACH_NLRI have only its next hop. */
function withoutFamily({ type, value }: { type: number; value?: unknown }): unknown {
  return type === 14 ? { type, next_hops: (value as { next_hops?: unknown }).next_hops } : { type, value };
}
