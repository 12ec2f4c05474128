/** What the RIB is told of routes is what the library says of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AspaState, RovState } from '@tsbgp/rib';
import { type AspaState as PathState, RpkiClient, verifyAsPath } from '@tsbgp/rpki';
import { type AsPathSegment, addressBytes, encodeAttributes } from '@tsbgp/wire';
import { TableValidator } from './validator.ts';

const CONTEXT = { fourOctetAs: true, addPath: new Set<never>(), peerType: 'ebgp', extendedMessage: false } as const;
const STATES: Readonly<Record<PathState, AspaState>> = { valid: AspaState.Valid, unknown: AspaState.Unknown, invalid: AspaState.Invalid };

function world(): { client: RpkiClient; validator: TableValidator } {
  const client = new RpkiClient({});
  const vrps = client.vrps.begin(client.vrps.addSource('test'), 'full');
  for (const [address, length, maxLength, asn] of [
    ['192.0.2.0', 24, 25, 64_496],
    ['2001:db8::', 32, 48, 64_497],
  ] as const) {
    const bytes = addressBytes(address);
    vrps.announce({ bytes, offset: 0, ipv6: bytes.length === 16, length, maxLength, asn });
  }
  client.vrps.commit(vrps);
  const aspas = client.aspas.begin(client.aspas.addSource('test'), 'full');
  aspas.announce(1, [2]);
  aspas.announce(2, [3]);
  aspas.announce(3, [0]);
  client.aspas.commit(aspas);
  return { client, validator: new TableValidator(client.vrps, client.aspas) };
}

test('origins: the states of the table, and none while there are no VRPs', () => {
  const { validator } = world();
  const of = (address: string, bits: number, origin: number): RovState => {
    const bytes = addressBytes(address);
    return validator.originState(Uint8Array.of(9, ...bytes), 1, bytes.length === 16, bits, origin);
  };
  assert.equal(of('192.0.2.0', 24, 64_496), RovState.NotChecked);
  validator.hasVrps = true;
  assert.equal(of('192.0.2.0', 24, 64_496), RovState.Valid);
  assert.equal(of('192.0.2.0', 24, 64_497), RovState.Invalid);
  assert.equal(of('192.0.2.0', 26, 64_496), RovState.Invalid);
  assert.equal(of('192.0.2.0', 24, 0), RovState.Invalid);
  assert.equal(of('192.0.0.0', 22, 64_496), RovState.NotFound);
  assert.equal(of('2001:db8:1::', 48, 64_497), RovState.Valid);
});

const PATHS: readonly (readonly AsPathSegment[])[] = [
  [],
  [{ type: 'sequence', asns: [2, 1] }],
  [{ type: 'sequence', asns: [3, 2, 2, 1] }],
  [{ type: 'sequence', asns: [2, 3] }],
  [{ type: 'sequence', asns: [9, 8] }],
  [
    { type: 'confed-sequence', asns: [64_512, 64_513] },
    { type: 'sequence', asns: [3, 2] },
    { type: 'sequence', asns: [1] },
  ],
  [
    { type: 'sequence', asns: [2] },
    { type: 'set', asns: [1] },
  ],
  [
    { type: 'sequence', asns: Array.from({ length: 255 }, () => 2) },
    { type: 'sequence', asns: Array.from({ length: 255 }, () => 1) },
  ],
];

for (const isDownstream of [false, true]) {
  test(`paths ${isDownstream ? 'down' : 'up'}: the octets of a path have the state of its segments`, () => {
    const { client, validator } = world();
    validator.hasAspas = true;
    for (const value of PATHS) {
      // Flags, type and length come first; the flag 0x10 says that the length has two octets.
      const octets = encodeAttributes([{ type: 'as-path', flags: 0x40, value: [...value] }], CONTEXT);
      const start = (octets[0]! & 0x10) === 0 ? 3 : 4;
      const expected = verifyAsPath(client.aspas, value, { direction: isDownstream ? 'downstream' : 'upstream' });
      assert.equal(validator.pathState(octets, start, octets.length, isDownstream), STATES[expected], JSON.stringify(value).slice(0, 80));
    }
    validator.hasAspas = false;
    assert.equal(validator.pathState(new Uint8Array(0), 0, 0, isDownstream), AspaState.NotChecked);
  });
}
