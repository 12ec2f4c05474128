/**
 * Random events of VPN routes against a model: what each peer holds is the best route of the others, with the octets that its source sent last.
 * Labels change without anything else; members fall behind; sessions end, are lost and come back; ADD-PATH.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PathAttribute, parseFamily } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { FakePeer, settle, smallRib } from '../test/fake-peer.ts';
import { checkInvariants } from './invariants.ts';

const VPN = parseFamily('ipv4-mpls-vpn')!;
const PEERS = 4;
const ROUTES = ['65000:1 10.0.0.0/8', '65000:2 10.0.0.0/8', '65000:1 10.1.0.0/16', '65000:1 0.0.0.0/0'];

interface Held {
  readonly label: number;
  readonly length: number;
}

const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('announce' as const),
      peer: fc.nat(PEERS - 1),
      route: fc.nat(ROUTES.length - 1),
      label: fc.integer({ min: 16, max: 18 }),
      length: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('withdraw' as const), peer: fc.nat(PEERS - 1), route: fc.nat(ROUTES.length - 1) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('work' as const, 'settle' as const, 'full' as const, 'drained' as const, 'bounce' as const, 'restart' as const),
      peer: fc.nat(PEERS - 1),
    }),
  },
);

function attributes(peer: FakePeer, length: number): PathAttribute[] {
  return [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: Array.from({ length }, () => peer.as) }] },
  ];
}

for (const addPath of [false, true]) {
  test(`property: VPN routes ${addPath ? 'with' : 'without'} ADD-PATH are what the model says`, () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const rib = smallRib();
        rib.addFamily(VPN);
        const peers = Array.from({ length: PEERS }, (_, at) => {
          const options = { address: `192.0.2.${at + 1}`, as: 64_501 + at, localAs: 64_500, families: [VPN] };
          return new FakePeer(rib, { ...options, addPath: addPath ? [VPN] : [] });
        });
        const held = peers.map(() => new Map<number, Held>());
        for (const peer of peers) peer.up();
        settle(rib);
        const compare = (): void => {
          for (const peer of peers) peer.backlogBytes = 0;
          settle(rib);
          checkInvariants(rib);
          for (const [at, peer] of peers.entries()) {
            const expected: string[] = [];
            for (const [route, text] of ROUTES.entries()) {
              const others = peers.flatMap((from, index) => {
                const one = held[index]!.get(route);
                return one === undefined ? [] : [{ from, index, ...one, text: `${text} labels ${one.label} | ${from.name}` }];
              });
              const [best] = others.toSorted((a, b) => a.length - b.length || a.index - b.index);
              const sent = addPath ? others : best === undefined ? [] : [best];
              expected.push(...sent.filter(({ index }) => index !== at).map((one) => one.text));
            }
            const view = [...peer.view.values()].map((shown) => shown.replace(/ path-id \d+/, '').split(' [')[0]!);
            assert.deepEqual(view.toSorted(), expected.toSorted(), peer.name);
          }
        };
        for (const step of events) {
          const peer = peers[step.peer]!;
          const own = held[step.peer]!;
          switch (step.do) {
            case 'announce':
              own.set(step.route, step);
              peer.announceNlri(VPN, [`${ROUTES[step.route]} labels ${step.label}`], attributes(peer, step.length), peer.name);
              break;
            case 'withdraw':
              own.delete(step.route);
              peer.withdrawNlri(VPN, `${ROUTES[step.route]} labels withdraw`);
              break;
            case 'work':
              rib.work();
              break;
            case 'settle':
              compare();
              break;
            case 'full':
              peer.backlogBytes = 1 << 30;
              break;
            case 'drained':
              peer.backlogBytes = 0;
              break;
            case 'bounce':
              peer.down();
              own.clear();
              peer.up();
              break;
            case 'restart': {
              peer.suspend(VPN);
              peer.resume();
              // It sends the first of its routes again.
              const [first] = own;
              own.clear();
              if (first !== undefined) {
                own.set(...first);
                const [route, { label, length }] = first;
                peer.announceNlri(VPN, [`${ROUTES[route]} labels ${label}`], attributes(peer, length), peer.name);
              }
              rib.endRefresh(peer.ribPeer!, VPN);
              break;
            }
          }
        }
        compare();
        for (const peer of peers) peer.down();
        settle(rib);
        checkInvariants(rib);
        assert.equal(rib.table(VPN).index.count, 0);
        assert.equal(rib.table(VPN).octets?.bytes, 0);
      }),
      { seed: 8277, numRuns: scaled(2000) },
    );
  });
}
