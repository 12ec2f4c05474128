import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PathAttribute, PathAttributeSchema, AsPathSegment_Type as Segment } from '@tsbgp/api';
import { fromHex } from '@tsbgp/wire';
import { otherAttribute } from './attribute-lines.ts';

const KEY = '20'.repeat(20);
const AS4_PATH = [
  { type: Segment.SEQUENCE, asns: [1, 2] },
  { type: Segment.SET, asns: [3] },
];

const LINES: readonly (readonly [kind: NonNullable<PathAttribute['kind']['case']>, value: unknown, name: string, text: string])[] = [
  ['atomicAggregate', {}, 'atomic aggr.', 'yes'],
  ['aggregator', { as: 65_000, address: '192.0.2.1' }, 'aggregator', 'AS 65000 at 192.0.2.1'],
  ['as4Aggregator', { as: 200_000, address: '192.0.2.1' }, 'AS4 aggregator', 'AS 200000 at 192.0.2.1'],
  ['originatorId', '192.0.2.1', 'originator', '192.0.2.1'],
  ['clusterList', { ids: ['192.0.2.1', '192.0.2.2'] }, 'cluster list', '192.0.2.1 192.0.2.2'],
  ['as4Path', { segments: AS4_PATH }, 'AS4 path', '1 2 {3}'],
  [
    'ipv6ExtendedCommunities',
    { values: [{ octets: fromHex('000220010db80000000000000000000000010064'), text: '' }] },
    'IPv6 extended',
    'rt:[2001:db8::1]:100',
  ],
  [
    'pmsiTunnel',
    { flags: 0, tunnelType: 6, labelField: 160, identifier: fromHex('c0000201') },
    'PMSI tunnel',
    'flags 0 type 6 label-field 160 identifier 0xc0000201',
  ],
  [
    'tunnelEncapsulation',
    { text: 'tunnel-15 (preference flags=0 preference=200)' },
    'tunnel encap.',
    'tunnel-15 (preference flags=0 preference=200)',
  ],
  ['aigp', { octets: fromHex('01000b000000000000002a'), text: '' }, 'AIGP', '0x01000b000000000000002a'],
  ['bgpLs', { text: 'node-name text=a' }, 'BGP-LS', 'node-name text=a'],
  ['prefixSid', { text: 'label-index flags=0 index=90' }, 'prefix SID', 'label-index flags=0 index=90'],
  ['peDistinguisherLabels', { values: [{ peAddress: '10.10.10.1', labelField: 320_384 }] }, 'PE labels', '10.10.10.1=20024'],
  [
    'bgpsecPath',
    {
      securePath: [{ prependCount: 1, flags: 0, as: 65_001 }],
      signatureBlocks: [{ algorithm: 1, signatures: [{ subjectKeyIdentifier: fromHex(KEY), signature: fromHex('beef') }] }],
    },
    'BGPsec path',
    `1/0/65001 | 1 ${KEY}=beef`,
  ],
  ['onlyToCustomer', 65_001, 'OTC', 'AS 65001'],
  ['dPath', { segments: [{ domains: [{ globalAdministrator: 65_000, localAdministrator: 1, safi: 70 }] }] }, 'D-PATH', '65000:1:70'],
  [
    'attributeSet',
    { originAs: 65_000, octets: fromHex('40010100400504000000c8') },
    'attribute set',
    'AS 65000; ORIGIN igp; LOCAL_PREF 200',
  ],
  ['unknown', { code: 99, value: fromHex('c0ffee') }, 'attribute 99', 'flags 0xc0, 0xc0ffee'],
];

for (const [kind, value, name, text] of LINES) {
  test(`${kind} is one line: ${name} ${text}`, () => {
    assert.deepEqual(otherAttribute({ flags: 0xc0, kind: { case: kind, value } } as unknown as PathAttribute), { name, text });
  });
}

test('every kind of the API has its line here or a place of its own in the view', () => {
  const own = ['origin', 'asPath', 'nextHop', 'multiExitDisc', 'localPref', 'communities', 'largeCommunities', 'extendedCommunities'];
  const kinds = PathAttributeSchema.oneofs[0]!.fields.map(({ localName }) => localName);
  assert.deepEqual([...LINES.map(([kind]) => kind), ...own].sort(), kinds.sort());
});
