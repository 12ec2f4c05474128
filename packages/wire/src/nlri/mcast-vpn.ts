/**
 * MCAST-VPN (SAFI 5, RFC 6514 §4): route type (1), length (1), and by type
 *
 *    1 intra-as-i-pmsi-ad   2 inter-as-i-pmsi-ad   3 s-pmsi-ad   4 leaf-ad   5 source-active-ad   6 shared-tree-join   7 source-tree-join
 *
 * Source and group are preceded by their length in bits. A length of 0 is a wildcard (RFC 6625 §3).
 */
import { Afi, makeFamily, Safi } from '../family.ts';
import { ADDRESS_TO_END, OPTIONAL_COUNTED_ADDRESS, RD, U32 } from '../parts/fields.ts';
import { type FamilyCodec, type FamilyNlri, wholeNlri } from './family-codec.ts';
import { ROUTE_KEY } from './route-key.ts';
import { type RouteTable, routeRow, routeTable, typedFamily, type UnknownRoute } from './typed-routes.ts';

export interface McastVpnIntraAsIPmsi {
  route: 'intra-as-i-pmsi-ad';
  rd: string;
  originatingRouter: string;
}

export interface McastVpnInterAsIPmsi {
  route: 'inter-as-i-pmsi-ad';
  rd: string;
  sourceAs: number;
}

export interface McastVpnSPmsi {
  route: 's-pmsi-ad';
  rd: string;
  source?: string;
  group?: string;
  originatingRouter: string;
}

export interface McastVpnLeaf {
  route: 'leaf-ad';
  /** The NLRI that the route answers, with its type and length. */
  routeKey: Uint8Array;
  originatingRouter: string;
}

export interface McastVpnSourceActive {
  route: 'source-active-ad';
  rd: string;
  source?: string;
  group?: string;
}

export interface McastVpnJoin<R extends 'shared-tree-join' | 'source-tree-join'> {
  route: R;
  rd: string;
  sourceAs: number;
  /** The rendezvous point in a shared tree join. */
  source?: string;
  group?: string;
}

/** The seven route types, to be told apart by `route`. */
export type McastVpnRoute =
  | McastVpnIntraAsIPmsi
  | McastVpnInterAsIPmsi
  | McastVpnSPmsi
  | McastVpnLeaf
  | McastVpnSourceActive
  | McastVpnJoin<'shared-tree-join'>
  | McastVpnJoin<'source-tree-join'>;

/** NLRI of MCAST-VPN (RFC 6514 §4). */
export type McastVpnNlri = FamilyNlri<'mcast-vpn'> & (McastVpnRoute | UnknownRoute);

const SOURCE_GROUP = { source: OPTIONAL_COUNTED_ADDRESS, group: OPTIONAL_COUNTED_ADDRESS } as const;

export const MCAST_VPN_ROUTES: RouteTable<McastVpnRoute> = routeTable<McastVpnRoute>(
  [
    routeRow<McastVpnIntraAsIPmsi>(1, 'intra-as-i-pmsi-ad', { rd: RD, originatingRouter: ADDRESS_TO_END }),
    routeRow<McastVpnInterAsIPmsi>(2, 'inter-as-i-pmsi-ad', { rd: RD, sourceAs: U32 }),
    routeRow<McastVpnSPmsi>(3, 's-pmsi-ad', { rd: RD, ...SOURCE_GROUP, originatingRouter: ADDRESS_TO_END }),
    routeRow<McastVpnLeaf>(4, 'leaf-ad', { routeKey: ROUTE_KEY, originatingRouter: ADDRESS_TO_END }),
    routeRow<McastVpnSourceActive>(5, 'source-active-ad', { rd: RD, ...SOURCE_GROUP }),
    routeRow<McastVpnJoin<'shared-tree-join'>>(6, 'shared-tree-join', { rd: RD, sourceAs: U32, ...SOURCE_GROUP }),
    routeRow<McastVpnJoin<'source-tree-join'>>(7, 'source-tree-join', { rd: RD, sourceAs: U32, ...SOURCE_GROUP }),
  ],
  0xff,
);

export const mcastVpn: FamilyCodec<McastVpnNlri> = {
  ...typedFamily('mcast-vpn', MCAST_VPN_ROUTES),
  type: 'mcast-vpn',
  families: [makeFamily(Afi.Ipv4, Safi.McastVpn), makeFamily(Afi.Ipv6, Safi.McastVpn)],
  nextHopMeaning: 'bound',
  key: wholeNlri,
};
