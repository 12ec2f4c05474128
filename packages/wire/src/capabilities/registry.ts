/** All capabilities that have a codec, one line each, and the union of their values. */
import { type AddPathCapability, addPath, type PathsLimitCapability, pathsLimit } from './add-path.ts';
import { type BgpsecCapability, bgpsec } from './bgpsec.ts';
import type { CapabilityCodec } from './codec.ts';
import {
  type DynamicCapability,
  dynamic,
  dynamicDeprecated,
  type MultisessionCapability,
  multisession,
  multisessionCisco,
} from './dynamic.ts';
import {
  bfdStrict,
  type EmptyCapability,
  enhancedRouteRefresh,
  extendedMessage,
  linkLocalNextHop,
  operational,
  routeRefresh,
  routeRefreshCisco,
} from './empty.ts';
import { type ExtendedNextHopCapability, extendedNextHop } from './extended-next-hop.ts';
import { type FourOctetAsCapability, fourOctetAs } from './four-octet-as.ts';
import {
  type GracefulRestartCapability,
  gracefulRestart,
  type LongLivedGracefulRestartCapability,
  longLivedGracefulRestart,
} from './graceful-restart.ts';
import { type FqdnCapability, fqdn, type SoftwareVersionCapability, softwareVersion } from './identity.ts';
import { type MultipleLabelsCapability, multipleLabels } from './multiple-labels.ts';
import { type MultiprotocolCapability, multiprotocol } from './multiprotocol.ts';
import { type OutboundRouteFilteringCapability, outboundRouteFiltering, outboundRouteFilteringCisco } from './outbound-route-filtering.ts';
import { type RoleCapability, role } from './role.ts';

/** A capability without a codec, or one whose value is malformed. */
export interface UnknownCapability {
  type: 'unknown';
  code: number;
  bytes: Uint8Array;
}

/** Any capability that has a codec, to be told apart by `type`. */
export type KnownCapability =
  | MultiprotocolCapability
  | EmptyCapability<
      | 'route-refresh'
      | 'route-refresh-cisco'
      | 'extended-message'
      | 'enhanced-route-refresh'
      | 'bfd-strict'
      | 'link-local-next-hop'
      | 'operational'
    >
  | OutboundRouteFilteringCapability
  | OutboundRouteFilteringCapability<'outbound-route-filtering-cisco'>
  | ExtendedNextHopCapability
  | BgpsecCapability
  | MultipleLabelsCapability
  | RoleCapability
  | GracefulRestartCapability
  | FourOctetAsCapability
  | DynamicCapability
  | DynamicCapability<'dynamic-deprecated'>
  | MultisessionCapability
  | MultisessionCapability<'multisession-cisco'>
  | AddPathCapability
  | LongLivedGracefulRestartCapability
  | FqdnCapability
  | SoftwareVersionCapability
  | PathsLimitCapability;

/** Any capability (RFC 5492 §4). */
export type Capability = KnownCapability | UnknownCapability;

/** A row whose value type is known only by its `type`; the table below is what makes that sound. */
type AnyCodec = CapabilityCodec<KnownCapability>;

function row<T extends KnownCapability>(codec: CapabilityCodec<T>): AnyCodec {
  return codec as unknown as AnyCodec;
}

/** The table of capabilities. */
export const CAPABILITIES: readonly AnyCodec[] = [
  row(multiprotocol),
  row(routeRefresh),
  row(outboundRouteFiltering),
  row(extendedNextHop),
  row(extendedMessage),
  row(bgpsec),
  row(multipleLabels),
  row(role),
  row(gracefulRestart),
  row(fourOctetAs),
  row(dynamicDeprecated),
  row(dynamic),
  row(multisession),
  row(addPath),
  row(enhancedRouteRefresh),
  row(longLivedGracefulRestart),
  row(fqdn),
  row(bfdStrict),
  row(softwareVersion),
  row(pathsLimit),
  row(linkLocalNextHop),
  row(routeRefreshCisco),
  row(outboundRouteFilteringCisco),
  row(multisessionCisco),
  row(operational),
];

const BY_CODE: ReadonlyMap<number, AnyCodec> = new Map(CAPABILITIES.map((codec) => [codec.code, codec]));
const BY_TYPE: ReadonlyMap<string, AnyCodec> = new Map(CAPABILITIES.map((codec) => [codec.type, codec]));

/** The row for a capability code, undefined for one that is not known. */
export function capabilityCodec(code: number): CapabilityCodec<KnownCapability> | undefined {
  return BY_CODE.get(code);
}

/** The row with that `type`, or undefined. */
export function capabilityCodecByType(type: string): CapabilityCodec<KnownCapability> | undefined {
  return BY_TYPE.get(type);
}
