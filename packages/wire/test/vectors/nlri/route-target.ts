/** Route target membership. */
import fc from 'fast-check';
import { toHex } from '../../../src/bytes.ts';
import type { RouteTargetNlri } from '../../../src/nlri/route-target.ts';
import { masked } from '../../arbitraries/nlri-parts.ts';
import { octets, u32, unsigned } from '../../arbitraries/primitives.ts';
import type { Members, NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<RouteTargetNlri> = {
  type: 'route-target',
  examples: [
    ['ipv4-route-target', 'RFC 4684 §4: default', '00', 'default'],
    ['ipv4-route-target', 'RFC 4684 §4: any target of an AS', '20 0000fde8', '65000/32'],
    ['ipv4-route-target', 'RFC 4684 §4: one target', '60 0000fde8 0002fde800000064', '65000:rt:65000:100/96'],
    ['ipv4-route-target', 'a target of an unregistered type', '60 0000fde8 9002fde800000064', '65000:0x9002fde800000064/96'],
    ['ipv4-route-target', 'RFC 4684 §4: a part of a target', '30 0000fde8 0002', '65000:0x0002000000000000/48'],
    ['ipv4-route-target', 'RFC 4684 §4: any target of another AS', '200000fde9', '65001/32'],
  ],
  keys: [
    ['ipv4-route-target', 'RFC 4684 §4: the NLRI', '60 0000fde8 0002fde800000064', '60 0000fde8 0002fde800000064'],
    ['ipv4-route-target', 'RFC 4684 §4: without the bits after a part of a target', '34 0000fde8 0002ff', '34 0000fde8 0002f0'],
    ['ipv4-route-target', 'RFC 4684 §4: the default', '00', '00'],
  ],
  malformed: [
    ['ipv4-route-target', 'RFC 4684 §4: a part of an AS', '10 fde8'],
    ['ipv4-route-target', 'more than 96 bits', '61 0000fde8 0002fde800000064 00'],
  ],
  refused: [
    ['ipv4-route-target', '65000/31'],
    ['ipv4-route-target', '65000:rt:65000:100/64'],
    ['ipv4-route-target', '65000:rt:65000/96'],
  ],
  members: () => members,
  areas: ['rtc'],
  neutral: ({ length, originAs, routeTarget }) => ({
    prefix_len: length,
    ...(originAs !== undefined && { origin_as: originAs }),
    ...(routeTarget && { raw: toHex(routeTarget) }),
  }),
};

const members: Members = fc.oneof(
  fc.constant({ length: 0 }),
  u32.map((originAs) => ({ length: 32, originAs })),
  fc
    .tuple(unsigned(96, 33), u32, octets(8))
    .map(([length, originAs, target]) => ({ length, originAs, routeTarget: masked(target, 0, length - 32) })),
  fc
    .tuple(u32, octets(4))
    .map(([originAs, value]) => ({ length: 96, originAs, routeTarget: Uint8Array.from([0, 2, 0xfd, 0xe8, ...value]) })),
);
